#include <quire/acl/memory_view.hpp>

namespace quire::acl {
namespace {

template <class Map>
auto look_up(const Map& map, std::string_view key) -> std::optional<typename Map::mapped_type> {
  const auto found = map.find(key);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

principal& memory_graph::put(std::string_view key, std::vector<std::string> scopes,
                             resource_map resources) {
  auto who = principal_from_key(key);
  auto& made = principals[std::string{key}];
  made = principal{
      who ? *std::move(who) : principal_id{}, {std::move(scopes), std::move(resources)}, !who};
  return made;
}

step_in& memory_graph::delegate(std::string_view from, std::string_view to,
                                std::vector<std::string> scopes) {
  step_in step;
  step.kind = step_kind::delegation;
  step.from = from;
  step.scopes = std::move(scopes);
  return add(to, std::move(step));
}

step_in& memory_graph::belongs(std::string_view account, std::string_view org,
                               membership_level level) {
  step_in step;
  step.kind = step_kind::membership;
  step.from = org;
  step.level = level;
  return add(account, std::move(step));
}

step_in& memory_graph::add(std::string_view to, step_in step) {
  step.edge = step.from + (step.kind == step_kind::delegation ? ">" : "=>") + std::string{to};
  auto& steps = steps_to[std::string{to}];
  steps.push_back(std::move(step));
  return steps.back();
}

result<std::optional<principal>> memory_graph::find(std::string_view key) {
  return look_up(principals, key);
}

result<std::vector<step_in>> memory_graph::steps_into(std::string_view key) {
  return look_up(steps_to, key).value_or(std::vector<step_in>{});
}

std::optional<account_status> memory_identities::status_of(std::string_view account) const {
  return look_up(accounts, account);
}

bool memory_identities::has_organization(std::string_view org) const {
  return organizations.contains(org);
}

std::optional<credential_state> memory_identities::credential(std::string_view id) const {
  return look_up(credentials, id);
}

}  // namespace quire::acl
