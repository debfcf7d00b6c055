#pragma once

#include <quire/messages/id_maker.hpp>
#include <quire/messages/requests.hpp>
#include <quire/operations/access_seed.hpp>
#include <quire/operations/audit_outbox.hpp>
#include <quire/operations/caller.hpp>
#include <quire/operations/graph_store.hpp>
#include <quire/operations/membership.hpp>
#include <quire/operations/write_transaction.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/migrate.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
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
  /// Makes the file of a new tenant: wholly or not at all. With `members`, also its graph of access control; otherwise
  /// `ensure_access` makes that. Fails with `invalid_org_id`, `conflict` (it exists), `storage_*`.
  [[nodiscard]] static result<void> create_file(const std::filesystem::path& file,
                                                const org_id& org,
                                                const sqlite::open_options& options,
                                                environment env = system_environment(),
                                                const membership_state* members = nullptr);
  /// Opens the file and brings it to the current schema. Fails with `not_found`, `schema_*`,
  /// `storage_*`.
  [[nodiscard]] static result<std::unique_ptr<tenant_store>> open(
      const std::filesystem::path& file, const org_id& org, const sqlite::open_options& options,
      environment env);

  /// `file_replaced`: the file was moved away since it was opened. Else see write_transaction. On foreign commits the derived state is dropped and the answer is true.
  [[nodiscard]] result<bool> begin();
  /// Applies all operations of one request inside the open transaction, or none; each only if the caller may. `image`:
  /// of the graph of access control as it is committed; null: it is asked by SQL. Errors: requests.hpp.
  [[nodiscard]] result<write_reply> apply(const write_request& request, const caller& by,
                                          const acl::acl_image* image = nullptr);
  /// On nobody's authority but the embedder's; the actor is the one the request names.
  [[nodiscard]] result<write_reply> apply(const write_request& request) {
    return apply(request, caller{.actor = request.session.actor});
  }
  /// Runs maintenance inside the open transaction, wholly or not at all.
  [[nodiscard]] result<write_reply> apply(const maintenance& work);
  [[nodiscard]] result<committed> commit();
  void roll_back();
  [[nodiscard]] bool is_open() const noexcept { return transaction_.is_open(); }

  /// Writes to graphs of this type are refused from now on while its stored version is higher.
  void declare(const graph_type_name& type, std::int64_t version) { graphs_.catalog().declare(type, version); }

  /// Makes the graph of access control where there is none: a file of an earlier release. In a transaction of its own.
  [[nodiscard]] result<void> ensure_access(const membership_state& members);
  /// Memberships, followed from the system file.
  [[nodiscard]] membership_sync& memberships() noexcept { return memberships_; }
  /// Makes the graph follow the system file, inside the open transaction.
  [[nodiscard]] result<membership_report> follow_memberships(sqlite::connection& system, membership_sync::how way);
  /// Grants and delegations that the audit trail has not been told of: of the events of a commit, or left by an earlier run.
  [[nodiscard]] result<std::vector<told_act>> acts_in(std::span<const change_event> events);
  [[nodiscard]] result<std::vector<told_act>> untold_acts();
  /// Inside the open transaction: the trail has them all.
  [[nodiscard]] result<void> acts_are_told() { return outbox_.clear(db_); }
  /// Why the last request that was denied was.
  [[nodiscard]] const access_rules::denial& last_denial() { return graphs_.rules().last_denial(); }

  /// As `begin` notices them, without writing.
  [[nodiscard]] result<bool> look_for_foreign_commits();

  /// True when a graph is being removed in parts: then `remove_part` is to be called, in a transaction of its own, until
  /// this is false. A restart takes up where it stopped.
  [[nodiscard]] result<bool> has_parts_to_remove();
  [[nodiscard]] result<void> remove_part();

  /// True for a request that changes what others are judged by: it must be alone in its
  /// transaction.
  [[nodiscard]] bool is_barrier(const write_request& request) { return graphs_.is_barrier(request.operations); }

  [[nodiscard]] change_seq last_seq() const noexcept { return transaction_.last_seq(); }
  [[nodiscard]] sqlite::connection& connection() noexcept { return db_; }

 private:
  tenant_store(sqlite::connection db, const org_id& org, const sqlite::file_layout& layout,
               environment env);
  /// Runs `body(context, reply)` in a savepoint; `undone()` when that had to be undone.
  template <class Body, class Undone>
  [[nodiscard]] result<write_reply> in_savepoint(metagraph::write_context context, Body&& body, Undone&& undone);
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
  graph_store graphs_;
  membership_sync memberships_;
  audit_outbox outbox_;
};

}  // namespace quire::operations
