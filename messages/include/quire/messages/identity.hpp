#pragma once

#include <quire/messages/document.hpp>
#include <quire/messages/environment.hpp>
#include <quire/messages/ids.hpp>
#include <quire/messages/rows.hpp>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

// Rows of the identity tables as plain values, and the words they are made of.
namespace quire {

/// Gives no authority by itself; `service` says what kind of principal the account is.
enum class account_level : std::uint8_t { admin = 0, user = 1, service = 2 };
enum class account_status : std::uint8_t { active = 0, suspended = 1, deactivated = 2 };
enum class membership_level : std::uint8_t { owner = 0, admin = 1, member = 2 };
enum class peer_kind : std::uint8_t { ssh_key = 0, cert_authority = 1 };
enum class credential_kind : std::uint8_t { api_key = 0, peer_credential = 1 };

[[nodiscard]] std::string_view to_string(account_level x) noexcept;
[[nodiscard]] std::string_view to_string(account_status x) noexcept;
[[nodiscard]] std::string_view to_string(membership_level x) noexcept;
[[nodiscard]] std::string_view to_string(peer_kind x) noexcept;
[[nodiscard]] std::string_view to_string(credential_kind x) noexcept;
[[nodiscard]] result<account_level> account_level_from_string(std::string_view text);
[[nodiscard]] result<account_status> account_status_from_string(std::string_view text);
[[nodiscard]] result<membership_level> membership_level_from_string(std::string_view text);
[[nodiscard]] result<peer_kind> peer_kind_from_string(std::string_view text);
[[nodiscard]] result<credential_kind> credential_kind_from_string(std::string_view text);
inline std::ostream& operator<<(std::ostream& out, account_level x) { return out << to_string(x); }
inline std::ostream& operator<<(std::ostream& out, account_status x) { return out << to_string(x); }
inline std::ostream& operator<<(std::ostream& out, membership_level x) { return out << to_string(x); }
inline std::ostream& operator<<(std::ostream& out, peer_kind x) { return out << to_string(x); }
inline std::ostream& operator<<(std::ostream& out, credential_kind x) { return out << to_string(x); }

/// A row of `accounts`: a person, a service, or a language model that acts on its own.
struct account {
  account_id id{};
  std::string email{};
  std::string display_name{};
  account_level level = account_level::user;
  account_status status = account_status::active;
  document metadata{};
  row_time created_at{};
  row_time updated_at{};
  friend bool operator==(const account&, const account&) = default;
};

/// A row of `organization_members`.
struct organization_member {
  row_id id{};
  org_id org{};
  account_id account{};
  membership_level level = membership_level::member;
  row_time created_at{};
  row_time updated_at{};
  friend bool operator==(const organization_member&, const organization_member&) = default;
};

/// A row of `api_keys`, without its hash: that never leaves the system file.
struct api_key {
  row_id id{};
  account_id owner{};
  std::string name{};
  bool enabled = true;
  std::optional<row_time> expires_at{};
  std::optional<row_time> revoked_at{};
  row_id rotated_to{};                               ///< empty: not rotated
  std::optional<row_time> last_used_at{};            ///< to the minute
  std::optional<std::vector<std::string>> scopes{};  ///< narrows what the key may use; absent: it does not
  row_time created_at{};
  row_time updated_at{};
  friend bool operator==(const api_key&, const api_key&) = default;
};

/// A row of `peer_credentials`: an Ed25519 key or a certificate authority, known by its fingerprint.
struct peer_credential {
  row_id id{};
  account_id owner{};
  peer_kind kind = peer_kind::ssh_key;
  std::string fingerprint{};
  std::string public_key{};
  std::string name{};
  bool enabled = true;
  std::optional<row_time> expires_at{};
  std::optional<row_time> revoked_at{};
  std::optional<std::vector<std::string>> scopes{};  ///< as of `api_key`
  row_time created_at{};
  row_time updated_at{};
  friend bool operator==(const peer_credential&, const peer_credential&) = default;
};

/// A row of `audit_logs`.
struct audit_entry {
  row_id id{};
  std::string action{};
  account_id owner{};            ///< who acted; `system` when no account is known
  row_id credential{};           ///< empty: none was used
  std::optional<credential_kind> kind{};
  org_id org{};                  ///< empty: none, or it is gone
  document details{};
  row_time created_at{};
  friend bool operator==(const audit_entry&, const audit_entry&) = default;
};

}  // namespace quire
