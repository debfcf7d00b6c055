#pragma once

#include <quire/messages/requests.hpp>
#include <quire/metagraph/write_context.hpp>
#include <quire/sqlite/statement.hpp>

#include <vector>

namespace quire::metagraph {

/// Writes graphs and the events of it. Works inside the caller's transaction and savepoint. One per
/// writer connection. Errors: requests.hpp.
class graph_writer {
 public:
  /// Rows that one commit may remove with a graph; above it `limit_exceeded`.
  static constexpr std::int64_t max_removed_rows = 100'000;

  [[nodiscard]] result<outcome> apply(const create_graph& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const update_graph& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const delete_graph& op, write_context& in);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  [[nodiscard]] result<void> tell(change_op what, const graph_id& id, write_context& in);

  struct {
    sqlite::lazy_statement insert{"insert a graph",
                                  "INSERT INTO graphs (id, metadata, created_at, updated_at, "
                                  "graph_type_id, name, description, owner_id, "
                                  "project_id, status) SELECT ?1, ?2, ?3, ?3, id, ?5, ?6, ?7, ?8, "
                                  "?9 FROM graph_types WHERE name = ?4"};
    sqlite::lazy_statement update{"update a graph",
                                  "UPDATE graphs SET name = ?2, description = ?3, metadata = ?4, "
                                  "status = ?5, updated_at = ?6 WHERE id = ?1"};
    sqlite::lazy_statement count_rows{
        "count the rows of a graph",
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM nodes WHERE graph_id = ?1 LIMIT ?2)), "
        "(SELECT count(*) FROM (SELECT 1 FROM edges WHERE graph_id = ?1 LIMIT ?2))"};
    sqlite::lazy_statement remove_edges{"delete the edges of a graph",
                                        "DELETE FROM edges WHERE graph_id = ?1"};
    sqlite::lazy_statement remove_nodes{"delete the nodes of a graph",
                                        "DELETE FROM nodes WHERE graph_id = ?1"};
    sqlite::lazy_statement remove{"delete a graph", "DELETE FROM graphs WHERE id = ?1"};
  } sql_;
};

}  // namespace quire::metagraph
