#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace quire::crypto {

/// Digits that any number of `bytes` bytes fits into: 22 for 16, 43 for 32.
[[nodiscard]] constexpr std::size_t base62_width(std::size_t bytes) noexcept {
  // log(256) / log(62) = 1.34359…, rounded up; exact for the sizes of keys.
  return (bytes * 134'360 + 99'999) / 100'000;
}

/// Writes `number` (big-endian, at most 64 bytes) in the digits 0-9, A-Z, a-z, padded with `0` on
/// the left to the size of `out`, which must be at least `base62_width`. Keeps no copy of it.
void encode_base62(std::span<const std::byte> number, std::span<char> out) noexcept;

/// The reverse, padded with zero bytes on the left. False, with `out` of no meaning, when `text`
/// has another character or a number too large for `out`.
[[nodiscard]] bool decode_base62(std::string_view text, std::span<std::byte> out) noexcept;

}  // namespace quire::crypto
