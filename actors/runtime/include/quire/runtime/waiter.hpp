#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace quire::runtime {

/// Where one thread waits for one value made by another. The waiting side may give up; the other side keeps the object
/// alive by sharing it.
template <class T>
class waiter {
 public:
  void put(T value) {
    {
      const std::scoped_lock lock{mutex_};
      value_.emplace(std::move(value));
    }
    ready_.notify_one();
  }

  /// The value, or none when `limit` passed first.
  [[nodiscard]] std::optional<T> wait_for(std::chrono::milliseconds limit) {
    std::unique_lock lock{mutex_};
    ready_.wait_for(lock, limit, [&] { return value_.has_value(); });
    return std::move(value_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::optional<T> value_;
};

}  // namespace quire::runtime
