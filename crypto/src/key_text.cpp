#include <quire/crypto/base62.hpp>
#include <quire/crypto/digest.hpp>
#include <quire/crypto/key_text.hpp>

#include <algorithm>
#include <array>

namespace quire::crypto {
namespace {

constexpr std::string_view prefix = "qk_";
constexpr std::size_t uuid_bytes = 16;
constexpr std::size_t id_digits = base62_width(uuid_bytes);
constexpr std::size_t secret_digits = base62_width(key_secret_bytes);
constexpr std::size_t separator_at = prefix.size() + id_digits;
static_assert(id_digits == 22 && secret_digits == 43);
static_assert(separator_at + 1 + secret_digits == key_text_bytes);

using uuid = std::array<std::byte, uuid_bytes>;

/// Where the dashes of a UUID's text are.
constexpr bool is_dash(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

std::optional<uuid> uuid_from_text(std::string_view text) noexcept {
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr std::size_t text_bytes = 36;
  if (text.size() != text_bytes) return {};
  uuid out{};
  std::size_t digit = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash(i)) {
      if (text[i] != '-') return {};
      continue;
    }
    const auto value = hex.find(text[i]);
    if (value == std::string_view::npos) return {};
    auto& b = out[digit / 2];
    b = (b << 4U) | static_cast<std::byte>(value);
    ++digit;
  }
  return out;
}

}  // namespace

result<secret_text> make_key_text(const row_id& row,
                                  std::span<const std::byte, key_secret_bytes> secret) {
  const auto id = uuid_from_text(row.get());
  if (!id) {
    return fail(errc::invalid_key, "text of an API key: its row's id '" + printable(row.get()) +
                                       "' is no UUID in lower case");
  }
  std::array<char, key_text_bytes> text;
  std::copy(prefix.begin(), prefix.end(), text.begin());
  encode_base62(*id, std::span{text}.subspan(prefix.size(), id_digits));
  text[separator_at] = '_';
  encode_base62(secret, std::span{text}.subspan(separator_at + 1));
  secret_text made{std::string_view{text.data(), text.size()}};
  wipe(std::span<char>{text});
  return made;
}

std::optional<row_id> row_of_key_text(std::string_view text) {
  if (text.size() != key_text_bytes || !text.starts_with(prefix) || text[separator_at] != '_')
    return {};
  uuid id;
  std::array<std::byte, key_secret_bytes> secret;
  const bool good = decode_base62(text.substr(prefix.size(), id_digits), id) &&
                    decode_base62(text.substr(separator_at + 1), secret);
  wipe(secret);
  if (!good) return {};
  auto hex = to_hex(id);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) hex.insert(dash, 1, '-');
  return row_id{std::move(hex)};
}

}  // namespace quire::crypto
