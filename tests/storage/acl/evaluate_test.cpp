// Chains, what drops them, who is refused before any is looked at, and how a decision explains
// itself.
#include "support.hpp"

#include <quire/acl/explain.hpp>
#include <quire/messages/json_text.hpp>

#include <boost/json/parse.hpp>

#include <chrono>
#include <limits>

using namespace quire;
using namespace quire::acl;
using namespace quire::acl::test;
namespace json = boost::json;

namespace {

/// User, coordinator, implementer, helper: each level hands on less.
struct agents : world {
  agents() {
    add("account:user", {"task:read", "task:write", "code:write", "code:run"},
        {{"repo:1", {"read", "write"}}});
    for (const auto* key : {"account:coordinator", "account:implementer", "account:tester"})
      add(key);
    graph.delegate("account:user", "account:coordinator",
                   {"task:read", "task:write", "code:write"});
    graph
        .delegate("account:coordinator", "account:implementer",
                  {"task:read", "code:write", "code:run"})
        .resources = resource_map{{"repo:1", {"read"}}};
    graph.delegate("account:implementer", "account:tester",
                   {"task:read", "task:write", "code:write"});
  }
  step_in& step_into(std::string_view key) { return graph.steps_to.find(key)->second.front(); }
};

/// An organization with a member of each level.
struct company : world {
  company() {
    add("org:acme", {"task:read", "task:write"}, {{"doc:1", {"read", "write"}}});
    for (const auto* level : {"owner", "admin", "member"}) {
      const auto key = std::string{"account:"} + level;
      add(key);
      graph.belongs(key, "org:acme", membership_level_from_string(level).value());
    }
    add("account:outsider");
  }
};

credential_state key_of_user() {
  credential_state key;
  key.owner = account_id{"user"};
  return key;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(acl_evaluate)

BOOST_FIXTURE_TEST_CASE(each_level_narrows_and_what_was_dropped_never_comes_back, agents) {
  const std::vector<std::pair<std::string, texts>> levels{
      {"account:user", {"code:run", "code:write", "task:read", "task:write"}},
      {"account:coordinator", {"code:write", "task:read", "task:write"}},
      {"account:implementer", {"code:write", "task:read"}},
      {"account:tester", {"code:write", "task:read"}}};
  for (const auto& [who, scopes] : levels) {
    BOOST_TEST(resolved(who).scopes == scopes, boost::test_tools::per_element());
  }
  BOOST_TEST(!may("account:implementer", "code:run"));
  BOOST_TEST(!may("account:tester", "task:write"));
  BOOST_TEST(may("account:coordinator", on("repo", "write"), "1"));
  BOOST_TEST(!may("account:tester", on("repo", "write"), "1"));
  BOOST_TEST(may("account:tester", on("repo", "read"), "1"));
}

BOOST_FIXTURE_TEST_CASE(two_chains_that_hold_half_each_do_not_pass_together, world) {
  add("role:left", {"a"});
  add("role:right", {"b"});
  add("account:ann");
  graph.delegate("role:left", "account:ann", {"a", "b"});
  graph.delegate("role:right", "account:ann", {"a", "b"});
  BOOST_TEST(may("account:ann", "a"));
  BOOST_TEST(may("account:ann", "b"));
  const auto refused = decide("account:ann", all_of({"a", "b"}));
  BOOST_TEST(!refused.allowed);
  BOOST_TEST(refused.reason == errc::access_denied);
  BOOST_REQUIRE_EQUAL(refused.notes.size(), 2U);
  BOOST_TEST(refused.notes[0].lost_at == "role:left");
  BOOST_TEST(refused.notes[0].missing == texts{"b"}, boost::test_tools::per_element());
  BOOST_TEST(refused.notes[1].lost_at == "role:right");
  BOOST_TEST(refused.notes[1].missing == texts{"a"}, boost::test_tools::per_element());
  // The union is for display; its chains decide.
  const auto who = resolved("account:ann");
  BOOST_TEST(who.scopes == (texts{"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST(!enforce_access(all_of({"a", "b"}), &who, "x", mode).has_value());
}

BOOST_FIXTURE_TEST_CASE(scopes_of_one_chain_do_not_join_resources_of_another, world) {
  add("role:left", {"a"});
  add("role:right", {}, {{"doc:1", {"read"}}});
  add("account:ann");
  graph.delegate("role:left", "account:ann", {"a"});
  graph.delegate("role:right", "account:ann", {"a"});
  auto needs = on("doc", "read");
  BOOST_TEST(may("account:ann", needs, "1"));
  needs.required_scopes = {"a"};
  BOOST_TEST(!may("account:ann", needs, "1"));
  BOOST_TEST(!may("account:ann", needs));
}

BOOST_FIXTURE_TEST_CASE(alternatives_must_all_be_answered_by_one_scope_of_one_chain, world) {
  add("role:root", {"a", "b"});
  add("role:middle");
  add("account:ann");
  graph.delegate("role:root", "role:middle", {"a"});
  graph.delegate("role:middle", "account:ann", {"b"});
  BOOST_TEST(!may("account:ann", any_of({"a", "b"})));
  graph.steps_to["account:ann"].front().scopes = {"a"};
  BOOST_TEST(may("account:ann", any_of({"a", "b"})));
  auto both = any_of({"a", "b"});
  both.required_scopes = {"a"};
  BOOST_TEST(may("account:ann", both));
  both.required_scopes = {"b"};
  BOOST_TEST(!may("account:ann", both));
}

BOOST_FIXTURE_TEST_CASE(some_resource_of_a_type_must_be_one_resource_of_one_chain, world) {
  add("role:root", {}, {{"doc:1", {"read"}}, {"doc:2", {"read"}}});
  add("role:middle");
  add("account:ann");
  graph.delegate("role:root", "role:middle", {}).resources = resource_map{{"doc:1", {"read"}}};
  graph.delegate("role:middle", "account:ann", {}).resources = resource_map{{"doc:2", {"read"}}};
  BOOST_TEST(!may("account:ann", on("doc", "read")));
  graph.steps_to["account:ann"].front().resources = resource_map{{"doc:1", {"read"}}};
  BOOST_TEST(may("account:ann", on("doc", "read")));
  BOOST_TEST(!may("account:ann", on("doc", "write")));
  BOOST_TEST(!may("account:ann", on("img", "read")));
}

BOOST_FIXTURE_TEST_CASE(owners_and_admins_have_what_the_organization_has, company) {
  auto everything = on("doc", "write");
  everything.required_scopes = {"task:read", "task:write"};
  BOOST_TEST(may("account:owner", everything, "1"));
  BOOST_TEST(may("account:admin", everything, "1"));
  BOOST_TEST(!may("account:member", everything, "1"));
  BOOST_TEST(!may("account:outsider", everything, "1"));
}

BOOST_FIXTURE_TEST_CASE(a_plain_member_has_what_role_member_says_and_nothing_without_it, company) {
  const auto refused = decide("account:member", all_of({"task:read"}));
  BOOST_TEST(!refused.allowed);
  BOOST_TEST(ends_of(refused) == texts{"role_missing"}, boost::test_tools::per_element());
  add(member_role, {"task:read", "other"}, {{"doc:1", {"read"}}});
  BOOST_TEST(may("account:member", "task:read"));
  BOOST_TEST(!may("account:member", "task:write"));
  BOOST_TEST(!may("account:member", "other"));
  BOOST_TEST(may("account:member", on("doc", "read"), "1"));
  BOOST_TEST(!may("account:member", on("doc", "write"), "1"));
  graph.principals.find(member_role)->second.malformed = true;
  BOOST_TEST(!may("account:member", "task:read"));
}

BOOST_FIXTURE_TEST_CASE(a_membership_leads_from_an_organization_to_an_account_or_it_leads_nowhere,
                        world) {
  add("role:root", {"a"});
  add("org:acme", {"a"});
  add("account:ann");
  add("role:other");
  graph.belongs("account:ann", "role:root", membership_level::owner);
  graph.belongs("role:other", "org:acme", membership_level::owner);
  const auto refused = decide("account:ann", all_of({"a"}));
  BOOST_TEST(!refused.allowed);
  BOOST_TEST(ends_of(refused) == texts{"malformed"}, boost::test_tools::per_element());
  BOOST_TEST(!may("role:other", "a"));
  add("service:bot");
  graph.belongs("service:bot", "org:acme", membership_level::owner);
  BOOST_TEST(may("service:bot", "a"));
}

BOOST_FIXTURE_TEST_CASE(an_edge_passes_until_the_second_it_expires_in, agents) {
  for (const auto& [seconds, passes] :
       {std::pair{today + 1, true}, {today, false}, {today - 1, false}}) {
    step_into("account:coordinator").expires_at = seconds;
    BOOST_TEST(may("account:tester", "task:read") == passes, seconds);
  }
  step_into("account:coordinator").expires_at = today + 1;
  now = at(today) + std::chrono::milliseconds{999};
  BOOST_TEST(may("account:tester", "task:read"));
  now += std::chrono::milliseconds{1};
  const auto refused = decide("account:tester", all_of({"task:read"}));
  BOOST_TEST(ends_of(refused) == texts{"edge_expired"}, boost::test_tools::per_element());
  BOOST_TEST(refused.notes[0].expires_at.value() == today + 1);
}

BOOST_FIXTURE_TEST_CASE(expiry_at_the_ends_of_time_is_no_trap, agents) {
  step_into("account:coordinator").expires_at = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST(may("account:tester", "task:read"));
  step_into("account:coordinator").expires_at = std::numeric_limits<std::int64_t>::min();
  BOOST_TEST(!may("account:tester", "task:read"));
}

BOOST_FIXTURE_TEST_CASE(suspending_anybody_on_a_chain_ends_what_flows_through, agents) {
  for (const auto* name : {"user", "coordinator", "implementer"}) {
    identities.accounts[name] = account_status::suspended;
    const auto refused = decide("account:tester", all_of({"task:read"}));
    BOOST_TEST(!refused.allowed, name);
    BOOST_TEST(ends_of(refused) == texts{"account_suspended"}, boost::test_tools::per_element());
    identities.accounts[name] = account_status::deactivated;
    BOOST_TEST(
        ends_of(decide("account:tester", all_of({"task:read"}))) == texts{"account_deactivated"},
        boost::test_tools::per_element());
    identities.accounts[name] = account_status::active;
    BOOST_TEST(may("account:tester", "task:read"), name);
  }
}

BOOST_FIXTURE_TEST_CASE(an_organization_that_is_gone_gives_nothing, company) {
  BOOST_TEST(may("account:owner", "task:read"));
  identities.organizations.clear();
  BOOST_TEST(ends_of(decide("account:owner", all_of({"task:read"}))) == texts{"org_missing"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_is_not_to_be_handed_on_ends_with_its_receiver, agents) {
  step_into("account:implementer").narrowable = false;
  BOOST_TEST(may("account:implementer", "task:read"));
  const auto refused = decide("account:tester", all_of({"task:read"}));
  BOOST_TEST(ends_of(refused) == texts{"not_narrowable"}, boost::test_tools::per_element());
  BOOST_TEST(refused.notes[0].principals ==
                 (texts{"account:coordinator", "account:implementer", "account:tester"}),
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(malformed_edges_and_principals_count_for_nothing, agents) {
  step_into("account:implementer").malformed = true;
  BOOST_TEST(ends_of(decide("account:tester", all_of({"task:read"}))) == texts{"malformed"},
             boost::test_tools::per_element());
  step_into("account:implementer").malformed = false;
  auto& middle = graph.principals.find("account:coordinator")->second;
  middle.malformed = true;
  BOOST_TEST(!may("account:tester", "task:read"));
  middle.malformed = false;
  middle.who.id = "somebody else";  // a node that disagrees with its key
  BOOST_TEST(!may("account:tester", "task:read"));
  middle.who.id = "coordinator";
  BOOST_TEST(may("account:tester", "task:read"));
}

BOOST_FIXTURE_TEST_CASE(cycles_and_self_loops_grant_nothing_and_end, world) {
  for (const auto* key : {"role:a", "role:b", "role:c"}) add(key);
  graph.delegate("role:a", "role:b", {"x"});
  graph.delegate("role:b", "role:c", {"x"});
  graph.delegate("role:c", "role:a", {"x"});
  graph.delegate("role:a", "role:a", {"x"});
  const auto refused = decide("role:c", all_of({"x"}));
  BOOST_TEST(refused.reason == errc::access_denied);
  BOOST_TEST(ends_of(refused) == (texts{"cycle", "cycle"}), boost::test_tools::per_element());
  graph.principals.find("role:b")->second.direct.scopes = {"x"};
  for (const auto* key : {"role:a", "role:b", "role:c"}) BOOST_TEST(may(key, "x"), key);
}

BOOST_FIXTURE_TEST_CASE(a_caller_is_refused_at_the_first_step_that_fails, agents) {
  const auto reason = [&](const request& what) { return decide(what).reason; };
  auto what = asked("account:user", all_of({"task:read"}));
  what.credential = key_of_user();
  BOOST_TEST(reason(what) == errc::none);
  what.credential->expires_at = row_time{std::chrono::seconds{today + 1}};
  BOOST_TEST(reason(what) == errc::none);
  identities.accounts["user"] = account_status::suspended;
  BOOST_TEST(reason(what) == errc::account_suspended);
  what.credential->expires_at = row_time{std::chrono::seconds{today}};
  BOOST_TEST(reason(what) == errc::credential_expired);
  what.credential->enabled = false;
  BOOST_TEST(reason(what) == errc::credential_disabled);
  what.credential->revoked = true;
  BOOST_TEST(reason(what) == errc::credential_revoked);
  what.credential->owner = account_id{"tester"};
  BOOST_TEST(reason(what) == errc::credential_unknown);
  what.credential.reset();
  identities.accounts["user"] = account_status::deactivated;
  BOOST_TEST(reason(what) == errc::account_deactivated);
  identities.accounts.erase("user");
  BOOST_TEST(reason(what) == errc::account_deactivated);
  // What requires nothing is refused to them all the same.
  what.needs = {};
  BOOST_TEST(reason(what) == errc::account_deactivated);
  identities.accounts["user"] = account_status::active;
  graph.principals.erase("account:user");
  BOOST_TEST(decide(what).allowed);
  what.needs = all_of({"task:read"});
  BOOST_TEST(reason(what) == errc::principal_missing);
  graph.put("account:user", {"task:read"}).malformed = true;
  BOOST_TEST(reason(what) == errc::principal_ambiguous);
}

BOOST_FIXTURE_TEST_CASE(scopes_of_a_credential_narrow_scopes_and_leave_resources, agents) {
  auto what = asked("account:user", all_of({"task:read"}));
  what.credential = key_of_user();
  what.credential->scopes = texts{"task:read", "never:held"};
  BOOST_TEST(decide(what).allowed);
  what.needs = all_of({"never:held"});
  BOOST_TEST(!decide(what).allowed);
  what.needs = all_of({"task:write"});
  const auto refused = decide(what);
  BOOST_TEST(refused.reason == errc::access_denied);
  BOOST_REQUIRE_EQUAL(refused.notes.size(), 1U);
  BOOST_TEST(refused.notes[0].lost_at == "credential");
  what.needs = on("repo", "write");
  what.resource_id = "1";
  what.credential->scopes = texts{};
  BOOST_TEST(decide(what).allowed);
  const auto who = resolve_identity(graph, identities, what, now, mode).value();
  BOOST_TEST(who.scopes.empty());
  BOOST_TEST((who.resources == resource_map{{"repo:1", {"read", "write"}}}));
}

BOOST_FIXTURE_TEST_CASE(acting_as_a_role_uses_only_chains_through_the_caller, world) {
  add("org:acme", {"a", "b"});
  add("account:ann");
  add("account:ben");
  add("role:desk");
  graph.delegate("org:acme", "account:ann", {"a"});
  graph.delegate("account:ann", "role:desk", {"a", "b"});
  graph.delegate("org:acme", "role:desk", {"b"});
  auto what = asked("account:ann", all_of({"a"}));
  what.acting_as = "role:desk";
  const auto granted = decide(what);
  BOOST_REQUIRE(granted.allowed);
  BOOST_TEST(granted.chain->principals == (texts{"org:acme", "account:ann", "role:desk"}),
             boost::test_tools::per_element());
  // The role has it, but not from the caller.
  what.needs = all_of({"b"});
  const auto refused = decide(what);
  BOOST_TEST(!refused.allowed);
  BOOST_TEST(ends_of(refused) == (texts{"scope_missing", "caller_missing"}),
             boost::test_tools::per_element());
  // No path from the caller to the role.
  what.subject = {principal_kind::account, "ben"};
  BOOST_TEST(!decide(what).allowed);
  what.acting_as = "role:nobody";
  BOOST_TEST(decide(what).reason == errc::principal_missing);
  what.acting_as = "account:ann";
  BOOST_TEST((evaluate(graph, identities, what, now, mode).error().code == errc::invalid_key));
}

BOOST_FIXTURE_TEST_CASE(a_way_through_the_caller_that_repeats_somebody_is_no_chain, world) {
  add("org:acme", {"a"});
  add("account:ann");
  add("role:desk");
  graph.belongs("account:ann", "org:acme", membership_level::owner);
  graph.delegate("account:ann", "org:acme", {"a"});
  graph.delegate("org:acme", "role:desk", {"a"});
  auto what = asked("account:ann", all_of({"a"}));
  what.acting_as = "role:desk";
  BOOST_TEST(!decide(what).allowed);
  add("role:other", {"a"});
  graph.delegate("role:other", "account:ann", {"a"});
  const auto granted = decide(what);
  BOOST_REQUIRE(granted.allowed);
  BOOST_TEST(
      granted.chain->principals == (texts{"role:other", "account:ann", "org:acme", "role:desk"}),
      boost::test_tools::per_element());
  // The same way, for what may be handed on.
  const texts scopes{"a"};
  search_request further;
  further.subject = "account:ann";
  further.acting_as = "role:desk";
  further.needs.scopes = scopes;
  further.now = now;
  further.to_pass_on = true;
  searchable_view before(graph);
  BOOST_TEST(search(before, identities, further).value().allowed);
  graph.steps_to["role:desk"].front().narrowable = false;
  searchable_view after(graph);
  BOOST_TEST(!search(after, identities, further).value().allowed);
  BOOST_TEST(decide(what).allowed);
}

BOOST_FIXTURE_TEST_CASE(a_chain_has_at_most_32_steps, world) {
  add("role:0", {"a"});
  for (int i = 1; i <= 33; ++i) {
    add("role:" + std::to_string(i));
    graph.delegate("role:" + std::to_string(i - 1), "role:" + std::to_string(i), {"a"});
  }
  BOOST_TEST(may("role:32", "a"));
  BOOST_TEST(decide("role:33", all_of({"a"})).reason == errc::limit_exceeded);
}

BOOST_FIXTURE_TEST_CASE(many_ways_are_searched_in_no_time_although_they_cannot_be_listed, world) {
  // Eight layers of six, each delegating to all of the next: more than a million paths.
  const auto name = [](int layer, int i) {
    return "role:" + std::to_string(layer) + "-" + std::to_string(i);
  };
  for (int layer = 0; layer < 8; ++layer) {
    for (int i = 0; i < 6; ++i) {
      add(name(layer, i), layer == 0 ? texts{"b"} : texts{});
      for (int from = 0; layer > 0 && from < 6; ++from)
        graph.delegate(name(layer - 1, from), name(layer, i), {"a", "b"});
    }
  }
  BOOST_TEST(may(name(7, 0), "b"));
  const auto refused = decide(name(7, 0), all_of({"a"}));
  BOOST_TEST(refused.reason == errc::access_denied);
  BOOST_TEST(refused.notes.size() == search_limits::max_chains + 1);
  BOOST_TEST(refused.notes.back().end == path_end::limit_exceeded);
  const auto listed = resolve_identity(graph, identities, asked(name(7, 0), {}), now, mode);
  BOOST_TEST((listed.error().code == errc::limit_exceeded));
}

BOOST_FIXTURE_TEST_CASE(a_search_ends_at_10000_principals, world) {
  add("account:ann");
  for (int i = 0; i < 100; ++i) {
    const auto middle = "role:" + std::to_string(i);
    add(middle);
    graph.delegate(middle, "account:ann", {"a"});
    for (int k = 0; k < 100; ++k) {
      const auto far = middle + "-" + std::to_string(k);
      add(far);
      graph.delegate(far, middle, {"a"});
    }
  }
  BOOST_TEST(decide("account:ann", all_of({"a"})).reason == errc::limit_exceeded);
  graph.principals.find("role:50")->second.direct.scopes = {"a"};
  BOOST_TEST(may("account:ann", "a"));
}

BOOST_FIXTURE_TEST_CASE(an_identity_says_when_its_chains_end_first, agents) {
  BOOST_TEST(!expires_at(resolved("account:tester")));
  step_into("account:coordinator").expires_at = today + 50;
  step_into("account:tester").expires_at = today + 70;
  BOOST_TEST(expires_at(resolved("account:tester")).value() == today + 50);
}

BOOST_FIXTURE_TEST_CASE(a_grant_is_explained_from_its_root_to_the_subject, agents) {
  step_into("account:implementer").expires_at = 1'800'003'661;
  const auto granted = decide("account:implementer", all_of({"task:read"}));
  BOOST_TEST(explain(granted) ==
             "account:implementer: allowed\n"
             "  account:user holds it directly\n"
             "    account:coordinator by delegation account:user>account:coordinator, leaving "
             "code:write, task:read, task:write\n"
             "      account:implementer by delegation account:coordinator>account:implementer, "
             "leaving code:write, task:read, "
             "until 2027-01-15 09:01:01 UTC\n"
             "  gives code:write, task:read; resources repo:1 (read)\n");
  const auto told = json::parse(json_text(to_json(granted)));
  BOOST_TEST(told.at("allowed").as_bool());
  BOOST_TEST(told.at("chain").at("principals").as_array().size() == 3U);
  BOOST_TEST(told.at("chain").at("steps").at(1).at("expiresAt").as_int64() == 1'800'003'661);
  BOOST_TEST(told.at("chain").at("expiresAt").as_int64() == 1'800'003'661);
  BOOST_TEST(told.as_object().if_contains("notes") == nullptr);
}

BOOST_FIXTURE_TEST_CASE(a_denial_is_explained_by_the_nearest_miss_of_every_path, agents) {
  add("role:old", {"code:run"});
  graph.delegate("role:old", "account:implementer", {"code:run"}).expires_at = today - 60;
  const auto refused = decide("account:implementer", all_of({"code:run"}));
  BOOST_TEST(explain(refused) ==
             "account:implementer: denied, access_denied\n"
             "  scope_missing: a scope is missing: code:run, at account:user>account:coordinator\n"
             "    account:user\n"
             "      account:coordinator by account:user>account:coordinator\n"
             "        account:implementer by account:coordinator>account:implementer\n"
             "  edge_expired: the delegation has expired, at role:old>account:implementer, since "
             "2027-01-15 07:59:00 UTC\n"
             "    role:old\n"
             "      account:implementer by role:old>account:implementer\n");
  const auto told = json::parse(json_text(to_json(refused)));
  BOOST_TEST(told.at("reason").as_string() == "access_denied");
  BOOST_TEST(told.at("notes").at(0).at("lostAt").as_string() == "account:user>account:coordinator");
  BOOST_TEST(told.at("notes").at(1).at("end").as_string() == "edge_expired");
}

BOOST_FIXTURE_TEST_CASE(an_explanation_is_fit_for_a_terminal, world) {
  add("account:ann", {"\x1b[2Jtask"});
  const auto granted = decide("account:ann", all_of({"\x1b[2Jtask"}));
  BOOST_REQUIRE(granted.allowed);
  BOOST_TEST(explain(granted).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
