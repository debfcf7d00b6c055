#pragma once

#include <quire/identity/audit.hpp>
#include <quire/identity/write_context.hpp>
#include <quire/messages/identity.hpp>
#include <quire/sqlite/statement.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace quire::identity {

/// The address as it is stored: without blanks around it, ASCII letters in lower case. Fails with
/// `invalid_name`.
[[nodiscard]] result<std::string> normal_email(std::string_view text);

struct account_options {
  std::string email{};
  std::string display_name{};
  account_level level = account_level::user;
  account_id id{};  ///< empty: the engine makes one
};

/// Rows of `accounts`. Writes happen inside the caller's transaction; each writes its change events
/// and its row of the audit trail. After a failure the caller rolls back. One per connection, in
/// its thread.
class accounts {
 public:
  /// `trail` must outlive this.
  explicit accounts(audit_trail& trail) : trail_(&trail) {}

  /// Makes the account `system`, unless it is there: the engine's first act, which nobody audits.
  [[nodiscard]] result<void> ensure_system(write_context& in);

  /// Fails with `invalid_name` (address, display name), `invalid_key` (id), `unique_violation`.
  [[nodiscard]] result<account> create(const account_options& what, write_context& in);
  /// The account with that address, made if there is none.
  [[nodiscard]] result<account> find_or_create(std::string_view email, write_context& in);
  /// Fails with `not_found`.
  [[nodiscard]] result<account> find(const account_id& id, sqlite::connection& db);
  /// The address is normalized first. Fails with `not_found`, `invalid_name`.
  [[nodiscard]] result<account> find_by_email(std::string_view email, sqlite::connection& db);
  /// In order of their ids.
  [[nodiscard]] result<page<account>> list(const list_page& part, sqlite::connection& db);

  /// `active` and `suspended` may become each other and `deactivated`, which may become `active`
  /// only. Deactivating revokes all credentials: coming back needs new ones. The status it has
  /// already: nothing happens. Fails with `conflict`, `not_found`, `protected_row` (`system`).
  [[nodiscard]] result<account> set_status(const account_id& id, account_status status,
                                           write_context& in);
  /// Empty: none. Fails with `invalid_name`, `not_found`, `protected_row`.
  [[nodiscard]] result<account> set_display_name(const account_id& id, std::string_view name,
                                                 write_context& in);
  /// Removes the account with its memberships and credentials. Fails with `foreign_key_violation`
  /// when it acted (audit rows) or owns an organization: deactivate it instead; `not_found`,
  /// `protected_row`.
  [[nodiscard]] result<void> remove(const account_id& id, write_context& in);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  [[nodiscard]] result<account> insert(account row, write_context& in);
  [[nodiscard]] result<account> changeable(const account_id& id, write_context& in);
  [[nodiscard]] result<void> update(const account& row, write_context& in);
  [[nodiscard]] result<void> revoke_all(const account_id& owner, write_context& in);

  audit_trail* trail_;
  struct {
    sqlite::lazy_statement insert{
        "insert an account",
        "INSERT INTO accounts (id, metadata, created_at, updated_at, email, display_name, "
        "access_level, status) VALUES (?1, '{}', ?2, ?2, ?3, ?4, ?5, 'active')"};
    sqlite::lazy_statement find{
        "find an account",
        "SELECT id, email, display_name, access_level, status, metadata, created_at, updated_at "
        "FROM accounts WHERE id = ?1"};
    sqlite::lazy_statement find_by_email{
        "find an account by its address",
        "SELECT id, email, display_name, access_level, status, metadata, created_at, updated_at "
        "FROM accounts WHERE email = ?1"};
    sqlite::lazy_statement list{
        "list accounts",
        "SELECT id, email, display_name, access_level, status, metadata, created_at, updated_at "
        "FROM accounts WHERE id > ?1 ORDER BY id LIMIT ?2"};
    sqlite::lazy_statement update{
        "update an account",
        "UPDATE accounts SET display_name = ?2, status = ?3, updated_at = ?4 WHERE id = ?1"};
    sqlite::lazy_statement remove{"delete an account", "DELETE FROM accounts WHERE id = ?1"};
    sqlite::lazy_statement live_keys{
        "find an account's API keys to revoke",
        "SELECT id FROM api_keys WHERE owner_id = ?1 AND revoked_at IS NULL"};
    sqlite::lazy_statement live_peers{
        "find an account's peers to revoke",
        "SELECT id FROM peer_credentials WHERE owner_id = ?1 AND revoked_at IS NULL"};
    sqlite::lazy_statement revoke_key{
        "revoke an API key of an account",
        "UPDATE api_keys SET revoked_at = ?2, updated_at = ?2 WHERE id = ?1"};
    sqlite::lazy_statement revoke_peer{
        "revoke a peer of an account",
        "UPDATE peer_credentials SET revoked_at = ?2, updated_at = ?2 WHERE id = ?1"};
    sqlite::lazy_statement memberships{
        "find an account's memberships",
        "SELECT id, org_id FROM organization_members WHERE account_id = ?1"};
    sqlite::lazy_statement keys{"find an account's API keys",
                                "SELECT id FROM api_keys WHERE owner_id = ?1"};
    sqlite::lazy_statement peers{"find an account's peers",
                                 "SELECT id FROM peer_credentials WHERE owner_id = ?1"};
  } sql_;
};

}  // namespace quire::identity
