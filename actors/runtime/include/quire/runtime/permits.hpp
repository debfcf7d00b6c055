#pragma once

#include <quire/messages/error.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace quire::runtime {

class permit;

/// Bounds what is in flight, by number and by bytes, before it enters a mailbox: mailboxes are unbounded. A pool may have
/// a parent whose bounds hold too (one tenant, all tenants). Lock-free; from any thread.
class permit_pool : public std::enable_shared_from_this<permit_pool> {
 public:
  struct bounds {
    std::size_t requests;
    std::size_t bytes;
  };
  [[nodiscard]] static std::shared_ptr<permit_pool> make(bounds b, std::shared_ptr<permit_pool> parent = nullptr);

  /// A permit for one request of this size; given back by its destructor. One request alone always fits, however large.
  /// Fails with `storage_busy`, at once, or with `engine_closed`.
  [[nodiscard]] result<permit> acquire(std::size_t bytes);
  /// From now on every request is refused with `engine_closed`, here and in pools whose parent this is.
  void close() noexcept { closed_.store(true); }

  [[nodiscard]] std::size_t requests() const noexcept { return requests_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

 private:
  friend class permit;
  permit_pool(bounds b, std::shared_ptr<permit_pool> parent) : bounds_(b), parent_(std::move(parent)) {}
  bool enter(std::size_t bytes) noexcept;
  void leave(std::size_t bytes) noexcept;

  const bounds bounds_;
  const std::shared_ptr<permit_pool> parent_;
  std::atomic<std::size_t> requests_{0};
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<bool> closed_{false};
};

/// The right of one request to be in flight. Move-only; travels with the request until its answer.
class permit {
 public:
  permit() = default;
  permit(permit&& other) noexcept : pool_(std::move(other.pool_)), bytes_(other.bytes_) {}
  permit& operator=(permit&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~permit() { release(); }

  /// Gives it back early.
  void release() noexcept;
  [[nodiscard]] explicit operator bool() const noexcept { return pool_ != nullptr; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  friend class permit_pool;
  permit(std::shared_ptr<permit_pool> pool, std::size_t bytes) : pool_(std::move(pool)), bytes_(bytes) {}
  std::shared_ptr<permit_pool> pool_;
  std::size_t bytes_ = 0;
};

}  // namespace quire::runtime
