#pragma once

#include <quire/events/change_reader.hpp>
#include <quire/messages/error.hpp>
#include <quire/metagraph/catalog.hpp>
#include <quire/metagraph/reader.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/transaction.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace quire::runtime {

/// A read-only connection with what is prepared on it, and the snapshot that is open on it.
struct read_connection {
  explicit read_connection(sqlite::connection c);

  sqlite::connection db;
  metagraph::catalog types;
  metagraph::reader rows;
  events::change_reader changes;
  std::optional<sqlite::read_transaction> snapshot;
  std::int64_t data_version = 0;  // at the last snapshot

  /// Opens a snapshot of now; closes the one before.
  [[nodiscard]] result<void> begin();
};

/// The read-only connections of one tenant file, opened when first needed. Any thread. Whoever holds a lease reads without
/// waiting for the writer; some connections stay reserved for actors, so that views held by threads cannot starve them.
///
/// Closing interrupts what runs, waits until no call is inside SQLite, and closes the connections under the leases: a
/// lease that outlives its pool answers `engine_closed` and holds no file open.
class reader_pool : public std::enable_shared_from_this<reader_pool> {
 private:
  struct slot;

 public:
  enum class user : std::uint8_t { thread, actor };
  struct options {
    std::filesystem::path file;
    sqlite::open_options open;
    std::size_t connections = 4;
    std::size_t reserved_for_actors = 1;
  };
  [[nodiscard]] static std::shared_ptr<reader_pool> make(options o);
  ~reader_pool();

  class lease {
   public:
    lease() = default;
    lease(lease&& other) noexcept : pool_(std::move(other.pool_)), slot_(std::exchange(other.slot_, nullptr)) {}
    lease& operator=(lease&& other) noexcept {
      std::swap(pool_, other.pool_);
      std::swap(slot_, other.slot_);
      return *this;
    }
    ~lease() { give_back(); }

    /// Runs `body(read_connection&)`, which answers a result, unless the pool is closed.
    template <class Body>
    auto with(Body&& body) -> decltype(body(std::declval<read_connection&>())) {
      const std::scoped_lock lock{slot_->busy};
      if (!slot_->connection) return closed_error();
      return body(*slot_->connection);
    }
    void give_back() noexcept;
    [[nodiscard]] explicit operator bool() const noexcept { return slot_ != nullptr; }

   private:
    friend class reader_pool;
    lease(std::shared_ptr<reader_pool> pool, slot* s) : pool_(std::move(pool)), slot_(s) {}
    std::shared_ptr<reader_pool> pool_;
    slot* slot_ = nullptr;
  };

  /// A free connection; waits up to `patience` for one. Fails with `storage_busy` (all are in use), `engine_closed`, and
  /// as `sqlite::connection::open`.
  [[nodiscard]] result<lease> acquire(user who, std::chrono::milliseconds patience);
  /// Closes the connections that nobody holds; they open again when needed.
  void close_idle();
  /// See the class. Idempotent.
  void close();
  [[nodiscard]] std::size_t in_use() const;

 private:
  struct slot {
    std::mutex busy;  // held while a call is inside
    std::optional<read_connection> connection;
    bool leased = false;  // guarded by the pool's mutex
    user holder = user::thread;
  };

  explicit reader_pool(options o);
  [[nodiscard]] static error closed_error();
  [[nodiscard]] slot* find_free(user who);

  const options options_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<slot>> slots_;
  std::size_t leased_to_threads_ = 0;
  bool closed_ = false;
};

}  // namespace quire::runtime
