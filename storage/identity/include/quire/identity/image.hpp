#pragma once

#include <quire/identity/finding.hpp>
#include <quire/messages/change_event.hpp>
#include <quire/messages/identity.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::identity {

struct account_entry {
  account_status status = account_status::active;
  account_level level = account_level::user;
  std::string email{};
  friend bool operator==(const account_entry&, const account_entry&) = default;
};

struct organization_entry {
  std::string name{};
  account_id owner{};
  friend bool operator==(const organization_entry&, const organization_entry&) = default;
};

/// Accounts, organizations, members and credentials of one state of the system file, in memory.
/// Immutable, so any number of threads may read one; newer states share what did not change.
class identity_image {
 public:
  identity_image(const identity_image&) = delete;
  identity_image& operator=(const identity_image&) = delete;
  ~identity_image();

  // Pointers live as long as the image; null: there is none.
  [[nodiscard]] const account_entry* account(std::string_view id) const;
  [[nodiscard]] const organization_entry* organization(std::string_view id) const;
  [[nodiscard]] std::optional<membership_level> membership(std::string_view org,
                                                           std::string_view account) const;
  /// In no particular order.
  void each_member(
      std::string_view org,
      const std::function<void(std::string_view account, membership_level level)>& see) const;
  /// By row id.
  [[nodiscard]] const credential_entry* credential(credential_kind kind, std::string_view id) const;

  [[nodiscard]] std::optional<account_status> status_of(std::string_view account) const;
  [[nodiscard]] bool has_organization(std::string_view org) const;

  /// As `credential_finder`. Hashes are compared in constant time; the presented text is not kept.
  [[nodiscard]] credential_finding find_api_key(std::string_view presented, timestamp now) const;
  [[nodiscard]] credential_finding find_peer(std::string_view fingerprint, timestamp now) const;
  /// Judges a credential found before anew, at this state.
  [[nodiscard]] errc judge_credential(credential_kind kind, std::string_view id,
                                      timestamp now) const;

  [[nodiscard]] std::size_t account_count() const noexcept;
  [[nodiscard]] std::size_t organization_count() const noexcept;
  [[nodiscard]] std::size_t credential_count() const noexcept;

  struct content;

 private:
  friend class image_reader;
  explicit identity_image(std::unique_ptr<const content> x);
  std::unique_ptr<const content> content_;
};

/// Makes images from the file. One per connection, in its thread; what it makes is everyone's.
class image_reader {
 public:
  /// Reads everything, in one snapshot if the caller holds one. Fails with `storage_*`.
  [[nodiscard]] result<std::shared_ptr<const identity_image>> build(sqlite::connection& db);
  /// `old` with the rows that the events name as they are in the file now: costs microseconds per
  /// event, whatever the size of the image. Rows that others changed without an event need `build`.
  [[nodiscard]] result<std::shared_ptr<const identity_image>> with_changes(
      const identity_image& old, sqlite::connection& db, std::span<const change_event> events);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  struct {
    sqlite::lazy_statement accounts{"read all accounts",
                                    "SELECT id, status, access_level, email FROM accounts"};
    sqlite::lazy_statement account{
        "read an account", "SELECT id, status, access_level, email FROM accounts WHERE id = ?1"};
    sqlite::lazy_statement organizations{"read all organizations",
                                         "SELECT id, name, owner_id FROM organizations"};
    sqlite::lazy_statement organization{
        "read an organization", "SELECT id, name, owner_id FROM organizations WHERE id = ?1"};
    sqlite::lazy_statement members{
        "read all members",
        "SELECT id, org_id, account_id, membership_level FROM organization_members"};
    sqlite::lazy_statement member{
        "read a member",
        "SELECT id, org_id, account_id, membership_level FROM organization_members WHERE id = ?1"};
    sqlite::lazy_statement keys{
        "read all API keys",
        "SELECT id, owner_id, enabled, expires_at, revoked_at, metadata, last_used_at, key_hash "
        "FROM api_keys"};
    sqlite::lazy_statement key{
        "read an API key",
        "SELECT id, owner_id, enabled, expires_at, revoked_at, metadata, last_used_at, key_hash "
        "FROM api_keys WHERE id = ?1"};
    sqlite::lazy_statement peers{
        "read all peers",
        "SELECT id, owner_id, enabled, expires_at, revoked_at, metadata, NULL, fingerprint "
        "FROM peer_credentials"};
    sqlite::lazy_statement peer{
        "read a peer",
        "SELECT id, owner_id, enabled, expires_at, revoked_at, metadata, NULL, fingerprint "
        "FROM peer_credentials WHERE id = ?1"};
  } sql_;
};

}  // namespace quire::identity
