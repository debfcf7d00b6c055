#pragma once

#include <quire/messages/change_event.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

namespace quire::runtime {

/// The latest committed change events of one tenant, as shared batches. Readers hold a cursor (a change number) and
/// nothing else; who falls out of the ring is told so and reads the file until it has caught up. One writer, any number of
/// readers, any threads; a push costs a lock and no copy, whoever listens.
class feed_ring {
 public:
  feed_ring(std::size_t max_events, std::size_t max_bytes) : max_events_(max_events), max_bytes_(max_bytes) {}

  /// Says where the file stands, before the first push and after commits of other processes: events up to `seq` are in
  /// the file only. Never moves back.
  void skip_to(change_seq seq);
  /// The next commit. Its first number must follow `last()`; else what lies between is in the file only.
  void push(std::shared_ptr<const change_batch> batch);
  /// Wakes everyone; waiting ends.
  void close();

  enum class state : std::uint8_t {
    events,   ///< `batch` from `begin` on comes after the cursor
    up_to_date,
    in_file,  ///< the next event has left memory, or never was there: read the file
  };
  struct slice {
    feed_ring::state state = feed_ring::state::up_to_date;
    std::shared_ptr<const change_batch> batch;
    std::size_t begin = 0;
  };
  /// What follows `after`.
  [[nodiscard]] slice next(change_seq after) const;

  /// Waits until something follows `after`, the ring closes, or `until` passes. True when something follows.
  bool wait(change_seq after, std::chrono::steady_clock::time_point until) const;

  [[nodiscard]] change_seq last() const;
  [[nodiscard]] bool closed() const;

 private:
  struct entry {
    std::shared_ptr<const change_batch> batch;
    std::size_t bytes;
  };
  void drop_oldest();

  const std::size_t max_events_;
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  mutable int waiting_ = 0;
  std::deque<entry> entries_;  // contiguous numbers up to last_
  std::size_t events_ = 0;
  std::size_t bytes_ = 0;
  change_seq last_;
  bool closed_ = false;
};

}  // namespace quire::runtime
