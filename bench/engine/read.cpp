#include "bench_engine.hpp"

#include <quire/actors/tenant_actor.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>

namespace quire::bench {
namespace {

/// Does `once` about scattered nodes until the time is over.
template <class F>
floor_run repeat(const report& r, F&& once) {
  laps times;
  scattered numbers;
  const auto start = now_us();
  auto now = start;
  while (now - start < r.opts().seconds * 1e6) {
    once(key_number(numbers.below(floor_nodes)));
    const auto then = std::exchange(now, now_us());
    times.add(now - then);
  }
  return times.finish(now - start);
}

read_request asking(const session_ref& session, const graph_id& graph, node_key key) {
  read_request q;
  q.session = session;
  q.query = find_node{.graph = graph, .key = std::move(key)};
  return q;
}

/// What an actor that asks one question after the other keeps; shared with the thread that waits
/// for it.
struct asker {
  session_ref session;
  laps times;
  scattered numbers;
  double ends_us = 0;
  std::string error;
  std::mutex mutex;
  std::condition_variable changed;
  bool over = false;

  void end() {
    const std::lock_guard lock{mutex};
    over = true;
    changed.notify_all();
  }
};

void ask(caf::event_based_actor* self, const std::shared_ptr<asker>& state,
         const reader_actor& reader, const graph_id& graph) {
  const auto begun = now_us();
  if (begun >= state->ends_us) return state->end();
  self->request(reader, caf::infinite, asking(state->session, graph, key_number(state->numbers.below(floor_nodes))))
      .then(
          [=](const read_reply&) {
            state->times.add(now_us() - begun);
            ask(self, state, reader, graph);
          },
          [=](const caf::error& e) {
            state->error = to_string(from_caf(e));
            state->end();
          });
}

floor_run by_actor(const report& r, bench_engine& made) {
  const auto state = std::make_shared<asker>();
  const auto start = now_us();
  state->ends_us = start + r.opts().seconds * 1e6;
  state->session = made.tenant.session();
  made.engine.actors().spawn(
      [state, reader = reader_of(made.tenant), graph = made.graph](caf::event_based_actor* self) {
        ask(self, state, reader, graph);
      });
  std::unique_lock lock{state->mutex};
  state->changed.wait(lock, [&] { return state->over; });
  if (!state->error.empty()) throw failure{"reading: " + state->error};
  return state->times.finish(now_us() - start);
}

floor_run by_thread_message(const report& r, bench_engine& made) {
  caf::scoped_actor self{made.engine.actors()};
  const auto reader = reader_of(made.tenant);
  const auto session = made.tenant.session();
  return repeat(r, [&](node_key key) {
    self->request(reader, caf::infinite, asking(session, made.graph, std::move(key)))
        .receive([](const read_reply&) {},
                 [](const caf::error& e) { throw failure{"reading: " + to_string(from_caf(e))}; });
  });
}

}  // namespace

void read_bench(report& r) {
  using enum budget::kind;
  bench_engine made{r};
  made.fill(floor_nodes, floor_degree);
  const auto file = made.tenant_file();
  const auto floor = [&](int fresh) {
    return [&, fresh] {
      return floor_of([&](floor_run* out) {
        return floor_read(file.c_str(), made.graph.get().c_str(), floor_nodes, fresh,
                          r.opts().seconds, out);
      });
    };
  };
  const auto find = [&](view& v, node_key key) {
    need(v.find(find_node{.graph = made.graph, .key = std::move(key)}), "reading");
  };
  r.compare(
      "read a node, in a view", {time_of_floor, 1.5, 1.2},
      [&] {
        auto v = need(made.tenant.view(), "opening a view");
        return repeat(r, [&](node_key key) { find(v, std::move(key)); });
      },
      floor(0));
  r.compare(
      "read a node, a view each", {},
      [&] {
        return repeat(r, [&](node_key key) {
          auto v = need(made.tenant.view(), "opening a view");
          find(v, std::move(key));
        });
      },
      floor(1));
  r.compare(
      "read a node, message from an actor", {time, 12, 6}, [&] { return by_actor(r, made); },
      floor(1));
  r.compare(
      "read a node, message from a thread", {time, 70, 35},
      [&] { return by_thread_message(r, made); }, floor(1));
}

void hop_bench(report& r) {
  bench_engine made{r};
  made.fill(floor_nodes, floor_degree);
  const auto file = made.tenant_file();
  r.compare(
      "10 neighbours with attributes, in a view", {budget::kind::time_of_floor, 1.5, 1.2},
      [&] {
        auto v = need(made.tenant.view(), "opening a view");
        return repeat(r, [&](node_key key) {
          find_neighbors what;
          what.graph = made.graph;
          what.key = std::move(key);
          const auto found = need(v.neighbors(what), "reading neighbours");
          if (found.items.size() != floor_degree) throw failure{"a node has not its 10 neighbours"};
        });
      },
      [&] {
        return floor_of([&](floor_run* out) {
          return floor_hop(file.c_str(), made.graph.get().c_str(), floor_nodes, r.opts().seconds,
                           out);
        });
      });
}

}  // namespace quire::bench
