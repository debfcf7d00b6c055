#pragma once

#include <quire/actors/options.hpp>
#include <quire/messages/ids.hpp>
#include <quire/runtime/permits.hpp>
#include <quire/runtime/reader_pool.hpp>
#include <quire/sqlite/connection.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "published.hpp"

namespace quire {

class access_desk;
struct actor_handles;

/// Long enough to mean for ever, short enough to be added to a clock.
inline constexpr std::chrono::milliseconds longest_wait = std::chrono::hours{24 * 365};

/// What all actors of one engine share: options, permits, counters. Thread-safe: constant but for the atomics.
struct engine_shared {
  engine_options options;
  std::shared_ptr<runtime::permit_pool> permits;
  std::size_t threads = 0;
  std::size_t max_open_tenants = 0;
  /// A commit blocks its thread in fsync; without a slot it waits for its turn, so that some threads always stay free.
  std::atomic<int> commit_slots{1};
  std::atomic<std::size_t> open_tenants{0};
  /// Subscribers of all tenants; while there are none, nobody watches the folder.
  std::atomic<std::size_t> subscribers{0};

  /// Sessions, and by what they are judged.
  std::shared_ptr<access_desk> desk;
  /// Connections that read the system file.
  std::shared_ptr<runtime::reader_pool> system_pool;
  /// SYSTEM and IMAGER, until the engine closes.
  published<actor_handles> handles;

  [[nodiscard]] std::filesystem::path system_file() const { return options.dir / "system.db"; }
  [[nodiscard]] std::filesystem::path tenants_dir() const { return options.dir / "tenants"; }
  [[nodiscard]] std::filesystem::path removed_dir() const { return options.dir / "removed"; }
  [[nodiscard]] std::filesystem::path tenant_file(const org_id& org) const {
    return tenants_dir() / ("tenant-" + org.get() + ".db");
  }

  [[nodiscard]] sqlite::open_options writer_options() const;
  [[nodiscard]] sqlite::open_options reader_options() const;
};

/// The right to commit now.
class commit_slot {
 public:
  explicit commit_slot(engine_shared& shared) : shared_(&shared) {
    if (shared_->commit_slots.fetch_sub(1) <= 0) {
      shared_->commit_slots.fetch_add(1);
      shared_ = nullptr;
    }
  }
  commit_slot(const commit_slot&) = delete;
  commit_slot& operator=(const commit_slot&) = delete;
  ~commit_slot() {
    if (shared_ != nullptr) shared_->commit_slots.fetch_add(1);
  }
  [[nodiscard]] explicit operator bool() const noexcept { return shared_ != nullptr; }

 private:
  engine_shared* shared_;
};

/// True in a thread that runs actors of an engine: blocking there could wait for itself.
[[nodiscard]] bool in_engine_thread() noexcept;
/// Marks the current thread while in scope.
class engine_thread_mark {
 public:
  engine_thread_mark() noexcept;
  engine_thread_mark(const engine_thread_mark&) = delete;
  engine_thread_mark& operator=(const engine_thread_mark&) = delete;
  ~engine_thread_mark();

 private:
  bool before_;
};

}  // namespace quire
