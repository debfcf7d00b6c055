#pragma once

#include <quire/evolution/row_caster.hpp>
#include <quire/evolution/row_pages.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/metagraph/write_context.hpp>
#include <quire/sqlite/statement.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quire::evolution {

/// How far a migration is. Kept in the graph type's metadata under `_evolution.state`, in the same
/// transaction as what it tells of.
struct migration_state {
  std::int64_t from = 1;    ///< version it began at
  std::int64_t target = 0;  ///< version it leads to; even
  timestamp started{};
  std::string digest{};  ///< of the definition it leads to: only the same one may go on
  row_cursor at{};
  std::uint64_t rows = 0;  ///< looked at so far
  std::uint64_t changed = 0;
  /// Stored names of the types whose rows are changed by the consumer: it goes on with them only.
  std::vector<std::string> stepped{};

  friend bool operator==(const migration_state&, const migration_state&) = default;
};

/// Tells definitions apart: equal for equal ones, whatever the order of members.
[[nodiscard]] std::string digest_of(const metagraph::row_projection& rows);

/// What the metadata of a graph type say of its evolution.
struct evolution_marks {
  std::optional<migration_state> running{};
  bool lazy = false;  ///< rows of an older definition are brought up to it when read and written
};
/// Reads them on any connection. Fails with `not_found`, `storage_corrupt` (marks that nobody can
/// read), `storage_*`.
[[nodiscard]] result<evolution_marks> find_marks(sqlite::connection& db,
                                                 const graph_type_name& name);

/// One row as it shall be.
struct row_change {
  evolution::part part = part::node_type;
  row_id id{};
  // As they were read, as text: a row that has other ones is a `conflict`.
  std::string expected{};
  std::string expected_metadata{};
  document attributes{};
  document metadata{};     ///< as it shall be
  std::string new_type{};  ///< empty: stays
};

/// What one transaction of a migration does.
struct migration_batch {
  row_cursor from{};  ///< where the stored state must be: else somebody else went on, `conflict`
  row_cursor to{};
  std::uint64_t rows = 0;
  std::vector<row_change> changes{};
};

/// The steps of a migration. Each works inside the caller's transaction and savepoint; a failure
/// leaves undoing to the savepoint. One per writer connection.
class migration_writer {
 public:
  explicit migration_writer(metagraph::type_writer& types) noexcept : types_(types) {}

  /// Marks the type as in progress: from now on its graphs take no writes. `expected`: the stored
  /// version this was planned for, else `conflict`; it may be the odd one before `target` when
  /// another program left it without a state. `stepped`: see migration_state. Fails with
  /// `not_found`, `migration_in_progress`.
  [[nodiscard]] result<void> begin(const graph_type_name& name, std::int64_t expected,
                                   std::int64_t target, const metagraph::row_projection& to,
                                   std::vector<std::string> stepped, metagraph::write_context& in);
  /// Writes rows and moves on. Fails with `conflict` when a row or the state is not as expected.
  [[nodiscard]] result<void> apply(const graph_type_name& name, const migration_batch& batch,
                                   metagraph::write_context& in);
  /// Writes the type rows, the target as version, and removes the state. Fails with `conflict` when
  /// not all rows were looked at.
  [[nodiscard]] result<void> finish(const graph_type_name& name,
                                    const metagraph::row_projection& to,
                                    metagraph::write_context& in);
  /// Takes back a `begin`. Fails with `conflict` once a batch was written, `not_found` when nothing
  /// is in progress.
  [[nodiscard]] result<void> abandon(const graph_type_name& name, metagraph::write_context& in);

  /// Rewrites the type rows at once. `expected`: the stored definition this was decided for, else
  /// `conflict`. With `lazy`, rows follow later.
  [[nodiscard]] result<void> rewrite(const graph_type_name& name,
                                     const metagraph::row_projection& expected,
                                     std::int64_t version, bool lazy,
                                     const metagraph::row_projection& to,
                                     metagraph::write_context& in);

  /// Writes rows outside a migration: those that are pending in lazy mode, and metadata. A row that
  /// is not as expected is skipped, since whoever wrote it wrote it by the new definition.
  /// @returns how many were written.
  [[nodiscard]] result<std::uint64_t> write_rows(const std::vector<row_change>& changes,
                                                 metagraph::write_context& in);
  /// No row is pending any more.
  [[nodiscard]] result<void> end_lazy(const graph_type_name& name, metagraph::write_context& in);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  struct stored_marks;
  [[nodiscard]] result<stored_marks> load(const graph_type_name& name,
                                          metagraph::write_context& in);
  [[nodiscard]] result<void> store(const stored_marks& marks, metagraph::write_context& in);
  [[nodiscard]] result<bool> write(const row_change& row, metagraph::write_context& in);
  [[nodiscard]] static result<void> tell_updated(const row_id& id, metagraph::write_context& in);

  metagraph::type_writer& types_;
  struct {
    sqlite::lazy_statement load{"find the state of a migration",
                                "SELECT id, version, metadata FROM graph_types WHERE name = ?1"};
    sqlite::lazy_statement store{
        "store the state of a migration",
        "UPDATE graph_types SET version = ?2, metadata = ?3, updated_at = ?4 WHERE id = ?1"};
    // A statement that names the type writes its index as well, even when the type stays.
    sqlite::lazy_statement node{
        "migrate a node",
        "UPDATE nodes SET attributes = ?3, metadata = ?4, updated_at = ?5 "
        "WHERE id = ?1 AND attributes = ?2 AND coalesce(metadata, '{}') = ?6 "
        "RETURNING graph_id, key"};
    sqlite::lazy_statement retyped_node{
        "migrate a node to another type",
        "UPDATE nodes SET attributes = ?3, metadata = ?4, updated_at = ?5, node_type = ?7 "
        "WHERE id = ?1 AND attributes = ?2 AND coalesce(metadata, '{}') = ?6 "
        "RETURNING graph_id, key"};
    sqlite::lazy_statement edge{
        "migrate an edge",
        "UPDATE edges SET attributes = ?3, metadata = ?4, updated_at = ?5 WHERE id = ?1 AND "
        "attributes = ?2 AND coalesce(metadata, '{}') = ?6 RETURNING graph_id, key, "
        "source_node_key, target_node_key"};
    sqlite::lazy_statement retyped_edge{
        "migrate an edge to another type",
        "UPDATE edges SET attributes = ?3, metadata = ?4, updated_at = ?5, edge_type = ?7 WHERE id "
        "= ?1 AND attributes = ?2 AND coalesce(metadata, '{}') = ?6 RETURNING graph_id, key, "
        "source_node_key, target_node_key"};
  } sql_;
};

}  // namespace quire::evolution
