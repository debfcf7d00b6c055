#pragma once

#include <quire/identity/image.hpp>
#include <quire/identity/tables.hpp>
#include <quire/messages/id_maker.hpp>
#include <quire/messages/requests.hpp>
#include <quire/operations/audit_outbox.hpp>
#include <quire/operations/caller.hpp>
#include <quire/operations/graph_store.hpp>
#include <quire/operations/requirements.hpp>
#include <quire/operations/write_transaction.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <filesystem>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace quire::operations {

/// The system file and what its writer does to it: accounts, organizations, credentials, the audit trail, and who may do what
/// with them. Synchronous, in one thread. Each write is one transaction and durable when it returns.
class system_store {
 public:
  /// Opens `file`, making it with the account `system` when absent. Fails with `schema_*`, `storage_*`.
  [[nodiscard]] static result<std::unique_ptr<system_store>> open(
      const std::filesystem::path& file, const sqlite::open_options& options, environment env);

  /// Who does something, and how it came to be.
  struct author {
    caller by{};
    std::string request{};
    used_credential with{};
  };
  /// What a write may use inside its transaction.
  struct tools {
    identity::write_context& in;
    identity::identity_tables& tables;
    graph_store& graphs;
    metagraph::write_context& graph_in;
  };

  /// Runs `body(tools&) -> result<T>` in a transaction of its own, if the author may: `access_denied` otherwise, and then
  /// `last_denial` says why. Nothing is left of one that fails.
  template <class Body>
  [[nodiscard]] auto write(const author& who, const requirement_of& needs, Body&& body)
      -> std::invoke_result_t<Body, tools&> {
    if (auto ok = begin(); !ok) return ok.error();
    auto in = context_for(who, needs);
    auto graph_in = graph_context_for(who);
    tools with{in, tables_, graphs_, graph_in};
    if (auto ok = require(who.by, needs); !ok) {
      roll_back();
      return ok.error();
    }
    auto done = body(with);
    if (!done) {
      roll_back();
      return done;
    }
    if (auto ok = commit(); !ok) return ok.error();
    return done;
  }
  /// Runs `body(connection&) -> result<T>`, which only reads, if the caller may.
  template <class Body>
  [[nodiscard]] auto read(const caller& by, const requirement_of& needs, Body&& body)
      -> std::invoke_result_t<Body, sqlite::connection&> {
    if (auto ok = require(by, needs); !ok) return ok.error();
    return body(db_);
  }
  [[nodiscard]] const access_rules::denial& last_denial() const noexcept { return denial_; }

  /// Makes the organization, its owner's membership and, when the address is new, the owner's
  /// account. Fails with `invalid_org_id`, `invalid_name` (slug, address), `unique_violation`.
  [[nodiscard]] result<organization> create(const new_organization& what, const author& who);
  [[nodiscard]] result<organization> create(const new_organization& what) { return create(what, author{}); }
  /// Fails with `not_found`.
  [[nodiscard]] result<organization> find(const org_id& id);
  /// In order of their ids.
  [[nodiscard]] result<std::vector<organization>> list();
  /// Gives the first administrator its scopes; `acl:admin` is among them. Fails with `conflict` once a principal holds it,
  /// `not_found`.
  [[nodiscard]] result<void> bootstrap(const account_id& account, const std::vector<std::string>& scopes);

  /// Operations on the graphs of the system file, as of a tenant's: `graph_store::apply`.
  [[nodiscard]] result<write_reply> apply(std::span<const operation> all, const author& who);

  /// Notes that a key was used; writes at most once a minute.
  [[nodiscard]] result<void> note_use(const row_id& key);

  /// Accounts, organizations and credentials as they are committed. Never null.
  [[nodiscard]] const std::shared_ptr<const identity::identity_image>& image() const noexcept { return image_; }
  /// Looks whether another process committed; then `image` is of now. True when it did.
  [[nodiscard]] result<bool> look_for_foreign_commits();

  /// For reading.
  [[nodiscard]] identity::identity_tables& tables() noexcept { return tables_; }

  [[nodiscard]] change_seq last_seq() const noexcept { return transaction_.last_seq(); }
  [[nodiscard]] sqlite::connection& connection() noexcept { return db_; }

 private:
  system_store(sqlite::connection db, environment env);
  [[nodiscard]] result<void> begin();
  [[nodiscard]] result<void> commit();
  void roll_back();
  [[nodiscard]] result<void> require(const caller& by, const requirement_of& needs);
  [[nodiscard]] identity::write_context context_for(const author& who, const requirement_of& needs);
  identity::write_context context_for(author&& who, const requirement_of& needs) = delete;  // would dangle
  [[nodiscard]] metagraph::write_context graph_context_for(const author& who);
  metagraph::write_context graph_context_for(author&& who) = delete;  // would dangle
  [[nodiscard]] result<void> seed();

  // In the order of dependency: statements die before the connection.
  sqlite::connection db_;
  environment env_;
  id_maker ids_;
  write_transaction transaction_;
  identity::identity_tables tables_;
  graph_store graphs_;
  audit_outbox acts_;
  access_rules::denial denial_{};
  identity::image_reader images_;
  std::shared_ptr<const identity::identity_image> image_;
};

}  // namespace quire::operations
