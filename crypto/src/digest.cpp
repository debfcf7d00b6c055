#include <quire/crypto/digest.hpp>

#include <cryptopp/misc.h>
#include <cryptopp/sha.h>

namespace quire::crypto {
namespace {

const CryptoPP::byte* bytes_of(std::span<const std::byte> x) noexcept {
  return reinterpret_cast<const CryptoPP::byte*>(x.data());
}

int value_of(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

digest sha256(std::span<const std::byte> bytes) noexcept {
  digest out;
  CryptoPP::SHA256{}.CalculateDigest(reinterpret_cast<CryptoPP::byte*>(out.data()), bytes_of(bytes),
                                     bytes.size());
  return out;
}

digest sha256(std::string_view text) noexcept {
  return sha256(std::as_bytes(std::span{text.data(), text.size()}));
}

std::string to_hex(std::span<const std::byte> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (const auto b : bytes) {
    out += digits[std::to_integer<unsigned>(b) >> 4U];
    out += digits[std::to_integer<unsigned>(b) & 15U];
  }
  return out;
}

std::optional<digest> digest_from_hex(std::string_view text) noexcept {
  digest out;
  if (text.size() != 2 * out.size()) return {};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = value_of(text[2 * i]);
    const auto low = value_of(text[2 * i + 1]);
    if (high < 0 || low < 0) return {};
    out[i] = static_cast<std::byte>(16 * high + low);
  }
  return out;
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept {
  return a.size() == b.size() && CryptoPP::VerifyBufsEqual(bytes_of(a), bytes_of(b), a.size());
}

}  // namespace quire::crypto
