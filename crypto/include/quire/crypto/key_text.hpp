#pragma once

#include <quire/crypto/secret_text.hpp>
#include <quire/messages/error.hpp>
#include <quire/messages/ids.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

// The text of an API key: `qk_<id>_<secret>`, where the id is the UUID of its row and the secret 32
// random bytes, both as numbers in base 62. The id may be shown to anyone.
namespace quire::crypto {

inline constexpr std::size_t key_text_bytes = 69;
inline constexpr std::size_t key_secret_bytes = 32;

/// Fails with `invalid_key` when the row's id is no UUID in lower case.
[[nodiscard]] result<secret_text> make_key_text(
    const row_id& row, std::span<const std::byte, key_secret_bytes> secret);

/// The id inside a text of that form, whether or not there is such a row; nothing for other texts.
[[nodiscard]] std::optional<row_id> row_of_key_text(std::string_view text);

}  // namespace quire::crypto
