#pragma once

#include <quire/actors/access.hpp>
#include <quire/actors/evolution.hpp>
#include <quire/actors/session.hpp>
#include <quire/actors/subscription.hpp>
#include <quire/actors/view.hpp>
#include <quire/messages/queries.hpp>
#include <quire/messages/requests.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace quire {

class tenant_core;

struct write_options {
  /// How long the caller waits; absent: `engine_options::timeout`. A request that waited longer is not applied.
  std::optional<std::chrono::milliseconds> timeout{};
  /// False spares the copies of rows in the answer.
  bool want_rows = true;
};

/// One tenant, as code in an ordinary thread sees it. Calls block until the answer is durable; they may be made from any
/// number of threads at once, and the engine commits what arrives together in one transaction. Called from an actor or
/// from a callback of the engine, a blocking call answers `would_deadlock`. Copies are cheap and share the tenant.
/// For actors: quire/actors/tenant_actor.hpp.
class tenant_base {
 public:
  [[nodiscard]] const org_id& org() const;

  /// Several operations that commit or fail as one.
  [[nodiscard]] result<write_reply> write(std::vector<operation> operations, const write_options& options = {});
  /// Does not wait: `done` is called once, on a thread of the engine, when the answer is durable or the request refused.
  /// It must neither block nor throw. Not admitted: called before `submit` returns.
  void submit(std::vector<operation> operations, std::function<void(result<write_reply>)> done,
              const write_options& options = {});

  // One operation each.
  [[nodiscard]] result<graph_type> define(graph_type_name name, std::string_view module_json);
  [[nodiscard]] result<graph_type> define(define_graph_type what);
  [[nodiscard]] result<void> remove(delete_graph_type what);
  [[nodiscard]] result<graph> create(create_graph what);
  [[nodiscard]] result<graph> update(update_graph what);
  /// A large graph is archived when this returns and removed in parts from then on: it is gone once it is not found.
  [[nodiscard]] result<removed> remove(delete_graph what);
  [[nodiscard]] result<node> create(create_node what);
  [[nodiscard]] result<node> upsert(upsert_node what);
  [[nodiscard]] result<node> update(update_node what);
  [[nodiscard]] result<removed> remove(delete_node what);
  [[nodiscard]] result<edge> create(create_edge what);
  [[nodiscard]] result<edge> upsert(upsert_edge what);
  [[nodiscard]] result<edge> update(update_edge what);
  [[nodiscard]] result<removed> remove(delete_edge what);

  // Graph types that change. A program declares the version of each type it was built for, and ensures it when it starts.

  /// Makes the stored type and its rows equal to the module, at `version` (1 or even; 0: as stored, and 1 for a new type).
  /// With the stored version: nothing, or new type rows when that harms no stored value, else `breaking_change`. Above it:
  /// the rows are migrated in batches while other types and all reads go on; what was cut off is taken up. Once a version is
  /// declared, writes to graphs of a newer one get `version_ahead`. Blocks until done; progress by `options.on_progress`.
  /// Errors: evolution::evolver::ensure.
  [[nodiscard]] result<evolution_report> ensure(graph_type_name name, std::string_view module_json, std::int64_t version,
                                                const evolution_options& options = {});
  [[nodiscard]] result<evolution_report> ensure(const define_graph_type& what, std::int64_t version,
                                                const evolution_options& options = {});
  /// Does not wait: `done` is called once, on a thread of the engine.
  void submit_ensure(define_graph_type what, std::int64_t version, evolution_options options,
                     std::function<void(result<evolution_report>)> done);
  /// How far a migration is; empty when none is in progress. Fails with `not_found`.
  [[nodiscard]] result<std::optional<migration_state>> migration(const graph_type_name& type) const;
  /// Takes back a migration of which no row was written. Fails with `conflict`, `not_found`.
  [[nodiscard]] result<void> abandon_migration(const graph_type_name& type);
  /// Rows that a lazy migration has still to reach, and writing them now; answers how many.
  [[nodiscard]] result<std::uint64_t> count_pending(const graph_type_name& type) const;
  [[nodiscard]] result<std::uint64_t> migrate_pending(const graph_type_name& type, const evolution_options& options = {});
  /// Removes what lossy migrations kept of old attributes; answers of how many rows.
  [[nodiscard]] result<std::uint64_t> drop_evolution_backups(const graph_type_name& type,
                                                             const evolution_options& options = {});

  /// A snapshot to read from in this thread; it shows every write answered before.
  [[nodiscard]] result<quire::view> view() const;
  /// A feed of committed changes.
  [[nodiscard]] result<subscription> subscribe(const subscribe_options& options = {}) const;

  /// Who may do what in this tenant.
  [[nodiscard]] access_graph access() const;

  /// For actors and for tests: what stands behind.
  [[nodiscard]] const std::shared_ptr<tenant_core>& core() const { return core_; }
  /// What its requests carry in messages. A secret.
  [[nodiscard]] session_ref session() const;
  [[nodiscard]] const std::shared_ptr<quire::session::state>& caller() const { return who_; }

 protected:
  tenant_base(std::shared_ptr<tenant_core> core, std::shared_ptr<quire::session::state> who);

 private:
  template <class Row>
  result<Row> one(operation what);

  std::shared_ptr<tenant_core> core_;
  std::shared_ptr<quire::session::state> who_;
};

/// A tenant whose requests are checked as `Access` says: `tenant<access::open>` not at all, `tenant<access::checked>` each at
/// the state of its moment. Errors of checked ones: `access_denied`, and nothing of why.
template <class Access>
class tenant;

template <>
class tenant<access::open> final : public tenant_base {
 public:
  tenant(std::shared_ptr<tenant_core> core, std::shared_ptr<quire::session::state> who)
      : tenant_base(std::move(core), std::move(who)) {}
};

template <>
class tenant<access::checked> final : public tenant_base {
 public:
  tenant(std::shared_ptr<tenant_core> core, std::shared_ptr<quire::session::state> who)
      : tenant_base(std::move(core), std::move(who)) {}
};

}  // namespace quire
