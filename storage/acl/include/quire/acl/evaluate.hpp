#pragma once

#include <quire/acl/access_control.hpp>
#include <quire/acl/search.hpp>
#include <quire/acl/view.hpp>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

// Decisions that explain themselves. Verdicts are those of `search.hpp`; here every path is told
// beside it: what granted, or where each one ended and what it lacked. For audits, explanations and
// identities; the hot path is `check` over an image.
namespace quire::acl {

/// Why a path towards the subject gives nothing, or not enough.
enum class path_end : std::uint8_t {
  cycle = 0,  ///< comes back to a principal it passed
  edge_expired = 1,
  not_narrowable = 2,  ///< hands on what was given not to be handed on
  malformed = 3,       ///< an edge or principal whose attributes break the type
  account_suspended = 4,
  account_deactivated = 5,  ///< or gone
  org_missing = 6,
  principal_missing = 7,  ///< an edge from nowhere
  role_missing = 8,       ///< a plain membership, and no usable `role:member`
  scope_missing = 9,
  resource_missing = 10,
  caller_missing = 11,  ///< acting as a role: the path does not pass through the caller
  limit_exceeded = 12,  ///< too long, or too many paths to tell of
};
[[nodiscard]] std::string_view to_string(path_end x) noexcept;
inline std::ostream& operator<<(std::ostream& out, path_end x) { return out << to_string(x); }

/// One path and where it ended. Paths that reach a principal with holdings are judged
/// (`scope_missing`, `resource_missing`); the others were dropped on the way.
struct path_note {
  path_end end = path_end::malformed;
  std::vector<std::string> principals{};  ///< keys, the farthest from the subject first
  std::vector<std::string>
      edges{};  ///< `edges[i]` leads from `principals[i]` to `principals[i + 1]`
  std::vector<std::string> missing{};  ///< scopes, or `type:id action`, that the path does not give
  std::string
      lost_at{};  ///< edge or principal where the first of them got lost; `credential` for the last
  std::optional<std::int64_t> expires_at{};  ///< of an expired edge
  friend bool operator==(const path_note&, const path_note&) = default;
};

struct request {
  principal_id subject{};  ///< an account or service; explanations may ask for any
  std::optional<credential_state>
      credential{};                        ///< the one that was presented; absent: none is needed
  std::optional<std::string> acting_as{};  ///< key of a role
  access_control needs{};
  std::optional<std::string>
      resource_id{};  ///< absent with a resource type: some resource of the type
};

struct decision {
  bool allowed = false;
  std::optional<authority_chain>
      chain{};  ///< the one that granted; absent when nothing was required
  /// Of a denial: `credential_*`, `account_suspended`, `account_deactivated`, `not_found` (an
  /// organization is gone), `principal_missing`, `principal_ambiguous` (malformed),
  /// `limit_exceeded`, or `access_denied` with the notes.
  errc reason = errc::none;
  std::vector<path_note> notes{};  ///< of a denial, sorted by path; at most 1,024
  std::string subject{};           ///< key
  std::string acting_as{};         ///< key, or empty
};

/// Why a credential that was found cannot be used, or `none`: revoked, disabled, expired, or its
/// owner's account.
[[nodiscard]] errc usable(const credential_state& credential, const identity_view& identities,
                          timestamp now);

/// The decision, from one state of both views. A denial is a value. Fails as the views do, and with
/// `invalid_key` when `acting_as` names no role. Bounded by `search_limits`.
[[nodiscard]] result<decision> evaluate(graph_view& graph, const identity_view& identities,
                                        const request& what, timestamp now, scope_mode mode);

/// Every chain of the subject, each with what it alone gives, and their union. `what.needs` is
/// ignored. Chains that give nothing are left out. Fails with the reasons of `decision` other than
/// `access_denied`; `limit_exceeded` above 1,024 chains or 10,000 visits. May be kept until the
/// graph, accounts or organizations change and until `expires_at`, at most a minute; the credential
/// and the account are to be checked on every use.
[[nodiscard]] result<identity> resolve_identity(graph_view& graph, const identity_view& identities,
                                                const request& what, timestamp now,
                                                scope_mode mode);
/// The earliest expiry of its chains, Unix seconds.
[[nodiscard]] std::optional<std::int64_t> expires_at(const identity& who) noexcept;

}  // namespace quire::acl
