#include "bench_engine.hpp"

namespace quire::bench {
namespace {

constexpr long nodes = 100;

void first_answer(tenant<access::open>& t, const graph_id& graph, long number) {
  auto v = need(t.view(), "opening a view");
  need(v.find(find_node{.graph = graph, .key = key_number(number % nodes)}), "reading");
}

/// Opens the folder again and again: engine, tenant, first answer. Closing is not timed.
floor_run whole_engine(const report& r, bench_engine& made) {
  laps times;
  double timed = 0;
  while (timed < r.opts().seconds * 1e6) {
    const auto begun = now_us();
    auto engine =
        need(engine::open(options_for(made.folder.path() / "data")), "opening the engine");
    auto tenant = need(engine.tenant(org_id{"acme"}, access::open{}), "opening the tenant");
    first_answer(tenant, made.graph, static_cast<long>(times.count()));
    const auto took = now_us() - begun;
    timed += took;
    times.add(took);
    need(engine.close(), "closing the engine");
  }
  return times.finish(timed);
}

struct closed_tenant {
  org_id org;
  graph_id graph;
};

/// In an open engine, the first answer of tenants whose files are closed.
floor_run one_tenant(const std::filesystem::path& dir, const std::vector<closed_tenant>& all) {
  auto engine = need(quire::engine::open(options_for(dir)), "opening the engine");
  laps times;
  double timed = 0;
  for (const auto& each : all) {
    const auto begun = now_us();
    auto tenant = need(engine.tenant(each.org, access::open{}), "opening the tenant");
    first_answer(tenant, each.graph, 1);
    const auto took = now_us() - begun;
    timed += took;
    times.add(took);
  }
  need(engine.close(), "closing the engine");
  return times.finish(timed);
}

}  // namespace

void open_bench(report& r) {
  using enum budget::kind;
  constexpr int tenants = 100;

  bench_engine made{r};
  made.fill(nodes, 1);
  const auto file = made.tenant_file();
  const auto floor = [&] {
    return floor_of([&](floor_run* out) {
      return floor_open(file.c_str(), made.graph.get().c_str(), r.opts().seconds, out);
    });
  };

  std::vector<closed_tenant> all;
  for (int i = 0; i < tenants; ++i) {
    const auto name = "tenant-" + std::to_string(i);
    need(made.engine.create_tenant(new_organization{
             .id = org_id{name}, .owner_email = name + "@example.com", .name = name, .slug = name}),
         "making a tenant");
    auto tenant = need(made.engine.tenant(org_id{name}, access::open{}), "opening the tenant");
    need(tenant.define(graph_type_name{"bench"},
                       R"({"FunctionNode":{"type":"object","properties":{}}})"),
         "defining the graph type");
    create_graph what;
    what.name = "bench";
    what.type = graph_type_name{"bench"};
    auto graph = need(tenant.create(std::move(what)), "making the graph").id;
    need(tenant.create(node_number(graph, 1)), "making a node");
    all.push_back({org_id{name}, std::move(graph)});
  }
  need(made.engine.close(), "closing the engine");

  r.compare(
      "open a closed tenant, to its first answer", {time, 1200, 600},
      [&] { return one_tenant(made.folder.path() / "data", all); }, floor);
  r.compare(
      "open engine and tenant, to the first answer", {}, [&] { return whole_engine(r, made); },
      floor);
}

}  // namespace quire::bench
