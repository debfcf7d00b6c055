#pragma once

#include <quire/messages/requests.hpp>
#include <quire/metagraph/module.hpp>
#include <quire/metagraph/write_context.hpp>
#include <quire/sqlite/statement.hpp>

#include <vector>

namespace quire::metagraph {

/// Writes graph types with their node and edge types, and the events of it. Works inside the
/// caller's transaction and savepoint; a failure leaves undoing to the savepoint. One per writer
/// connection. Errors: requests.hpp.
class type_writer {
 public:
  [[nodiscard]] result<outcome> apply(const define_graph_type& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const delete_graph_type& op, write_context& in);

  /// Seeds a type of the engine's own: scope `system`, ids given by the caller so that they are
  /// equal in all files.
  [[nodiscard]] result<outcome> define(const define_graph_type& op, type_scope scope,
                                       write_context& in);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  [[nodiscard]] result<outcome> insert(const define_graph_type& op, type_scope scope,
                                       const row_projection& rows, write_context& in);
  [[nodiscard]] result<void> untype_archived_graphs(const row_id& type, write_context& in);
  [[nodiscard]] result<void> tell(table t, change_op what, const row_id& id, write_context& in);

  struct {
    sqlite::lazy_statement insert_graph_type{
        "insert a graph type",
        "INSERT INTO graph_types (id, metadata, created_at, updated_at, name, description, config, "
        "version, scope) "
        "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, 1, ?7)"};
    sqlite::lazy_statement insert_node_type{"insert a node type",
                                            "INSERT INTO node_types (id, metadata, created_at, "
                                            "updated_at, graph_type_id, name, schema) "
                                            "VALUES (?1, '{}', ?2, ?2, ?3, ?4, ?5)"};
    sqlite::lazy_statement insert_edge_type{
        "insert an edge type",
        "INSERT INTO edge_types (id, metadata, created_at, updated_at, graph_type_id, name, "
        "allowed_source_types, "
        "allowed_target_types, schema) VALUES (?1, '{}', ?2, ?2, ?3, ?4, ?5, ?6, ?7)"};
    sqlite::lazy_statement live_graphs{
        "find graphs of a type",
        "SELECT id FROM graphs WHERE graph_type_id = ?1 AND status IN ('active', 'draft') LIMIT 1"};
    sqlite::lazy_statement archived_graphs{
        "find archived graphs of a type",
        "SELECT id FROM graphs WHERE graph_type_id = ?1 AND status = 'archived'"};
    sqlite::lazy_statement untype{
        "untype a graph", "UPDATE graphs SET graph_type_id = NULL, updated_at = ?2 WHERE id = ?1"};
    sqlite::lazy_statement remove{"delete a graph type", "DELETE FROM graph_types WHERE id = ?1"};
  } sql_;
};

}  // namespace quire::metagraph
