#include <quire/metagraph/cursor.hpp>

#include <quire/messages/ids.hpp>

#include <array>
#include <bit>
#include <optional>

namespace quire::metagraph {

namespace {

// Bytes before they become text: version, digest of the query, the values, digest of all before.
// A value is a letter for its kind and, for numbers, 8 bytes, little end first; for texts, a length
// of 4 bytes and the text.
constexpr char version = '\x01';
constexpr std::size_t max_cursor_bytes = 64U << 10U;
constexpr std::size_t head_bytes = 9;
constexpr std::size_t digest_bytes = 8;

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> out{};
  out.fill(0xFF);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    out[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return out;
}

constexpr auto digits = make_digits();

std::string to_text(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 6) {
      held -= 6;
      out += alphabet[(bits >> held) & 0x3FU];
    }
  }
  if (held != 0) out += alphabet[(bits << (6 - held)) & 0x3FU];
  return out;
}

/// The only text that `to_text` makes of these bytes, or nothing.
std::optional<std::string> from_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto digit = digits[static_cast<unsigned char>(c)];
    if (digit == 0xFF) return std::nullopt;
    bits = (bits << 6U) | digit;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>((bits >> held) & 0xFFU);
    }
  }
  if (held == 6 || (bits & ((1U << held) - 1U)) != 0) return std::nullopt;
  return out;
}

void put(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) {
    out += static_cast<char>(number & 0xFFU);
    number >>= 8U;
  }
}

std::uint64_t get(std::string_view bytes) {
  std::uint64_t out = 0;
  for (auto i = bytes.size(); i-- > 0;) {
    out = (out << 8U) | static_cast<unsigned char>(bytes[i]);
  }
  return out;
}

std::uint64_t checksum(std::string_view bytes) {
  query_digest sum("cursor");
  sum.add(bytes);
  return sum.value();
}

/// Takes one value off the front of `bytes`.
std::optional<sqlite::sql_value> take(std::string_view& bytes) {
  if (bytes.empty()) return std::nullopt;
  const char kind = bytes.front();
  bytes.remove_prefix(1);
  if (kind == 'n') return sqlite::sql_value{};
  const std::size_t size = kind == 't' ? 4 : 8;
  if (bytes.size() < size) return std::nullopt;
  const auto number = get(bytes.substr(0, size));
  bytes.remove_prefix(size);
  if (kind == 'i') return sqlite::sql_value{std::bit_cast<std::int64_t>(number)};
  if (kind == 'r') return sqlite::sql_value{std::bit_cast<double>(number)};
  if (kind != 't' || bytes.size() < number) return std::nullopt;
  sqlite::sql_value out{std::string{bytes.substr(0, number)}};
  bytes.remove_prefix(number);
  return out;
}

error damaged() {
  return fail(errc::invalid_cursor,
              "the cursor is damaged or none of ours; start again without a cursor");
}

}  // namespace

void query_digest::add(std::string_view text) {
  add(static_cast<std::int64_t>(text.size()));
  for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
}

void query_digest::add(std::int64_t number) {
  auto rest = static_cast<std::uint64_t>(number);
  for (int i = 0; i < 8; ++i) {
    hash_ = (hash_ ^ (rest & 0xFFU)) * 0x100000001B3U;
    rest >>= 8U;
  }
}

result<std::string> encode_cursor(const query_digest& query,
                                  std::span<const sqlite::sql_value> values) {
  std::string bytes(1, version);
  put(bytes, query.value(), digest_bytes);
  for (const auto& v : values) {
    if (const auto* i = std::get_if<std::int64_t>(&v)) {
      bytes += 'i';
      put(bytes, std::bit_cast<std::uint64_t>(*i), 8);
    } else if (const auto* r = std::get_if<double>(&v)) {
      bytes += 'r';
      put(bytes, std::bit_cast<std::uint64_t>(*r), 8);
    } else if (const auto* t = std::get_if<std::string>(&v)) {
      if (bytes.size() + t->size() > max_cursor_bytes) {
        return fail(errc::limit_exceeded,
                    "the page ends at a value of " + std::to_string(t->size()) +
                        " bytes, too long for a cursor; order by something shorter");
      }
      bytes += 't';
      put(bytes, t->size(), 4);
      bytes += *t;
    } else {
      bytes += 'n';
    }
  }
  put(bytes, checksum(bytes), digest_bytes);
  return to_text(bytes);
}

result<std::vector<sqlite::sql_value>> decode_cursor(const query_digest& query,
                                                     std::string_view cursor, std::size_t count) {
  if (cursor.size() > 2 * max_cursor_bytes) return damaged();
  const auto bytes = from_text(cursor);
  if (!bytes || bytes->size() < head_bytes + digest_bytes) return damaged();
  std::string_view rest{*bytes};
  const auto sum = get(rest.substr(rest.size() - digest_bytes));
  rest.remove_suffix(digest_bytes);
  if (sum != checksum(rest) || rest.front() != version) return damaged();
  if (get(rest.substr(1, digest_bytes)) != query.value()) {
    return fail(
        errc::invalid_cursor,
        "the cursor belongs to another query; filter, order and all else but the limit must "
        "stay the same");
  }
  rest.remove_prefix(head_bytes);
  std::vector<sqlite::sql_value> out;
  out.reserve(count);
  while (!rest.empty()) {
    auto v = take(rest);
    if (!v) return damaged();
    out.push_back(std::move(*v));
  }
  if (out.size() != count) return damaged();
  return out;
}

}  // namespace quire::metagraph
