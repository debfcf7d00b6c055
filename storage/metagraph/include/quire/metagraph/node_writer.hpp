#pragma once

#include <quire/messages/requests.hpp>
#include <quire/metagraph/write_context.hpp>
#include <quire/sqlite/statement.hpp>

#include <vector>

namespace quire::metagraph {

/// Writes nodes and the events of it. Works inside the caller's transaction and savepoint. One per
/// writer connection. Errors: requests.hpp; checks come in the order of the specification of edges
/// (1, 2, 7, 8).
class node_writer {
 public:
  /// Edges that one commit may remove with a node; above it `limit_exceeded`.
  static constexpr std::int64_t max_removed_edges = 20'000;

  [[nodiscard]] result<outcome> apply(const create_node& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const upsert_node& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const update_node& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const delete_node& op, write_context& in);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  [[nodiscard]] result<bool> exists(const graph_id& g, const node_key& k, write_context& in);
  [[nodiscard]] result<node> load(const graph_id& g, const node_key& k, write_context& in);
  /// `pending`: what is stored has an older form than `stored`, so it is written in any case.
  [[nodiscard]] result<outcome> change(node stored, bool pending, document attributes,
                                       const document& metadata, const graph_entry& graph,
                                       write_context& in);
  [[nodiscard]] result<std::int64_t> remove_edges(const delete_node& op, write_context& in);

  struct {
    sqlite::lazy_statement insert{"insert a node",
                                  "INSERT INTO nodes (id, metadata, created_at, updated_at, "
                                  "graph_id, key, attributes, node_type) "
                                  "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)"};
    sqlite::lazy_statement exists{"look for a node",
                                  "SELECT 1 FROM nodes WHERE graph_id = ?1 AND key = ?2"};
    sqlite::lazy_statement load{
        "find a node to change",
        "SELECT id, metadata, created_at, updated_at, attributes, node_type FROM nodes "
        "WHERE graph_id = ?1 AND key = ?2"};
    sqlite::lazy_statement update{
        "update a node",
        "UPDATE nodes SET attributes = ?2, metadata = ?3, updated_at = ?4 WHERE id = ?1"};
    sqlite::lazy_statement edges{"find the edges of a node",
                                 "SELECT id, key, source_node_key, target_node_key FROM edges "
                                 "WHERE graph_id = ?1 AND source_node_key = ?2 "
                                 "UNION SELECT id, key, source_node_key, target_node_key FROM "
                                 "edges WHERE graph_id = ?1 AND target_node_key = ?2 "
                                 "ORDER BY id LIMIT ?3"};
    sqlite::lazy_statement remove_edge{"delete an edge of a node",
                                       "DELETE FROM edges WHERE id = ?1"};
    sqlite::lazy_statement remove{"delete a node",
                                  "DELETE FROM nodes WHERE graph_id = ?1 AND key = ?2"};
  } sql_;
};

}  // namespace quire::metagraph
