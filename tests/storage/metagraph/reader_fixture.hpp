#pragma once

#include <quire/messages/document.hpp>
#include <quire/metagraph/reader.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/migrate.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/test/scratch.hpp>

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::metagraph::test {

inline document doc(std::string_view text) { return document::parse(text).value(); }

inline list_options pages_of(std::size_t limit) {
  list_options out;
  out.limit = limit;
  return out;
}

inline list_options options_of(std::string_view filter, std::string_view order = {}) {
  list_options out;
  if (!filter.empty()) out.filter = doc(filter);
  if (!order.empty()) out.order = doc(order);
  return out;
}

inline find_neighbors neighbors_of(std::string key, direction d = direction::out) {
  find_neighbors out;
  out.graph = graph_id{"g"};
  out.key = node_key{std::move(key)};
  out.direction = d;
  return out;
}

inline find_path path_between(std::string from, std::string to, direction d = direction::out) {
  find_path out;
  out.graph = graph_id{"g"};
  out.from = node_key{std::move(from)};
  out.to = node_key{std::move(to)};
  out.direction = d;
  return out;
}

/// A migrated tenant file with a writing connection, as a foreign program would use it, and a
/// reader on a connection that cannot write.
struct file_fixture {
  quire::test::scratch_folder folder;
  sqlite::connection writer = open(sqlite::open_mode::create);
  sqlite::connection db = open_read_only();
  reader read{db};
  int edges_made = 0;

  sqlite::connection open(sqlite::open_mode mode) const {
    sqlite::open_options options;
    options.mode = mode;
    options.sync = sqlite::durability::normal;
    return sqlite::connection::open(folder / "tenant-acme.db", options).value();
  }

  sqlite::connection open_read_only() {
    BOOST_REQUIRE(sqlite::migrate(writer, sqlite::file_kind::tenant, org_id{"acme"}));
    return open(sqlite::open_mode::read_only);
  }

  /// Runs one statement with bound texts; a null pointer binds NULL.
  void sql(std::string_view text, std::initializer_list<const char*> values = {}) {
    auto made = writer.prepare("test", text);
    BOOST_REQUIRE_MESSAGE(made, made.error().context);
    int index = 1;
    for (const auto* v : values) {
      if (v == nullptr) {
        made->bind_null(index++);
      } else {
        made->bind(index++, v);
      }
    }
    const auto done = made->run();
    BOOST_REQUIRE_MESSAGE(done, done.error().context);
  }

  void graph_type(const char* name, const char* config) {
    sql("INSERT INTO graph_types (id, name, config, scope) VALUES ('type-' || ?1, ?1, ?2, "
        "'tenant')",
        {name, config});
  }

  void graph(const char* id, const char* type = nullptr, const char* name = "a graph",
             const char* status = "active") {
    sql("INSERT INTO graphs (id, graph_type_id, name, status) VALUES (?1, 'type-' || ?2, ?3, ?4)",
        {id, type, name, status});
  }

  void node(const char* key, const char* attributes = "{}", const char* type = "thing",
            const char* graph = "g") {
    sql("INSERT INTO nodes (id, graph_id, key, attributes, node_type, created_at, updated_at) "
        "VALUES ('node-' || ?1 || '-' || ?2, ?1, ?2, ?3, ?4, 100, 200)",
        {graph, key, attributes, type});
  }

  /// An anonymous edge; its id is `edge-<n>`, counted from 1.
  void edge(const char* source, const char* target, bool undirected = false,
            const char* type = "joins", const char* graph = "g") {
    const auto id = "edge-" + std::to_string(++edges_made);
    sql("INSERT INTO edges (id, graph_id, source_node_key, target_node_key, undirected, edge_type) "
        "VALUES (?1, ?2, ?3, ?4, CAST(?5 AS INTEGER), ?6)",
        {id.c_str(), graph, source, target, undirected ? "1" : "0", type});
  }

  /// A graph `g` without a type, so that flags alone say what is undirected.
  void free_graph() { graph("g"); }
};

/// The keys of nodes, joined by blanks.
inline std::string keys(const std::vector<node>& nodes) {
  std::string out;
  for (const auto& n : nodes) out += (out.empty() ? "" : " ") + n.key.get();
  return out;
}

}  // namespace quire::metagraph::test
