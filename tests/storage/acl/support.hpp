#pragma once

#include <quire/acl/evaluate.hpp>
#include <quire/acl/memory_view.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::acl::test {

using texts = std::vector<std::string>;

inline constexpr std::int64_t today = 1'800'000'000;
inline timestamp at(std::int64_t seconds) { return timestamp{std::chrono::seconds{seconds}}; }

inline access_control all_of(texts scopes) {
  access_control needs;
  needs.required_scopes = std::move(scopes);
  return needs;
}
inline access_control any_of(texts scopes) {
  access_control needs;
  needs.required_scopes_any = std::move(scopes);
  return needs;
}
inline access_control on(std::string_view type, std::string_view action) {
  access_control needs;
  needs.resource_type = type;
  needs.resource_action = action;
  return needs;
}

/// A graph and the accounts behind it. Principals that are put by `add` exist there as well,
/// active.
struct world {
  memory_graph graph{};
  memory_identities identities{};
  scope_mode mode = scope_mode::exact;
  timestamp now = at(today);

  principal& add(std::string_view key, texts scopes = {}, resource_map resources = {}) {
    auto& made = graph.put(key, std::move(scopes), std::move(resources));
    if (made.who.kind == principal_kind::org) identities.organizations.insert(made.who.id);
    if (made.who.kind == principal_kind::account || made.who.kind == principal_kind::service) {
      identities.accounts[made.who.id] = account_status::active;
    }
    return made;
  }

  request asked(std::string_view subject, access_control needs,
                std::optional<std::string> id = {}) const {
    request what;
    what.subject = principal_from_key(subject).value();
    what.needs = std::move(needs);
    what.resource_id = std::move(id);
    return what;
  }
  decision decide(const request& what) {
    return evaluate(graph, identities, what, now, mode).value();
  }
  decision decide(std::string_view subject, access_control needs,
                  std::optional<std::string> id = {}) {
    return decide(asked(subject, std::move(needs), std::move(id)));
  }
  bool may(std::string_view subject, access_control needs, std::optional<std::string> id = {}) {
    return decide(subject, std::move(needs), std::move(id)).allowed;
  }
  bool may(std::string_view subject, std::string scope) {
    return may(subject, all_of({std::move(scope)}));
  }
  identity resolved(std::string_view subject) {
    return resolve_identity(graph, identities, asked(subject, {}), now, mode).value();
  }
};

inline texts ends_of(const decision& what) {
  texts out;
  for (const auto& note : what.notes) out.emplace_back(to_string(note.end));
  return out;
}

}  // namespace quire::acl::test
