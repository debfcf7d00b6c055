#pragma once

#include <quire/evolution/row_caster.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quire::evolution {

/// Where a walk over the rows of a graph type is: nodes first, then edges, each in order of their
/// row ids.
struct row_cursor {
  evolution::part part = part::node_type;
  std::string after{};  ///< row id; empty: from the first
  bool at_end = false;
  friend bool operator==(const row_cursor&, const row_cursor&) = default;
};

/// Reads all nodes and edges of every graph of one graph type, archived ones too, in bounded pages.
/// On the connection's thread; opens no transaction of its own, so that a long walk keeps no log
/// from being reused.
class row_pages {
 public:
  row_pages(sqlite::connection& db, row_id graph_type)
      : db_(db), graph_type_(std::move(graph_type)) {}

  /// At most `rows` rows and about `bytes` of attributes and metadata after `at`, which moves on;
  /// an empty page only at the end. Both bounds are at least 1. Fails with `storage_*`.
  [[nodiscard]] result<std::vector<stored_row>> next(row_cursor& at, std::size_t rows,
                                                     std::size_t bytes);
  /// How many rows there are.
  [[nodiscard]] result<std::uint64_t> count();

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  sqlite::connection& db_;
  row_id graph_type_;
  struct {
    // The plus keeps the walk in the order of ids: by graph, each page would sort all that follow.
    sqlite::lazy_statement nodes{
        "page through the nodes of a graph type",
        "SELECT id, graph_id, key, node_type, attributes, metadata FROM nodes WHERE id > ?1 AND "
        "+graph_id IN (SELECT id FROM graphs WHERE graph_type_id = ?2) ORDER BY id LIMIT ?3"};
    sqlite::lazy_statement edges{
        "page through the edges of a graph type",
        "SELECT id, graph_id, key, edge_type, attributes, metadata, "
        "CASE WHEN untyped THEN (SELECT node_type FROM nodes n WHERE n.graph_id = e.graph_id AND "
        "n.key = e.source_node_key) END, "
        "CASE WHEN untyped THEN (SELECT node_type FROM nodes n WHERE n.graph_id = e.graph_id AND "
        "n.key = e.target_node_key) END "
        "FROM (SELECT id, graph_id, key, edge_type, attributes, metadata, source_node_key, "
        "target_node_key, edge_type IS NULL OR edge_type NOT IN (SELECT name FROM edge_types WHERE "
        "graph_type_id = ?2) AS untyped FROM edges WHERE id > ?1 AND +graph_id IN (SELECT id FROM "
        "graphs WHERE graph_type_id = ?2) ORDER BY id LIMIT ?3) e"};
    sqlite::lazy_statement count{
        "count the rows of a graph type",
        "SELECT (SELECT count(*) FROM nodes WHERE graph_id IN (SELECT id FROM graphs WHERE "
        "graph_type_id = ?1)) + (SELECT count(*) FROM edges WHERE graph_id IN (SELECT id FROM "
        "graphs WHERE graph_type_id = ?1))"};
  } sql_;
};

}  // namespace quire::evolution
