#pragma once

#include <quire/acl/image.hpp>
#include <quire/acl/insert_checks.hpp>
#include <quire/acl/sql_view.hpp>
#include <quire/messages/queries.hpp>
#include <quire/messages/requests.hpp>
#include <quire/operations/caller.hpp>
#include <quire/operations/requirements.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace quire::operations {

/// Whether the caller may do what is required, by the graph of access control as the connection sees it: by the image when one
/// is given (it must show that state), else by SQL. A denial is a value. Fails with `storage_*`.
[[nodiscard]] result<acl::verdict> judge(const caller& by, const acl::requirement& needs,
                                         const acl::acl_image* image, sqlite::connection& db);

/// The same by an image alone.
[[nodiscard]] result<acl::verdict> judge(const caller& by, const acl::requirement& needs, const acl::acl_image& image);
/// Who is asked whether accounts are in good standing: the caller's view, or for embedders without one nobody, and all are.
[[nodiscard]] const acl::identity_view& identities_of(const caller& by);

/// The rules of access control on the writer's connection: what each operation requires, and what may be written into the
/// graph of access control itself. Inside the caller's transaction and savepoint, in one thread.
class access_rules {
 public:
  explicit access_rules(sqlite::connection& db) : db_(db) {}

  /// True for a request that changes by what others are judged: it must be alone in its transaction.
  [[nodiscard]] bool is_barrier(std::span<const operation> all);

  struct denial {
    requirement_of needs{};
    errc reason = errc::none;
  };
  /// May the caller run this operation now? `image` is dropped by who calls once an operation of the same request has
  /// changed the graph. Fails with `access_denied`, then `last_denial` says why; for writes to the graph of access control
  /// also as insert_checks.hpp, with `protected_row`, `type_required`, `invalid_option`; `storage_*`.
  [[nodiscard]] result<void> admit(const operation& op, const caller& by, const acl::acl_image* image);
  [[nodiscard]] const denial& last_denial() const noexcept { return denial_; }
  /// True when the operation writes into the graph of access control.
  [[nodiscard]] bool changes_access(const operation& op);
  /// The graph of access control; null: there is none, or several.
  [[nodiscard]] const graph_id* graph();

  /// The graph of access control may be another one: after changes of graphs and commits of others.
  void forget() {
    graph_.reset();
    looked_ = false;
  }

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  [[nodiscard]] result<void> require(const requirement_of& needs, const caller& by,
                                     const acl::acl_image* image);
  template <class Op>
  [[nodiscard]] result<void> check_row(const Op& op, const acl::insert_context& in);
  [[nodiscard]] result<void> check_node(const node_key& key, const document& attributes,
                                        const acl::insert_context& in);
  [[nodiscard]] result<void> check_edge(std::string_view type, const node_key& source,
                                        const node_key& target, const document& attributes,
                                        const acl::insert_context& in);
  [[nodiscard]] result<void> check_removed_node(const node_key& key, const acl::insert_context& in);
  struct stored_edge {
    std::string type{};
    node_key source{};
    node_key target{};
  };
  [[nodiscard]] result<std::optional<stored_edge>> find_edge(const edge_key& key, const row_id& id);

  sqlite::connection& db_;
  std::optional<graph_id> graph_;  // absent: not looked for yet, or there is none
  bool looked_ = false;
  denial denial_{};
  struct {
    sqlite::lazy_statement edge_by_key{"find an edge of access control",
                                       "SELECT edge_type, source_node_key, target_node_key FROM edges "
                                       "WHERE graph_id = ?1 AND key = ?2"};
    sqlite::lazy_statement edge_by_id{"find an edge of access control by id",
                                      "SELECT edge_type, source_node_key, target_node_key FROM edges "
                                      "WHERE id = ?2 AND graph_id = ?1"};
  } sql_;
};

}  // namespace quire::operations
