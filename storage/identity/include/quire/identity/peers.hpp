#pragma once

#include <quire/identity/audit.hpp>
#include <quire/identity/write_context.hpp>
#include <quire/messages/identity.hpp>
#include <quire/sqlite/statement.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::identity {

/// SHA-256 of the 32 raw bytes of an Ed25519 public key, in lower-case digits. A host that stores
/// another form of fingerprint must present that form.
[[nodiscard]] std::string fingerprint_of(std::span<const std::byte, 32> ed25519_public_key);

struct peer_options {
  account_id owner{};
  peer_kind kind = peer_kind::ssh_key;
  std::string fingerprint{};  ///< compared as it is
  std::string public_key{};   ///< opaque; usually OpenSSH's form in one line
  std::string name{};
  std::optional<row_time> expires_at{};
  std::optional<std::vector<std::string>> scopes{};  ///< as of API keys
};

/// Rows of `peer_credentials`: added and removed, never rotated. Writes happen inside the caller's
/// transaction; each writes its change event and its row of the audit trail. After a failure the
/// caller rolls back. One per connection, in its thread.
class peers {
 public:
  static constexpr std::size_t max_public_key_bytes = 16U << 10U;

  /// `trail` must outlive this.
  explicit peers(audit_trail& trail) : trail_(&trail) {}

  /// Fails with `invalid_key` (fingerprint: 1 to 512 bytes without control characters),
  /// `invalid_option` (public key, scopes), `invalid_name`, `not_found` (owner),
  /// `account_deactivated`, `protected_row` (`system`), `unique_violation`.
  [[nodiscard]] result<peer_credential> add(const peer_options& what, write_context& in);
  /// Fails with `not_found`.
  [[nodiscard]] result<void> remove(const row_id& id, write_context& in);

  /// Fails with `not_found`.
  [[nodiscard]] result<peer_credential> find(const row_id& id, sqlite::connection& db);
  [[nodiscard]] result<peer_credential> find_by_fingerprint(std::string_view fingerprint,
                                                            sqlite::connection& db);
  /// In order of their ids.
  [[nodiscard]] result<page<peer_credential>> list_of_owner(const account_id& owner,
                                                            const list_page& part,
                                                            sqlite::connection& db);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  audit_trail* trail_;
  struct {
    sqlite::lazy_statement owner{"find the owner of a new peer",
                                 "SELECT status FROM accounts WHERE id = ?1"};
    sqlite::lazy_statement insert{
        "insert a peer",
        "INSERT INTO peer_credentials (id, metadata, created_at, updated_at, owner_id, "
        "credential_type, fingerprint, public_key_data, name, expires_at) VALUES (?1, ?2, ?3, ?3, "
        "?4, ?5, ?6, ?7, ?8, ?9)"};
    sqlite::lazy_statement find{
        "find a peer",
        "SELECT id, owner_id, credential_type, fingerprint, public_key_data, name, enabled, "
        "expires_at, revoked_at, metadata, created_at, updated_at FROM peer_credentials WHERE "
        "id = ?1"};
    sqlite::lazy_statement find_by_fingerprint{
        "find a peer by its fingerprint",
        "SELECT id, owner_id, credential_type, fingerprint, public_key_data, name, enabled, "
        "expires_at, revoked_at, metadata, created_at, updated_at FROM peer_credentials WHERE "
        "fingerprint = ?1"};
    sqlite::lazy_statement list{
        "list an account's peers",
        "SELECT id, owner_id, credential_type, fingerprint, public_key_data, name, enabled, "
        "expires_at, revoked_at, metadata, created_at, updated_at FROM peer_credentials INDEXED BY "
        "idx_peer_credentials_owner_id WHERE owner_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3"};
    sqlite::lazy_statement remove{"delete a peer", "DELETE FROM peer_credentials WHERE id = ?1"};
  } sql_;
};

}  // namespace quire::identity
