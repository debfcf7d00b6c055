#include "path_walk.hpp"

#include <quire/acl/evaluate.hpp>

#include <algorithm>
#include <utility>

namespace quire::acl {
namespace {

/// Steps 1 and 2: what the tables of accounts and credentials say, whatever the graph does.
errc refused_at_the_door(const request& what, const identity_view& identities, timestamp now) {
  if (what.credential) {
    if (what.credential->owner.get() != what.subject.id) return errc::credential_unknown;
    if (const auto reason = usable(*what.credential, identities, now); reason != errc::none)
      return reason;
  }
  return status_of(what.subject, identities);
}

struct ends {
  searchable_view::ref subject = 0;
  searchable_view::ref start = 0;  ///< where chains end: the subject, or the role it acts as
};

/// Step 3. A reason when there is no such principal, or it is malformed.
struct found_ends {
  errc reason = errc::none;
  ends at{};
};
result<found_ends> find_ends(searchable_view& view, const request& what) {
  found_ends out;
  const auto find = [&](std::string_view key, searchable_view::ref& into) -> result<void> {
    auto found = view.find(key);
    if (!found) return found.error();
    if (!*found) {
      out.reason = errc::principal_missing;
      return {};
    }
    into = **found;
    auto who = view.read(into);
    if (!who) return who.error();
    if ((*who)->malformed) out.reason = errc::principal_ambiguous;
    return {};
  };
  if (auto ok = find(key_of(what.subject), out.at.subject); !ok) return ok.error();
  out.at.start = out.at.subject;
  if (!what.acting_as) return out;
  if (auto ok = find(*what.acting_as, out.at.start); !ok) return ok.error();
  return out;
}

std::optional<std::vector<std::string>> scopes_of(
    const std::optional<credential_state>& credential) {
  return credential ? credential->scopes : std::nullopt;
}

path_walk::options walk_options(const request& what, const ends& at, timestamp now,
                                scope_mode mode) {
  path_walk::options how;
  how.now = now;
  how.asked.mode = mode;
  how.credential_scopes = scopes_of(what.credential);
  if (what.acting_as) how.through = at.subject;
  return how;
}

result<void> check_role(const request& what) {
  if (!what.acting_as || what.acting_as->starts_with("role:")) return {};
  return fail(errc::invalid_key, "cannot act as '" + printable(*what.acting_as) +
                                     "': only roles are acted as (role:NAME)");
}

/// Step 7 by search: the verdict, and the principals of the chain that was found.
result<verdict> search_for(searchable_view& view, const identity_view& identities,
                           const request& what, timestamp now, scope_mode mode,
                           std::vector<searchable_view::ref>& path) {
  const auto subject = key_of(what.subject);
  const auto credential_scopes = scopes_of(what.credential);
  search_request asked;
  asked.subject = subject;
  asked.now = now;
  asked.mode = mode;
  if (what.acting_as) asked.acting_as = *what.acting_as;
  if (credential_scopes) asked.credential_scopes = *credential_scopes;
  return check(view, identities, what.needs, what.resource_id, asked, &path);
}

}  // namespace

std::string_view to_string(path_end x) noexcept {
  switch (x) {
    case path_end::cycle: return "cycle";
    case path_end::edge_expired: return "edge_expired";
    case path_end::not_narrowable: return "not_narrowable";
    case path_end::malformed: return "malformed";
    case path_end::account_suspended: return "account_suspended";
    case path_end::account_deactivated: return "account_deactivated";
    case path_end::org_missing: return "org_missing";
    case path_end::principal_missing: return "principal_missing";
    case path_end::role_missing: return "role_missing";
    case path_end::scope_missing: return "scope_missing";
    case path_end::resource_missing: return "resource_missing";
    case path_end::caller_missing: return "caller_missing";
    case path_end::limit_exceeded: return "limit_exceeded";
  }
  return "";
}

errc usable(const credential_state& credential, const identity_view& identities, timestamp now) {
  if (credential.revoked) return errc::credential_revoked;
  if (!credential.enabled) return errc::credential_disabled;
  if (credential.expires_at && expired(credential.expires_at->time_since_epoch().count(), now)) {
    return errc::credential_expired;
  }
  return status_of({principal_kind::account, credential.owner.get()}, identities);
}

result<decision> evaluate(graph_view& graph, const identity_view& identities, const request& what,
                          timestamp now, scope_mode mode) {
  if (auto ok = check_role(what); !ok) return ok.error();
  decision out;
  out.subject = key_of(what.subject);
  out.acting_as = what.acting_as.value_or("");
  out.reason = refused_at_the_door(what, identities, now);
  if (out.reason != errc::none) return out;
  if (what.needs.empty()) {
    out.allowed = true;
    return out;
  }
  searchable_view view(graph);
  auto found = find_ends(view, what);
  if (!found) return found.error();
  out.reason = found->reason;
  if (out.reason != errc::none) return out;

  auto how = walk_options(what, found->at, now, mode);
  how.asked.needs = &what.needs;
  how.asked.resource_id = &what.resource_id;
  how.notes = &out.notes;
  std::vector<searchable_view::ref> path;
  const bool searched = can_search(what.needs, what.resource_id);
  if (searched) {
    auto found_path = search_for(view, identities, what, now, mode, path);
    if (!found_path) return found_path.error();
    out.reason = found_path->reason;
    how.only = path;
  }

  path_walk walk(view, identities, how);
  auto walked = walk.from(found->at.start, [&](authority_chain chain) {
    out.chain = std::move(chain);
    return false;
  });
  if (!walked) return walked.error();
  // A search that met a limit stays denied, although the walk may have come upon a chain: two
  // answers to one question would be worse.
  if (out.reason == errc::limit_exceeded) {
    out.chain.reset();
    return out;
  }
  if (searched && out.chain.has_value() == path.empty()) {
    return fail(errc::internal, "searching and judging chain by chain disagree about '" +
                                    printable(out.subject) +
                                    "'; nothing is granted, please report this");
  }
  out.allowed = out.chain.has_value();
  if (out.allowed) {
    out.notes.clear();
  } else {
    out.reason = walk.limited() && !searched ? errc::limit_exceeded : errc::access_denied;
  }
  return out;
}

result<identity> resolve_identity(graph_view& graph, const identity_view& identities,
                                  const request& what, timestamp now, scope_mode mode) {
  if (auto ok = check_role(what); !ok) return ok.error();
  const auto refuse = [&](errc reason, std::string_view why) {
    return fail(reason,
                "no identity for '" + printable(key_of(what.subject)) + "': " + std::string{why});
  };
  if (const auto reason = refused_at_the_door(what, identities, now); reason != errc::none) {
    return refuse(reason, "its credential, account or organization cannot be used");
  }
  searchable_view view(graph);
  auto found = find_ends(view, what);
  if (!found) return found.error();
  if (found->reason != errc::none) {
    return refuse(found->reason,
                  "it, or the role it acts as, is no principal of this graph or breaks its type");
  }
  identity out;
  out.id = what.subject.id;
  path_walk walk(view, identities, walk_options(what, found->at, now, mode));
  auto walked = walk.from(found->at.start, [&](authority_chain chain) {
    out.chains.push_back(std::move(chain));
    return true;
  });
  if (!walked) return walked.error();
  if (walk.limited()) {
    return refuse(errc::limit_exceeded,
                  "too many or too long chains of delegation lead to it; delegate less deeply");
  }
  resource_map resources;
  for (const auto& chain : out.chains) {
    out.scopes.insert(out.scopes.end(), chain.scopes.begin(), chain.scopes.end());
    if (chain.resources) join(resources, *chain.resources);
  }
  std::sort(out.scopes.begin(), out.scopes.end());
  out.scopes.erase(std::unique(out.scopes.begin(), out.scopes.end()), out.scopes.end());
  if (!resources.empty()) out.resources = std::move(resources);
  return out;
}

std::optional<std::int64_t> expires_at(const identity& who) noexcept {
  std::optional<std::int64_t> first;
  for (const auto& chain : who.chains) {
    if (chain.expires_at && (!first || *chain.expires_at < *first)) first = chain.expires_at;
  }
  return first;
}

}  // namespace quire::acl
