#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quire::schema {

/// `reference` seen from `base` (RFC 3986, 5.2). Either may be relative; from an empty base a
/// reference is what it says. Case and escapes stay as they are written.
[[nodiscard]] std::string resolve_uri(std::string_view base, std::string_view reference);

/// The parts around the first `#`; the fragment is nothing when there is none.
struct split_uri {
  std::string_view uri;
  std::optional<std::string_view> fragment;
};
[[nodiscard]] split_uri split_fragment(std::string_view reference) noexcept;

/// Begins with a scheme and a colon.
[[nodiscard]] bool has_scheme(std::string_view uri) noexcept;

/// `%41` as `A`; nothing when a percent sign is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace quire::schema
