#include "openssh_key.hpp"

#include <quire/crypto/digest.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace quire::tools {

namespace {

constexpr std::string_view name = "ssh-ed25519";
constexpr std::size_t key_size = 32;

std::optional<unsigned> base64_digit(char c) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto at = digits.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(at);
}

/// RFC 4648, with the padding or without.
std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::vector<std::byte> out;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto digit = base64_digit(c);
    if (!digit) return std::nullopt;
    bits = (bits << 6U | *digit) & 0xFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<std::byte>(bits >> count & 0xFFU));
  }
  return out;
}

/// The next field of the wire form of RFC 4251: four bytes of length, then the field.
std::optional<std::span<const std::byte>> take_field(std::span<const std::byte>& from) {
  constexpr std::size_t prefix = 4;
  if (from.size() < prefix) return std::nullopt;
  std::size_t size = 0;
  for (const auto b : from.first(prefix)) size = size << 8U | std::to_integer<std::size_t>(b);
  from = from.subspan(prefix);
  if (size > from.size()) return std::nullopt;
  const auto field = from.first(size);
  from = from.subspan(size);
  return field;
}

bool is(std::span<const std::byte> bytes, std::string_view text) {
  return std::ranges::equal(bytes, text, [](std::byte b, char c) {
    return std::to_integer<unsigned char>(b) == static_cast<unsigned char>(c);
  });
}

std::optional<std::string> fingerprint(std::string_view line) {
  if (!line.starts_with(name) || line.substr(name.size()).find_first_not_of(' ') == 0) {
    return std::nullopt;
  }
  line.remove_prefix(std::min(line.find_first_not_of(' ', name.size()), line.size()));
  const auto blob = from_base64(line.substr(0, line.find(' ')));
  if (!blob) return std::nullopt;
  std::span<const std::byte> rest{*blob};
  const auto kind = take_field(rest);
  const auto key = take_field(rest);
  if (!kind || !is(*kind, name) || !key || key->size() != key_size || !rest.empty()) {
    return std::nullopt;
  }
  return crypto::to_hex(crypto::sha256(*key));
}

}  // namespace

result<std::string> fingerprint_of_openssh(std::string_view line) {
  if (auto out = fingerprint(line)) return *std::move(out);
  return fail(errc::invalid_option,
              "the public key is no line 'ssh-ed25519 AAAA…'; give that line, or --fingerprint for "
              "a key of another kind");
}

}  // namespace quire::tools
