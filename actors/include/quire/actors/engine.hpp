#pragma once

#include <quire/actors/evolution.hpp>
#include <quire/actors/options.hpp>
#include <quire/actors/status.hpp>
#include <quire/actors/tenant.hpp>
#include <quire/messages/requests.hpp>

#include <caf/fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace quire {

/// An open data folder. Thread-safe; move-only. Closing (or destroying) it answers or refuses every request under way,
/// ends subscriptions and views, and leaves no thread, descriptor or lock behind.
class engine {
 public:
  /// Opens the folder, making it and its system file when absent. Fails with `invalid_path`, `schema_*`, `storage_*`.
  [[nodiscard]] static result<engine> open(engine_options options);

  engine(engine&&) noexcept;
  engine& operator=(engine&&) noexcept;
  ~engine();

  /// Fails with `invalid_org_id`, `unique_violation`.
  [[nodiscard]] result<organization> create_organization(const new_organization& what);
  [[nodiscard]] result<std::vector<organization>> organizations();
  [[nodiscard]] result<organization> find_organization(const org_id& id);

  /// Makes the organization's tenant file. Fails with `invalid_org_id`, `not_found` (no such organization),
  /// `tenant_exists`.
  [[nodiscard]] result<void> create_tenant(const org_id& id);
  /// The organization with its tenant in one call.
  [[nodiscard]] result<organization> create_tenant(const new_organization& what);
  /// Moves the tenant's file to the folder `removed/`.
  [[nodiscard]] result<void> remove_tenant(const org_id& id);
  /// Organizations that have a tenant file, in order of their ids.
  [[nodiscard]] result<std::vector<org_id>> tenants();

  /// Brings every tenant file to the current schema now instead of when it is next opened. A file that fails is reported
  /// and the others go on; a second run takes up where the first stopped. In the calling thread.
  [[nodiscard]] result<std::vector<tenant_migration>> migrate_all();
  /// Ensures one graph type in every tenant that has it, one after the other in order of their ids. A tenant that fails is
  /// reported and the others go on; a second run takes up where the first stopped. In the calling thread. Fails as a whole
  /// when no tenant could take the definition or the version.
  [[nodiscard]] result<std::vector<tenant_evolution>> ensure_everywhere(const define_graph_type& what, std::int64_t version,
                                                                        const fleet_options& options = {});

  /// The tenant without access control: the caller is vouched for by the embedder. Fails with `invalid_org_id`,
  /// `tenant_not_found`.
  [[nodiscard]] result<quire::tenant<access::open>> tenant(const org_id& id, access::open mode);

  [[nodiscard]] engine_status status() const;
  /// The actor system the engine runs in, for actors of the embedder's own; until the engine closes.
  [[nodiscard]] caf::actor_system& actors();
  /// Idempotent. `would_deadlock` from inside the engine.
  [[nodiscard]] result<void> close();

 private:
  struct state;
  explicit engine(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

}  // namespace quire
