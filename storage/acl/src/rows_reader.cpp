#include "rows_reader.hpp"

#include <quire/acl/graph_module.hpp>

namespace quire::acl {

std::vector<std::string> copy_of(const text_list& texts) { return {texts.begin(), texts.end()}; }

resource_map copy_of(const resource_texts& from) {
  resource_map out;
  for (const auto& entry : from.entries) {
    auto& actions = out[std::string{entry.key}];
    for (auto i = entry.begin; i < entry.end; ++i) actions.emplace_back(from.actions[i]);
  }
  return out;
}

result<std::optional<principal>> rows_reader::principal_node(std::string_view key) {
  std::optional<principal> out;
  if (!kind_of_key(key)) return out;
  auto ok = each(sql.node, key, {}, [&](sqlite::statement& row) {
    if (row.text(0) != type_names::principal) return;
    auto& made = out.emplace();
    made.who.kind = *kind_of_key(key);
    made.who.id = key.substr(key.find(':') + 1);
    const auto* read = parser.principal(key, row.text(1));
    made.malformed = read == nullptr;
    if (read == nullptr) return;
    made.direct.scopes = copy_of(read->scopes);
    made.direct.resources = copy_of(read->resources);
  });
  if (!ok) return ok.error();
  return out;
}

result<grantable> rows_reader::limit(std::string_view resource_node) {
  grantable out;
  auto ok = each(sql.node, resource_node, {}, [&](sqlite::statement& row) {
    if (row.text(0) != type_names::resource) return;
    const auto* read = parser.resource(resource_node, row.text(1));
    if (read == nullptr) return;
    out.found = true;
    out.all = !read->limited;
    out.actions = copy_of(read->actions);
  });
  if (!ok) return ok.error();
  return out;
}

step_in rows_reader::delegation(std::string_view edge, std::string_view from,
                                std::string_view attributes) {
  step_in made;
  made.edge = edge;
  made.from = from;
  const auto* read = kind_of_key(from) ? parser.delegation(attributes) : nullptr;
  made.malformed = read == nullptr;
  if (read == nullptr) return made;
  made.scopes = copy_of(read->scopes);
  if (read->narrows_resources) made.resources = copy_of(read->resources);
  made.narrowable = read->narrowable;
  made.expires_at = read->expires_at;
  return made;
}

step_in rows_reader::membership(std::string_view edge, std::string_view member,
                                std::string_view org, std::string_view attributes) {
  step_in made;
  made.kind = step_kind::membership;
  made.edge = edge;
  made.from = org;
  const auto level = may_belong(member, org) ? parser.membership(attributes) : std::nullopt;
  made.malformed = !level;
  made.level = level.value_or(membership_level::member);
  return made;
}

result<std::vector<step_in>> rows_reader::steps_into(std::string_view key) {
  std::vector<step_in> out;
  const auto kind = kind_of_key(key);
  if (!kind) return out;
  auto ok = each(sql.delegations_into, key, {}, [&](sqlite::statement& row) {
    out.push_back(delegation(row.text(0), row.text(1), row.text(2)));
  });
  if (!ok) return ok.error();
  if (*kind != principal_kind::account && *kind != principal_kind::service) return out;
  ok = each(sql.memberships_of, key, {}, [&](sqlite::statement& row) {
    out.push_back(membership(row.text(0), key, row.text(1), row.text(2)));
  });
  if (!ok) return ok.error();
  return out;
}

}  // namespace quire::acl
