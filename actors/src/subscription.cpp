#include <caf/send.hpp>

#include "event_filter.hpp"
#include "stored_changes.hpp"
#include "subscription_state.hpp"

namespace quire {
namespace {

constexpr std::size_t page_size = 256;
// A session may end while nothing happens in the tenant.
constexpr std::chrono::milliseconds look_interval{200};

}  // namespace

result<std::unique_ptr<subscription::state>> subscription::state::open(const std::shared_ptr<tenant_core>& core,
                                                                       const std::shared_ptr<session::state>& who,
                                                                       const subscribe_options& options) {
  auto s = std::make_unique<subscription::state>(core, who, options);
  core->count_subscribers(core->thread_subscribers, 1);  // from now on WATCHER looks for commits of other processes
  core->touch();
  if (auto ok = s->gate.look(); !ok) return ok.error();
  auto lease = core->pool()->acquire(runtime::reader_pool::user::thread, core->engine->options.timeout);
  if (!lease) return in_context(lease.error(), "tenant '" + core->org.get() + "'");
  auto last = lease->with([](runtime::read_connection& on) { return on.changes.last(); });
  if (!last) return last.error();
  if (options.from && *options.from > *last) {
    return not_there_yet(core->org, *options.from, *last);
  }
  core->ring.skip_to(*last);  // does nothing where the ring is ahead
  s->position = options.from.value_or(*last);
  return s;
}

error not_there_yet(const org_id& org, change_seq wanted, change_seq last) {
  return fail(errc::offset_out_of_range, "tenant '" + org.get() + "': change " + std::to_string(wanted.get()) +
                                             " is not there yet; the last is " + std::to_string(last.get()));
}

subscription::state::~state() { core->count_subscribers(core->thread_subscribers, -1); }

void subscription::state::take(const change_event& e, std::vector<change_event>& out) {
  position = e.seq;
  if (wants(options, e) && gate.passes(e)) out.push_back(e);
}

result<bool> subscription::state::collect_from_file(std::vector<change_event>& out, std::size_t max) {
  auto lease = core->pool()->acquire(runtime::reader_pool::user::thread, core->engine->options.timeout);
  if (!lease) return lease.error();
  auto found = lease->with([&](runtime::read_connection& on) {
    return read_changes(on.changes, position, std::min(page_size, max - out.size()));
  });
  if (!found) return in_context(found.error(), "tenant '" + core->org.get() + "'");
  for (const auto& e : found->events) take(e, out);
  position = found->end;
  return true;
}

result<bool> subscription::state::collect(std::vector<change_event>& out, std::size_t max) {
  const auto next = core->ring.next(position);
  switch (next.state) {
    case runtime::feed_ring::state::up_to_date: return false;
    case runtime::feed_ring::state::in_file: return collect_from_file(out, max);
    case runtime::feed_ring::state::events: break;
  }
  for (auto i = next.begin; i < next.batch->size() && out.size() < max; ++i) take((*next.batch)[i], out);
  return true;
}

subscription::subscription(std::unique_ptr<state> s) : state_(std::move(s)) {}
subscription::subscription(subscription&&) noexcept = default;
subscription& subscription::operator=(subscription&&) noexcept = default;
subscription::~subscription() = default;

change_seq subscription::position() const { return state_->position; }

result<std::vector<change_event>> subscription::next(std::chrono::milliseconds timeout, std::size_t max) {
  if (in_engine_thread()) {
    return fail(errc::would_deadlock, "waiting for events in a thread that runs the engine's actors; subscribe at FEED");
  }
  const auto until = std::chrono::steady_clock::now() + std::min(timeout, longest_wait);
  std::vector<change_event> out;
  max = std::max<std::size_t>(max, 1);
  while (true) {
    // What may be seen is judged after the wait and before each batch: a right that is gone ends it.
    if (auto ok = state_->gate.look(); !ok) return ok.error();
    while (out.size() < max) {
      auto moved = state_->collect(out, max);
      if (!moved && out.empty()) return moved.error();
      if (!moved || !*moved) break;
    }
    if (!out.empty()) return out;
    if (state_->core->ring.closed()) {
      return fail(errc::engine_closed, "tenant '" + state_->core->org.get() + "': closed; everything before was delivered");
    }
    const auto now = std::chrono::steady_clock::now();
    const auto wake = state_->gate.is_open() ? until : std::min(until, now + look_interval);
    if (!state_->core->ring.wait(state_->position, wake)) {
      if (state_->core->ring.closed() || std::chrono::steady_clock::now() < until) continue;
      return out;
    }
  }
}

}  // namespace quire
