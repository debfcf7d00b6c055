#pragma once

#include <quire/messages/environment.hpp>

#include <random>

namespace quire::test {

/// A clock that stands still until it is moved, and bytes that are the same in every run.
class fixed_environment {
 public:
  fixed_environment() = default;
  fixed_environment(const fixed_environment&) = delete;
  fixed_environment& operator=(const fixed_environment&) = delete;
  ~fixed_environment() = default;

  /// Refers to this object.
  [[nodiscard]] environment get() noexcept { return {.time = &time_, .random = &random_}; }
  [[nodiscard]] timestamp now() const { return time_.at; }
  void advance(std::chrono::milliseconds by) { time_.at += by; }
  /// Environments of several writers of one file must not make the same ids.
  void reseed(std::uint64_t seed) { random_.engine.seed(seed); }

 private:
  struct still_clock final : clock {
    timestamp at{std::chrono::milliseconds{1'700'000'000'123}};
    [[nodiscard]] timestamp now() const override { return at; }
  };
  struct seeded_entropy final : entropy {
    std::mt19937_64 engine{7};
    void fill(std::span<std::byte> out) override {
      for (auto& b : out) b = static_cast<std::byte>(engine());
    }
  };
  still_clock time_;
  seeded_entropy random_;
};

}  // namespace quire::test
