#pragma once

#include <boost/json/value.hpp>

#include <cmath>
#include <cstdint>
#include <string>

namespace quire::schema {

/// A JSON number in a form in which equal numbers are equal bit by bit: whole numbers within 64
/// bits are kept as such, however they were written. Everything is exact; a double that stays one
/// has a fraction or is beyond 64 bits.
struct number {
  enum class form : std::uint8_t { negative, natural, real };

  form kind = form::natural;
  union {
    std::int64_t negative;
    std::uint64_t natural = 0;
    double real;
  };

  [[nodiscard]] static number of(std::int64_t x) noexcept {
    number n;
    if (x < 0) {
      n.kind = form::negative;
      n.negative = x;
    } else {
      n.natural = static_cast<std::uint64_t>(x);
    }
    return n;
  }
  [[nodiscard]] static number of(std::uint64_t x) noexcept {
    number n;
    n.natural = x;
    return n;
  }
  [[nodiscard]] static number of(double x) noexcept {
    if (x >= 0 && x < 0x1p64 && x == std::trunc(x)) return of(static_cast<std::uint64_t>(x));
    if (x < 0 && x >= -0x1p63 && x == std::trunc(x)) return of(static_cast<std::int64_t>(x));
    number n;
    n.kind = form::real;
    n.real = x;
    return n;
  }
  /// @param v  a number; anything else counts as 0.
  [[nodiscard]] static number of(const boost::json::value& v) noexcept {
    switch (v.kind()) {
      case boost::json::kind::int64: return of(v.get_int64());
      case boost::json::kind::uint64: return of(v.get_uint64());
      case boost::json::kind::double_: return of(v.get_double());
      default: return {};
    }
  }

  /// Without a fraction. Whole numbers beyond 64 bits count too.
  [[nodiscard]] bool whole() const noexcept {
    return kind != form::real || (std::isfinite(real) && real == std::trunc(real));
  }
  [[nodiscard]] double as_double() const noexcept;
};

/// Below, equal to or above zero as `a` is below, equal to or above `b`.
[[nodiscard]] int compare(const number& a, const number& b) noexcept;

/// `value % divisor == 0`: exact for whole numbers within 64 bits, else the remainder of double
/// arithmetic.
[[nodiscard]] bool is_multiple(const number& value, const number& divisor) noexcept;

/// Is `value` a multiple of `divisor`, both taken as the shortest decimal numbers that mean them?
/// Exact, for 0.3 and 0.1 too.
[[nodiscard]] bool is_decimal_multiple(const number& value, const number& divisor) noexcept;

/// Shortest decimal text that reads back as the same number, written as JavaScript writes it:
/// `0.1`, `1e+21`.
[[nodiscard]] std::string to_text(const number& n);

/// The JSON value of this number.
[[nodiscard]] boost::json::value to_json(const number& n);

}  // namespace quire::schema
