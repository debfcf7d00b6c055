#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// JSON pointers (RFC 6901). Pure; safe from any thread. `append_step` of value.hpp writes them.
namespace quire::schema {

/// Empty, or begins with `/` and has no `~` but in `~0` and `~1`.
[[nodiscard]] bool is_pointer(std::string_view text) noexcept;

/// The steps of a JSON pointer, unescaped; nothing when it is none.
[[nodiscard]] std::optional<std::vector<std::string>> steps_of(std::string_view pointer);

/// The position that a step means in a list: decimal digits without leading zeros.
[[nodiscard]] std::optional<std::size_t> index_of(std::string_view step) noexcept;

/// The value one step further; null when it is missing.
[[nodiscard]] const boost::json::value* step_into(const boost::json::value& from,
                                                  std::string_view step) noexcept;

/// The value at a pointer; null when it is missing.
[[nodiscard]] const boost::json::value* find_at(const boost::json::value& from,
                                                std::string_view pointer);

}  // namespace quire::schema
