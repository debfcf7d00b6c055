#include "bench_engine.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

namespace quire::bench {
namespace {

constexpr int writers = 4;
constexpr std::int64_t first_target = 4;  // what follows version 1
constexpr auto sample_every = std::chrono::milliseconds{5};

double resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  double all = 0;
  double resident = 0;
  if (!(statm >> all >> resident)) throw failure{"cannot read /proc/self/statm"};
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// A large graph of one type, which is migrated once a run, and a small one of another, which is
/// written to.
struct two_graphs {
  explicit two_graphs(const report& r)
      : made(r), other(make_graph(made.tenant, graph_type_name{"other"}, payload::keys)) {
    made.fill(r.opts().migration_nodes, 0);
  }

  bench_engine made;
  graph_id other;
  std::atomic<long> next{0};
  int migrations = 0;
};

/// Threads that write to the other graph until `during` has returned.
template <class F>
floor_run write_during(two_graphs& in, F&& during) {
  std::vector<laps> times(writers);
  std::vector<std::string> errors(times.size());
  std::atomic<bool> over{false};
  const auto start = now_us();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < times.size(); ++i) {
      threads.emplace_back([&, i] {
        auto tenant = in.made.tenant;
        while (!over) {
          const auto begun = now_us();
          const auto answer = tenant.create(node_number(in.other, in.next++));
          if (!answer) {
            errors[i] = to_string(answer.error());
            return;
          }
          times[i].add(now_us() - begun);
        }
      });
    }
    try {
      during();
    } catch (...) {
      over = true;
      throw;
    }
    over = true;
  }
  const auto took = now_us() - start;
  laps all;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!errors[i].empty()) throw failure{"writing: " + errors[i]};
    all.add(times[i]);
  }
  return all.finish(took);
}

/// Brings every row of the large graph to the next version; answers how long that took.
floor_run migrate(two_graphs& in, long rows, memory_use& memory) {
  const auto target = first_target + 2 * in.migrations++;
  std::atomic<bool> over{false};
  memory.before = resident_bytes();
  memory.peak = memory.before;
  std::jthread sampler{[&] {
    while (!over) {
      memory.peak = std::max(memory.peak, resident_bytes());
      std::this_thread::sleep_for(sample_every);
    }
  }};
  const auto begun = now_us();
  auto report = in.made.tenant.ensure(graph_type_name{"bench"},
                                      module_text(payload::keys, in.migrations), target);
  const auto took = now_us() - begun;
  over = true;
  sampler.join();
  memory.after = resident_bytes();
  const auto done = need(std::move(report), "migrating");
  if (done.rows.added != static_cast<std::uint64_t>(rows))
    throw failure{"the migration did not change every row"};
  laps once;
  once.add(took);
  return once.finish(took, rows);
}

}  // namespace

void migration_bench(report& r) {
  const long rows = r.opts().migration_nodes;
  two_graphs graphs{r};
  std::vector<floor_run> migrations;
  memory_use largest;  // growth of all runs

  r.compare(
      "write beside a migration, 4 threads; the floor: without it",
      {budget::kind::p99_of_floor, 3, 2},
      [&] {
        memory_use memory;
        const auto run =
            write_during(graphs, [&] { migrations.push_back(migrate(graphs, rows, memory)); });
        if (memory.peak - memory.before >= largest.peak - largest.before) largest = memory;
        return run;
      },
      [&] {
        return write_during(graphs, [&] {
          std::this_thread::sleep_for(std::chrono::duration<double>{r.opts().seconds});
        });
      });
  auto run = migrations.begin();
  r.measure("migration beside 4 writing threads, rows", {}, [&] { return *run++; });
  r.tell_memory("migration, resident memory", largest, rows);
}

}  // namespace quire::bench
