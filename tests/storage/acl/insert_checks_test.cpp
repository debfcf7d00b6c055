// What may be written into a graph of access control, each refusal beside its allowed neighbour.
#include "support.hpp"

#include <quire/acl/insert_checks.hpp>

using namespace quire;
using namespace quire::acl;
using namespace quire::acl::test;

namespace {

/// An organization that holds everything, ann who leads, ben who works, cleo who administers.
struct office : world {
  office() {
    add("org:acme", {"task:read", "task:write", "acl:admin"}, {{"doc:1", {"read", "write"}}});
    for (const auto* key : {"account:ann", "account:ben", "account:cleo", "role:lead", "role:work"})
      add(key);
    graph.delegate("org:acme", "role:lead", {"task:read", "task:write"}).resources =
        resource_map{{"doc:1", {"read"}}};
    graph.delegate("role:lead", "account:ann", {"task:read", "task:write"});
    graph.delegate("org:acme", "account:cleo", {"acl:admin"});
  }

  writer by(std::string_view key) const {
    writer w;
    w.principal = key;
    return w;
  }
  insert_context context(const writer& w) { return {graph, identities, w, now, mode}; }

  errc delegates(const writer& w, const delegation& wanted) {
    const auto checked = check_delegation(context(w), wanted);
    said = checked ? "" : checked.error().context;
    return checked ? errc::none : checked.error().code;
  }
  errc grants(const writer& w, std::string_view id, texts actions) {
    const auto checked = check_grant(context(w), "account:ben", "doc", id, actions);
    said = checked ? "" : checked.error().context;
    return checked ? errc::none : checked.error().code;
  }
  errc writes(const writer& w, std::string_view key, const principal* before,
              const principal& after) {
    const auto checked = check_principal(context(w), key, before, after);
    said = checked ? "" : checked.error().context;
    return checked ? errc::none : checked.error().code;
  }
  bool told(std::string_view text) const { return said.find(text) != std::string::npos; }

  std::string said{};
};

delegation from_to(std::string_view from, std::string_view to, texts scopes) {
  delegation out;
  out.from = from;
  out.to = to;
  out.scopes = std::move(scopes);
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(acl_insert_checks, office)

BOOST_AUTO_TEST_CASE(a_delegator_hands_on_what_it_holds_and_no_more) {
  const auto ann = by("account:ann");
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:read"})) == errc::none);
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:read", "task:delete"})) ==
             errc::scope_escalation);
  BOOST_TEST(told("account:ann"));
  BOOST_TEST(told("task:delete"));
  BOOST_TEST(told("delegated first"));
}

BOOST_AUTO_TEST_CASE(resources_are_held_to_the_same_rule) {
  const auto ann = by("account:ann");
  auto one = from_to("account:ann", "account:ben", {});
  one.resources = resource_map{{"doc:1", {"read"}}};
  BOOST_TEST(delegates(ann, one) == errc::none);
  one.resources = resource_map{{"doc:1", {"read", "write"}}};
  BOOST_TEST(delegates(ann, one) == errc::scope_escalation);
  BOOST_TEST(told("'write' on 'doc:1'"));
  one.resources = resource_map{{"doc:2", {"read"}}};
  BOOST_TEST(delegates(ann, one) == errc::scope_escalation);
  one.resources = resource_map{{"*", {"read"}}};
  BOOST_TEST(delegates(ann, one) == errc::scope_escalation);
}

BOOST_AUTO_TEST_CASE(a_wildcard_is_handed_on_only_by_who_holds_one) {
  mode = scope_mode::hierarchical;
  const auto ann = by("account:ann");
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:*"})) ==
             errc::scope_escalation);
  graph.principals.find("account:ann")->second.direct = {{"task:*"}, {{"*", {"read"}}}};
  auto wide = from_to("account:ann", "account:ben", {"task:*", "task:read"});
  wide.resources = resource_map{{"*", {"read"}}, {"doc:*", {"read"}}};
  BOOST_TEST(delegates(ann, wide) == errc::none);
  wide.resources = resource_map{{"*", {"write"}}};
  BOOST_TEST(delegates(ann, wide) == errc::scope_escalation);
}

BOOST_AUTO_TEST_CASE(different_chains_may_serve_different_scopes_of_one_delegation) {
  add("role:other", {"note:read"});
  graph.delegate("role:other", "account:ann", {"note:read"});
  BOOST_TEST(delegates(by("account:ann"), from_to("account:ann", "account:ben",
                                                  {"task:read", "note:read"})) == errc::none);
}

BOOST_AUTO_TEST_CASE(what_is_not_to_be_handed_on_stays) {
  const auto ann = by("account:ann");
  graph.steps_to["account:ann"].front().narrowable = false;
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:read"})) ==
             errc::not_narrowable);
  BOOST_TEST(told("task:read"));
  // Not even by naming nothing, which would let resources pass whole.
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {})) == errc::not_narrowable);
  // Another chain that may be handed on is enough.
  graph.delegate("org:acme", "account:ann", {"task:read"});
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:read"})) == errc::none);
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:write"})) ==
             errc::not_narrowable);
}

BOOST_AUTO_TEST_CASE(expired_and_suspended_authority_is_not_handed_on) {
  const auto ann = by("account:ann");
  graph.steps_to["account:ann"].front().expires_at = today;
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:read"})) ==
             errc::scope_escalation);
  graph.steps_to["account:ann"].front().expires_at = today + 1;
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:read"})) == errc::none);
  identities.accounts["ann"] = account_status::suspended;
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:read"})) != errc::none);
}

BOOST_AUTO_TEST_CASE(a_delegation_may_not_close_a_cycle_even_an_expired_one) {
  const auto cleo = by("account:cleo");
  BOOST_TEST(delegates(cleo, from_to("account:ann", "role:lead", {})) == errc::delegation_cycle);
  BOOST_TEST(told("account:ann"));
  BOOST_TEST(delegates(cleo, from_to("account:ann", "org:acme", {})) == errc::delegation_cycle);
  BOOST_TEST(delegates(cleo, from_to("account:ann", "account:ann", {})) == errc::delegation_cycle);
  BOOST_TEST(delegates(cleo, from_to("account:ann", "role:work", {})) == errc::none);
  graph.steps_to["account:ann"].front().expires_at = today - 100;
  BOOST_TEST(delegates(cleo, from_to("account:ann", "role:lead", {})) == errc::delegation_cycle);
  // Writing an edge again closes nothing.
  BOOST_TEST(delegates(cleo, from_to("role:lead", "account:ann", {"task:read"})) == errc::none);
  // A membership is no delegation.
  graph.belongs("account:ben", "org:acme", membership_level::owner);
  BOOST_TEST(delegates(cleo, from_to("account:ben", "role:work", {})) == errc::none);
}

BOOST_AUTO_TEST_CASE(only_the_delegator_and_administrators_write_a_delegation) {
  const auto wanted = from_to("role:lead", "account:ben", {"task:read"});
  BOOST_TEST(delegates(by("account:ben"), wanted) == errc::access_denied);
  BOOST_TEST(told("account:ben"));
  BOOST_TEST(told("acl:admin"));
  BOOST_TEST(delegates(by("account:ann"), wanted) == errc::access_denied);
  BOOST_TEST(delegates(by("account:cleo"), wanted) == errc::none);
  // An administrator cannot make a delegator hand on what it lacks.
  BOOST_TEST(delegates(by("account:cleo"), from_to("role:lead", "account:ben", {"task:delete"})) ==
             errc::scope_escalation);
  // Acting as the role is not being it: other chains than the caller's end there.
  auto as_lead = by("account:ann");
  as_lead.acting_as = "role:lead";
  BOOST_TEST(delegates(as_lead, wanted) == errc::access_denied);
}

BOOST_AUTO_TEST_CASE(a_writer_that_is_vouched_for_counts_as_administrator_but_structure_holds) {
  writer vouched;
  vouched.kind = writer_kind::vouched;
  BOOST_TEST(delegates(vouched, from_to("role:lead", "account:ben", {"task:read"})) == errc::none);
  BOOST_TEST(delegates(vouched, from_to("account:ann", "role:lead", {})) == errc::delegation_cycle);
  BOOST_TEST(delegates(vouched, from_to("role:lead", "account:ben", {"task:delete"})) ==
             errc::scope_escalation);
  BOOST_TEST(grants(vouched, "9", {"burn"}) == errc::none);
  BOOST_TEST((check_membership(vouched).error().code == errc::protected_row));
}

BOOST_AUTO_TEST_CASE(a_credential_narrows_what_its_holder_hands_on) {
  auto ann = by("account:ann");
  ann.credential_scopes = texts{"task:read"};
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:read"})) == errc::none);
  BOOST_TEST(delegates(ann, from_to("account:ann", "account:ben", {"task:write"})) ==
             errc::scope_escalation);
  auto cleo = by("account:cleo");
  cleo.credential_scopes = texts{"task:read"};
  BOOST_TEST(delegates(cleo, from_to("role:lead", "account:ben", {"task:read"})) ==
             errc::access_denied);
}

BOOST_AUTO_TEST_CASE(at_most_256_delegations_point_at_one_principal) {
  const auto cleo = by("account:cleo");
  for (int i = 0; i < 255; ++i) {
    const auto key = "role:r" + std::to_string(i);
    add(key);
    graph.delegate(key, "account:ben", {});
  }
  BOOST_TEST(delegates(cleo, from_to("role:lead", "account:ben", {})) == errc::none);
  graph.delegate("role:lead", "account:ben", {});
  BOOST_TEST(delegates(cleo, from_to("role:lead", "account:ben", {})) ==
             errc::none);  // the same edge again
  BOOST_TEST(delegates(cleo, from_to("role:work", "account:ben", {})) == errc::delegation_limit);
  BOOST_TEST(told("256"));
}

BOOST_AUTO_TEST_CASE(an_account_does_not_delegate_to_its_own_organization) {
  const auto cleo = by("account:cleo");
  add("org:other");
  graph.belongs("account:ben", "org:other", membership_level::member);
  BOOST_TEST(delegates(cleo, from_to("account:ben", "org:other", {})) == errc::parallel_edge);
  BOOST_TEST(delegates(cleo, from_to("account:ann", "org:other", {})) == errc::none);
}

BOOST_AUTO_TEST_CASE(both_ends_of_a_delegation_are_principals_of_the_graph) {
  const auto cleo = by("account:cleo");
  BOOST_TEST(delegates(cleo, from_to("account:ann", "account:zoe", {})) == errc::missing_endpoint);
  BOOST_TEST(delegates(cleo, from_to("resource:doc:1", "account:ben", {})) == errc::invalid_key);
}

BOOST_AUTO_TEST_CASE(a_grant_on_a_resource_needs_that_authority_or_an_administrator) {
  BOOST_TEST(grants(by("account:ann"), "1", {"read"}) == errc::none);
  BOOST_TEST(grants(by("account:ann"), "1", {"read", "write"}) == errc::scope_escalation);
  BOOST_TEST(grants(by("account:ann"), "2", {"read"}) == errc::scope_escalation);
  BOOST_TEST(grants(by("account:ben"), "1", {"read"}) == errc::scope_escalation);
  BOOST_TEST(grants(by("account:cleo"), "2", {"burn"}) == errc::none);
  // A grant would otherwise go round the delegator's word.
  graph.steps_to["account:ann"].front().narrowable = false;
  BOOST_TEST(grants(by("account:ann"), "1", {"read"}) == errc::not_narrowable);
}

BOOST_AUTO_TEST_CASE(scopes_of_a_principal_need_that_authority_or_an_administrator) {
  const principal plain{{principal_kind::role, "new"}, {}, false};
  auto given = plain;
  given.direct.scopes = {"task:read"};
  auto more = given;
  more.direct.scopes.emplace_back("task:delete");
  auto wide = plain;
  wide.direct.resources = resource_map{{"doc:1", {"write"}}};
  const auto ann = by("account:ann");
  BOOST_TEST(writes(by("account:ben"), "role:new", nullptr, plain) == errc::none);
  BOOST_TEST(writes(by("account:ben"), "role:new", nullptr, given) == errc::scope_escalation);
  BOOST_TEST(writes(ann, "role:new", nullptr, given) == errc::none);
  BOOST_TEST(writes(ann, "role:new", nullptr, more) == errc::scope_escalation);
  BOOST_TEST(told("task:delete"));
  BOOST_TEST(writes(ann, "role:new", nullptr, wide) == errc::scope_escalation);
  BOOST_TEST(writes(by("account:cleo"), "role:new", nullptr, more) == errc::none);
  // What was there before, or less, is no new grant.
  BOOST_TEST(writes(by("account:ben"), "role:new", &more, more) == errc::none);
  BOOST_TEST(writes(by("account:ben"), "role:new", &more, given) == errc::none);
  BOOST_TEST(writes(by("account:ben"), "role:new", &given, more) == errc::scope_escalation);
}

BOOST_AUTO_TEST_CASE(who_a_principal_is_never_changes) {
  const principal ann{{principal_kind::account, "ann"}, {}, false};
  const principal ben{{principal_kind::account, "ben"}, {}, false};
  const auto cleo = by("account:cleo");
  BOOST_TEST(writes(cleo, "account:ann", &ann, ann) == errc::none);
  BOOST_TEST(writes(cleo, "account:ann", &ann, ben) == errc::protected_row);
  BOOST_TEST(writes(cleo, "account:ben", &ann, ben) == errc::protected_row);
  BOOST_TEST(writes(cleo, "account:ann", nullptr, ben) == errc::invalid_key);
  BOOST_TEST(check_resource("resource:doc:1", "doc", "1").has_value());
  BOOST_TEST((check_resource("resource:doc:1", "doc", "2").error().code == errc::invalid_key));
}

BOOST_AUTO_TEST_CASE(memberships_are_the_engines_own) {
  BOOST_TEST((check_membership(by("account:cleo")).error().code == errc::protected_row));
  writer engine;
  engine.kind = writer_kind::engine;
  BOOST_TEST(check_membership(engine).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
