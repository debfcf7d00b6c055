#pragma once

#include <quire/actors/evolution.hpp>
#include <quire/actors/options.hpp>
#include <quire/actors/session.hpp>
#include <quire/actors/status.hpp>
#include <quire/actors/system.hpp>
#include <quire/actors/tenant.hpp>
#include <quire/messages/requests.hpp>
#include <quire/operations/membership.hpp>

#include <caf/fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace quire {

using operations::membership_report;
enum class reconcile_mode : std::uint8_t { repair, report_only };

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

  /// Lets a caller in: a session in an organization, or with an empty one on the system file. May wait a second where many
  /// failed. Fails with `access_denied` and nothing of why: unknown, revoked, expired, suspended and too many tries read alike.
  [[nodiscard]] result<session> authenticate(const credential& presented, const org_id& org,
                                             const session_options& options = {});
  /// The tenant on the authority of a session: each request is checked. Fails with `access_denied`, also for a tenant that
  /// does not exist.
  [[nodiscard]] result<quire::tenant<access::checked>> tenant(const session& who);

  /// The system file without access control: the caller is vouched for.
  [[nodiscard]] quire::system<access::open> system(access::open mode);
  /// On the authority of a session with an empty organization. Fails with `access_denied`.
  [[nodiscard]] result<quire::system<access::checked>> system(const session& who);

  /// Compares the memberships of an organization with the graph of access control of its tenant and reports where they
  /// differed. Repairs by default; needed only after somebody wrote the files by hand. Fails with `tenant_not_found`.
  [[nodiscard]] result<membership_report> reconcile(const org_id& org, reconcile_mode mode = reconcile_mode::repair);

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
