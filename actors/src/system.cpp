#include <quire/actors/system.hpp>

#include "access_state.hpp"
#include "membership_follow.hpp"
#include "system_handle.hpp"
#include "tenant_core.hpp"

namespace quire {
namespace {

using operations::requirement_of;
using tools = operations::system_store::tools;

requirement_of reading(std::string_view operation, table t) {
  return {.operation = operation, .scopes = {&operations::read_scope(t), 1}};
}
requirement_of writing(std::string_view operation, table t) {
  return {.operation = operation, .scopes = {&operations::write_scope(t), 1}};
}

identity::list_page part_of(std::size_t limit, const std::string& cursor) { return {.limit = limit, .cursor = cursor}; }

}  // namespace

system_base::system_base(std::shared_ptr<state> s) : state_(std::move(s)) {}

// --- Accounts ---

result<account> system_base::create_account(const new_account& what) {
  return state_->write(writing("accounts.create", table::accounts),
                       [what](tools& with) { return with.tables.accounts.create(what, with.in); });
}

result<account> system_base::find_account(std::string_view id_or_email) {
  return state_->read(reading("accounts.find", table::accounts),
                      [asked = std::string{id_or_email}](operations::system_store& file, sqlite::connection& db) {
                        auto& accounts = file.tables().accounts;
                        return asked.find('@') == std::string::npos ? accounts.find(account_id{asked}, db)
                                                                    : accounts.find_by_email(asked, db);
                      });
}

result<page<account>> system_base::list_accounts(std::size_t limit, std::string_view cursor) {
  return state_->read(reading("accounts.list", table::accounts),
                      [limit, from = std::string{cursor}](operations::system_store& file, sqlite::connection& db) {
                        return file.tables().accounts.list(part_of(limit, from), db);
                      });
}

result<account> system_base::set_status(const account_id& id, account_status status) {
  return state_->write(writing("accounts.update", table::accounts),
                       [id, status](tools& with) { return with.tables.accounts.set_status(id, status, with.in); });
}

result<void> system_base::remove_account(const account_id& id) {
  return state_->write(writing("accounts.delete", table::accounts),
                       [id](tools& with) { return with.tables.accounts.remove(id, with.in); });
}

// --- Organizations and members ---

result<organization> system_base::create_organization(const new_organization& what) {
  auto* s = state_.get();
  return s->run([s, what](operations::system_store& file) {
    const operations::identities present{file.image()};
    return file.create(what, s->author(present));
  });
}

result<page<organization>> system_base::list_organizations(std::size_t limit, std::string_view cursor) {
  return state_->read(reading("organizations.list", table::organizations),
                      [limit, from = std::string{cursor}](operations::system_store& file, sqlite::connection& db) {
                        return file.tables().organizations.list(part_of(limit, from), db);
                      });
}

result<organization> system_base::set_owner(const org_id& org, const account_id& owner) {
  return state_->write(writing("organizations.update", table::organizations), [org, owner](tools& with) {
    return with.tables.organizations.change_owner(org, owner, with.in);
  });
}

result<void> system_base::remove_organization(const org_id& org) {
  return state_->write(writing("organizations.delete", table::organizations),
                       [org, engine = state_->engine](tools& with) -> result<void> {
                         std::error_code ignored;
                         if (is_valid_org_id(org.get()) && std::filesystem::exists(engine->tenant_file(org), ignored)) {
                           return fail(errc::tenant_exists,
                                       "organization '" + org.get() + "' has a tenant; remove that first");
                         }
                         return with.tables.organizations.remove(org, with.in);
                       });
}

namespace {

/// Waits until the organization's tenant, if it is in use here, has followed.
template <class T>
result<T> followed(result<T> done, const org_id& org, const tenant_registry& registry) {
  if (!done) return done;
  const auto core = registry.find(org);
  if (!core) return done;  // it follows when it is first used
  auto answer = std::make_shared<runtime::waiter<result<void>>>();
  follow_memberships(core, [answer](result<void> r) { answer->put(std::move(r)); });
  const auto reached = answer->wait_for(longest_wait);
  // The membership is made whatever the tenant says; it follows at the next occasion.
  if (reached && !*reached && reached->error().code != errc::engine_closed) {
    return in_context(reached->error(), "the membership is stored, but tenant '" + org.get() + "' has not followed yet");
  }
  return done;
}

}  // namespace

result<organization_member> system_base::add_member(const org_id& org, const account_id& account, membership_level level) {
  return followed(state_->write(writing("organization_members.create", table::organization_members),
                                [=](tools& with) { return with.tables.members.add(org, account, level, with.in); }),
                  org, *state_->registry);
}

result<organization_member> system_base::set_level(const org_id& org, const account_id& account, membership_level level) {
  return followed(state_->write(writing("organization_members.update", table::organization_members),
                                [=](tools& with) { return with.tables.members.set_level(org, account, level, with.in); }),
                  org, *state_->registry);
}

result<void> system_base::remove_member(const org_id& org, const account_id& account) {
  return followed(state_->write(writing("organization_members.delete", table::organization_members),
                                [=](tools& with) { return with.tables.members.remove(org, account, with.in); }),
                  org, *state_->registry);
}

result<page<organization_member>> system_base::list_members(const org_id& org, std::size_t limit, std::string_view cursor) {
  return state_->read(reading("organization_members.list", table::organization_members),
                      [org, limit, from = std::string{cursor}](operations::system_store& file, sqlite::connection& db) {
                        return file.tables().members.list_of_org(org, part_of(limit, from), db);
                      });
}

// --- Credentials ---

result<issued_key> system_base::issue_key(const new_api_key& what) {
  return state_->write(writing("api_keys.create", table::api_keys),
                       [what](tools& with) { return with.tables.api_keys.issue(what, with.in); });
}

result<issued_key> system_base::rotate_key(const row_id& id, std::chrono::seconds grace) {
  return state_->write(writing("api_keys.rotate", table::api_keys), [id, grace](tools& with) {
    return with.tables.api_keys.rotate(id, {.grace = grace, .expires_at = {}}, with.in);
  });
}

result<void> system_base::revoke_key(const row_id& id) {
  return state_->write(writing("api_keys.revoke", table::api_keys), [id](tools& with) -> result<void> {
    auto done = with.tables.api_keys.revoke(id, with.in);
    return done ? result<void>{} : result<void>{done.error()};
  });
}

namespace {

/// All pages of a list that belongs to one account.
template <class Row, class Repository>
result<std::vector<Row>> all_of(Repository& rows, const account_id& owner, sqlite::connection& db) {
  std::vector<Row> all;
  std::string cursor;
  while (true) {
    auto part = rows.list_of_owner(owner, part_of(100, cursor), db);
    if (!part) return part.error();
    std::move(part->items.begin(), part->items.end(), std::back_inserter(all));
    if (part->next_cursor.empty()) return all;
    cursor = std::move(part->next_cursor);
  }
}

}  // namespace

result<std::vector<api_key>> system_base::list_keys(const account_id& owner) {
  return state_->read(reading("api_keys.list", table::api_keys),
                      [owner](operations::system_store& file, sqlite::connection& db) {
                        return all_of<api_key>(file.tables().api_keys, owner, db);
                      });
}

result<peer_credential> system_base::add_peer(const new_peer& what) {
  return state_->write(writing("peer_credentials.create", table::peer_credentials),
                       [what](tools& with) { return with.tables.peers.add(what, with.in); });
}

result<void> system_base::remove_peer(const row_id& id) {
  return state_->write(writing("peer_credentials.delete", table::peer_credentials),
                       [id](tools& with) { return with.tables.peers.remove(id, with.in); });
}

result<std::vector<peer_credential>> system_base::list_peers(const account_id& owner) {
  return state_->read(reading("peer_credentials.list", table::peer_credentials),
                      [owner](operations::system_store& file, sqlite::connection& db) {
                        return all_of<peer_credential>(file.tables().peers, owner, db);
                      });
}

// --- Audit trail ---

result<page<audit_entry>> system_base::list_audit(const audit_filter& filter, std::size_t limit, std::string_view cursor) {
  return state_->read(reading("audit_logs.list", table::audit_logs),
                      [action = std::string{filter.action}, owner = std::string{filter.owner}, org = std::string{filter.org},
                       since = filter.since, limit,
                       from = std::string{cursor}](operations::system_store& file, sqlite::connection& db) {
                        return file.tables().audit.list({.action = action, .owner = owner, .org = org, .since = since},
                                                        part_of(limit, from), db);
                      });
}

result<std::uint64_t> system_base::prune_audit(row_time older_than) {
  constexpr std::size_t rows_at_once = 1000;
  std::uint64_t all = 0;
  while (true) {
    auto some = state_->write(writing("audit_logs.prune", table::audit_logs), [older_than](tools& with) {
      return with.tables.audit.prune(older_than, rows_at_once, with.in);
    });
    if (!some) return some.error();
    all += *some;
    if (*some == 0) return all;
  }
}

// --- Access ---

result<void> system_base::bootstrap_administrator(const account_id& account, const std::vector<std::string>& scopes) {
  // As long as nobody holds anything there, nobody but who is vouched for may give it.
  if (!state_->who->open) return state_->engine->desk->refuse(*state_->who, "acl.bootstrap", errc::access_denied);
  return state_->run([account, scopes](operations::system_store& file) { return file.bootstrap(account, scopes); });
}

access_graph system_base::access() { return access_graph{make_access(state_)}; }

}  // namespace quire
