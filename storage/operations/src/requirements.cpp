#include <quire/operations/requirements.hpp>

#include <array>
#include <cstddef>

namespace quire::operations {
namespace {

constexpr std::size_t tables = 12;

using list = std::span<const std::string>;

/// `{table}:read` and `{table}:write` of all tables, made once.
const std::array<std::string, tables>& scopes_for(std::string_view verb) {
  static const auto make = [](std::string_view v) {
    std::array<std::string, tables> all;
    for (std::size_t i = 0; i < tables; ++i) {
      all[i] = std::string{to_string(static_cast<table>(i))} + ":" + std::string{v};
    }
    return all;
  };
  static const auto reads = make("read");
  static const auto writes = make("write");
  return verb == "read" ? reads : writes;
}

list one(const std::string& scope) { return {&scope, 1}; }

list reads_rows_of_graphs() {
  static const std::array<std::string, 2> both{"nodes:read", "edges:read"};
  return both;
}

list reads_types() {
  static const std::array<std::string, 3> all{"graph_types:read", "node_types:read", "edge_types:read"};
  return all;
}

list writes_types() {
  static const std::array<std::string, 3> all{"graph_types:write", "node_types:write",
                                              "edge_types:write"};
  return all;
}

list changes_types() {
  static const std::array<std::string, 5> all{"graph_types:write", "node_types:write",
                                              "edge_types:write", "nodes:write", "edges:write"};
  return all;
}

list reads_everything() {
  static const std::array<std::string, 11> all{
      "graph_types:read", "node_types:read", "edge_types:read",    "graphs:read",
      "nodes:read",       "edges:read",      "notifications:read", "queues:read",
      "streams:read",     "schedules:read",  "acl:explain"};
  return all;
}

list reads_changes() {
  static const std::array<std::string, 1> all{"streams:read"};
  return all;
}

list explains() {
  static const std::array<std::string, 1> all{std::string{acl_explain}};
  return all;
}

struct for_operation {
  requirement_of operator()(const define_graph_type&) const { return {"graph_types.create", writes_types()}; }
  requirement_of operator()(const delete_graph_type&) const { return {"graph_types.delete", writes_types()}; }
  requirement_of operator()(const create_graph&) const { return {"graphs.create", one(write_scope(table::graphs))}; }
  requirement_of operator()(const update_graph&) const { return {"graphs.update", one(write_scope(table::graphs))}; }
  requirement_of operator()(const delete_graph&) const { return {"graphs.delete", one(write_scope(table::graphs))}; }
  requirement_of operator()(const create_node&) const { return {"nodes.create", one(write_scope(table::nodes))}; }
  requirement_of operator()(const upsert_node&) const { return {"nodes.upsert", one(write_scope(table::nodes))}; }
  requirement_of operator()(const update_node&) const { return {"nodes.update", one(write_scope(table::nodes))}; }
  requirement_of operator()(const delete_node&) const { return {"nodes.delete", one(write_scope(table::nodes))}; }
  requirement_of operator()(const create_edge&) const { return {"edges.create", one(write_scope(table::edges))}; }
  requirement_of operator()(const upsert_edge&) const { return {"edges.upsert", one(write_scope(table::edges))}; }
  requirement_of operator()(const update_edge&) const { return {"edges.update", one(write_scope(table::edges))}; }
  requirement_of operator()(const delete_edge&) const { return {"edges.delete", one(write_scope(table::edges))}; }
};

}  // namespace

const std::string& read_scope(table t) noexcept { return scopes_for("read")[static_cast<std::size_t>(t)]; }
const std::string& write_scope(table t) noexcept { return scopes_for("write")[static_cast<std::size_t>(t)]; }

requirement_of requirement(const operation& op) noexcept { return std::visit(for_operation{}, op); }
requirement_of requirement(const find_node&) noexcept { return {"nodes.find", one(read_scope(table::nodes))}; }
requirement_of requirement(const find_edge&) noexcept { return {"edges.find", one(read_scope(table::edges))}; }
requirement_of requirement(const list_nodes&) noexcept { return {"nodes.list", one(read_scope(table::nodes))}; }
requirement_of requirement(const list_edges&) noexcept { return {"edges.list", one(read_scope(table::edges))}; }
requirement_of requirement(const find_neighbors&) noexcept { return {"nodes.neighbors", reads_rows_of_graphs()}; }
requirement_of requirement(const find_path&) noexcept { return {"graphs.path", reads_rows_of_graphs()}; }
requirement_of requirement(const stat_graph&) noexcept { return {"graphs.stat", reads_rows_of_graphs()}; }
requirement_of requirement(const query& what) noexcept {
  return std::visit([](const auto& q) { return requirement(q); }, what);
}

requirement_of requirement(deed what) noexcept {
  switch (what) {
    case deed::read_graphs: return {"graphs.list", one(read_scope(table::graphs))};
    case deed::read_types: return {"graph_types.list", reads_types()};
    case deed::read_changes: return {"streams.read", reads_changes()};
    case deed::read_everything: return {"sql", reads_everything()};
    case deed::change_types: return {"graph_types.ensure", changes_types()};
    case deed::read_access: return {"acl.explain", explains()};
  }
  return {};
}

std::span<const std::string> scopes_of_organizations() noexcept {
  static const auto all = [] {
    std::array<std::string, 24> made;
    std::size_t n = 0;
    for (const auto t : {table::graph_types, table::node_types, table::edge_types, table::graphs,
                         table::nodes, table::edges}) {
      made[n++] = read_scope(t);
      made[n++] = write_scope(t);
    }
    for (const auto* scope :
         {"acl:write", "acl:admin", "acl:explain", "queues:read", "queues:write", "streams:read",
          "streams:write", "notifications:read", "notifications:write", "schedules:read",
          "schedules:write", "locks:write"}) {
      made[n++] = scope;
    }
    return made;
  }();
  return all;
}

}  // namespace quire::operations
