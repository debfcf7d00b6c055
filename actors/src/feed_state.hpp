#pragma once

#include <caf/actor_system.hpp>
#include <caf/message.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <memory>
#include <unordered_map>

#include "event_gate.hpp"
#include "internal_actors.hpp"
#include "tenant_core.hpp"

namespace quire {

/// FEED from inside: a cursor and a credit per subscribing actor over the tenant's ring. Subscribers that keep up share one
/// message per commit; who falls behind reads pages from the file through a read connection, until it has caught up.
class feed_state {
 public:
  void start(feed_hub_actor::pointer self, std::shared_ptr<tenant_core> core);
  ~feed_state();
  feed_state() = default;
  feed_state(const feed_state&) = delete;
  feed_state& operator=(const feed_state&) = delete;

  caf::result<change_seq> subscribe(const feed_subscribe& what);
  void grant(const grant_credit& what);
  void unsubscribe(const caf::actor_addr& who);
  void wake();

  static constexpr const char* name = "quire.feed";

 private:
  struct subscriber {
    caf::actor handle;
    subscribe_options options;
    change_seq cursor;
    std::size_t credit = 0;
    std::unique_ptr<event_gate> gate;
  };
  /// Where a subscription begins. Fails with `offset_out_of_range`, `storage_*`.
  [[nodiscard]] result<change_seq> start_of(const subscribe_options& options);
  enum class progress : std::uint8_t { idle, more };

  /// Sends what follows the cursor, once; `more` when it should be called again.
  progress advance(subscriber& s);
  progress advance_from_file(subscriber& s);
  void send_events(subscriber& s, const std::shared_ptr<const change_batch>& batch, std::size_t begin, std::size_t end);
  /// Sends all it can; false when the subscription is over.
  [[nodiscard]] bool run(subscriber& s);
  /// Looks again, after others had their turn.
  void wake_later(std::chrono::milliseconds delay);

  feed_hub_actor::pointer self_ = nullptr;
  std::shared_ptr<tenant_core> core_;
  std::unordered_map<caf::actor_addr, subscriber> subscribers_;
  bool wake_sent_ = false;
  // The message made last, to be shared by all who get the same events.
  std::shared_ptr<const change_batch> last_batch_;
  std::size_t last_begin_ = 0;
  std::size_t last_end_ = 0;
  caf::message last_message_;
};

[[nodiscard]] feed_hub_actor spawn_feed(caf::actor_system& system, std::shared_ptr<tenant_core> core);

}  // namespace quire
