// A small server in one process: two tenants, each with threads that write, threads that read
// snapshots, and two subscribers, one of which stops for a while. Checks what it sees; exit status
// 0 when everything is as promised.
//
//   embed [FOLDER]      the data folder, else ./embed-data; run it again on the same folder as
//   often as you like

#include <quire/quire.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using tenant = quire::tenant<quire::access::open>;

constexpr std::size_t writers = 4;
constexpr std::size_t tasks_of_a_writer = 100;
constexpr std::size_t tasks = writers * tasks_of_a_writer;
constexpr std::size_t changes = 2 * tasks;  // a task and its edge
constexpr std::size_t before_the_pause = 10;
constexpr auto patience = 30s;

constexpr auto module_text = R"({
  "ProjectNode": {"type": "object", "properties": {}},
  "TaskNode": {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]},
  "BelongsToEdge": {"type": "object", "properties": {}},
  "BelongsToEdgeConstraints": {"type": "object", "properties": {
      "edgeType": {"const": "BelongsToEdge"},
      "allowedSourceTypes": {"default": ["task"]}, "allowedTargetTypes": {"default": ["project"]}}}
})";

/// What went wrong, told by any thread.
class findings {
 public:
  void check(bool holds, const std::string& what) {
    if (holds) return;
    const std::scoped_lock lock{mutex_};
    std::cerr << "embed: " << what << '\n';
    ++count_;
  }
  /// The value, or none and a finding.
  template <class T>
  std::optional<T> value(quire::result<T> r, const std::string& what) {
    if (r) return std::move(*r);
    check(false, what + ": " + to_string(r.error()));
    return {};
  }
  [[nodiscard]] int count() const { return count_; }

 private:
  std::mutex mutex_;
  std::atomic<int> count_ = 0;
};

/// One request: a task and the edge that ties it to its project. Both are stored or none.
std::vector<quire::operation> add_task(const quire::graph_id& graph, const std::string& key) {
  std::vector<quire::operation> both;
  both.emplace_back(
      quire::create_node{.graph = graph,
                         .key = quire::node_key{key},
                         .type = quire::type_name{"task"},
                         .attributes = quire::document::from({{"title", "do " + key}})});
  both.emplace_back(quire::create_edge{.graph = graph,
                                       .key = quire::edge_key{key},
                                       .type = quire::type_name{"belongs_to"},
                                       .source = quire::node_key{key},
                                       .target = quire::node_key{"project"}});
  return both;
}

/// The numbers of all changes a subscriber sees; pauses after the first few when `pause` is given.
std::vector<quire::change_seq> follow(quire::subscription feed, findings& found,
                                      const std::function<void()>& pause) {
  std::vector<quire::change_seq> seen;
  while (seen.size() < changes) {
    const auto events = found.value(feed.next(patience, before_the_pause), "waiting for changes");
    if (!events || events->empty()) break;
    for (const auto& event : *events) seen.push_back(event.seq);
    if (pause && seen.size() == events->size()) pause();
  }
  found.check(seen.size() == changes,
              "a subscriber saw " + std::to_string(seen.size()) + " changes");
  found.check(std::adjacent_find(seen.begin(), seen.end(), std::greater_equal<>{}) == seen.end(),
              "a subscriber saw changes out of order or twice");
  return seen;
}

/// Reads snapshots while others write; every one must be whole. Returns how many it read.
int read_while(const std::atomic<bool>& writing, const tenant& who, const quire::graph_id& graph,
               findings& found) {
  int snapshots = 0;
  quire::change_seq last;
  do {
    auto view = found.value(who.view(), "opening a view");
    if (!view) break;
    const auto stat = found.value(view->stat(graph), "counting");
    if (!stat) break;
    found.check(stat->nodes == stat->edges + 1, "a snapshot shows half a request");
    found.check(view->seq() >= last, "a later snapshot shows less");
    last = view->seq();
    ++snapshots;
  } while (writing);
  return snapshots;
}

/// Everything one tenant does. Returns its graph.
quire::graph_id serve(tenant who, findings& found, std::string& report) {
  if (!found.value(who.define(quire::graph_type_name{"tasks"}, module_text), "defining the type"))
    return {};
  const auto graph = found.value(
      who.create(quire::create_graph{.name = "work", .type = quire::graph_type_name{"tasks"}}),
      "creating a graph");
  if (!graph) return {};
  if (!found.value(who.create(quire::create_node{.graph = graph->id,
                                                 .key = quire::node_key{"project"},
                                                 .type = quire::type_name{"project"}}),
                   "creating the project")) {
    return {};
  }

  auto quick = found.value(who.subscribe({.graph = graph->id}), "subscribing");
  auto slow = found.value(who.subscribe({.graph = graph->id}), "subscribing");
  if (!quick || !slow) return {};

  std::atomic<bool> writing = true;
  std::atomic<int> snapshots = 0;
  std::vector<quire::change_seq> quick_saw;
  std::vector<quire::change_seq> slow_saw;
  {
    std::jthread quick_one{[&] { quick_saw = follow(std::move(*quick), found, {}); }};
    std::jthread slow_one{
        [&] { slow_saw = follow(std::move(*slow), found, [&] { writing.wait(true); }); }};
    std::jthread reader{[&] { snapshots += read_while(writing, who, graph->id, found); }};
    std::jthread other_reader{[&] { snapshots += read_while(writing, who, graph->id, found); }};
    {
      std::vector<std::jthread> pool;
      pool.reserve(writers);
      for (std::size_t w = 0; w < writers; ++w) {
        pool.emplace_back([&, w] {
          for (std::size_t i = 0; i < tasks_of_a_writer; ++i) {
            const auto key = "task-" + std::to_string(w) + "-" + std::to_string(i);
            found.value(who.write(add_task(graph->id, key), {.want_rows = false}),
                        "writing " + key);
          }
        });
      }
    }  // joins the writers
    writing = false;
    writing.notify_all();
  }  // joins the others

  found.check(quick_saw == slow_saw, "the two subscribers saw different changes");
  report = who.org().get() + ": " + std::to_string(tasks) + " tasks by " + std::to_string(writers) +
           " threads; " + "both subscribers saw " + std::to_string(quick_saw.size()) +
           " changes in order, one after a pause; " + std::to_string(snapshots) +
           " snapshots read meanwhile, each whole";
  return graph->id;
}

}  // namespace

int main(int argc, char** argv) {
  findings found;
  auto engine = found.value(quire::engine::open({.dir = argc > 1 ? argv[1] : "embed-data"}),
                            "opening the folder");
  if (!engine) return 1;

  std::vector<tenant> tenants;
  for (const auto* name : {"acme", "globex"}) {
    const quire::org_id org{name};
    if (!engine->find_organization(org)) {
      found.value(engine->create_tenant({.id = org, .owner_email = "root@example.org"}),
                  "creating a tenant");
    }
    auto opened =
        found.value(engine->tenant(org, quire::access::open{.actor = "embed"}), "opening a tenant");
    if (!opened) return 1;
    tenants.push_back(std::move(*opened));
  }

  std::vector<quire::graph_id> graphs(tenants.size());
  std::vector<std::string> reports(tenants.size());
  {
    std::vector<std::jthread> at_once;
    at_once.reserve(tenants.size());
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      at_once.emplace_back([&, i] { graphs[i] = serve(tenants[i], found, reports[i]); });
    }
  }
  for (const auto& line : reports) std::cout << line << '\n';
  for (const auto& numbers : engine->status().tenants) {
    std::cout << numbers.org << ": " << numbers.requests << " requests in " << numbers.commits
              << " commits\n";
  }

  // What one tenant has, the other does not.
  if (auto view = found.value(tenants[1].view(), "opening a view")) {
    const auto foreign =
        view->find(quire::find_node{.graph = graphs[0], .key = quire::node_key{"project"}});
    found.check(!foreign && foreign.error().code == quire::errc::not_found,
                "a tenant sees another's node");
  }

  // Closing wakes who waits, and refuses who comes later.
  auto waiting = found.value(tenants[0].subscribe(), "subscribing");
  if (!waiting) return 1;
  std::jthread waiter{[&found, feed = std::move(*waiting)]() mutable {
    const auto end = feed.next(patience);
    found.check(!end && end.error().code == quire::errc::engine_closed,
                "closing did not wake a subscriber");
  }};
  if (auto closed = engine->close(); !closed)
    found.check(false, "closing: " + to_string(closed.error()));
  waiter.join();
  const auto late = tenants[0].write(add_task(graphs[0], "late"));
  found.check(!late && late.error().code == quire::errc::engine_closed,
              "a closed engine took a request");
  std::cout << "closed: the waiting subscriber was told, a late request was refused\n";

  std::cout << (found.count() == 0 ? "OK" : "FAIL") << '\n';
  return found.count() == 0 ? 0 : 1;
}
