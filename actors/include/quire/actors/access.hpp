#pragma once

#include <quire/acl/access_control.hpp>
#include <quire/acl/evaluate.hpp>
#include <quire/acl/lists.hpp>
#include <quire/acl/view.hpp>
#include <quire/messages/rows.hpp>

#include <optional>
#include <string>
#include <vector>

// What callers say to, and ask of, the graph of access control of a file.
namespace quire {

/// `from` hands a part of what it holds to `to`. One edge joins two principals, so saying it again replaces what was said.
/// Principals that are not there yet are made, with nothing of their own.
struct delegation {
  acl::principal_id from{};
  acl::principal_id to{};
  std::vector<std::string> scopes{};                ///< what passes
  std::optional<acl::resource_map> resources{};     ///< absent: all resources pass
  bool narrowable = true;                           ///< false: `to` may not hand it on
  std::optional<row_time> expires_at{};             ///< from then on nothing passes
};

/// Authority without any delegation: scopes of the principal's own, and actions on one resource. Only who has that authority,
/// or `acl:admin`, may give it.
struct direct_grant {
  acl::principal_id to{};
  std::vector<std::string> scopes{};      ///< added to those it has
  std::string resource_type{};            ///< empty: no resource
  std::string resource_id{};
  std::vector<std::string> actions{};     ///< become its actions on the resource; joined with those it has
};

/// A question about somebody: may `who` do this?
struct access_question {
  acl::principal_id who{};
  acl::access_control needs{};
  std::string resource_id{};      ///< with a resource type in `needs`: this one; empty: any of the type
  std::string acting_as{};
  /// A state at least this new. Fails with `offset_out_of_range` when the file is not that far.
  change_seq at_least{};
};

/// Which part of a list. A cursor is good until the graph changes; then `invalid_cursor` says to begin again.
struct access_page {
  std::size_t limit = 100;  ///< 1 to limits::max_page
  std::string cursor{};     ///< of the page before; empty: from the start
};

/// The graph of access control of one tenant, or of the system file. Belongs to the handle it was got from, and acts as its
/// caller: writes need `acl:write` (and what tables they write to); `explain` and lists about others need `acl:explain`.
/// Blocks; any number of threads.
class access_graph {
 public:
  struct state;
  explicit access_graph(std::shared_ptr<state> s);

  /// Fails with `scope_escalation`, `not_narrowable`, `delegation_cycle`, `delegation_limit`, `parallel_edge`,
  /// `access_denied`.
  [[nodiscard]] result<edge> delegate(const delegation& what);
  /// Takes a delegation back; false when there was none.
  [[nodiscard]] result<bool> revoke(const acl::principal_id& from, const acl::principal_id& to);
  /// Fails with `scope_escalation`, `access_denied`.
  [[nodiscard]] result<void> grant(const direct_grant& what);
  /// Takes direct authority back: the scopes named, and the actions on the resource (none named: all of them). False when
  /// there was nothing to take.
  [[nodiscard]] result<bool> revoke(const direct_grant& what);

  /// The verdict alone, by the image in memory when there is one.
  [[nodiscard]] result<bool> check(const access_question& what);
  /// The decision with its proof, or with the nearest miss on every path.
  [[nodiscard]] result<acl::decision> explain(const access_question& what);
  /// All resources of the type on which `who` may do the action.
  [[nodiscard]] result<page<std::string>> resources_of(const acl::principal_id& who, std::string_view type,
                                                       std::string_view action, const access_page& part = {});
  /// Keys of all principals that may do the action on the resource.
  [[nodiscard]] result<page<std::string>> principals_on(std::string_view type, std::string_view id,
                                                              std::string_view action, const access_page& part = {});
  /// What somebody holds, and from whom.
  [[nodiscard]] result<page<acl::holding>> grants_of(const acl::principal_id& who, const access_page& part = {});

 private:
  std::shared_ptr<state> state_;
};

}  // namespace quire
