#pragma once

#include <quire/crypto/secret_text.hpp>
#include <quire/identity/audit.hpp>
#include <quire/identity/write_context.hpp>
#include <quire/messages/identity.hpp>
#include <quire/sqlite/statement.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quire::identity {

/// Name of the metadata member that narrows what a credential may use.
inline constexpr std::string_view scopes_member = "_acl.scopes";

struct key_options {
  account_id owner{};
  std::string name{};
  std::optional<row_time> expires_at{};
  std::optional<std::vector<std::string>> scopes{};  ///< narrows; absent: as much as its owner
};

struct rotation_options {
  std::chrono::seconds grace{};  ///< so long the old key works on; 0 to ten years
  /// When the new key expires; absent: when the old one did, so that rotating prolongs nothing.
  std::optional<row_time> expires_at{};
};

/// A key that was just made. The text is shown here and never again: only its digest is kept.
struct issued_key {
  api_key key{};
  crypto::secret_text text{};
};

/// Rows of `api_keys`. Writes happen inside the caller's transaction; each writes its change events
/// and its row of the audit trail. After a failure the caller rolls back, and wipes the text of a
/// key that will not be. The hash never leaves the file. One per connection, in its thread.
class api_keys {
 public:
  /// Steps that `rotation_chain` follows.
  static constexpr std::size_t max_rotation_steps = 64;

  /// `trail` must outlive this.
  explicit api_keys(audit_trail& trail) : trail_(&trail) {}

  /// Fails with `not_found` (owner), `account_deactivated`, `protected_row` (`system` has no
  /// credential), `invalid_name`, `invalid_option` (scopes).
  [[nodiscard]] result<issued_key> issue(const key_options& what, write_context& in);
  /// For a key made elsewhere, whose maker answers for its randomness: `key_hash` is the SHA-256 of
  /// its text in 64 lower-case digits. Fails with `invalid_key_hash`, `unique_violation`, and as
  /// `issue`.
  [[nodiscard]] result<api_key> create(const key_options& what, std::string_view key_hash,
                                       write_context& in);
  /// A new key with the owner, name, scopes and switch of the old one, which names it as its
  /// successor and is revoked, now or by expiring after the grace. Fails with `already_rotated`
  /// (rotated or revoked), `not_found`, `invalid_option` (grace), `account_deactivated`.
  [[nodiscard]] result<issued_key> rotate(const row_id& id, const rotation_options& how,
                                          write_context& in);
  /// For good. A revoked one: nothing happens. Fails with `not_found`.
  [[nodiscard]] result<api_key> revoke(const row_id& id, write_context& in);
  /// Fails with `not_found`.
  [[nodiscard]] result<api_key> set_enabled(const row_id& id, bool enabled, write_context& in);
  /// Notes that the key was used, at most once a minute. True when that was written. Fails with
  /// `not_found`.
  [[nodiscard]] result<bool> note_use(const row_id& id, write_context& in);

  /// Fails with `not_found`.
  [[nodiscard]] result<api_key> find(const row_id& id, sqlite::connection& db);
  /// The key and its successors in order; ends after `max_rotation_steps`, and where one repeats.
  /// Fails with `not_found`.
  [[nodiscard]] result<std::vector<api_key>> rotation_chain(const row_id& id,
                                                            sqlite::connection& db);
  /// In order of their ids.
  [[nodiscard]] result<page<api_key>> list_of_owner(const account_id& owner, const list_page& part,
                                                    sqlite::connection& db);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  struct stored;
  [[nodiscard]] result<api_key> add(const key_options& what, row_id id, std::string_view hash,
                                    write_context& in);
  [[nodiscard]] result<stored> load(const row_id& id, sqlite::connection& db);
  [[nodiscard]] result<void> insert(const api_key& row, std::string_view hash,
                                    std::string_view metadata, write_context& in);
  [[nodiscard]] result<void> update(api_key& row, write_context& in);

  audit_trail* trail_;
  struct {
    sqlite::lazy_statement owner{"find the owner of a new API key",
                                 "SELECT status FROM accounts WHERE id = ?1"};
    sqlite::lazy_statement insert{
        "insert an API key",
        "INSERT INTO api_keys (id, metadata, created_at, updated_at, owner_id, key_hash, name, "
        "enabled, expires_at) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8)"};
    sqlite::lazy_statement find{
        "find an API key",
        "SELECT id, owner_id, name, enabled, expires_at, revoked_at, rotated_to_id, last_used_at, "
        "metadata, created_at, updated_at FROM api_keys WHERE id = ?1"};
    sqlite::lazy_statement list{
        "list an account's API keys",
        "SELECT id, owner_id, name, enabled, expires_at, revoked_at, rotated_to_id, last_used_at, "
        "metadata, created_at, updated_at FROM api_keys INDEXED BY idx_api_keys_owner_id WHERE "
        "owner_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3"};
    sqlite::lazy_statement update{
        "update an API key",
        "UPDATE api_keys SET enabled = ?2, expires_at = ?3, revoked_at = ?4, rotated_to_id = ?5, "
        "last_used_at = ?6, updated_at = ?7 WHERE id = ?1"};
  } sql_;
};

}  // namespace quire::identity
