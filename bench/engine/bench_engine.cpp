#include "bench_engine.hpp"

#include <cstdlib>

namespace quire::bench {
namespace {

constexpr std::string_view module_head = R"({"$defs":{"Config":{"type":"object","properties":{)"
                                         R"("type":{"const":"directed"},"eventPayload":{"const":")";
constexpr std::string_view module_nodes = R"("}}},
"FunctionNode":{"type":"object","properties":{
  "name":{"type":"string"},"path":{"type":"string"},"line":{"type":"integer","minimum":1},"column":{"type":"integer"},
  "exported":{"type":"boolean"},"complexity":{"type":"number"},"language":{"type":"string"},
  "signature":{"type":"string"},"hash":{"type":"string","pattern":"^[0-9a-f]{16}$"},"summary":{"type":"string"})";
constexpr std::string_view module_required = R"(},"required":["name","path","line","language")";
constexpr std::string_view module_tail = R"(]},
"CallsEdge":{"type":"object","properties":{
  "line":{"type":"integer"},"count":{"type":"integer"},"kind":{"type":"string"}}},
"CallsEdgeConstraints":{"type":"object","properties":{
  "edgeType":{"const":"CallsEdge"},
  "allowedSourceTypes":{"type":"array","items":{"type":"string"},"default":["function"]},
  "allowedTargetTypes":{"type":"array","items":{"type":"string"},"default":["function"]}}}}})";

tenant<access::open> make_tenant(engine& e) {
  need(e.create_tenant(new_organization{.id = org_id{"acme"},
                                        .owner_email = "bench@example.com",
                                        .name = "Acme",
                                        .slug = "acme"}),
       "making the tenant");
  return need(e.tenant(org_id{"acme"}, access::open{}), "opening the tenant");
}

}  // namespace

std::string module_text(payload events, int added) {
  auto module = std::string{module_head};
  module += events == payload::full ? "full" : "keys";
  module += module_nodes;
  for (int i = 0; i < added; ++i)
    module += R"(,"added)" + std::to_string(i) + R"(":{"type":"integer","default":0})";
  module += module_required;
  for (int i = 0; i < added; ++i) module += R"(,"added)" + std::to_string(i) + '"';
  module += module_tail;
  return module;
}

graph_id make_graph(quire::tenant<access::open>& in, const graph_type_name& type, payload events) {
  need(in.define(type, module_text(events)), "defining the graph type");
  create_graph what;
  what.name = type.get();
  what.type = type;
  return need(in.create(std::move(what)), "making the graph").id;
}

temporary_folder::temporary_folder(const std::string& parent) {
  const auto base =
      parent.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path{parent};
  auto name = (base / "quire-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw failure{"cannot make a folder in " + base.string()};
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

engine_options options_for(const std::filesystem::path& dir) {
  engine_options o;
  o.dir = dir;
  return o;
}

bench_engine::bench_engine(const report& r, payload events)
    : folder(r.opts().dir),
      engine(need(quire::engine::open(options_for(folder.path() / "data")), "opening the engine")),
      tenant(make_tenant(engine)),
      graph(make_graph(tenant, graph_type_name{"bench"}, events)) {}

void bench_engine::fill(long nodes, long degree) {
  constexpr long rows_per_request = 500;
  const long rows = nodes + nodes * degree;
  for (long row = 0; row < rows;) {
    std::vector<operation> operations;
    for (long i = 0; i < rows_per_request && row < rows; ++i, ++row) {
      if (row < nodes) {
        operations.emplace_back(node_number(graph, row));
      } else {
        operations.emplace_back(edge_number(graph, row - nodes, nodes, degree));
      }
    }
    need(tenant.write(std::move(operations), {.timeout = {}, .want_rows = false}),
         "filling the graph");
  }
}

std::string bench_engine::tenant_file() const {
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder.path()}) {
    if (entry.path().filename() == "tenant-acme.db") return entry.path().string();
  }
  throw failure{"no tenant file in " + folder.path().string()};
}

node_key key_number(long number) {
  char key[floor_key_bytes];
  floor_node_key(number, key);
  return node_key{key};
}

create_node node_number(const graph_id& graph, long number) {
  return {.graph = graph,
          .key = key_number(number),
          .type = type_name{"function"},
          .attributes = need(document::parse(floor_node_attributes(number)), "parsing attributes"),
          .metadata = {},
          .id = {}};
}

create_edge edge_number(const graph_id& graph, long number, long nodes, long degree) {
  char key[floor_key_bytes];
  floor_edge_key(number, key);
  return {.graph = graph,
          .key = edge_key{key},
          .type = type_name{"calls"},
          .source = key_number(number / degree),
          .target = key_number(floor_edge_target(number, nodes, degree)),
          .attributes = need(document::parse(floor_edge_attributes(number)), "parsing attributes"),
          .metadata = {},
          .direction = edge_direction::as_graph,
          .id = {}};
}

}  // namespace quire::bench
