#pragma once

#include <quire/messages/requests.hpp>
#include <quire/metagraph/module.hpp>
#include <quire/metagraph/write_context.hpp>
#include <quire/sqlite/statement.hpp>

#include <vector>

namespace quire::metagraph {

/// A definition that passed every check, and the rows it asks for.
struct checked_definition {
  graph_module module;
  row_projection rows;
};
/// Checks name, description and module. Pure. Fails with `invalid_name`, `invalid_option` and as
/// `compile_module`.
[[nodiscard]] result<checked_definition> definition_of(const define_graph_type& op);

/// Writes graph types with their node and edge types, and the events of it. What a definition may
/// become is decided above, by storage/evolution. Works inside the caller's transaction and
/// savepoint; a failure leaves undoing to the savepoint. One per writer connection. Errors:
/// requests.hpp.
class type_writer {
 public:
  /// Inserts a type that is not there yet, with the rows of `op` and the given scope and version.
  [[nodiscard]] result<outcome> create(const define_graph_type& op, const row_projection& rows,
                                       type_scope scope, std::int64_t version, write_context& in);
  /// Makes the stored type equal to `rows`: rows of the same name keep their ids, new ones come,
  /// those whose type is gone are removed. Nothing is checked against stored nodes and edges. An
  /// event for every row that changes; none and no write when nothing does.
  [[nodiscard]] result<void> replace(const graph_type& stored, const row_projection& rows,
                                     std::int64_t version, write_context& in);
  [[nodiscard]] result<outcome> apply(const delete_graph_type& op, write_context& in);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  [[nodiscard]] result<void> insert_row(const row_id& type, const row_projection::type_row& row,
                                        write_context& in);
  [[nodiscard]] result<void> insert_row(const row_id& type,
                                        const row_projection::edge_type_row& row,
                                        write_context& in);
  [[nodiscard]] result<void> replace_node_types(const graph_type& stored,
                                                const row_projection& rows, write_context& in);
  [[nodiscard]] result<void> replace_edge_types(const graph_type& stored,
                                                const row_projection& rows, write_context& in);
  [[nodiscard]] result<void> remove_row(sqlite::lazy_statement& sql, table t, const row_id& id,
                                        write_context& in);
  [[nodiscard]] result<void> untype_archived_graphs(const row_id& type, write_context& in);
  [[nodiscard]] result<void> tell(table t, change_op what, const row_id& id, write_context& in);

  struct {
    sqlite::lazy_statement insert_graph_type{
        "insert a graph type",
        "INSERT INTO graph_types (id, metadata, created_at, updated_at, name, description, config, "
        "version, scope) "
        "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?8, ?7)"};
    sqlite::lazy_statement insert_node_type{"insert a node type",
                                            "INSERT INTO node_types (id, metadata, created_at, "
                                            "updated_at, graph_type_id, name, schema) "
                                            "VALUES (?1, '{}', ?2, ?2, ?3, ?4, ?5)"};
    sqlite::lazy_statement insert_edge_type{
        "insert an edge type",
        "INSERT INTO edge_types (id, metadata, created_at, updated_at, graph_type_id, name, "
        "allowed_source_types, "
        "allowed_target_types, schema) VALUES (?1, '{}', ?2, ?2, ?3, ?4, ?5, ?6, ?7)"};
    sqlite::lazy_statement update_graph_type{
        "update a graph type",
        "UPDATE graph_types SET config = ?2, version = ?3, updated_at = ?4 WHERE id = ?1"};
    sqlite::lazy_statement update_node_type{
        "update a node type",
        "UPDATE node_types SET name = ?2, schema = ?3, updated_at = ?4 WHERE id = ?1"};
    sqlite::lazy_statement update_edge_type{
        "update an edge type",
        "UPDATE edge_types SET name = ?2, schema = ?3, updated_at = ?4, allowed_source_types = ?5, "
        "allowed_target_types = ?6 WHERE id = ?1"};
    sqlite::lazy_statement remove_node_type{"delete a node type",
                                            "DELETE FROM node_types WHERE id = ?1"};
    sqlite::lazy_statement remove_edge_type{"delete an edge type",
                                            "DELETE FROM edge_types WHERE id = ?1"};
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
