#pragma once

#include <quire/identity/write_context.hpp>
#include <quire/messages/identity.hpp>
#include <quire/sqlite/statement.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace quire::identity {

/// What happened. Who did it and how is in the context. Refers to the caller's texts; never holds a
/// secret.
struct act {
  std::string_view action;    ///< such as `api_key.issued`
  std::string_view org{};     ///< organization concerned; empty: none
  std::string_view target{};  ///< id of what it was done to
  std::string_view reason{};
};

struct audit_filter {
  std::string_view action{};  ///< this one exactly; empty: all
  std::string_view owner{};   ///< account that acted
  std::string_view org{};     ///< organization concerned, as long as it exists
  std::optional<row_time> since{};
};

/// The audit trail: rows come, are never changed, and leave by `prune` alone. Works inside the
/// caller's transaction. One per connection, in its thread.
class audit_trail {
 public:
  /// The owner is the actor's account, or `system` when there is no such account. Fails with
  /// `storage_*`; with `foreign_key_violation` in a file without the account `system`.
  [[nodiscard]] result<void> append(const act& what, write_context& in);
  /// With an id of the caller's that says what is told, such as tenant and offset: telling it again
  /// changes nothing. False: it was known. Fails with `invalid_key` too.
  [[nodiscard]] result<bool> append_once(const row_id& id, const act& what, write_context& in);

  /// Newest first. With `action`, by their time; otherwise in the order they were written. A cursor
  /// whose row was pruned is `invalid_cursor`.
  [[nodiscard]] result<page<audit_entry>> list(const audit_filter& filter, const list_page& part,
                                               sqlite::connection& db);

  /// Removes at most `max_rows` rows made before `older_than`; call again until it answers 0, in
  /// transactions of their own.
  [[nodiscard]] result<std::size_t> prune(row_time older_than, std::size_t max_rows,
                                          write_context& in);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  struct position;
  [[nodiscard]] result<position> position_of(std::string_view cursor, sqlite::connection& db);

  struct {
    sqlite::lazy_statement owner{"find the account that acted",
                                 "SELECT 1 FROM accounts WHERE id = ?1"};
    sqlite::lazy_statement insert{
        "insert an audit row",
        "INSERT INTO audit_logs (id, metadata, created_at, updated_at, action, owner_id, "
        "credential_id, credential_type, org_id, details) VALUES (?1, '{}', ?2, ?2, ?3, ?4, ?5, "
        "?6, (SELECT id FROM organizations WHERE id = ?7), ?8) ON CONFLICT (id) DO NOTHING"};
    sqlite::lazy_statement position{"find an audit row's place",
                                    "SELECT rowid, created_at FROM audit_logs WHERE id = ?1"};
    // Parameters of the lists: place (rowid, time), since, action, owner, organization, limit.
    sqlite::lazy_statement list{
        "list audit rows",
        "SELECT id, action, owner_id, credential_id, credential_type, org_id, details, created_at "
        "FROM audit_logs WHERE rowid < ?1 AND created_at >= ?3 ORDER BY rowid DESC LIMIT ?7"};
    sqlite::lazy_statement list_owner{
        "list an account's audit rows",
        "SELECT id, action, owner_id, credential_id, credential_type, org_id, details, created_at "
        "FROM audit_logs INDEXED BY idx_audit_logs_owner_id WHERE owner_id = ?5 AND rowid < ?1 AND "
        "created_at >= ?3 AND (?6 IS NULL OR org_id = ?6) ORDER BY rowid DESC LIMIT ?7"};
    sqlite::lazy_statement list_org{
        "list an organization's audit rows",
        "SELECT id, action, owner_id, credential_id, credential_type, org_id, details, created_at "
        "FROM audit_logs INDEXED BY idx_audit_logs_org_id WHERE org_id = ?6 AND rowid < ?1 AND "
        "created_at >= ?3 ORDER BY rowid DESC LIMIT ?7"};
    sqlite::lazy_statement list_action{
        "list an action's audit rows",
        "SELECT id, action, owner_id, credential_id, credential_type, org_id, details, created_at "
        "FROM audit_logs INDEXED BY idx_audit_logs_action_created_at WHERE action = ?4 AND "
        "created_at >= ?3 AND (created_at, rowid) < (?2, ?1) AND (?5 IS NULL OR owner_id = ?5) AND "
        "(?6 IS NULL OR org_id = ?6) ORDER BY created_at DESC, rowid DESC LIMIT ?7"};
    sqlite::lazy_statement next_action{
        "find the next audited action",
        "SELECT action FROM audit_logs WHERE action > ?1 ORDER BY action LIMIT 1"};
    sqlite::lazy_statement old{
        "find old audit rows",
        "SELECT id FROM audit_logs WHERE action = ?1 AND created_at < ?2 ORDER BY created_at "
        "LIMIT ?3"};
    sqlite::lazy_statement remove{"prune an audit row", "DELETE FROM audit_logs WHERE id = ?1"};
  } sql_;
};

}  // namespace quire::identity
