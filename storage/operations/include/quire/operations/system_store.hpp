#pragma once

#include <quire/messages/id_maker.hpp>
#include <quire/messages/requests.hpp>
#include <quire/operations/write_transaction.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace quire::operations {

/// The system file and what its writer does to it: accounts and organizations. Synchronous, in one
/// thread. Each call is one transaction and durable when it returns.
class system_store {
 public:
  /// Opens `file`, making it with the account `system` when absent. Fails with `schema_*`,
  /// `storage_*`.
  [[nodiscard]] static result<std::unique_ptr<system_store>> open(
      const std::filesystem::path& file, const sqlite::open_options& options, environment env);

  /// Makes the organization, its owner's membership and, when the address is new, the owner's
  /// account. Fails with `invalid_org_id`, `invalid_name` (slug, address), `unique_violation`.
  [[nodiscard]] result<organization> create(const new_organization& what);
  /// Fails with `not_found`.
  [[nodiscard]] result<organization> find(const org_id& id);
  /// In order of their ids.
  [[nodiscard]] result<std::vector<organization>> list();

  [[nodiscard]] change_seq last_seq() const noexcept { return transaction_.last_seq(); }
  [[nodiscard]] sqlite::connection& connection() noexcept { return db_; }

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  system_store(sqlite::connection db, environment env);
  [[nodiscard]] result<organization> create_in_transaction(const new_organization& what);
  [[nodiscard]] result<account_id> find_or_make_account(const std::string& email);
  [[nodiscard]] result<void> tell(table t, std::string_view id);
  [[nodiscard]] result<void> seed();

  sqlite::connection db_;
  environment env_;
  id_maker ids_;
  timestamp now_{};  // of the transaction under way
  write_transaction transaction_;
  struct {
    sqlite::lazy_statement find_account{"find an account",
                                        "SELECT id FROM accounts WHERE email = ?1"};
    sqlite::lazy_statement insert_account{
        "insert an account",
        "INSERT INTO accounts (id, metadata, created_at, updated_at, email, access_level, status) "
        "VALUES (?1, '{}', ?2, ?2, ?3, ?4, 'active')"};
    sqlite::lazy_statement insert_organization{
        "insert an organization",
        "INSERT INTO organizations (id, metadata, created_at, updated_at, name, slug, owner_id) "
        "VALUES (?1, '{}', ?2, ?2, ?3, ?4, ?5)"};
    sqlite::lazy_statement insert_member{
        "insert a member",
        "INSERT INTO organization_members (id, metadata, created_at, updated_at, org_id, "
        "account_id, membership_level) "
        "VALUES (?1, '{}', ?2, ?2, ?3, ?4, 'owner')"};
    sqlite::lazy_statement find{
        "find an organization",
        "SELECT id, name, slug, owner_id, created_at, updated_at FROM organizations WHERE id = ?1"};
    sqlite::lazy_statement list{
        "list organizations",
        "SELECT id, name, slug, owner_id, created_at, updated_at FROM organizations ORDER BY id"};
  } sql_;
};

}  // namespace quire::operations
