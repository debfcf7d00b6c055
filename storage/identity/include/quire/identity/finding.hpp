#pragma once

#include <quire/messages/environment.hpp>
#include <quire/messages/identity.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quire::identity {

/// What decides whether a credential may be used.
struct credential_entry {
  credential_kind kind = credential_kind::api_key;
  row_id id{};
  account_id owner{};
  bool enabled = true;
  bool revoked = false;
  std::optional<row_time> expires_at{};
  std::optional<std::vector<std::string>> scopes{};  ///< narrows; absent: it does not
  std::optional<row_time> last_used_at{};            ///< API keys; to the minute
  friend bool operator==(const credential_entry&, const credential_entry&) = default;
};

/// What a presented credential stands for. The caller hears of a refusal nothing but
/// `access_denied`; the reason is for the audit trail.
struct credential_finding {
  errc reason = errc::none;  ///< `none`: good
  /// Also of one that is refused, unless it is unknown.
  std::optional<credential_entry> credential{};
  [[nodiscard]] explicit operator bool() const noexcept { return reason == errc::none; }
};

/// Whether the credential of an owner with this status (nothing: there is no such account) is good
/// at that time; in this order `credential_revoked`, `credential_disabled`, `credential_expired`
/// (from the second it expires), `account_suspended`, `account_deactivated`.
[[nodiscard]] errc judge(const credential_entry& what, std::optional<account_status> owner,
                         timestamp now) noexcept;

/// What a metadata object says under `_acl.scopes`: absent, nothing; a list of texts, that list;
/// anything else, and metadata that cannot be read, the empty list.
[[nodiscard]] std::optional<std::vector<std::string>> scopes_of_metadata(std::string_view metadata);

/// Texts that may be an API key: others are unknown without being hashed.
inline constexpr std::size_t min_presented_bytes = 16;
inline constexpr std::size_t max_presented_bytes = 512;

/// Looks credentials up in the file. One per connection, in its thread.
class credential_finder {
 public:
  /// Fails with `storage_*` only. The presented text is not kept.
  [[nodiscard]] result<credential_finding> find_api_key(std::string_view presented, timestamp now,
                                                        sqlite::connection& db);
  [[nodiscard]] result<credential_finding> find_peer(std::string_view fingerprint, timestamp now,
                                                     sqlite::connection& db);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  struct {
    sqlite::lazy_statement key{
        "find an API key by its hash",
        "SELECT k.id, k.owner_id, k.enabled, k.expires_at, k.revoked_at, k.metadata, "
        "k.last_used_at, a.status FROM api_keys k LEFT JOIN accounts a ON a.id = k.owner_id "
        "WHERE k.key_hash = ?1"};
    sqlite::lazy_statement peer{
        "find a peer that calls",
        "SELECT p.id, p.owner_id, p.enabled, p.expires_at, p.revoked_at, p.metadata, NULL, "
        "a.status FROM peer_credentials p LEFT JOIN accounts a ON a.id = p.owner_id "
        "WHERE p.fingerprint = ?1"};
  } sql_;
};

}  // namespace quire::identity
