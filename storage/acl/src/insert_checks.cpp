#include <quire/acl/insert_checks.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace quire::acl {
namespace {

std::string quoted(std::string_view text) { return "'" + printable(text) + "'"; }

bool is_account(std::string_view key) {
  return key.starts_with("account:") || key.starts_with("service:");
}

/// One thing that may be handed on: a scope, or an action on a resource.
struct item {
  std::string_view scope{};  ///< empty: a resource
  std::string_view key{};
  std::string_view action{};
};
std::string text_of(const item& what) {
  return what.scope.empty() ? "action " + quoted(what.action) + " on " + quoted(what.key)
                            : "scope " + quoted(what.scope);
}

/// Borrows from both.
std::vector<item> items_of(const std::vector<std::string>& scopes, const resource_map* resources) {
  std::vector<item> all;
  for (const auto& scope : scopes) all.push_back({scope, {}, {}});
  if (resources == nullptr) return all;
  for (const auto& [key, actions] : *resources) {
    for (const auto& action : actions) all.push_back({{}, key, action});
  }
  return all;
}

/// One check of a write: the state it reads is kept between questions.
class checker {
 public:
  explicit checker(const insert_context& where) : where_(where), view_(where.graph) {}

  [[nodiscard]] searchable_view& view() noexcept { return view_; }

  [[nodiscard]] result<bool> writer_is_admin() {
    if (where_.by.kind != writer_kind::session) return true;
    const std::vector<std::string> scopes{std::string{admin_scope}};
    auto request = as_writer();
    request.needs.scopes = scopes;
    auto found = search(view_, where_.identities, request);
    if (!found) return found.error();
    return found->allowed;
  }

  /// Who asks, for questions about what the writer holds.
  [[nodiscard]] search_request as_writer() const {
    auto request = as_principal(where_.by.principal);
    request.acting_as = where_.by.acting_as;
    if (where_.by.credential_scopes) request.credential_scopes = *where_.by.credential_scopes;
    return request;
  }
  [[nodiscard]] search_request as_principal(std::string_view key) const {
    search_request request;
    request.subject = key;
    request.now = where_.now;
    request.mode = where_.mode;
    return request;
  }

  /// Each item is held, as it may be handed on, by some chain of the one who asks.
  [[nodiscard]] result<void> holds_all(const search_request& who, const std::vector<item>& items) {
    for (const auto& what : items) {
      auto held = holds(who, what, true);
      if (!held) return held.error();
      if (held->allowed) continue;
      auto somehow = holds(who, what, false);
      if (!somehow) return somehow.error();
      const auto name = quoted(who.acting_as.empty() ? who.subject : who.acting_as);
      if (somehow->allowed) {
        return fail(
            errc::not_narrowable,
            name + " holds " + text_of(what) +
                " only through a delegation that is not to be handed on; ask its delegator");
      }
      return fail(errc::scope_escalation, name + " does not hold " + text_of(what) + " (" +
                                              std::string{to_string(held->reason)} +
                                              "), and nobody hands on what they do not hold; leave "
                                              "it out or have it delegated first");
    }
    return {};
  }

 private:
  [[nodiscard]] result<verdict> holds(search_request who, const item& what, bool to_pass_on) {
    who.to_pass_on = to_pass_on;
    const std::vector<std::string> scopes{std::string{what.scope}};
    if (what.scope.empty()) {
      const auto colon = what.key.find(':');
      who.needs.resource_type = what.key.substr(0, colon);
      if (colon != std::string_view::npos) who.needs.resource_id = what.key.substr(colon + 1);
      who.needs.action = what.action;
    } else {
      who.needs.scopes = scopes;
    }
    return search(view_, where_.identities, who);
  }

  const insert_context& where_;
  searchable_view view_;
};

/// Whether `from` stands below `to` already, by delegations of any kind.
result<void> check_no_cycle(searchable_view& view, searchable_view::ref from,
                            searchable_view::ref to) {
  std::vector<searchable_view::ref> queue{from};
  std::unordered_set<searchable_view::ref> seen{from};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    if (queue[i] == to) {
      return fail(errc::delegation_cycle,
                  "delegating from " + quoted(view.key(from)) + " to " + quoted(view.key(to)) +
                      " closes a cycle: the receiver delegates to it already, directly or through "
                      "others (expired delegations count); remove one of those first");
    }
    auto steps = view.steps_into(queue[i]);
    if (!steps) return steps.error();
    for (const auto& known : *steps) {
      if (known.step.kind != step_kind::delegation || !seen.insert(known.from).second) continue;
      if (queue.size() == search_limits::max_visits) {
        return fail(errc::limit_exceeded, "more than 10000 principals delegate to " +
                                              quoted(view.key(from)) +
                                              ", directly or through others; delegate less deeply");
      }
      queue.push_back(known.from);
    }
  }
  return {};
}

result<void> check_receiver(searchable_view& view, const delegation& edge,
                            searchable_view::ref to) {
  auto steps = view.steps_into(to);
  if (!steps) return steps.error();
  const auto others = std::count_if(steps->begin(), steps->end(), [&](const auto& known) {
    return known.step.kind == step_kind::delegation && known.step.from != edge.from;
  });
  if (others >= static_cast<std::ptrdiff_t>(search_limits::max_delegations)) {
    return fail(errc::delegation_limit,
                "256 delegations point at " + quoted(edge.to) +
                    " already; remove some, or delegate to a role that delegates to it");
  }
  return {};
}

/// The ordered pair of an account and its organization carries the membership.
result<void> check_no_membership(searchable_view& view, const delegation& edge,
                                 searchable_view::ref from) {
  if (!is_account(edge.from) || !edge.to.starts_with("org:")) return {};
  auto steps = view.steps_into(from);
  if (!steps) return steps.error();
  const bool member = std::any_of(steps->begin(), steps->end(), [&](const auto& known) {
    return known.step.kind == step_kind::membership && known.step.from == edge.to;
  });
  if (!member) return {};
  return fail(errc::parallel_edge,
              quoted(edge.from) + " belongs to " + quoted(edge.to) +
                  " and cannot delegate to it directly; delegate to a role of the organization");
}

/// Whoever is given nothing but through edges that end with it has nothing to hand on, not even
/// resources as a whole.
result<void> check_may_pass_on(searchable_view& view, const delegation& edge,
                               searchable_view::ref from) {
  auto who = view.read(from);
  if (!who) return who.error();
  if (!(*who)->direct.scopes.empty() || !(*who)->direct.resources.empty()) return {};
  auto steps = view.steps_into(from);
  if (!steps) return steps.error();
  const auto stays = [](const auto& known) {
    return known.step.kind == step_kind::delegation && !known.step.narrowable;
  };
  if (steps->empty() || !std::all_of(steps->begin(), steps->end(), stays)) return {};
  return fail(errc::not_narrowable, quoted(edge.from) +
                                        " holds things only through delegations that are not to be "
                                        "handed on; ask their delegators");
}

result<searchable_view::ref> find_end(searchable_view& view, std::string_view key) {
  if (auto who = principal_from_key(key); !who) return who.error();
  auto found = view.find(key);
  if (!found) return found.error();
  if (!*found)
    return fail(errc::missing_endpoint,
                "no principal " + quoted(key) + " in this graph; create it first");
  return **found;
}

/// What `after` gives that `before` did not.
std::vector<item> added(const authority& before, const authority& after, scope_mode mode) {
  auto items = items_of(after.scopes, &after.resources);
  std::erase_if(items, [&](const item& what) {
    return what.scope.empty() ? covers(before.resources, what.key, what.action, mode)
                              : covers_any(before.scopes, what.scope, mode);
  });
  return items;
}

}  // namespace

result<void> check_delegation(const insert_context& where, const delegation& edge) {
  checker check(where);
  auto from = find_end(check.view(), edge.from);
  if (!from) return from.error();
  auto to = find_end(check.view(), edge.to);
  if (!to) return to.error();
  if (auto ok = check_no_membership(check.view(), edge, *from); !ok) return ok;
  if (auto ok = check_no_cycle(check.view(), *from, *to); !ok) return ok;
  if (auto ok = check_receiver(check.view(), edge, *to); !ok) return ok;

  auto admin = check.writer_is_admin();
  if (!admin) return admin.error();
  const bool own = where.by.kind == writer_kind::session && where.by.acting_as.empty() &&
                   where.by.principal == edge.from;
  if (!*admin && !own) {
    return fail(errc::access_denied, quoted(where.by.principal) + " may not delegate for " +
                                         quoted(edge.from) +
                                         "; only the delegator and holders of acl:admin may");
  }
  const auto items = items_of(edge.scopes, edge.resources ? &*edge.resources : nullptr);
  const auto delegator = *admin ? check.as_principal(edge.from) : check.as_writer();
  if (auto ok = check.holds_all(delegator, items); !ok) return ok;
  return check_may_pass_on(check.view(), edge, *from);
}

result<void> check_grant(const insert_context& where, std::string_view principal,
                         std::string_view resource_type, std::string_view resource_id,
                         std::span<const std::string> actions) {
  if (auto who = principal_from_key(principal); !who) return who.error();
  checker check(where);
  auto admin = check.writer_is_admin();
  if (!admin) return admin.error();
  if (*admin) return {};
  const auto key = std::string{resource_type}.append(":").append(resource_id);
  std::vector<item> items;
  for (const auto& action : actions) items.push_back({{}, key, action});
  return check.holds_all(check.as_writer(), items);
}

result<void> check_principal(const insert_context& where, std::string_view key,
                             const principal* before, const principal& after) {
  if (key_of(after.who) != key) {
    return fail(before == nullptr ? errc::invalid_key : errc::protected_row,
                "principal " + quoted(key) + " says that it is " + quoted(key_of(after.who)) +
                    "; its key is its type and id, and neither changes after it was made");
  }
  if (before != nullptr && !(before->who == after.who)) {
    return fail(errc::protected_row,
                "principal " + quoted(key) + " cannot become another; make a new one");
  }
  const auto items =
      added(before == nullptr ? authority{} : before->direct, after.direct, where.mode);
  if (items.empty()) return {};
  checker check(where);
  auto admin = check.writer_is_admin();
  if (!admin) return admin.error();
  if (*admin) return {};
  return check.holds_all(check.as_writer(), items);
}

result<void> check_resource(std::string_view key, std::string_view resource_type,
                            std::string_view resource_id) {
  if (!resource_type.empty() && !resource_id.empty() &&
      resource_key(resource_type, resource_id) == key)
    return {};
  return fail(errc::invalid_key,
              "resource node " + quoted(key) + " says that it is " +
                  quoted(resource_key(resource_type, resource_id)) +
                  "; its key is made of its type and id, and neither changes after it was made");
}

result<void> check_membership(const writer& by) {
  if (by.kind == writer_kind::engine) return {};
  return fail(errc::protected_row,
              "memberships in the graph of access control follow the organization's members; "
              "change those instead");
}

}  // namespace quire::acl
