#include "path_walk.hpp"

#include <algorithm>
#include <utility>

namespace quire::acl {
namespace {

template <class T>
std::optional<T> meet_optional(const std::optional<T>& a, const std::optional<T>& b,
                               scope_mode mode) {
  if (!a) return b;
  if (!b) return a;
  return meet(*a, *b, mode);
}

bool nothing_passes(const narrowing& x) {
  return x.scopes && x.scopes->empty() && x.resources && x.resources->empty();
}

/// Sorted, each once, without keys that allow nothing, so that the order of rows shows nowhere.
narrowing in_order(const authority& held) {
  narrowing out{held.scopes, resource_map{}};
  std::sort(out.scopes->begin(), out.scopes->end());
  out.scopes->erase(std::unique(out.scopes->begin(), out.scopes->end()), out.scopes->end());
  join(*out.resources, held.resources);
  std::erase_if(*out.resources, [](const auto& one) { return one.second.empty(); });
  return out;
}

path_end end_of(errc status) {
  switch (status) {
    case errc::account_suspended: return path_end::account_suspended;
    case errc::account_deactivated: return path_end::account_deactivated;
    case errc::not_found: return path_end::org_missing;
    case errc::principal_missing: return path_end::principal_missing;
    default: return path_end::malformed;
  }
}

std::string one_of(const std::vector<std::string>& scopes) {
  if (scopes.size() == 1) return scopes.front();
  std::string text = "one of ";
  for (const auto& scope : scopes) text.append(&scope == &scopes.front() ? "" : ", ").append(scope);
  return text;
}

}  // namespace

narrowing meet(const narrowing& a, const narrowing& b, scope_mode mode) {
  return {meet_optional(a.scopes, b.scopes, mode), meet_optional(a.resources, b.resources, mode)};
}

lack lacking(const narrowing& passes, const question& asked) {
  lack out;
  if (asked.needs == nullptr) return out;
  const auto& needs = *asked.needs;
  const auto held = [&](const std::string& scope) {
    return !passes.scopes || covers_any(*passes.scopes, scope, asked.mode);
  };
  for (const auto& scope : needs.required_scopes) {
    if (!held(scope)) out.scopes.push_back(scope);
  }
  const auto& any = needs.required_scopes_any;
  if (!any.empty() && std::none_of(any.begin(), any.end(), held)) out.scopes.push_back(one_of(any));
  if (!needs.wants_resource() || !passes.resources) return out;
  const auto& id = *asked.resource_id;
  const auto key = *needs.resource_type + ":" + id.value_or("*");
  const bool allowed =
      id ? covers(*passes.resources, key, *needs.resource_action, asked.mode)
         : covers_some(*passes.resources, *needs.resource_type, *needs.resource_action, asked.mode);
  if (!allowed) out.resources.push_back(key + " " + *needs.resource_action);
  return out;
}

path_end lack::end() const noexcept {
  return scopes.empty() && !resources.empty() ? path_end::resource_missing
                                              : path_end::scope_missing;
}

path_walk::path_walk(searchable_view& view, const identity_view& identities, options how)
    : view_(view), identities_(identities), how_(std::move(how)) {}

result<void> path_walk::from(ref subject, const std::function<bool(authority_chain)>& on_chain) {
  const narrowing passes{how_.credential_scopes, std::nullopt};
  path_.push_back(subject);
  if (const auto missing = lacking(passes, how_.asked); !missing.empty()) {
    note(missing.end(), nullptr, "credential", missing);
    return {};
  }
  auto done = visit(subject, passes, on_chain);
  if (!done) return done.error();
  return {};
}

/// True to go on.
result<bool> path_walk::visit(ref at, const narrowing& passes,
                              const std::function<bool(authority_chain)>& on_chain) {
  if (++visits_ > search_limits::max_visits) return overrun();
  auto who = view_.read(at);
  if (!who) return who.error();
  auto steps = view_.steps_into(at);
  if (!steps) return steps.error();

  const auto& direct = (*who)->direct;
  const bool may_end = how_.only.empty()
                           ? !direct.scopes.empty() || !direct.resources.empty() || steps->empty()
                           : at == how_.only.front();
  if (may_end) {
    if (++chains_ > search_limits::max_chains) return overrun();
    auto go_on = end_at(at, **who, on_chain);
    if (!go_on || !*go_on) return go_on;
  }
  for (const auto& known : *steps) {
    if (!followed(known.from)) continue;
    auto stopped = judge(known);
    if (!stopped) return stopped.error();
    if (*stopped) {
      note((*stopped)->end, &known, known.step.edge, {}, (*stopped)->expires_at);
      continue;
    }
    auto step = passing(known.step);
    if (!step) return step.error();
    const auto left = meet(passes, *step, how_.asked.mode);
    if (const auto missing = lacking(left, how_.asked); !missing.empty() || nothing_passes(left)) {
      note(missing.end(), &known, known.step.edge, missing);
      continue;
    }
    path_.push_back(known.from);
    steps_.push_back(&known);
    auto go_on = visit(known.from, left, on_chain);
    path_.pop_back();
    steps_.pop_back();
    if (!go_on || !*go_on) return go_on;
  }
  return true;
}

/// The path as a chain from this root. True to go on.
result<bool> path_walk::end_at(ref at, const principal& root,
                               const std::function<bool(authority_chain)>& on_chain) {
  if (how_.through && !on_path(*how_.through)) {
    note(path_end::caller_missing, nullptr, "");
    return true;
  }
  if (const auto missing = lacking({root.direct.scopes, root.direct.resources}, how_.asked);
      !missing.empty()) {
    note(missing.end(), nullptr, view_.key(at), missing);
    return true;
  }
  auto chain = chain_of_path(root);
  if (!chain) return chain.error();
  // Where one of several would do, each step may let through another one.
  if (const auto missing =
          lacking({chain->scopes, chain->resources.value_or(resource_map{})}, how_.asked);
      !missing.empty()) {
    note(missing.end(), nullptr, "", missing);
    return true;
  }
  if (chain->scopes.empty() && !chain->resources) return true;
  return on_chain(*std::move(chain));
}

/// With one path given, only its next principal is.
bool path_walk::followed(ref from) const {
  if (how_.only.empty()) return true;
  return path_.size() < how_.only.size() && from == how_.only[how_.only.size() - path_.size() - 1];
}

result<std::optional<path_walk::stop>> path_walk::judge(const searchable_view::known_step& known) {
  const auto& step = known.step;
  const auto drop = [](path_end end) { return std::optional<stop>{stop{end, {}}}; };
  if (on_path(known.from)) return drop(path_end::cycle);
  if (step.malformed) return drop(path_end::malformed);
  if (step.kind == step_kind::delegation) {
    if (expired(step.expires_at, how_.now))
      return std::optional<stop>{stop{path_end::edge_expired, step.expires_at}};
    if (!step.narrowable && !steps_.empty()) return drop(path_end::not_narrowable);
  } else if (step.level == membership_level::member) {
    auto member = view_.member_authority();
    if (!member) return member.error();
    if (*member == nullptr) return drop(path_end::role_missing);
  }
  if (auto who = view_.read(known.from); !who) return who.error();
  if (const auto status = view_.status(known.from, identities_); status != errc::none)
    return drop(end_of(status));
  if (steps_.size() == search_limits::max_steps) {
    limited_ = true;
    return drop(path_end::limit_exceeded);
  }
  return std::optional<stop>{};
}

result<narrowing> path_walk::passing(const step_in& step) {
  if (step.kind == step_kind::delegation) return narrowing{step.scopes, step.resources};
  if (step.level != membership_level::member) return narrowing{};
  auto member = view_.member_authority();
  if (!member) return member.error();
  return *member == nullptr ? narrowing{std::vector<std::string>{}, resource_map{}}
                            : narrowing{(*member)->scopes, (*member)->resources};
}

result<authority_chain> path_walk::chain_of_path(const principal& root) {
  authority_chain chain;
  for (auto at = path_.rbegin(); at != path_.rend(); ++at)
    chain.principals.emplace_back(view_.key(*at));
  auto left = in_order(root.direct);
  for (auto known = steps_.rbegin(); known != steps_.rend(); ++known) {
    const auto& step = (*known)->step;
    auto passes = passing(step);
    if (!passes) return passes.error();
    left = meet(left, *passes, how_.asked.mode);
    chain.steps.push_back(
        {step.kind, step.edge, step.level, step.narrowable, step.expires_at, *left.scopes});
    if (step.expires_at && (!chain.expires_at || *step.expires_at < *chain.expires_at))
      chain.expires_at = step.expires_at;
  }
  left = meet(left, narrowing{how_.credential_scopes, std::nullopt}, how_.asked.mode);
  chain.scopes = *std::move(left.scopes);
  if (!left.resources->empty()) chain.resources = std::move(left.resources);
  return chain;
}

bool path_walk::on_path(ref at) const {
  return std::find(path_.begin(), path_.end(), at) != path_.end();
}

bool path_walk::overrun() {
  limited_ = true;
  note(path_end::limit_exceeded, nullptr, "");
  return false;
}

void path_walk::note(path_end end, const searchable_view::known_step* dropped,
                     std::string_view lost_at, const lack& missing,
                     std::optional<std::int64_t> expires_at) {
  // One more than the limit says that there were more.
  if (how_.notes == nullptr || how_.notes->size() > search_limits::max_chains) return;
  path_note told;
  told.end = how_.notes->size() == search_limits::max_chains ? path_end::limit_exceeded : end;
  if (dropped != nullptr) {
    told.principals.emplace_back(view_.key(dropped->from));
    told.edges.push_back(dropped->step.edge);
  }
  for (auto at = path_.rbegin(); at != path_.rend(); ++at)
    told.principals.emplace_back(view_.key(*at));
  for (auto known = steps_.rbegin(); known != steps_.rend(); ++known)
    told.edges.push_back((*known)->step.edge);
  told.missing = missing.scopes;
  told.missing.insert(told.missing.end(), missing.resources.begin(), missing.resources.end());
  told.lost_at = lost_at;
  told.expires_at = expires_at;
  how_.notes->push_back(std::move(told));
}

}  // namespace quire::acl
