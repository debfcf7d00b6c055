#pragma once

#include <quire/actors/status.hpp>
#include <quire/actors/tenant_actor.hpp>
#include <quire/runtime/feed_ring.hpp>
#include <quire/runtime/permits.hpp>
#include <quire/runtime/reader_pool.hpp>

#include "engine_shared.hpp"
#include "internal_actors.hpp"
#include "tenant_access.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace quire {

/// What threads and actors share of one tenant: handles of its actors, permits, recent events, read connections, counters.
/// Thread-safe. Made by STORE once per tenant; lives until the engine closes.
class tenant_core : public std::enable_shared_from_this<tenant_core> {
 public:
  tenant_core(org_id org, std::shared_ptr<engine_shared> engine);

  const org_id org;
  const std::shared_ptr<engine_shared> engine;
  const std::shared_ptr<runtime::permit_pool> permits;
  runtime::feed_ring ring;
  tenant_access access;

  // Set by STORE before anyone else sees the object, cleared when the engine closes.
  struct handles {
    tenant_writer_actor writer;
    feed_hub_actor feed;
    std::vector<reader_actor> readers;
  };
  void set_handles(handles h);
  [[nodiscard]] handles actors() const;
  [[nodiscard]] tenant_writer_actor writer() const;
  [[nodiscard]] feed_hub_actor feed() const;
  [[nodiscard]] reader_actor next_reader();

  [[nodiscard]] std::shared_ptr<runtime::reader_pool> pool() const;
  /// Closes all read connections and makes new ones when needed: after the fate of a commit was open.
  void renew_pool();
  /// Refuses reads from now on; ends subscriptions; forgets the actors.
  void close();
  [[nodiscard]] bool is_closed() const;
  /// Counts subscribers in or out, here and in the engine. `which` is one of the counters below.
  void count_subscribers(std::atomic<std::size_t>& which, std::ptrdiff_t by) noexcept;
  /// Tells FEED that the ring moved on, unless it has nobody to tell or knows already.
  void wake_feed();
  /// FEED is about to look at the ring.
  void feed_awake() noexcept { feed_woken_.store(false); }

  /// The version of a graph type that this program was built for: writes to graphs of a newer one are refused from now on.
  void declare(const graph_type_name& type, std::int64_t version);
  [[nodiscard]] std::map<graph_type_name, std::int64_t> declared_versions() const;

  // The system types of the engine are ensured once per tenant; guarded by the mutex, which is held meanwhile.
  std::mutex ensuring;
  bool types_ensured = false;

  void touch() noexcept { last_used.store(std::chrono::steady_clock::now().time_since_epoch().count(), std::memory_order_relaxed); }

  /// The graph of access control has followed the memberships at least once; from then on SYSTEM says when there is more.
  std::atomic<bool> caught_up{false};

  // Counters, written by the tenant's actors, read by anyone.
  std::atomic<bool> file_open{false};
  std::atomic<std::int64_t> last_seq{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> foreign_commits{0};
  std::atomic<std::uint64_t> wal_bytes{0};
  std::atomic<std::int64_t> last_used{0};           ///< steady clock ticks
  std::atomic<std::size_t> thread_subscribers{0};   ///< subscriptions held by threads
  std::atomic<std::size_t> actor_subscribers{0};    ///< subscribers of FEED

  [[nodiscard]] tenant_status status() const;

 private:
  [[nodiscard]] std::shared_ptr<runtime::reader_pool> new_pool() const;

  mutable std::mutex mutex_;
  handles handles_;
  std::map<graph_type_name, std::int64_t> declared_;
  std::size_t turn_ = 0;
  std::shared_ptr<runtime::reader_pool> pool_;
  bool closed_ = false;
  std::atomic<bool> feed_woken_{false};
};

}  // namespace quire
