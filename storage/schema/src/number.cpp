#include "number.hpp"

#include <quire/messages/json_text.hpp>

#include <array>
#include <charconv>

namespace quire::schema {
namespace {

int order(std::uint64_t a, std::uint64_t b) noexcept {
  return a < b ? -1 : static_cast<int>(a > b);
}

/// Compares a whole number within 64 bits with a double that is not one.
int compare_whole(const number& whole, double real) noexcept {
  if (real >= 0x1p64) return -1;
  if (!(real > -0x1p63)) return 1;
  // A double with a fraction is smaller than 2^53, so its floor converts exactly.
  const auto below = number::of(std::floor(real));
  return compare(whole, below) <= 0 ? -1 : 1;
}

std::uint64_t magnitude(const number& n) noexcept {
  return n.kind == number::form::negative ? ~static_cast<std::uint64_t>(n.negative) + 1 : n.natural;
}

/// `digits * 10^exponent`; the digits do not end in 0.
struct decimal {
  std::uint64_t digits = 0;
  int exponent = 0;
};

decimal decimal_of(const number& n) noexcept {
  decimal d;
  if (n.kind != number::form::real) {
    d.digits = magnitude(n);
  } else {
    std::array<char, 40> buffer{};
    const auto* end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(n.real),
                                    std::chars_format::scientific)
                          .ptr;
    // At most 17 digits, which fit.
    const char* at = buffer.data();
    int after_point = 0;
    bool point = false;
    for (; at != end && *at != 'e'; ++at) {
      if (*at == '.') {
        point = true;
      } else {
        d.digits = d.digits * 10 + static_cast<std::uint64_t>(*at - '0');
        after_point += static_cast<int>(point);
      }
    }
    if (at != end) std::from_chars(at + (at[1] == '+' ? 2 : 1), end, d.exponent);
    d.exponent -= after_point;
  }
  while (d.digits != 0 && d.digits % 10 == 0) {
    d.digits /= 10;
    ++d.exponent;
  }
  return d;
}

__extension__ using wide = unsigned __int128;

}  // namespace

double number::as_double() const noexcept {
  switch (kind) {
    case form::negative: return static_cast<double>(negative);
    case form::natural: return static_cast<double>(natural);
    case form::real: return real;
  }
  return 0;
}

int compare(const number& a, const number& b) noexcept {
  using enum number::form;
  if (a.kind == natural && b.kind == natural) return order(a.natural, b.natural);
  if (a.kind == real || b.kind == real) {
    if (a.kind == b.kind) return a.real < b.real ? -1 : static_cast<int>(a.real > b.real);
    return a.kind == real ? -compare_whole(b, a.real) : compare_whole(a, b.real);
  }
  if (a.kind != b.kind) return a.kind == negative ? -1 : 1;
  return a.negative < b.negative ? -1 : static_cast<int>(a.negative > b.negative);
}

bool is_multiple(const number& value, const number& divisor) noexcept {
  if (value.kind != number::form::real && divisor.kind != number::form::real) {
    const auto by = magnitude(divisor);
    return by != 0 && magnitude(value) % by == 0;
  }
  return std::fmod(value.as_double(), divisor.as_double()) == 0;
}

bool is_decimal_multiple(const number& value, const number& divisor) noexcept {
  if (value.kind != number::form::real && divisor.kind != number::form::real)
    return is_multiple(value, divisor);
  const auto v = decimal_of(value);
  const auto d = decimal_of(divisor);
  if (d.digits == 0) return false;
  if (v.digits == 0) return true;
  if (v.exponent < d.exponent) {
    // The divisor has more zeros at its end than the value: they must divide the value's digits,
    // which end in none.
    return false;
  }
  wide rest = v.digits % d.digits;
  for (auto zeros = v.exponent - d.exponent; zeros > 0 && rest != 0; --zeros)
    rest = rest * 10 % d.digits;
  return rest == 0;
}

std::string to_text(const number& n) {
  switch (n.kind) {
    case number::form::negative: return std::to_string(n.negative);
    case number::form::natural: return std::to_string(n.natural);
    case number::form::real: break;
  }
  return number_text(n.real);
}

boost::json::value to_json(const number& n) {
  switch (n.kind) {
    case number::form::negative: return n.negative;
    case number::form::natural:
      if (n.natural <= static_cast<std::uint64_t>(INT64_MAX))
        return static_cast<std::int64_t>(n.natural);
      return n.natural;
    case number::form::real: return n.real;
  }
  return nullptr;
}

}  // namespace quire::schema
