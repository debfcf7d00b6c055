#include <quire/test/seed.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>

namespace quire::test {

std::uint64_t seed(std::uint64_t fallback) {
  const char* given = std::getenv("QUIRE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : fallback;
}

random_source::random_source(std::uint64_t fallback) : seed_(seed(fallback)), engine_(seed_) {
  BOOST_TEST_MESSAGE("seed " << seed_ << " (replay with QUIRE_SEED=" << seed_ << ")");
}

std::size_t random_source::below(std::size_t n) {
  return std::uniform_int_distribution<std::size_t>{0, n - 1}(engine_);
}

bool random_source::chance(double probability) { return std::bernoulli_distribution{probability}(engine_); }

}  // namespace quire::test
