#pragma once

#include <quire/evolution/definition_writer.hpp>
#include <quire/evolution/migration_writer.hpp>
#include <quire/messages/id_maker.hpp>
#include <quire/messages/requests.hpp>
#include <quire/metagraph/catalog.hpp>
#include <quire/metagraph/edge_writer.hpp>
#include <quire/metagraph/graph_writer.hpp>
#include <quire/metagraph/node_writer.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/operations/write_transaction.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/migrate.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace quire::operations {

/// What maintenance may use inside the writer's transaction.
struct maintenance_tools {
  metagraph::write_context& context;
  metagraph::type_writer& types;
  evolution::migration_writer& migrations;
};

/// Work of the engine's own that commits like a request: a savepoint of its own, its change events
/// in the same transaction. It may be run again from the start when a commit has to be repeated, so
/// it keeps no memory of an earlier run.
struct maintenance {
  std::function<result<void>(maintenance_tools&)> run;
  std::string actor = "system";  ///< recorded in events
  bool alone = false;  ///< changes what others are judged by: must be alone in its transaction
};

/// One tenant file and everything its writer does to it. Synchronous, in one thread, without a
/// scheduler: an actor is a mailbox around this.
///
///   store.begin(); store.apply(a); store.apply(b); store.commit();
///
/// Each request is a savepoint: one that fails leaves nothing behind and harms no neighbour. Some
/// failures of SQLite end the whole transaction: look at `is_open` after each; the caller then
/// begins again with the rest.
class tenant_store {
 public:
  /// Makes the file of a new tenant: wholly or not at all. Fails with `invalid_org_id`, `conflict`
  /// (it exists), `storage_*`.
  [[nodiscard]] static result<void> create_file(const std::filesystem::path& file,
                                                const org_id& org,
                                                const sqlite::open_options& options);
  /// Opens the file and brings it to the current schema. Fails with `not_found`, `schema_*`,
  /// `storage_*`.
  [[nodiscard]] static result<std::unique_ptr<tenant_store>> open(
      const std::filesystem::path& file, const org_id& org, const sqlite::open_options& options,
      environment env);

  /// `file_replaced`: the file was moved away since it was opened. Else see write_transaction. On foreign commits the derived state is dropped and the answer is true.
  [[nodiscard]] result<bool> begin();
  /// Applies all operations of one request inside the open transaction, or none. Errors:
  /// requests.hpp.
  [[nodiscard]] result<write_reply> apply(const write_request& request);
  /// Runs maintenance inside the open transaction, wholly or not at all.
  [[nodiscard]] result<write_reply> apply(const maintenance& work);
  [[nodiscard]] result<committed> commit();
  void roll_back();
  [[nodiscard]] bool is_open() const noexcept { return transaction_.is_open(); }

  /// Writes to graphs of this type are refused from now on while its stored version is higher.
  void declare(const graph_type_name& type, std::int64_t version) { catalog_.declare(type, version); }

  /// As `begin` notices them, without writing.
  [[nodiscard]] result<bool> look_for_foreign_commits();

  /// True when a graph is being removed in parts: then `remove_part` is to be called, in a transaction of its own, until
  /// this is false. A restart takes up where it stopped.
  [[nodiscard]] result<bool> has_parts_to_remove();
  [[nodiscard]] result<void> remove_part();

  /// True for a request that changes what others are judged by: it must be alone in its
  /// transaction.
  [[nodiscard]] static bool is_barrier(const write_request& request) noexcept;

  [[nodiscard]] change_seq last_seq() const noexcept { return transaction_.last_seq(); }
  [[nodiscard]] sqlite::connection& connection() noexcept { return db_; }

 private:
  tenant_store(sqlite::connection db, const org_id& org, const sqlite::file_layout& layout,
               environment env);
  [[nodiscard]] result<outcome> apply(const operation& op, metagraph::write_context& context);
  /// Runs `body(context)` in a savepoint that is undone when it fails; `forgets`: what it undoes
  /// may have been cached.
  template <class Body>
  [[nodiscard]] result<write_reply> in_savepoint(metagraph::write_context context, bool forgets,
                                                 Body&& body);
  void forget_derived();
  [[nodiscard]] error file_replaced() const;
  [[nodiscard]] metagraph::write_context context_for(std::string_view actor, bool want_rows);

  // In the order of dependency: statements die before the connection.
  sqlite::connection db_;
  environment env_;
  org_id org_;
  bool edges_have_type_id_;
  id_maker ids_;
  write_transaction transaction_;
  metagraph::catalog catalog_;
  metagraph::type_writer types_;
  evolution::definition_writer definitions_{types_};
  evolution::migration_writer migrations_{types_};
  metagraph::graph_writer graphs_;
  metagraph::node_writer nodes_;
  metagraph::edge_writer edges_;
};

}  // namespace quire::operations
