#include <quire/messages/environment.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>

#include <sys/random.h>

namespace quire {
namespace {

class machine_clock final : public clock {
 public:
  [[nodiscard]] timestamp now() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

/// The kernel's generator behind a small buffer, because a system call per id would cost more than the id.
class machine_entropy final : public entropy {
 public:
  void fill(std::span<std::byte> out) override {
    const std::scoped_lock lock{mutex_};
    while (!out.empty()) {
      if (left_ == 0) refill();
      const auto n = std::min(out.size(), left_);
      std::memcpy(out.data(), buffer_.data() + buffer_.size() - left_, n);
      left_ -= n;
      out = out.subspan(n);
    }
  }

 private:
  void refill() {
    std::size_t have = 0;
    while (have < buffer_.size()) {
      const auto n = ::getrandom(buffer_.data() + have, buffer_.size() - have, 0);
      if (n > 0) have += static_cast<std::size_t>(n);
    }
    left_ = buffer_.size();
  }

  std::mutex mutex_;
  std::array<std::byte, 1024> buffer_{};
  std::size_t left_ = 0;
};

}  // namespace

environment system_environment() {
  static const machine_clock time;
  static machine_entropy random;
  return {.time = &time, .random = &random};
}

}  // namespace quire
