#pragma once

#include <quire/schema/check.hpp>
#include <quire/schema/edits.hpp>

#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <vector>

namespace quire::evolution {

/// Encrypted data: an object with exactly the members `keyVersion`, `salt`, `iv` and `data`.
[[nodiscard]] bool is_envelope(const boost::json::value& value) noexcept;
/// It is one, or was one before members were added.
[[nodiscard]] bool looks_encrypted(const boost::json::value& value) noexcept;
/// Something in it looks encrypted.
[[nodiscard]] bool has_encrypted(const boost::json::value& value) noexcept;

/// Pointers to the envelopes of `before` that are not at their place, or not the same, in `after`.
[[nodiscard]] std::vector<std::string> touched_envelopes(const boost::json::value& before,
                                                         const boost::json::value& after);

/// The difference, with `{"encrypted": true}` for all that looks encrypted: no edit tells what is
/// in it.
[[nodiscard]] schema::edit_list redacted_diff(const boost::json::value& before,
                                              const boost::json::value& after);

/// The same for findings about `judged`.
void redact(std::vector<schema::value_error>& found, const boost::json::value& judged);

}  // namespace quire::evolution
