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
  /// Rows that one commit may remove with a graph. A larger graph is archived at once, answered as
  /// such, and removed in parts (`remove_part`); it is gone when it is no longer found.
  static constexpr std::int64_t max_removed_rows = 20'000;
  /// Rows that one part removes: few enough that nobody waits for it.
  static constexpr std::int64_t part_rows = 500;

  [[nodiscard]] result<outcome> apply(const create_graph& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const update_graph& op, write_context& in);
  [[nodiscard]] result<outcome> apply(const delete_graph& op, write_context& in);

  /// True when a graph is being removed in parts, also since an earlier run of the process.
  [[nodiscard]] result<bool> has_parts(sqlite::connection& db);
  /// Removes the next part of such a graph; the last part removes the graph itself, with its event.
  [[nodiscard]] result<void> remove_part(write_context& in);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  [[nodiscard]] result<void> tell(change_op what, const graph_id& id, write_context& in);
  [[nodiscard]] result<outcome> begin_removal(graph stored, write_context& in);
  [[nodiscard]] result<bool> is_being_removed(const graph_id& id, write_context& in);
  [[nodiscard]] result<std::string> next_removal(sqlite::connection& db);

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
    sqlite::lazy_statement remove_edges{
        "delete edges of a graph",
        "DELETE FROM edges WHERE rowid IN (SELECT rowid FROM edges WHERE graph_id = ?1 LIMIT ?2)"};
    sqlite::lazy_statement remove_nodes{
        "delete nodes of a graph",
        "DELETE FROM nodes WHERE rowid IN (SELECT rowid FROM nodes WHERE graph_id = ?1 LIMIT ?2)"};
    sqlite::lazy_statement archive{
        "archive a graph that is being removed",
        "UPDATE graphs SET status = 'archived', updated_at = ?2 WHERE id = ?1"};
    // The key is the mark that survives a crash; it sorts before anything that begins with ';'.
    sqlite::lazy_statement mark_removal{"note that a graph is being removed",
                                        "INSERT INTO _quire_meta (key, value) VALUES ('removal:' "
                                        "|| ?1, '') ON CONFLICT (key) DO NOTHING"};
    sqlite::lazy_statement is_removed{"see whether a graph is being removed",
                                      "SELECT 1 FROM _quire_meta WHERE key = 'removal:' || ?1"};
    sqlite::lazy_statement next_removal{"find a graph that is being removed",
                                        "SELECT substr(key, 9) FROM _quire_meta WHERE key >= "
                                        "'removal:' AND key < 'removal;' LIMIT 1"};
    sqlite::lazy_statement end_removal{"forget that a graph was being removed",
                                       "DELETE FROM _quire_meta WHERE key = 'removal:' || ?1"};
    sqlite::lazy_statement remove{"delete a graph", "DELETE FROM graphs WHERE id = ?1"};
  } sql_;
};

}  // namespace quire::metagraph
