#pragma once

#include <quire/acl/scopes.hpp>
#include <quire/acl/view.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What an operation requires, what a caller has, and the check of one against the other. Pure; any
// thread.
namespace quire::acl {

/// One step of a chain, as it was judged.
struct chain_step {
  step_kind kind = step_kind::delegation;
  std::string edge{};                                 ///< key or row id of the edge
  membership_level level = membership_level::member;  ///< of a membership
  bool narrowable = true;                             ///< of a delegation
  std::optional<std::int64_t> expires_at{};           ///< Unix seconds
  std::vector<std::string> scopes{};                  ///< what is left after this step, sorted
  friend bool operator==(const chain_step&, const chain_step&) = default;
};

/// Where authority came from and what is left of it: a root that holds something directly, and each
/// step down to the subject.
struct authority_chain {
  std::vector<std::string> principals{};  ///< keys, root first, subject last
  std::vector<chain_step>
      steps{};  ///< `steps[i]` leads from `principals[i]` to `principals[i + 1]`
  std::vector<std::string> scopes{};         ///< sorted, each once
  std::optional<resource_map> resources{};   ///< absent: none
  std::optional<std::int64_t> expires_at{};  ///< the earliest of its steps, Unix seconds
  friend bool operator==(const authority_chain&, const authority_chain&) = default;
};

/// What a caller may use. Resolved by the engine; one that arrives in a message is to be ignored.
struct identity {
  std::string id{};                   ///< of the account
  std::vector<std::string> scopes{};  ///< of all chains: for display, a check needs one chain alone
  std::optional<resource_map> resources{};
  std::vector<authority_chain>
      chains{};  ///< never on the wire; empty in a host without a graph of access control
  friend bool operator==(const identity&, const identity&) = default;
};

/// What an operation requires. Belongs to its spec, never to a graph.
struct access_control {
  std::vector<std::string> required_scopes{};      ///< all of them
  std::vector<std::string> required_scopes_any{};  ///< one of them, if not empty
  std::optional<std::string> resource_type{};
  std::optional<std::string> resource_action{};
  std::optional<std::string> custom_auth{};  ///< a name for the host; never looked at here
  friend bool operator==(const access_control&, const access_control&) = default;

  /// Type and action are both set: a resource is required.
  [[nodiscard]] bool wants_resource() const noexcept { return resource_type && resource_action; }
  /// Passes for everyone.
  [[nodiscard]] bool empty() const noexcept {
    return required_scopes.empty() && required_scopes_any.empty() && !wants_resource();
  }
};

/// Refuses what could not be checked: only one of resource type and action, an empty text. Fails
/// with `invalid_spec`.
[[nodiscard]] result<void> check_spec(const access_control& needs, std::string_view operation);

/// The flat check: every required scope is covered; one of `required_scopes_any`, if there are any;
/// with resource type and action set, some key of the type lists the action (no `resources`:
/// refused). Half a resource requirement is ignored: `check_spec` is where it is refused.
[[nodiscard]] bool check_access(const access_control& needs, const std::vector<std::string>& scopes,
                                const std::optional<resource_map>& resources,
                                scope_mode mode) noexcept;

/// With chains, one of them passes the flat check alone: halves of different principals never make
/// a permission that none of them had. Without chains `scopes` and `resources` are checked. `who`
/// may be null: then only a spec that requires nothing passes. Fails with `access_denied`; nobody
/// is exempt.
[[nodiscard]] result<void> enforce_access(const access_control& needs, const identity* who,
                                          std::string_view operation, scope_mode mode);
/// As above, and what passes also holds the action on `resource_type:resource_id`.
[[nodiscard]] result<void> authorize(const access_control& needs, const identity* who,
                                     std::string_view operation, std::string_view resource_id,
                                     scope_mode mode);

/// Members `requiredScopes`, `requiredScopesAny`, `resourceType`, `resourceAction`, `customAuth`;
/// empty ones are left out.
[[nodiscard]] boost::json::value to_json(const access_control& needs);
/// Fails with `invalid_spec`: wrong kinds, unknown members, and what `check_spec` refuses.
[[nodiscard]] result<access_control> access_control_from_json(const boost::json::value& value,
                                                              std::string_view operation);
/// Members `id`, `scopes` and, if there are any, `resources`. Chains stay here.
[[nodiscard]] boost::json::value to_json(const identity& who);
[[nodiscard]] boost::json::value to_json(const resource_map& resources);

}  // namespace quire::acl
