#pragma once

#include <quire/identity/audit.hpp>
#include <quire/identity/write_context.hpp>
#include <quire/messages/identity.hpp>
#include <quire/messages/rows.hpp>
#include <quire/sqlite/statement.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace quire::identity {

struct organization_options {
  org_id id{};
  account_id owner{};
  std::string name{};  ///< empty: the id
  std::string slug{};  ///< empty: made from the id
};

/// Rows of `organization_members`. Writes happen inside the caller's transaction; each writes its
/// change event, under the organization as stream key, and its row of the audit trail. After a
/// failure the caller rolls back. One per connection, in its thread.
class members {
 public:
  /// `trail` must outlive this.
  explicit members(audit_trail& trail) : trail_(&trail) {}

  /// Fails with `not_found` (organization, account), `unique_violation` (it is a member).
  [[nodiscard]] result<organization_member> add(const org_id& org, const account_id& who,
                                                membership_level level, write_context& in);
  /// The level it has already: nothing happens. Fails with `not_found`; with `owner_required` for
  /// the account that owns the organization.
  [[nodiscard]] result<organization_member> set_level(const org_id& org, const account_id& who,
                                                      membership_level level, write_context& in);
  /// Fails as `set_level`.
  [[nodiscard]] result<void> remove(const org_id& org, const account_id& who, write_context& in);

  /// Fails with `not_found`.
  [[nodiscard]] result<organization_member> find(const org_id& org, const account_id& who,
                                                 sqlite::connection& db);
  /// By the row's id, as events name it. Fails with `not_found`.
  [[nodiscard]] result<organization_member> find(const row_id& id, sqlite::connection& db);
  /// In order of the accounts' ids.
  [[nodiscard]] result<page<organization_member>> list_of_org(const org_id& org,
                                                              const list_page& part,
                                                              sqlite::connection& db);
  /// In order of the organizations' ids.
  [[nodiscard]] result<page<organization_member>> list_of_account(const account_id& who,
                                                                  const list_page& part,
                                                                  sqlite::connection& db);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  friend class organizations;
  /// Without a row of the audit trail: a part of another act.
  [[nodiscard]] result<organization_member> insert(const org_id& org, const account_id& who,
                                                   membership_level level, write_context& in);
  /// The row, unless it is that of the organization's owner.
  [[nodiscard]] result<organization_member> changeable(const org_id& org, const account_id& who,
                                                       write_context& in);

  audit_trail* trail_;
  struct {
    sqlite::lazy_statement insert{
        "insert a member",
        "INSERT INTO organization_members (id, metadata, created_at, updated_at, org_id, "
        "account_id, membership_level) VALUES (?1, '{}', ?2, ?2, ?3, ?4, ?5)"};
    sqlite::lazy_statement has_both{"look for an organization and an account",
                                    "SELECT EXISTS (SELECT 1 FROM organizations WHERE id = ?1), "
                                    "EXISTS (SELECT 1 FROM accounts WHERE id = ?2)"};
    sqlite::lazy_statement owner{"find an organization's owner",
                                 "SELECT 1 FROM organizations WHERE id = ?1 AND owner_id = ?2"};
    sqlite::lazy_statement find{
        "find a member",
        "SELECT id, org_id, account_id, membership_level, created_at, updated_at FROM "
        "organization_members WHERE org_id = ?1 AND account_id = ?2"};
    sqlite::lazy_statement find_row{
        "find a membership",
        "SELECT id, org_id, account_id, membership_level, created_at, updated_at FROM "
        "organization_members WHERE id = ?1"};
    sqlite::lazy_statement list_of_org{
        "list an organization's members",
        "SELECT id, org_id, account_id, membership_level, created_at, updated_at FROM "
        "organization_members WHERE org_id = ?1 AND account_id > ?2 ORDER BY account_id LIMIT ?3"};
    sqlite::lazy_statement list_of_account{
        "list an account's memberships",
        "SELECT id, org_id, account_id, membership_level, created_at, updated_at FROM "
        "organization_members WHERE account_id = ?1 AND org_id > ?2 ORDER BY org_id LIMIT ?3"};
    sqlite::lazy_statement update{
        "update a member",
        "UPDATE organization_members SET membership_level = ?2, updated_at = ?3 WHERE id = ?1"};
    sqlite::lazy_statement remove{"delete a member",
                                  "DELETE FROM organization_members WHERE id = ?1"};
    sqlite::lazy_statement of_org{"find an organization's memberships",
                                  "SELECT id FROM organization_members WHERE org_id = ?1"};
  } sql_;
};

/// Rows of `organizations`. As `members`.
class organizations {
 public:
  /// Both must outlive this.
  organizations(audit_trail& trail, members& of) : trail_(&trail), members_(&of) {}

  /// Makes the organization and its owner's membership: one act. Fails with `invalid_org_id`,
  /// `invalid_name` (name, slug), `not_found` (owner), `unique_violation`.
  [[nodiscard]] result<organization> create(const organization_options& what, write_context& in);
  /// Fails with `not_found`.
  [[nodiscard]] result<organization> find(const org_id& id, sqlite::connection& db);
  /// In order of their ids.
  [[nodiscard]] result<page<organization>> list(const list_page& part, sqlite::connection& db);
  /// The same name: nothing happens. Fails with `invalid_name`, `not_found`, `unique_violation`.
  [[nodiscard]] result<organization> rename(const org_id& id, std::string_view name,
                                            write_context& in);
  /// The new owner must be a member of level `owner`; else `owner_required`. The present owner:
  /// nothing happens. Fails with `not_found` too.
  [[nodiscard]] result<organization> change_owner(const org_id& id, const account_id& owner,
                                                  write_context& in);
  /// Removes the organization with its memberships. The caller has made sure that it has no tenant
  /// file. Fails with `not_found`.
  [[nodiscard]] result<void> remove(const org_id& id, write_context& in);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  [[nodiscard]] result<organization> update(organization row, std::string_view reason,
                                            write_context& in);

  audit_trail* trail_;
  members* members_;
  struct {
    sqlite::lazy_statement insert{
        "insert an organization",
        "INSERT INTO organizations (id, metadata, created_at, updated_at, name, slug, owner_id) "
        "VALUES (?1, '{}', ?2, ?2, ?3, ?4, ?5)"};
    sqlite::lazy_statement find{
        "find an organization",
        "SELECT id, name, slug, owner_id, created_at, updated_at FROM organizations WHERE id = ?1"};
    sqlite::lazy_statement list{
        "list organizations",
        "SELECT id, name, slug, owner_id, created_at, updated_at FROM organizations WHERE id > ?1 "
        "ORDER BY id LIMIT ?2"};
    sqlite::lazy_statement update{
        "update an organization",
        "UPDATE organizations SET name = ?2, owner_id = ?3, updated_at = ?4 WHERE id = ?1"};
    sqlite::lazy_statement remove{"delete an organization",
                                  "DELETE FROM organizations WHERE id = ?1"};
  } sql_;
};

}  // namespace quire::identity
