#include <quire/acl/search.hpp>

#include <deque>
#include <tuple>
#include <unordered_map>

namespace quire::acl {
namespace {

/// What the ends of an edge must be, whatever its attributes say.
bool fits(const step_in& step, std::string_view to) {
  if (step.kind == step_kind::delegation) return true;
  return step.from.starts_with("org:") &&
         (to.starts_with("account:") || to.starts_with("service:"));
}

bool authority_covers(const authority& held, const searchable_view::wanted& what) {
  return std::all_of(
             what.scopes.begin(), what.scopes.end(),
             [&](const std::string& scope) { return covers_any(held.scopes, scope, what.mode); }) &&
         (what.key.empty() || covers(held.resources, what.key, what.action, what.mode));
}

bool delegation_passes(const step_in& step, const searchable_view::wanted& what) {
  return std::all_of(
             what.scopes.begin(), what.scopes.end(),
             [&](const std::string& scope) { return covers_any(step.scopes, scope, what.mode); }) &&
         (what.key.empty() || !step.resources ||
          covers(*step.resources, what.key, what.action, what.mode));
}

}  // namespace

std::string key_of(const requirement& needs) {
  std::string key{needs.resource_type};
  if (!needs.resource_id.empty()) key.append(":").append(needs.resource_id);
  return key;
}

struct searchable_view::impl {
  struct entry {
    std::string key{};
    std::optional<principal> who{};
    std::vector<known_step> steps{};
    bool who_known = false;
    bool steps_known = false;
  };

  explicit impl(graph_view& view) : graph(view) {}

  /// The entry of a key, not read when it is new.
  ref intern(std::string_view key) {
    if (const auto known = index.find(key); known != index.end()) return known->second;
    const auto made = static_cast<ref>(entries.size());
    entries.push_back(entry{std::string{key}, {}, {}, false, false});
    index.emplace(entries.back().key, made);
    return made;
  }

  /// Null when there is no such principal.
  result<const principal*> read(ref at) {
    auto& one = entries[at];
    if (!one.who_known) {
      auto who = graph.find(one.key);
      if (!who) return who.error();
      one.who = *std::move(who);
      if (one.who && acl::key_of(one.who->who) != one.key) one.who->malformed = true;
      one.who_known = true;
    }
    return one.who ? &*one.who : nullptr;
  }

  graph_view& graph;
  std::deque<entry> entries;  // stays where it is: the index and callers point into it
  std::unordered_map<std::string_view, ref> index;
};

searchable_view::searchable_view(graph_view& graph) : impl_(std::make_unique<impl>(graph)) {}
searchable_view::~searchable_view() = default;

searchable_view::wanted searchable_view::compile(const requirement& needs, scope_mode mode) const {
  return wanted{needs.scopes, key_of(needs), needs.action, mode};
}

result<std::optional<searchable_view::ref>> searchable_view::find(std::string_view key) {
  const auto at = impl_->intern(key);
  auto who = impl_->read(at);
  if (!who) return who.error();
  return *who != nullptr ? std::optional<ref>{at} : std::nullopt;
}

result<bool> searchable_view::holds(ref at, const wanted& what) {
  auto who = impl_->read(at);
  if (!who) return who.error();
  return *who != nullptr && !(*who)->malformed && authority_covers((*who)->direct, what);
}

errc searchable_view::status(ref at, const identity_view& identities) const {
  const auto& who = impl_->entries[at].who;
  if (!who) return errc::principal_missing;
  return who->malformed ? errc::principal_ambiguous : status_of(who->who, identities);
}

result<const principal*> searchable_view::read(ref at) { return impl_->read(at); }

std::string_view searchable_view::key(ref at) const { return impl_->entries[at].key; }

result<std::span<const searchable_view::known_step>> searchable_view::steps_into(ref to) {
  auto& entry = impl_->entries[to];
  if (!entry.steps_known) {
    auto steps = impl_->graph.steps_into(entry.key);
    if (!steps) return steps.error();
    std::sort(steps->begin(), steps->end(), [](const step_in& a, const step_in& b) {
      return std::tie(a.from, a.kind, a.edge) < std::tie(b.from, b.kind, b.edge);
    });
    for (auto& step : *steps) {
      step.malformed = step.malformed || !fits(step, entry.key);
      const auto from = impl_->intern(step.from);
      entry.steps.push_back({std::move(step), from});
    }
    entry.steps_known = true;
  }
  return std::span<const known_step>{entry.steps};
}

result<const authority*> searchable_view::member_authority() {
  auto role = impl_->read(impl_->intern(member_role));
  if (!role) return role.error();
  return *role != nullptr && !(*role)->malformed ? &(*role)->direct : nullptr;
}

result<bool> searchable_view::step_passes(const step_in& step, const wanted& what, timestamp now) {
  if (step.malformed) return false;
  if (step.kind == step_kind::delegation)
    return !expired(step.expires_at, now) && delegation_passes(step, what);
  if (step.level != membership_level::member) return true;
  auto member = member_authority();
  if (!member) return member.error();
  return *member != nullptr && authority_covers(**member, what);
}

result<std::vector<std::pair<searchable_view::ref, bool>>> searchable_view::passing(
    ref to, const wanted& what, timestamp now) {
  auto steps = steps_into(to);
  if (!steps) return steps.error();
  std::vector<std::pair<ref, bool>> out;
  for (const auto& [step, from] : *steps) {
    auto passes = step_passes(step, what, now);
    if (!passes) return passes.error();
    if (!*passes) continue;
    // Read now: `status` is asked next, and cannot fail.
    if (auto who = impl_->read(from); !who) return who.error();
    out.emplace_back(from, step.kind == step_kind::membership || step.narrowable);
  }
  return out;
}

}  // namespace quire::acl
