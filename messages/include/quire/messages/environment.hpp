#pragma once

#include <chrono>
#include <cstddef>
#include <span>

namespace quire {

/// A point in time as recorded in rows and events: milliseconds since the Unix epoch.
using timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// Where recorded times come from. Implementations are thread-safe.
class clock {
 public:
  clock() = default;
  clock(const clock&) = delete;
  clock& operator=(const clock&) = delete;
  virtual ~clock() = default;
  [[nodiscard]] virtual timestamp now() const = 0;
};

/// Where randomness comes from. Implementations are thread-safe.
class entropy {
 public:
  entropy() = default;
  entropy(const entropy&) = delete;
  entropy& operator=(const entropy&) = delete;
  virtual ~entropy() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

/// Made in main() or in a test and handed down; outlives everything it is handed to.
struct environment {
  const clock* time;
  entropy* random;
};

/// The machine's clock and random device, for programs that need nothing special. Lives for the whole process.
[[nodiscard]] environment system_environment();

}  // namespace quire
