#pragma once

#include <quire/acl/view.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The two read interfaces over plain values, for tests of programs that embed the engine and for
// ours. Change the values, then ask; not while asking.
namespace quire::acl {

class memory_graph final : public graph_view {
 public:
  memory_graph() = default;
  memory_graph(const memory_graph& other)
      : graph_view(), principals(other.principals), steps_to(other.steps_to) {}

  std::map<std::string, principal, std::less<>> principals{};           ///< by key
  std::map<std::string, std::vector<step_in>, std::less<>> steps_to{};  ///< by key of the receiver

  /// Adds or replaces a principal. A key that names none makes a malformed one.
  principal& put(std::string_view key, std::vector<std::string> scopes = {},
                 resource_map resources = {});
  /// Adds a step into `to`; edit what it answers to narrow it further.
  step_in& delegate(std::string_view from, std::string_view to, std::vector<std::string> scopes);
  step_in& belongs(std::string_view account, std::string_view org, membership_level level);

  [[nodiscard]] result<std::optional<principal>> find(std::string_view key) override;
  [[nodiscard]] result<std::vector<step_in>> steps_into(std::string_view key) override;

 private:
  step_in& add(std::string_view to, step_in step);
};

class memory_identities final : public identity_view {
 public:
  memory_identities() = default;
  memory_identities(const memory_identities& other)
      : identity_view(),
        accounts(other.accounts),
        organizations(other.organizations),
        credentials(other.credentials) {}

  std::map<std::string, account_status, std::less<>> accounts{};
  std::set<std::string, std::less<>> organizations{};
  std::map<std::string, credential_state, std::less<>> credentials{};  ///< by row id

  [[nodiscard]] std::optional<account_status> status_of(std::string_view account) const override;
  [[nodiscard]] bool has_organization(std::string_view org) const override;
  [[nodiscard]] std::optional<credential_state> credential(std::string_view id) const override;
};

}  // namespace quire::acl
