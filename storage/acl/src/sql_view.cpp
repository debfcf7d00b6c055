#include "rows_reader.hpp"

#include <quire/acl/sql_view.hpp>

#include <algorithm>
#include <iterator>
#include <unordered_map>

namespace quire::acl {
namespace {

constexpr std::string_view resource_prefix = "resource:";

void join(std::vector<std::string>& into, std::vector<std::string> more) {
  into.insert(into.end(), std::make_move_iterator(more.begin()),
              std::make_move_iterator(more.end()));
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

}  // namespace

struct sql_view::impl : rows_reader {
  using rows_reader::rows_reader;
};

sql_view::sql_view(sqlite::connection& db, graph_id graph)
    : impl_(std::make_unique<impl>(db, std::move(graph))) {}
sql_view::~sql_view() = default;

result<std::optional<principal>> sql_view::find(std::string_view key) {
  auto& rows = *impl_;
  auto found = rows.principal_node(key);
  if (!found || !*found || (*found)->malformed) return found;
  struct grant {
    std::string resource;
    std::vector<std::string> actions;
  };
  std::vector<grant> grants;
  auto ok = rows.each(rows.sql.grants_of, key, {}, [&](sqlite::statement& row) {
    if (!row.text(0).starts_with(resource_prefix)) return;
    if (const auto* actions = rows.parser.grant(row.text(1))) {
      grants.push_back({std::string{row.text(0)}, copy_of(*actions)});
    }
  });
  if (!ok) return ok.error();
  for (auto& g : grants) {
    auto limit = rows.limit(g.resource);
    if (!limit) return limit.error();
    std::erase_if(g.actions, [&](const auto& action) { return !limit->has(action); });
    if (g.actions.empty()) continue;
    join((*found)->direct.resources[g.resource.substr(resource_prefix.size())],
         std::move(g.actions));
  }
  return found;
}

result<std::vector<step_in>> sql_view::steps_into(std::string_view key) {
  return impl_->steps_into(key);
}

struct sql_search::impl : rows_reader {
  using rows_reader::rows_reader;

  struct entry {
    std::string key{};
    bool looked = false;
    std::optional<principal> node{};
    bool has_steps = false;
    std::vector<step_in> steps{};
    std::vector<ref> sources{};  // of the steps
  };

  ref number(std::string_view key) {
    if (const auto found = numbers.find(key); found != numbers.end()) return found->second;
    const auto at = static_cast<ref>(entries.size());
    auto& made = *entries.emplace_back(std::make_unique<entry>());
    made.key = key;
    numbers.emplace(made.key, at);
    return at;
  }

  result<const principal*> node_of(ref at) {
    auto& e = *entries[at];
    if (!e.looked) {
      auto found = principal_node(e.key);
      if (!found) return found.error();
      e.node = std::move(*found);
      e.looked = true;
    }
    return e.node ? &*e.node : nullptr;
  }

  /// Whether it has a grant that gives the action on a resource with exactly this key.
  result<bool> is_granted(std::string_view holder, const std::string& type_and_id,
                          std::string_view action) {
    std::string resource{resource_prefix};
    resource += type_and_id;
    bool granted = false;
    auto ok = each(sql.grants_between, holder, resource, [&](sqlite::statement& row) {
      const auto* actions = parser.grant(row.text(0));
      granted = granted || (actions != nullptr &&
                            std::binary_search(actions->begin(), actions->end(), action));
    });
    if (!ok) return ok.error();
    if (!granted) return false;
    auto allowed = limit(resource);
    if (!allowed) return allowed.error();
    return allowed->has(action);
  }

  std::vector<std::unique_ptr<entry>> entries{};
  std::unordered_map<std::string_view, ref> numbers{};
};

sql_search::sql_search(sqlite::connection& db, graph_id graph)
    : impl_(std::make_unique<impl>(db, std::move(graph))) {}
sql_search::~sql_search() = default;

sql_search::wanted sql_search::compile(const requirement& needs, scope_mode mode) const {
  wanted made;
  made.scopes.assign(needs.scopes.begin(), needs.scopes.end());
  made.mode = mode;
  made.action = needs.action;
  if (needs.resource_type.empty()) return made;
  std::string key{needs.resource_type};
  key.append(":").append(needs.resource_id);
  made.keys.push_back(key);
  if (mode == scope_mode::exact) return made;
  for (std::size_t size = 0; size != std::string::npos;) {
    auto candidate = key.substr(0, size) + "*";
    if (candidate != key && covers(candidate, key, mode)) made.keys.push_back(std::move(candidate));
    const auto colon = key.find(':', size);
    size = colon == std::string::npos ? colon : colon + 1;
  }
  return made;
}

result<std::optional<sql_search::ref>> sql_search::find(std::string_view key) {
  if (!kind_of_key(key)) return std::optional<ref>{};
  const auto at = impl_->number(key);
  auto node = impl_->node_of(at);
  if (!node) return node.error();
  return *node == nullptr ? std::optional<ref>{} : std::optional<ref>{at};
}

result<bool> sql_search::holds(ref at, const wanted& what) {
  auto node = impl_->node_of(at);
  if (!node) return node.error();
  if (*node == nullptr || (*node)->malformed) return false;
  const auto& direct = (*node)->direct;
  if (!std::all_of(what.scopes.begin(), what.scopes.end(),
                   [&](auto scope) { return covers_any(direct.scopes, scope, what.mode); })) {
    return false;
  }
  if (what.keys.empty() || covers(direct.resources, what.keys.front(), what.action, what.mode)) {
    return true;
  }
  for (const auto& key : what.keys) {
    auto granted = impl_->is_granted(impl_->entries[at]->key, key, what.action);
    if (!granted || *granted) return granted;
  }
  return false;
}

result<std::vector<std::pair<sql_search::ref, bool>>> sql_search::passing(ref to,
                                                                          const wanted& what,
                                                                          timestamp now) {
  std::vector<std::pair<ref, bool>> out;
  auto node = impl_->node_of(to);
  if (!node) return node.error();
  if (*node == nullptr || (*node)->malformed) return out;
  auto& e = *impl_->entries[to];
  if (!e.has_steps) {
    auto steps = impl_->steps_into(e.key);
    if (!steps) return steps.error();
    e.steps = std::move(*steps);
    for (const auto& s : e.steps) e.sources.push_back(impl_->number(s.from));
    e.has_steps = true;
  }
  std::optional<bool> as_member;
  for (std::size_t i = 0; i < e.steps.size(); ++i) {
    const auto& s = e.steps[i];
    if (s.malformed || expired(s.expires_at, now)) continue;
    bool passes = true;
    if (s.kind == step_kind::delegation) {
      passes = std::all_of(what.scopes.begin(), what.scopes.end(),
                           [&](auto scope) { return covers_any(s.scopes, scope, what.mode); }) &&
               (what.keys.empty() || !s.resources ||
                covers(*s.resources, what.keys.front(), what.action, what.mode));
    } else if (s.level == membership_level::member) {
      if (!as_member) {
        auto held = holds(impl_->number(member_role), what);
        if (!held) return held.error();
        as_member = *held;
      }
      passes = *as_member;
    }
    if (!passes) continue;
    // Read now, so that `status` need not fail.
    if (auto source = impl_->node_of(e.sources[i]); !source) return source.error();
    out.emplace_back(e.sources[i], s.narrowable);
  }
  return out;
}

errc sql_search::status(ref at, const identity_view& identities) {
  auto node = impl_->node_of(at);
  if (!node) return node.error().code;
  if (*node == nullptr) return errc::principal_missing;
  if ((*node)->malformed) return errc::principal_ambiguous;
  return status_of((*node)->who, identities);
}

std::string_view sql_search::key(ref at) const { return impl_->entries[at]->key; }

}  // namespace quire::acl
