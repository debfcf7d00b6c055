#pragma once

#include <boost/json/value.hpp>

#include <cstdint>

namespace quire::schema {

/// What one run over a value may still cost. Once `exhausted`, every verdict of the run is void.
struct budget {
  std::uint64_t steps;
  std::uint32_t depth = 0;
  bool exhausted = false;

  /// Pays for work; false when it cannot be paid.
  bool spend(std::uint64_t n) noexcept {
    if (steps < n) {
      steps = 0;
      exhausted = true;
      return false;
    }
    steps -= n;
    return true;
  }
};

/// A copy that stands alone. A plain copy keeps allocating where its original lives, which may be
/// the memory of a document that ends before the copy does.
[[nodiscard]] inline boost::json::value copy_of(const boost::json::value& v) {
  return boost::json::value(v, boost::json::storage_ptr{});
}

/// About the bytes that a value takes; linear in its size.
[[nodiscard]] std::uint64_t weight_of(const boost::json::value& v) noexcept;

/// What it costs to read a text once, beside the step for looking at it at all.
[[nodiscard]] constexpr std::uint64_t reading(std::size_t bytes) noexcept { return bytes / 64; }

/// As `equal`, one step for each value looked at, and more for long text; false when the budget
/// ends.
[[nodiscard]] bool equal_within(budget& left, const boost::json::value& a,
                                const boost::json::value& b);

/// Equal values have equal hashes; the order of members does not count. Paid for as a comparison
/// is; without meaning when the budget ends.
[[nodiscard]] std::uint64_t hash_of(budget& left, const boost::json::value& v) noexcept;

}  // namespace quire::schema
