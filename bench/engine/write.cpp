#include "bench_engine.hpp"

#include <quire/actors/tenant_actor.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <atomic>
#include <memory>
#include <thread>

namespace quire::bench {
namespace {

/// What the callers of one run share.
struct race {
  explicit race(const report& r) : made(r), ends_us(now_us() + r.opts().seconds * 1e6) {}

  [[nodiscard]] bool over() const { return now_us() >= ends_us; }

  bench_engine made;
  double ends_us;
  std::atomic<long> next{0};  ///< keys ascend over all callers, as the floor's do
};

/// The tenant on the authority of the organization's owner: each write is judged by the graph of access control.
tenant<access::checked> checked_tenant(bench_engine& made) {
  const auto org = made.tenant.org();
  const auto owner = need(made.engine.find_organization(org), "finding the organization").owner;
  const auto session = need(made.engine.authenticate(known_account{owner}, org), "authenticating");
  return need(made.engine.tenant(session), "opening the tenant for a session");
}

floor_run from_threads(const report& r, int callers, bool checked = false) {
  race shared{r};
  tenant_base in = checked ? static_cast<tenant_base>(checked_tenant(shared.made))
                           : static_cast<tenant_base>(shared.made.tenant);
  std::vector<laps> times(static_cast<std::size_t>(callers));
  std::vector<std::string> errors(times.size());
  const auto start = now_us();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < times.size(); ++i) {
      threads.emplace_back([&, i] {
        auto tenant = in;
        while (!shared.over()) {
          const auto begun = now_us();
          const auto answer = tenant.create(node_number(shared.made.graph, shared.next++));
          if (!answer) {
            errors[i] = to_string(answer.error());
            return;
          }
          times[i].add(now_us() - begun);
        }
      });
    }
  }
  const auto took = now_us() - start;
  laps all;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!errors[i].empty()) throw failure{"writing: " + errors[i]};
    all.add(times[i]);
  }
  return all.finish(took);
}

struct caller_state {
  laps times;
};

using caller = caf::stateful_actor<caller_state>;

/// Tells `done` the latencies, or what went wrong, once the time is over.
struct finished {
  laps times;
  std::string error;
};

void call(caller* self, race* shared, const tenant_actor& writer, const caf::actor& done) {
  const auto end = [self, done](std::string error) {
    self->send(done, std::make_shared<const finished>(
                         finished{std::move(self->state.times), std::move(error)}));
    self->quit();
  };
  if (shared->over()) return end({});
  const auto begun = now_us();
  std::vector<operation> operations;
  operations.emplace_back(node_number(shared->made.graph, shared->next++));
  auto admitted = admit(shared->made.tenant, std::move(operations));
  if (!admitted) return end(to_string(admitted.error()));
  self->request(writer, caf::infinite, *admitted)
      .then(
          [=](const write_reply&) {
            self->state.times.add(now_us() - begun);
            call(self, shared, writer, done);
          },
          [end](const caf::error& e) { end(to_string(from_caf(e))); });
}

}  // namespace
}  // namespace quire::bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<const quire::bench::finished>)

namespace quire::bench {
namespace {

floor_run from_actors(const report& r, int callers) {
  // Actors only point to it: the last of them must not be the one that closes the engine it runs
  // in.
  race owned{r};
  auto* const shared = &owned;
  auto& system = shared->made.engine.actors();
  laps all;
  std::string error;
  const auto start = now_us();
  {
    caf::scoped_actor self{system};
    for (int i = 0; i < callers; ++i) {
      system.spawn([shared, done = caf::actor{self}](caller* caller_self) {
        call(caller_self, shared, writer_of(shared->made.tenant), done);
      });
    }
    for (int i = 0; i < callers; ++i) {
      self->receive([&](const std::shared_ptr<const finished>& f) {
        all.add(f->times);
        if (!f->error.empty()) error = f->error;
      });
    }
  }
  const auto took = now_us() - start;
  if (!error.empty()) throw failure{"writing: " + error};
  return all.finish(took);
}

/// One check of a node's attributes by its type, as every write of one makes it.
floor_run one_check(const report& r) {
  constexpr int checks_per_lap = 10'000;
  const bench_engine made{r};
  auto view = need(made.tenant.view(), "reading");
  const auto type = need(view.find_graph_type(graph_type_name{"bench"}), "reading the graph type");
  const auto compiled =
      need(schema::compile(type.node_types.front().schema.value()), "compiling a schema");
  const auto attributes = node_number(made.graph, 1).attributes;
  const auto& value = attributes.value();
  laps times;
  const auto start = now_us();
  for (auto now = start; now < start + r.opts().seconds * 1e6;) {
    const auto begun = now;
    int passed = 0;
    for (int i = 0; i < checks_per_lap; ++i)
      passed += static_cast<int>(schema::check(compiled, value));
    if (passed != checks_per_lap) throw failure{"the node does not fit its type"};
    now = now_us();
    times.add((now - begun) / checks_per_lap);
  }
  return times.finish(now_us() - start, static_cast<long>(times.count()) * checks_per_lap);
}

/// What a durable write costs among 32 callers, all that they share included.
floor_run time_per_write(const report& r) {
  auto run = from_threads(r, 32);
  run.p50_us = 1e6 / run.per_second;
  return run;
}

}  // namespace

void write_bench(report& r) {
  using enum budget::kind;
  const auto floor = [&](int batch) {
    return [&r, batch] {
      const temporary_folder folder{r.opts().dir};
      return floor_of([&](floor_run* out) {
        return floor_write((folder.path() / "floor.db").c_str(), batch, r.opts().seconds, out);
      });
    };
  };
  {
    // A floor that has other tables than the engine is no floor.
    const bench_engine made{r};
    const auto other = (made.folder.path() / "floor.db").string();
    char graph[floor_id_bytes];
    int same = 0;
    if (floor_fill(other.c_str(), 2, 1, graph) != 0 ||
        floor_same_schema(made.tenant_file().c_str(), other.c_str(), &same) != 0 || same == 0) {
      throw failure{
          "the floor's tables are not the engine's: bring bench/floor/floor.c up to date"};
    }
  }
  for (const int callers : {1, 8, 32, 256}) {
    const auto n = std::to_string(callers);
    const auto shared_commit = budget{rate_of_floor, 0.6, 0.8};
    r.compare(
        "write, " + n + (callers == 1 ? " thread" : " threads"),
        callers == 1    ? budget{time_over_floor, 80, 40}
        : callers == 32 ? shared_commit
                        : budget{},
        [&] { return from_threads(r, callers); }, floor(callers));
    r.compare(
        "write, " + n + (callers == 1 ? " actor" : " actors"),
        callers == 1    ? budget{time_of_floor, 1.4, 1.2}
        : callers == 32 ? shared_commit
                        : budget{},
        [&] { return from_actors(r, callers); }, floor(callers));
  }
  for (const int callers : {1, 32}) {
    const auto n = std::to_string(callers);
    // The floor is the same writes with access::open.
    r.compare("checked write over open, " + n + (callers == 1 ? " thread" : " threads"),
              budget{rate_of_floor, 0.9, 0.97}, [&] { return from_threads(r, callers, true); },
              [&] { return from_threads(r, callers); });
  }
  r.compare("schema check beside a durable write of 32 threads", budget{time_of_floor, 0.05, 0.02},
            [&] { return one_check(r); }, [&] { return time_per_write(r); });
}

}  // namespace quire::bench
