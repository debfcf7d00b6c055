#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace quire::schema {

/// Equality of meaning: `1`, `1.0` and `1e0` are equal and so are `0` and `-0`; numbers compare
/// exactly, also beyond 2^53; the order of members never matters, that of array elements does.
/// Pure; safe from any thread.
[[nodiscard]] bool equal(const boost::json::value& a, const boost::json::value& b);

/// `path` with one more step, `~` and `/` escaped (RFC 6901).
void append_step(std::string& path, std::string_view name);

/// Length in UTF-16 code units of well-formed UTF-8: what `minLength` and `maxLength` count
/// in the module dialect.
[[nodiscard]] std::size_t utf16_length(std::string_view text) noexcept;

/// Length in code points of well-formed UTF-8: what they count in draft 2020-12.
[[nodiscard]] std::size_t code_point_length(std::string_view text) noexcept;

}  // namespace quire::schema
