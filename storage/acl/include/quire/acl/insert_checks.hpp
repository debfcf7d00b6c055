#pragma once

#include <quire/acl/scopes.hpp>
#include <quire/acl/search.hpp>
#include <quire/acl/view.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What may be written into a graph of access control. These checks keep honest writers from handing
// on what they do not hold; evaluation trusts none of them, because foreign programs write too. Run
// them in the transaction that writes.
namespace quire::acl {

inline constexpr std::string_view admin_scope = "acl:admin";

enum class writer_kind : std::uint8_t {
  session = 0,  ///< a principal of the graph
  vouched = 1,  ///< the host answers for it (open access): counts as a holder of `acl:admin`
  engine = 2,   ///< the engine's own upkeep of memberships: only structure is checked
};

struct writer {
  writer_kind kind = writer_kind::session;
  std::string principal{};                                      ///< key, of a session
  std::string acting_as{};                                      ///< key of a role, or empty
  std::optional<std::vector<std::string>> credential_scopes{};  ///< narrows; absent: it does not
};

/// The state that is written to, and who writes. Borrows.
struct insert_context {
  graph_view& graph;
  const identity_view& identities;
  const writer& by;
  timestamp now;
  scope_mode mode;
};

/// A DelegatesEdge as it would be. Whether it expires, and whether it may be handed on, changes
/// nothing here.
struct delegation {
  std::string from{};  ///< keys of principals
  std::string to{};
  std::vector<std::string> scopes{};
  std::optional<resource_map> resources{};  ///< absent: resources pass whole
};

/// Inserting or updating a DelegatesEdge. Fails with
/// - `invalid_key`: an end is no principal's key, `missing_endpoint`: or there is no such
/// principal;
/// - `delegation_cycle`: it closes a cycle of delegations, expired ones included;
/// - `parallel_edge`: from an account to its own organization, where the membership is;
/// - `delegation_limit`: 256 delegations from others point at the receiver already;
/// - `access_denied`: the writer is neither the delegator nor holds `acl:admin`;
/// - `not_narrowable`, `scope_escalation`: the delegator holds some scope or resource action only
/// as not to be handed on, or
///   not at all. A writer that is the delegator hands on no more than its credential allows, unless
///   it holds `acl:admin`.
[[nodiscard]] result<void> check_delegation(const insert_context& where, const delegation& edge);

/// Inserting or updating a ScopesEdge: actions on one resource. Fails with `scope_escalation`,
/// `not_narrowable` when the writer neither holds all of it itself, as it may be handed on, nor
/// holds `acl:admin`.
[[nodiscard]] result<void> check_grant(const insert_context& where, std::string_view principal,
                                       std::string_view resource_type, std::string_view resource_id,
                                       std::span<const std::string> actions);

/// Inserting (`before` null) or updating a PrincipalNode, whose `direct` is what the node itself
/// says. Scopes and resources that it did not cover before are direct grants: checked as in
/// `check_grant`. Fails also with `protected_row` when the identity changes, and with `invalid_key`
/// when it disagrees with the key.
[[nodiscard]] result<void> check_principal(const insert_context& where, std::string_view key,
                                           const principal* before, const principal& after);

/// Type and id of a ResourceNode agree with its key, for ever. Fails with `invalid_key`.
[[nodiscard]] result<void> check_resource(std::string_view key, std::string_view resource_type,
                                          std::string_view resource_id);

/// Memberships mirror the organization's members; nobody but the engine writes them. Fails with
/// `protected_row`.
[[nodiscard]] result<void> check_membership(const writer& by);

}  // namespace quire::acl
