#include "feed_state.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "access_desk.hpp"
#include "event_filter.hpp"
#include "stored_changes.hpp"
#include "subscription_state.hpp"

namespace quire {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t page_size = 256;
constexpr auto patience = 20ms;
constexpr auto retry_delay = 50ms;

}  // namespace

feed_state::~feed_state() {
  if (core_) core_->count_subscribers(core_->actor_subscribers, -static_cast<std::ptrdiff_t>(subscribers_.size()));
}

void feed_state::start(feed_hub_actor::pointer self, std::shared_ptr<tenant_core> core) {
  self_ = self;
  core_ = std::move(core);
  core_->feed_awake();
}

caf::result<change_seq> feed_state::subscribe(const feed_subscribe& what) {
  const auto who = caf::actor_cast<caf::actor_addr>(what.subscriber);
  auto handle = caf::actor_cast<caf::actor>(what.subscriber);
  if (!handle) return to_caf(fail(errc::invalid_option, "a subscription needs a subscriber"));
  auto session = core_->engine->desk->find(what.session);
  if (!session) return to_caf(in_context(session.error(), "tenant '" + core_->org.get() + "'"));
  subscriber made{.handle = std::move(handle),
                  .options = what.options,
                  .cursor = {},
                  .credit = what.credit,
                  .gate = std::make_unique<event_gate>(core_, std::move(*session), what.options)};
  if (auto ok = made.gate->look(); !ok) return to_caf(ok.error());
  const bool is_new = !subscribers_.contains(who);
  // Counted first: a commit between here and the look at the ring then wakes us.
  if (is_new) core_->count_subscribers(core_->actor_subscribers, 1);
  auto from = start_of(what.options);
  if (!from) {
    if (is_new) core_->count_subscribers(core_->actor_subscribers, -1);
    return to_caf(from.error());
  }
  made.cursor = *from;
  if (is_new) self_->monitor(made.handle);
  auto& kept = subscribers_[who] = std::move(made);
  (void)run(kept);
  return *from;
}

result<change_seq> feed_state::start_of(const subscribe_options& options) {
  // The ring knows nothing of a file that nobody has opened yet.
  auto lease = core_->pool()->acquire(runtime::reader_pool::user::actor, patience);
  if (!lease) return in_context(lease.error(), "tenant '" + core_->org.get() + "'");
  auto last = lease->with([](runtime::read_connection& on) { return on.changes.last(); });
  if (!last) return last.error();
  if (options.from && *options.from > *last) return not_there_yet(core_->org, *options.from, *last);
  core_->ring.skip_to(*last);  // does nothing where the ring is ahead
  return options.from.value_or(*last);
}

void feed_state::grant(const grant_credit& what) {
  const auto found = subscribers_.find(caf::actor_cast<caf::actor_addr>(what.subscriber));
  if (found == subscribers_.end()) return;
  found->second.credit += what.events;
  if (!run(found->second)) unsubscribe(found->first);
}

void feed_state::unsubscribe(const caf::actor_addr& who) {
  if (subscribers_.erase(who) > 0) core_->count_subscribers(core_->actor_subscribers, -1);
}

void feed_state::wake() {
  wake_sent_ = false;
  core_->feed_awake();
  for (auto at = subscribers_.begin(); at != subscribers_.end();) {
    auto& [who, s] = *at++;
    if (!run(s)) unsubscribe(who);
  }
}

void feed_state::wake_later(std::chrono::milliseconds delay) {
  if (wake_sent_) return;
  wake_sent_ = true;
  self_->delayed_send(feed_hub_actor{self_}, delay, wake_atom::value);
}

bool feed_state::run(subscriber& s) {
  if (s.credit == 0) return true;
  if (auto ok = s.gate->look(); !ok && ok.error().code == errc::access_denied) {
    caf::anon_send(s.handle, feed_ended{ok.error()});
    return false;
  } else if (!ok) {
    wake_later(retry_delay);
    return true;
  }
  while (s.credit > 0 && advance(s) == progress::more) {
  }
  return true;
}

feed_state::progress feed_state::advance(subscriber& s) {
  auto next = core_->ring.next(s.cursor);
  switch (next.state) {
    case runtime::feed_ring::state::up_to_date: return progress::idle;
    case runtime::feed_ring::state::in_file: return advance_from_file(s);
    case runtime::feed_ring::state::events: break;
  }
  const auto end = std::min(next.batch->size(), next.begin + s.credit);
  send_events(s, next.batch, next.begin, end);
  s.cursor = (*next.batch)[end - 1].seq;
  return progress::more;
}

feed_state::progress feed_state::advance_from_file(subscriber& s) {
  auto lease = core_->pool()->acquire(runtime::reader_pool::user::actor, patience);
  auto found = lease ? lease->with([&](runtime::read_connection& c) {
    return read_changes(c.changes, s.cursor, std::min(page_size, s.credit));
  })
                     : result<stored_changes>{lease.error()};
  if (!found) {
    wake_later(retry_delay);
    return progress::idle;
  }
  s.cursor = found->end;
  if (!found->events.empty()) {
    const auto batch = std::make_shared<const change_batch>(std::move(found->events));
    send_events(s, batch, 0, batch->size());
  }
  // One page a turn: who is far behind holds up nobody else.
  if (s.credit > 0) wake_later(0ms);
  return progress::idle;
}

void feed_state::send_events(subscriber& s, const std::shared_ptr<const change_batch>& batch, std::size_t begin,
                             std::size_t end) {
  if (!wants_all(s.options) || !s.gate->is_open()) {
    change_batch wanted;
    for (auto i = begin; i < end; ++i) {
      if (wants(s.options, (*batch)[i]) && s.gate->passes((*batch)[i])) wanted.push_back((*batch)[i]);
    }
    if (wanted.empty()) return;
    s.credit -= std::min(s.credit, wanted.size());
    const auto size = wanted.size();
    caf::anon_send(s.handle, feed_events{.batch = std::make_shared<const change_batch>(std::move(wanted)), .begin = 0, .end = size});
    return;
  }
  s.credit -= end - begin;
  if (last_batch_ != batch || last_begin_ != begin || last_end_ != end) {
    last_batch_ = batch;
    last_begin_ = begin;
    last_end_ = end;
    last_message_ = caf::make_message(feed_events{.batch = batch, .begin = begin, .end = end});
  }
  caf::anon_send(s.handle, last_message_);
}

feed_hub_actor spawn_feed(caf::actor_system& system, std::shared_ptr<tenant_core> core) {
  using stateful = feed_hub_actor::stateful_pointer<feed_state>;
  return system.spawn([core = std::move(core)](stateful self) mutable -> feed_hub_actor::behavior_type {
    self->state.start(self, std::move(core));
    auto& state = self->state;
    self->set_down_handler([&state](const caf::down_msg& down) { state.unsubscribe(down.source); });
    return {
        [&state](const feed_subscribe& what) { return state.subscribe(what); },
        [&state](const grant_credit& what) { state.grant(what); },
        [&state](const feed_unsubscribe& what) {
          state.unsubscribe(caf::actor_cast<caf::actor_addr>(what.subscriber));
        },
        [&state](wake_atom) { state.wake(); },
    };
  });
}

}  // namespace quire
