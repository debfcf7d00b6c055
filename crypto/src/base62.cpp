#include <quire/crypto/base62.hpp>
#include <quire/crypto/secret_text.hpp>

#include <algorithm>
#include <array>
#include <cassert>

namespace quire::crypto {
namespace {

constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr unsigned base = 62;
constexpr std::size_t max_bytes = 64;

/// The digit's value; -1 for any other character.
int value_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  if (c >= 'a' && c <= 'z') return c - 'a' + 36;
  return -1;
}

}  // namespace

void encode_base62(std::span<const std::byte> number, std::span<char> out) noexcept {
  assert(number.size() <= max_bytes && out.size() >= base62_width(number.size()));
  std::array<std::byte, max_bytes> rest;
  std::copy(number.begin(), number.end(), rest.begin());
  for (std::size_t at = out.size(); at-- > 0;) {
    unsigned remainder = 0;
    for (std::size_t i = 0; i < number.size(); ++i) {
      const unsigned value = remainder * 256 + std::to_integer<unsigned>(rest[i]);
      rest[i] = static_cast<std::byte>(value / base);
      remainder = value % base;
    }
    out[at] = digits[remainder];
  }
  wipe(rest);
}

bool decode_base62(std::string_view text, std::span<std::byte> out) noexcept {
  std::fill(out.begin(), out.end(), std::byte{0});
  for (const char c : text) {
    const int digit = value_of(c);
    if (digit < 0) return false;
    auto carry = static_cast<unsigned>(digit);
    for (std::size_t i = out.size(); i-- > 0;) {
      const unsigned value = std::to_integer<unsigned>(out[i]) * base + carry;
      out[i] = static_cast<std::byte>(value & 255U);
      carry = value >> 8U;
    }
    if (carry != 0) return false;
  }
  return true;
}

}  // namespace quire::crypto
