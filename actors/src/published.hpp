#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace quire {

/// The present one of a row of immutable values: swapped as a whole, kept alive by whoever still looks at it. Thread-safe.
template <class T>
class published {
 public:
  [[nodiscard]] std::shared_ptr<const T> get() const {
    const std::scoped_lock lock{mutex_};
    return value_;
  }
  void set(std::shared_ptr<const T> value) {
    const std::scoped_lock lock{mutex_};
    std::swap(value_, value);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace quire
