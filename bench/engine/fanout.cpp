#include "bench_engine.hpp"

#include <quire/actors/tenant_actor.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <atomic>
#include <memory>
#include <thread>

namespace quire::bench {
namespace {

/// One event at a time on its way to all subscribers.
struct arrivals {
  std::atomic<double> committed_us{0};
  std::atomic<double> first_us{0};
  std::atomic<double> last_us{0};
  std::atomic<long> count{0};

  void arrived() {
    const auto now = now_us();
    if (count.load(std::memory_order_relaxed) == 0) first_us = now;
    last_us = now;
    ++count;
  }
};

void subscribe_actor(bench_engine& made, const std::shared_ptr<arrivals>& seen) {
  auto& system = made.engine.actors();
  const auto feed = feed_of(made.tenant);
  const auto subscriber = system.spawn([seen, feed](caf::event_based_actor* self) -> caf::behavior {
    return {[=](const feed_events& events) {
      seen->arrived();
      self->send(feed, grant_credit{caf::actor_cast<caf::strong_actor_ptr>(self),
                                    events.end - events.begin});
    }};
  });
  caf::scoped_actor self{system};
  feed_subscribe what;
  what.subscriber = caf::actor_cast<caf::strong_actor_ptr>(subscriber);
  what.session = made.tenant.session();
  self->request(feed, caf::infinite, what)
      .receive(
          [](change_seq) {},
          [](const caf::error& e) { throw failure{"subscribing: " + to_string(from_caf(e))}; });
}

/// Writes one node after the other and waits each time until `want` subscribers have its event;
/// gives `measured` the arrivals of each.
template <class F>
void one_by_one(const report& r, bench_engine& made, arrivals& seen, long want, F&& measured) {
  const auto ends = now_us() + r.opts().seconds * 1e6;
  for (long number = 0; now_us() < ends; ++number) {
    seen.count = 0;
    std::atomic<bool> answered = false;
    std::string error;
    std::vector<operation> operations;
    operations.emplace_back(node_number(made.graph, number));
    made.tenant.submit(std::move(operations), [&](const result<write_reply>& answer) {
      seen.committed_us = now_us();  // answers leave right after COMMIT
      if (!answer) error = to_string(answer.error());
      answered = true;
    });
    const auto patience = now_us() + 5e6;
    while (!answered || (error.empty() && seen.count < want)) {
      if (now_us() > patience) throw failure{"an event did not reach all subscribers within 5 s"};
      std::this_thread::yield();
    }
    if (!error.empty()) throw failure{"writing: " + error};
    measured();
  }
}

/// Time from the answer to the first subscriber.
floor_run to_first(const report& r, long subscribers) {
  bench_engine made{r};
  const auto seen = std::make_shared<arrivals>();
  for (long i = 0; i < subscribers; ++i) subscribe_actor(made, seen);
  laps times;
  const auto start = now_us();
  one_by_one(r, made, *seen, subscribers,
             [&] { times.add(std::max(0.0, seen->first_us.load() - seen->committed_us.load())); });
  return times.finish(now_us() - start);
}

/// Time that each further subscriber takes: first to last, shared out.
floor_run to_each_further(const report& r, long subscribers) {
  bench_engine made{r};
  const auto seen = std::make_shared<arrivals>();
  for (long i = 0; i < subscribers; ++i) subscribe_actor(made, seen);
  laps times;
  const auto start = now_us();
  one_by_one(r, made, *seen, subscribers, [&] {
    times.add((seen->last_us.load() - seen->first_us.load()) /
              static_cast<double>(subscribers - 1));
  });
  return times.finish(now_us() - start);
}

/// Time from the answer to a thread that waits in `subscription::next`.
floor_run to_thread(const report& r) {
  bench_engine made{r};
  auto seen = std::make_shared<arrivals>();
  auto feed = need(made.tenant.subscribe(), "subscribing");
  std::atomic<bool> over = false;
  laps times;
  const auto start = now_us();
  {
    const std::jthread reader{[&] {
      while (!over) {
        const auto events = feed.next(std::chrono::milliseconds{100});
        if (!events) return;
        for (std::size_t i = 0; i < events->size(); ++i) seen->arrived();
      }
    }};
    struct ender {
      std::atomic<bool>& over;
      ~ender() { over = true; }
    } const ends{over};
    one_by_one(r, made, *seen, 1, [&] {
      times.add(std::max(0.0, seen->first_us.load() - seen->committed_us.load()));
    });
  }
  return times.finish(now_us() - start);
}

}  // namespace

void fanout_bench(report& r) {
  using enum budget::kind;
  r.measure("event to one actor, after the answer", {time, 50, 20}, [&] { return to_first(r, 1); });
  r.measure("event to a waiting thread, after the answer", {}, [&] { return to_thread(r); });
  for (const long subscribers : {100L, 1000L}) {
    const auto n = std::to_string(subscribers);
    r.measure("event to the first of " + n + " actors", {time, 50, 20},
              [&] { return to_first(r, subscribers); });
    r.measure("event to each further of " + n + " actors", {time, 1, 0.3},
              [&] { return to_each_further(r, subscribers); });
  }
}

}  // namespace quire::bench
