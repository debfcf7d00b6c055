#pragma once

#include <quire/messages/environment.hpp>
#include <quire/messages/error.hpp>
#include <quire/messages/identity.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What decisions are made from: two read interfaces, one over the graph of access control of a file, one over accounts,
// organizations and credentials. Implementations say from which threads they may be used; a decision holds on to one state of
// each. Nothing here knows of SQLite.
namespace quire::acl {

enum class principal_kind : std::uint8_t { account = 0, service = 1, org = 2, role = 3 };
[[nodiscard]] std::string_view to_string(principal_kind kind) noexcept;
[[nodiscard]] result<principal_kind> principal_kind_from_string(std::string_view text);

/// Who can hold authority. Its key in the graph, `{kind}:{id}`, is its identity: a node whose key and attributes disagree is
/// malformed and counts as nothing.
struct principal_id {
  principal_kind kind = principal_kind::account;
  std::string id{};
  friend bool operator==(const principal_id&, const principal_id&) = default;
};
[[nodiscard]] std::string key_of(const principal_id& who);
/// Fails with `invalid_key`.
[[nodiscard]] result<principal_id> principal_from_key(std::string_view key);

/// Key of the node of a resource: `resource:{type}:{id}`.
[[nodiscard]] std::string resource_key(std::string_view type, std::string_view id);
inline constexpr std::string_view member_role = "role:member";

/// `type:id` to actions.
using resource_map = std::map<std::string, std::vector<std::string>>;

/// What somebody may use: scopes, and actions on resources.
struct authority {
  std::vector<std::string> scopes{};
  resource_map resources{};
  friend bool operator==(const authority&, const authority&) = default;
};

/// A principal with what it holds directly: its own scopes, its own resources joined with its grants on resource nodes (cut
/// to what the resource lists).
struct principal {
  principal_id who{};
  authority direct{};
  bool malformed = false;  ///< attributes break the type: it holds nothing, and nothing passes through it
};

enum class step_kind : std::uint8_t { delegation = 0, membership = 1 };

/// One step of authority towards a principal: what an edge says, not yet judged.
struct step_in {
  step_kind kind = step_kind::delegation;
  std::string edge{};                         ///< key of the edge, or its row id when it has none
  std::string from{};                         ///< key of the principal it comes from
  // Of a delegation:
  std::vector<std::string> scopes{};          ///< what passes
  std::optional<resource_map> resources{};    ///< absent: resources pass whole
  bool narrowable = true;                     ///< false: it must be the last step
  std::optional<std::int64_t> expires_at{};   ///< Unix seconds; from then on nothing passes
  // Of a membership:
  membership_level level = membership_level::member;
  bool malformed = false;                     ///< nothing passes
};

/// One state of the graph of access control of one file, as texts. Fails with `storage_*`, and with `acl_graph_missing` when
/// the file has none or several.
class graph_view {
 public:
  graph_view() = default;
  graph_view(const graph_view&) = delete;
  graph_view& operator=(const graph_view&) = delete;
  virtual ~graph_view() = default;

  /// By key; nothing when there is no such node.
  [[nodiscard]] virtual result<std::optional<principal>> find(std::string_view key) = 0;
  /// All steps that end at the principal, in no particular order.
  [[nodiscard]] virtual result<std::vector<step_in>> steps_into(std::string_view key) = 0;
};

struct credential_state {
  credential_kind kind = credential_kind::api_key;
  account_id owner{};
  bool enabled = true;
  bool revoked = false;
  std::optional<row_time> expires_at{};
  std::optional<std::vector<std::string>> scopes{};  ///< narrows; absent: it does not
};

/// One state of accounts, organizations and credentials. Never fails: what is not there counts as gone. Any thread.
class identity_view {
 public:
  identity_view() = default;
  identity_view(const identity_view&) = delete;
  identity_view& operator=(const identity_view&) = delete;
  virtual ~identity_view() = default;

  [[nodiscard]] virtual std::optional<account_status> status_of(std::string_view account) const = 0;
  [[nodiscard]] virtual bool has_organization(std::string_view org) const = 0;
  /// By row id.
  [[nodiscard]] virtual std::optional<credential_state> credential(std::string_view id) const = 0;
};

/// Why a principal on a path counts for nothing, or `none`: its account is suspended, deactivated or gone, its organization
/// is gone (`not_found`). Roles have nobody behind them.
[[nodiscard]] errc status_of(principal_kind kind, std::string_view id, const identity_view& identities);
[[nodiscard]] errc status_of(const principal_id& who, const identity_view& identities);

}  // namespace quire::acl
