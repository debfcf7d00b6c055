#pragma once

#include <quire/messages/requests.hpp>
#include <quire/metagraph/write_context.hpp>
#include <quire/sqlite/statement.hpp>

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace quire::metagraph {

/// Writes edges and the events of it, by the rules and in the order of the specification. Works
/// inside the caller's transaction and savepoint. One per writer connection. Errors: requests.hpp.
class edge_writer {
 public:
  [[nodiscard]] result<outcome> apply(const create_edge& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const upsert_edge& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const update_edge& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const delete_edge& op, write_context& in);

  /// What was remembered of nodes no longer holds: call after deletes of nodes, rollbacks, and
  /// between transactions.
  void forget();

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  /// A node at an end, if it exists; `type` is empty when unknown.
  struct end_node {
    bool exists = false;
    std::string type;
  };
  /// Loaders write many edges at one node in a row, so the last few ends are remembered.
  struct remembered_end {
    graph_id graph;
    node_key key;
    end_node node;
  };

  [[nodiscard]] result<end_node> find_end(const graph_id& g, const node_key& k,
                                          const graph_type_view& view, write_context& in);
  [[nodiscard]] result<bool> has_parallel(const create_edge& op, bool undirected,
                                          write_context& in);
  [[nodiscard]] result<bool> key_taken(const create_edge& op, write_context& in);
  [[nodiscard]] result<void> insert(const create_edge& op, const row_id& id, const edge_type& type,
                                    const document& attributes, bool undirected, write_context& in);
  [[nodiscard]] result<edge> load(const graph_id& g, const edge_key& k, const row_id& id,
                                  write_context& in);
  /// `pending`: what is stored has an older form than `stored`, so it is written in any case.
  [[nodiscard]] result<outcome> change(edge stored, bool pending, document attributes,
                                       const document& metadata, const graph_entry& graph,
                                       write_context& in);

  std::array<remembered_end, 64> ends_;
  struct {
    sqlite::lazy_statement end{
        "look for the end of an edge",
        "SELECT node_type, attributes FROM nodes WHERE graph_id = ?1 AND key = ?2"};
    sqlite::lazy_statement at_source{"look for parallel edges by source",
                                     "SELECT source_node_key, target_node_key, undirected FROM "
                                     "edges WHERE graph_id = ?1 AND source_node_key = ?2 "
                                     "LIMIT ?3"};
    sqlite::lazy_statement at_target{"look for parallel edges by target",
                                     "SELECT source_node_key, target_node_key, undirected FROM "
                                     "edges WHERE graph_id = ?1 AND target_node_key = ?2 "
                                     "LIMIT ?3"};
    sqlite::lazy_statement key{"look for an edge",
                               "SELECT 1 FROM edges WHERE graph_id = ?1 AND key = ?2"};
    sqlite::lazy_statement insert{
        "insert an edge",
        "INSERT INTO edges (id, metadata, created_at, updated_at, graph_id, key, source_node_key, "
        "target_node_key, "
        "attributes, undirected, edge_type) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
    // Files of the original may carry the type as an id as well; both are kept.
    sqlite::lazy_statement insert_with_type_id{
        "insert an edge with its type's id",
        "INSERT INTO edges (id, metadata, created_at, updated_at, graph_id, key, source_node_key, "
        "target_node_key, "
        "attributes, undirected, edge_type, edge_type_id) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, "
        "?8, ?9, ?10, "
        "(SELECT t.id FROM edge_types t JOIN graphs g ON g.graph_type_id = t.graph_type_id "
        "WHERE g.id = ?4 AND t.name = ?10))"};
    sqlite::lazy_statement load_by_key{"find an edge to change",
                                       "SELECT id, metadata, created_at, updated_at, key, "
                                       "source_node_key, target_node_key, attributes, undirected, "
                                       "edge_type FROM edges WHERE graph_id = ?1 AND key = ?2"};
    sqlite::lazy_statement load_by_id{"find an edge to change by id",
                                      "SELECT id, metadata, created_at, updated_at, key, "
                                      "source_node_key, target_node_key, attributes, undirected, "
                                      "edge_type FROM edges WHERE id = ?2 AND graph_id = ?1"};
    sqlite::lazy_statement update{
        "update an edge",
        "UPDATE edges SET attributes = ?2, metadata = ?3, updated_at = ?4 WHERE id = ?1"};
    sqlite::lazy_statement remove{"delete an edge", "DELETE FROM edges WHERE id = ?1"};
  } sql_;
};

}  // namespace quire::metagraph
