#include "bench_engine.hpp"

#include <condition_variable>
#include <mutex>

namespace quire::bench {
namespace {

constexpr long degree = 8;
constexpr long rows_per_request = 500;
/// So many requests are under way that the next is prepared while one commits.
constexpr int under_way = 4;

/// A loader as an embedder would write it: parses, submits, and never has more than `under_way`
/// requests out.
floor_run load(const report& r) {
  bench_engine made{r, payload::full};
  const long nodes = r.opts().import_nodes;
  const long rows = nodes * (1 + degree);
  std::mutex mutex;
  std::condition_variable changed;
  int out = 0;
  std::string error;
  laps times;

  const auto start = now_us();
  for (long row = 0; row < rows;) {
    // Edges wait until all nodes are there only as far as order goes: requests are applied as they
    // were submitted.
    std::vector<operation> operations;
    operations.reserve(rows_per_request);
    for (long i = 0; i < rows_per_request && row < rows; ++i, ++row) {
      if (row < nodes) {
        operations.emplace_back(node_number(made.graph, row));
      } else {
        operations.emplace_back(edge_number(made.graph, row - nodes, nodes, degree));
      }
    }
    {
      std::unique_lock lock{mutex};
      changed.wait(lock, [&] { return out < under_way; });
      if (!error.empty()) break;
      ++out;
    }
    const auto begun = now_us();
    made.tenant.submit(std::move(operations),
                       [&, begun](const result<write_reply>& answer) {
                         const std::lock_guard lock{mutex};
                         times.add(now_us() - begun);
                         if (!answer) error = to_string(answer.error());
                         --out;
                         changed.notify_all();
                       },
                       {.timeout = {}, .want_rows = false});
  }
  std::unique_lock lock{mutex};
  changed.wait(lock, [&] { return out == 0; });
  const auto took = now_us() - start;
  if (!error.empty()) throw failure{"importing: " + error};
  return times.finish(took, rows);
}

}  // namespace

void import_bench(report& r) {
  r.compare(
      "import, validated, events with attributes, rows", {budget::kind::rate_of_floor, 0.7, 1.0},
      [&] { return load(r); },
      [&] {
        const temporary_folder folder{r.opts().dir};
        return floor_of([&](floor_run* out) {
          return floor_import((folder.path() / "floor.db").c_str(), r.opts().import_nodes,
                              rows_per_request, out);
        });
      });
}

}  // namespace quire::bench
