#pragma once

#include "sql_text.hpp"
#include "walks.hpp"

#include <quire/metagraph/reader.hpp>
#include <quire/sqlite/statement.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quire::metagraph {

// Columns in the order in which rows are read.
inline constexpr sql_part node_columns =
    "id, key, node_type, attributes, metadata, created_at, updated_at";
inline constexpr sql_part edge_columns =
    "id, key, edge_type, source_node_key, target_node_key, undirected, attributes, metadata, "
    "created_at, updated_at";
inline constexpr sql_part graph_columns =
    "g.id, t.name, g.name, g.description, g.owner_id, g.project_id, g.status, g.metadata, "
    "g.created_at, g.updated_at";
inline constexpr sql_part graph_tables =
    "graphs AS g LEFT JOIN graph_types AS t ON t.id = g.graph_type_id";

inline constexpr int node_column_count = 7;
inline constexpr int edge_column_count = 10;
inline constexpr int graph_column_count = 10;

/// A graph as a traversal must know it. While it lives, its row stays open on the connection, and
/// with it one snapshot for every statement that runs meanwhile.
class graph_anchor {
 public:
  graph_anchor(sqlite::statement& s, bool directed) : open_(&s), directed_(directed) {}
  graph_anchor(graph_anchor&& other) noexcept
      : open_(std::exchange(other.open_, nullptr)), directed_(other.directed_) {}
  graph_anchor& operator=(graph_anchor&&) = delete;
  ~graph_anchor() {
    if (open_ != nullptr) open_->reset();
  }
  /// No edge goes both ways.
  [[nodiscard]] bool directed() const noexcept { return directed_; }

 private:
  sqlite::statement* open_;
  bool directed_;
};

/// Everything a reader has: its statements, and how rows become values.
struct reader_state {
  reader_state(sqlite::connection& connection, graph_lookups lookups)
      : db(connection), ask(std::move(lookups)) {}

  sqlite::connection& db;
  graph_lookups ask;
  /// Of the graph that the query at hand is about: the type that its rows are brought up to; null
  /// when they are answered as they are.
  std::shared_ptr<const graph_type_view> pending;
  /// Most documents of metadata are `{}`: they all share this one.
  document empty_object = document::empty_object();
  /// The last config seen by `open_graph`, so that it is parsed once.
  std::string config_text;
  bool config_directed = false;

  struct {
    sqlite::lazy_statement node{
        "find a node",
        sql_text<"SELECT ", node_columns, " FROM nodes WHERE graph_id = ?1 AND key = ?2">};
    sqlite::lazy_statement edge_by_key{
        "find an edge by key",
        sql_text<"SELECT ", edge_columns, " FROM edges WHERE graph_id = ?1 AND key = ?2">};
    sqlite::lazy_statement edge_by_id{
        "find an edge by id",
        sql_text<"SELECT ", edge_columns, " FROM edges WHERE id = ?2 AND +graph_id = ?1">};
    sqlite::lazy_statement edge_by_rowid{
        "read an edge of a path",
        sql_text<"SELECT ", edge_columns, " FROM edges WHERE rowid = ?1">};
    sqlite::lazy_statement end_type{
        "read the type of an edge's end",
        "SELECT node_type, attributes FROM nodes WHERE graph_id = ?1 AND key = ?2"};
    sqlite::lazy_statement graph{
        "find a graph",
        sql_text<"SELECT ", graph_columns, " FROM ", graph_tables, " WHERE g.id = ?1">};
    sqlite::lazy_statement graph_config{
        "read the config of a graph",
        sql_text<"SELECT t.config FROM ", graph_tables, " WHERE g.id = ?1">};
    sqlite::lazy_statement type_metadata{
        "read the metadata of a graph's type",
        sql_text<"SELECT t.metadata FROM ", graph_tables, " WHERE g.id = ?1">};
    // A scan: there are few graphs in a file and no index on their names.
    sqlite::lazy_statement graphs_by_name{"find graphs by name",
                                          "SELECT id, status FROM graphs WHERE name = ?1 "
                                          "ORDER BY id"};
    sqlite::lazy_statement graph_type{"find a graph type",
                                      "SELECT id, name, description, config, version, scope, "
                                      "created_at, updated_at FROM graph_types WHERE name = ?1"};
    sqlite::lazy_statement graph_type_names{"list graph types",
                                            "SELECT name FROM graph_types ORDER BY name"};
    sqlite::lazy_statement node_types{"list the node types of a graph type",
                                      "SELECT id, name, schema FROM node_types "
                                      "WHERE graph_type_id = ?1 ORDER BY rowid"};
    sqlite::lazy_statement edge_types{"list the edge types of a graph type",
                                      "SELECT id, name, schema, allowed_source_types, "
                                      "allowed_target_types FROM edge_types "
                                      "WHERE graph_type_id = ?1 ORDER BY rowid"};
    sqlite::lazy_statement count_nodes{"count nodes by type",
                                       "SELECT node_type, count(*) FROM nodes "
                                       "WHERE graph_id = ?1 GROUP BY node_type"};
    sqlite::lazy_statement count_edges{"count edges by type",
                                       "SELECT edge_type, count(*) FROM edges "
                                       "WHERE graph_id = ?1 GROUP BY edge_type"};
    sqlite::lazy_statement last_seq{"read the last change number",
                                    "SELECT value FROM _quire_meta WHERE key = 'commit_seq'"};
    // A scan: the schema has no index.
    sqlite::lazy_statement index{"look for an index",
                                 "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1"};
    sqlite::lazy_statement edge_place{"find where a page ended",
                                      "SELECT rowid FROM edges WHERE id = ?1"};
    std::array<sqlite::lazy_statement, walk_count> neighbors{
        {{"list neighbours", neighbor_texts[0]},
         {"list neighbours", neighbor_texts[1]},
         {"list neighbours", neighbor_texts[2]},
         {"list neighbours", neighbor_texts[3]},
         {"list neighbours", neighbor_texts[4]}}};
    std::array<sqlite::lazy_statement, walk_count> steps{{{"search a path", step_texts[0]},
                                                          {"search a path", step_texts[1]},
                                                          {"search a path", step_texts[2]},
                                                          {"search a path", step_texts[3]},
                                                          {"search a path", step_texts[4]}}};
  } sql;
  /// Lists and typed neighbours: their text depends on the query.
  sqlite::statement_cache queries{24};

  /// To be called before rows of a graph are read.
  [[nodiscard]] result<void> look_for_pending(const graph_id& graph);

  // Rows. Columns begin at `first`; the statement stays on the row.
  [[nodiscard]] node read_node(sqlite::statement& row, int first, const graph_id& graph);
  [[nodiscard]] result<edge> read_edge(sqlite::statement& row, int first, const graph_id& graph);
  [[nodiscard]] result<graph> read_graph(sqlite::statement& row);

  [[nodiscard]] result<node> find(const graph_id& graph, const node_key& key);
  [[nodiscard]] result<bool> has_node(const graph_id& graph, const node_key& key);
  [[nodiscard]] result<bool> has_index(std::string_view name);
  [[nodiscard]] result<void> require_graph(const graph_id& graph);
  /// Fails with `not_found`.
  [[nodiscard]] result<graph_anchor> open_graph(const graph_id& graph);
  [[nodiscard]] error no_node(const graph_id& graph, const node_key& key) const;

 private:
  [[nodiscard]] document to_document(std::string_view text) const;
  /// Null when nothing is known.
  [[nodiscard]] std::shared_ptr<const graph_type_view> view_of(const graph_id& graph) const;
  [[nodiscard]] result<std::optional<std::string>> type_of_end(const graph_id& graph,
                                                               const node_key& key);
};

/// 1 to limits::max_page, else `invalid_option`.
[[nodiscard]] result<void> check_limit(std::size_t limit);

/// At most reader::max_types, else `limit_exceeded`.
[[nodiscard]] result<void> check_types(const std::vector<type_name>& types);

[[nodiscard]] error no_graph(const graph_id& graph);

}  // namespace quire::metagraph
