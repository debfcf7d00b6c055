#pragma once

#include <quire/actors/access.hpp>
#include <quire/actors/session.hpp>
#include <quire/identity/accounts.hpp>
#include <quire/identity/api_keys.hpp>
#include <quire/identity/audit.hpp>
#include <quire/identity/peers.hpp>
#include <quire/messages/identity.hpp>
#include <quire/messages/queries.hpp>
#include <quire/messages/requests.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quire {

using new_account = identity::account_options;
using new_api_key = identity::key_options;
/// Shown once and never again: only a digest of the text is kept.
using issued_key = identity::issued_key;
using new_peer = identity::peer_options;
using audit_filter = identity::audit_filter;

/// The system file: who there is, how they prove it, and what was done. Calls block until durable; changes of memberships have
/// reached the organization's tenant, if this engine has it in use, when they return. Any number of threads.
/// Emails, names: UTF-8; times: Unix seconds. Of access::checked, each call needs `{table}:read` or `{table}:write` in the
/// system file's graph of access control.
class system_base {
 public:
  struct state;

  [[nodiscard]] result<account> create_account(const new_account& what);
  [[nodiscard]] result<account> find_account(std::string_view id_or_email);
  [[nodiscard]] result<page<account>> list_accounts(std::size_t limit = 100, std::string_view cursor = {});
  /// Deactivating revokes every credential of the account. Fails with `conflict` for steps that do not exist.
  [[nodiscard]] result<account> set_status(const account_id& id, account_status status);
  [[nodiscard]] result<void> remove_account(const account_id& id);

  [[nodiscard]] result<organization> create_organization(const new_organization& what);
  [[nodiscard]] result<page<organization>> list_organizations(std::size_t limit = 100, std::string_view cursor = {});
  /// Fails with `owner_required` when the account is no owner there.
  [[nodiscard]] result<organization> set_owner(const org_id& org, const account_id& owner);
  /// Fails with `tenant_exists`: remove the tenant first.
  [[nodiscard]] result<void> remove_organization(const org_id& org);

  [[nodiscard]] result<organization_member> add_member(const org_id& org, const account_id& account,
                                                       membership_level level = membership_level::member);
  [[nodiscard]] result<organization_member> set_level(const org_id& org, const account_id& account, membership_level level);
  [[nodiscard]] result<void> remove_member(const org_id& org, const account_id& account);
  [[nodiscard]] result<page<organization_member>> list_members(const org_id& org, std::size_t limit = 100,
                                                               std::string_view cursor = {});

  [[nodiscard]] result<issued_key> issue_key(const new_api_key& what);
  /// A new text for the same owner, name and scopes. With a grace period the old one works so long.
  [[nodiscard]] result<issued_key> rotate_key(const row_id& id, std::chrono::seconds grace = {});
  [[nodiscard]] result<void> revoke_key(const row_id& id);
  [[nodiscard]] result<std::vector<api_key>> list_keys(const account_id& owner);

  [[nodiscard]] result<peer_credential> add_peer(const new_peer& what);
  [[nodiscard]] result<void> remove_peer(const row_id& id);
  [[nodiscard]] result<std::vector<peer_credential>> list_peers(const account_id& owner);

  /// Newest first.
  [[nodiscard]] result<page<audit_entry>> list_audit(const audit_filter& filter = {}, std::size_t limit = 100,
                                                     std::string_view cursor = {});
  /// The one way rows of the audit trail leave; answers how many did.
  [[nodiscard]] result<std::uint64_t> prune_audit(row_time older_than);

  /// Gives the first administrator of the system file its scopes; of access::open alone. Fails with `access_denied`, and with
  /// `conflict` once somebody there holds `acl:admin`.
  [[nodiscard]] result<void> bootstrap_administrator(const account_id& account, const std::vector<std::string>& scopes);
  /// Who may do what in the system file.
  [[nodiscard]] access_graph access();

 protected:
  explicit system_base(std::shared_ptr<state> s);

 private:
  std::shared_ptr<state> state_;
};

template <class Access>
class system;

/// The caller is vouched for.
template <>
class system<access::open> final : public system_base {
 public:
  explicit system(std::shared_ptr<state> s) : system_base(std::move(s)) {}
};

/// Each call is checked.
template <>
class system<access::checked> final : public system_base {
 public:
  explicit system(std::shared_ptr<state> s) : system_base(std::move(s)) {}
};

}  // namespace quire
