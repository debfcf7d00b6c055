#pragma once

#include <cstdint>
#include <random>

namespace quire::test {

/// The seed of a property test: `QUIRE_SEED` if set, else `fallback`. Printed with every failure by the guard.
[[nodiscard]] std::uint64_t seed(std::uint64_t fallback = 1);

/// A generator seeded by `seed()`, and a Boost.Test context line that tells how to replay it.
class random_source {
 public:
  explicit random_source(std::uint64_t fallback = 1);
  /// Uniform in [0, n).
  [[nodiscard]] std::size_t below(std::size_t n);
  [[nodiscard]] bool chance(double probability);
  [[nodiscard]] std::mt19937_64& engine() { return engine_; }
  [[nodiscard]] std::uint64_t used() const { return seed_; }

 private:
  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace quire::test
