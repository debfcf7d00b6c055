#include "number.hpp"
#include "value_work.hpp"

#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <bit>
#include <cstring>
#include <limits>

namespace quire::schema {
namespace {

namespace json = boost::json;

/// The hash crosses from documents, whose authors may want collisions; equal hashes are therefore
/// never trusted and every comparison that follows from one is paid for by a budget.
std::uint64_t mix(std::uint64_t x) noexcept {
  x ^= x >> 30U;
  x *= 0xBF58476D1CE4E5B9ULL;
  x ^= x >> 27U;
  x *= 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

std::uint64_t hash_bytes(std::string_view text, std::uint64_t seed) noexcept {
  auto h = seed ^ text.size();
  while (!text.empty()) {
    std::uint64_t word = 0;
    const auto n = text.size() < 8 ? text.size() : 8;
    std::memcpy(&word, text.data(), n);
    h = mix(h ^ word);
    text.remove_prefix(n);
  }
  return mix(h);
}

bool is_numeric(const json::value& v) noexcept {
  return v.kind() == json::kind::int64 || v.kind() == json::kind::uint64 ||
         v.kind() == json::kind::double_;
}

}  // namespace

bool equal_within(budget& left, const json::value& a, const json::value& b) {
  if (!left.spend(1)) return false;
  if (a.kind() != b.kind())
    return is_numeric(a) && is_numeric(b) && compare(number::of(a), number::of(b)) == 0;
  switch (a.kind()) {
    case json::kind::null: return true;
    case json::kind::bool_: return a.get_bool() == b.get_bool();
    case json::kind::int64: return a.get_int64() == b.get_int64();
    case json::kind::uint64: return a.get_uint64() == b.get_uint64();
    case json::kind::double_: return a.get_double() == b.get_double();
    case json::kind::string:
      return a.get_string().size() == b.get_string().size() &&
             left.spend(reading(a.get_string().size())) && a.get_string() == b.get_string();
    case json::kind::array: {
      const auto& x = a.get_array();
      const auto& y = b.get_array();
      if (x.size() != y.size()) return false;
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (!equal_within(left, x[i], y[i])) return false;
      }
      return true;
    }
    case json::kind::object: {
      const auto& x = a.get_object();
      const auto& y = b.get_object();
      if (x.size() != y.size()) return false;
      for (const auto& member : x) {
        const auto* other = y.if_contains(member.key());
        if (other == nullptr || !equal_within(left, member.value(), *other)) return false;
      }
      return true;
    }
  }
  return false;
}

std::uint64_t weight_of(const json::value& v) noexcept {
  // A member is a pair of name and value and a place in the table of its object.
  constexpr std::uint64_t member_bytes = 16;
  std::uint64_t sum = sizeof(v);
  if (v.is_string()) {
    sum += v.get_string().size();
  } else if (v.is_array()) {
    for (const auto& item : v.get_array()) sum += weight_of(item);
  } else if (v.is_object()) {
    for (const auto& member : v.get_object())
      sum += member_bytes + member.key().size() + weight_of(member.value());
  }
  return sum;
}

std::uint64_t hash_of(budget& left, const json::value& v) noexcept {
  if (!left.spend(1)) return 0;
  switch (v.kind()) {
    case json::kind::null: return mix(1);
    case json::kind::bool_: return mix(v.get_bool() ? 2 : 3);
    case json::kind::string:
      return left.spend(reading(v.get_string().size())) ? hash_bytes(v.get_string(), 4) : 0;
    case json::kind::array: {
      auto h = mix(5 + v.get_array().size());
      for (const auto& item : v.get_array()) h = mix(h ^ hash_of(left, item));
      return h;
    }
    case json::kind::object: {
      std::uint64_t sum = 0;
      for (const auto& member : v.get_object())
        sum += mix(hash_bytes(member.key(), 6) ^ (hash_of(left, member.value()) << 1U));
      return mix(sum);
    }
    default: {
      const auto n = number::of(v);
      const auto bits = n.kind == number::form::real       ? std::bit_cast<std::uint64_t>(n.real)
                        : n.kind == number::form::negative ? static_cast<std::uint64_t>(n.negative)
                                                           : n.natural;
      return mix(bits ^ (std::uint64_t{static_cast<std::uint8_t>(n.kind)} << 62U) ^ 7);
    }
  }
}

bool equal(const json::value& a, const json::value& b) {
  budget unlimited{.steps = std::numeric_limits<std::uint64_t>::max()};
  return equal_within(unlimited, a, b);
}

void append_step(std::string& path, std::string_view name) {
  path += '/';
  for (const char c : name) {
    if (c == '~') {
      path += "~0";
    } else if (c == '/') {
      path += "~1";
    } else {
      path += c;
    }
  }
}

std::size_t utf16_length(std::string_view text) noexcept {
  std::size_t n = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    // Every character counts once by its first byte, those outside the basic plane (four bytes)
    // once more.
    n +=
        static_cast<std::size_t>((byte & 0xC0U) != 0x80U) + static_cast<std::size_t>(byte >= 0xF0U);
  }
  return n;
}

std::size_t code_point_length(std::string_view text) noexcept {
  std::size_t n = 0;
  for (const char c : text)
    n += static_cast<std::size_t>((static_cast<unsigned char>(c) & 0xC0U) != 0x80U);
  return n;
}

}  // namespace quire::schema
