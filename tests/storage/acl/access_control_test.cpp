// Scopes, requirements and the flat check.
#include "support.hpp"

#include <quire/messages/json_text.hpp>

#include <boost/json/parse.hpp>

using namespace quire;
using namespace quire::acl;
using namespace quire::acl::test;
namespace json = boost::json;

namespace {

constexpr auto exact = scope_mode::exact;
constexpr auto hierarchical = scope_mode::hierarchical;

struct scope_row {
  const char* held;
  const char* wanted;
  bool covered;  // in hierarchical mode
};

/// An identity with one chain for each list of scopes.
identity with_chains(std::vector<authority_chain> chains) {
  identity who;
  who.id = "ann";
  who.chains = std::move(chains);
  for (const auto& chain : who.chains) {
    who.scopes.insert(who.scopes.end(), chain.scopes.begin(), chain.scopes.end());
    if (!chain.resources) continue;
    if (!who.resources) who.resources.emplace();
    join(*who.resources, *chain.resources);
  }
  return who;
}

errc code_of(const result<void>& r) { return r ? errc::none : r.error().code; }

}  // namespace

BOOST_AUTO_TEST_SUITE(acl_access_control)

BOOST_AUTO_TEST_CASE(a_wildcard_at_the_end_covers_everything_below_and_nothing_else) {
  const std::vector<scope_row> rows{
      {"task:read", "task:read", true},
      {"task:read", "task:write", false},
      {"task:*", "task:read", true},
      {"task:*", "task:a:b", true},
      {"task:*", "task:*", true},
      {"task:*", "task", false},
      {"task:*", "tasks:read", false},
      {"*", "task", true},
      {"*", "task:read", true},
      {"*", "*", true},
      {"*", "", false},
      {"task*", "task:read", false},
      {"*:read", "task:read", false},
      {"task:*:read", "task:a:read", false},
      {"task:a:*", "task:*", false},
      {"task:*", "task:a:*", true},
      {"task:*", "task:", false},
      {"task:*", "task::a", false},
      {":*", ":a", false},
      {"a::*", "a::b", false},
      {"a::b", "a::b", true},
      {"", "", true},
      {"", "task", false},
      {"task", "", false},
  };
  for (const auto& row : rows) {
    BOOST_TEST(covers(row.held, row.wanted, hierarchical) == row.covered,
               row.held << " and " << row.wanted);
    BOOST_TEST(covers(row.held, row.wanted, exact) == (std::string_view{row.held} == row.wanted),
               row.held << " and " << row.wanted);
  }
}

BOOST_AUTO_TEST_CASE(lists_of_scopes_meet_in_what_both_allow) {
  const texts a{"task:*", "doc:read"};
  const texts b{"doc:*", "task:read", "task:write", "task:read"};
  BOOST_TEST(meet(a, b, hierarchical) == (texts{"doc:read", "task:read", "task:write"}),
             boost::test_tools::per_element());
  BOOST_TEST(meet(a, b, exact).empty());
  BOOST_TEST((meet("task:*", "task:read", hierarchical) == "task:read"));
  BOOST_TEST((meet("task:read", "task:*", hierarchical) == "task:read"));
  BOOST_TEST(!meet("task:read", "task:write", hierarchical));
}

BOOST_AUTO_TEST_CASE(resources_meet_by_key_and_by_action) {
  const resource_map a{{"doc:*", {"read", "write"}}, {"img:1", {"read"}}};
  const resource_map b{{"doc:1", {"write", "share"}}, {"doc:2", {"share"}}, {"img:1", {"read"}}};
  BOOST_TEST((meet(a, b, hierarchical) == resource_map{{"doc:1", {"write"}}, {"img:1", {"read"}}}));
  BOOST_TEST((meet(b, a, hierarchical) == meet(a, b, hierarchical)));
  BOOST_TEST((meet(a, b, exact) == resource_map{{"img:1", {"read"}}}));
  BOOST_TEST(covers(a, "doc:7", "read", hierarchical));
  BOOST_TEST(!covers(a, "doc:7", "read", exact));
  BOOST_TEST(!covers(a, "doc:7", "Read", hierarchical));
}

BOOST_AUTO_TEST_CASE(the_flat_check_asks_for_each_of_its_fields) {
  struct row {
    const char* what;
    access_control needs;
    texts scopes;
    std::optional<resource_map> resources;
    bool passes;
  };
  auto both = all_of({"a", "b"});
  both.required_scopes_any = {"c", "d"};
  auto half = all_of({});
  half.resource_type = "doc";
  auto other_half = all_of({});
  other_half.resource_action = "read";
  auto named = all_of({});
  named.custom_auth = "by_moon_phase";
  const std::vector<row> rows{
      {"nothing required, nothing held", {}, {}, {}, true},
      {"all held", all_of({"a", "b"}), {"b", "x", "a"}, {}, true},
      {"one of all missing", all_of({"a", "b"}), {"a"}, {}, false},
      {"nothing held", all_of({"a"}), {}, {}, false},
      {"one of several", any_of({"a", "b"}), {"b"}, {}, true},
      {"none of several", any_of({"a", "b"}), {"c"}, {}, false},
      {"all and one of several", both, {"a", "b", "d"}, {}, true},
      {"all without one of several", both, {"a", "b"}, {}, false},
      {"one of several without all", both, {"a", "c"}, {}, false},
      {"a resource of the type", on("doc", "read"), {}, resource_map{{"doc:1", {"read"}}}, true},
      {"any id will do",
       on("doc", "read"),
       {},
       resource_map{{"doc:1", {"write"}}, {"doc:9", {"read"}}},
       true},
      {"another action", on("doc", "read"), {}, resource_map{{"doc:1", {"write"}}}, false},
      {"another type", on("doc", "read"), {}, resource_map{{"docs:1", {"read"}}}, false},
      {"the bare type", on("doc", "read"), {}, resource_map{{"doc", {"read"}}}, false},
      {"an empty map", on("doc", "read"), {}, resource_map{}, false},
      {"no map", on("doc", "read"), {"doc:read"}, {}, false},
      {"only a type is ignored", half, {}, {}, true},
      {"only an action is ignored", other_half, {}, {}, true},
      {"a name for the host is not looked at", named, {}, {}, true},
  };
  for (const auto& one : rows) {
    BOOST_TEST(check_access(one.needs, one.scopes, one.resources, exact) == one.passes, one.what);
  }
}

BOOST_AUTO_TEST_CASE(a_key_for_everything_is_a_key_of_every_type_in_hierarchical_mode_only) {
  const resource_map all{{"*", {"read"}}};
  BOOST_TEST(check_access(on("doc", "read"), {}, all, hierarchical));
  BOOST_TEST(!check_access(on("doc", "read"), {}, all, exact));
  BOOST_TEST(
      check_access(on("img:a", "read"), {}, resource_map{{"img:*", {"read"}}}, hierarchical));
}

BOOST_AUTO_TEST_CASE(one_chain_alone_must_pass) {
  authority_chain left;
  left.scopes = {"a"};
  authority_chain right;
  right.scopes = {"b"};
  const auto halves = with_chains({left, right});
  BOOST_TEST(enforce_access(all_of({"a"}), &halves, "x", exact).has_value());
  BOOST_TEST(enforce_access(all_of({"b"}), &halves, "x", exact).has_value());
  BOOST_TEST(code_of(enforce_access(all_of({"a", "b"}), &halves, "x", exact)) ==
             errc::access_denied);
  left.scopes = {"a", "b"};
  const auto whole = with_chains({left, right});
  BOOST_TEST(enforce_access(all_of({"a", "b"}), &whole, "x", exact).has_value());
}

BOOST_AUTO_TEST_CASE(
    without_chains_the_lists_are_checked_and_nobody_may_only_do_what_needs_nothing) {
  identity who;
  who.scopes = {"a", "b"};
  BOOST_TEST(enforce_access(all_of({"a", "b"}), &who, "x", exact).has_value());
  BOOST_TEST(enforce_access({}, nullptr, "x", exact).has_value());
  const auto refused = enforce_access(all_of({"a"}), nullptr, "tasks.create", exact);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == errc::access_denied);
  BOOST_TEST(refused.error().context.find("tasks.create") != std::string::npos);
  BOOST_TEST(protocol_code(refused.error().code) == "ACCESS_DENIED");
}

BOOST_AUTO_TEST_CASE(authorize_wants_the_very_resource_from_the_chain_that_passes) {
  authority_chain left;
  left.scopes = {"a"};
  left.resources = resource_map{{"doc:2", {"read"}}};
  authority_chain right;
  right.resources = resource_map{{"doc:1", {"read"}}};
  const auto who = with_chains({left, right});
  auto needs = on("doc", "read");
  BOOST_TEST(authorize(needs, &who, "x", "1", exact).has_value());
  BOOST_TEST(authorize(needs, &who, "x", "2", exact).has_value());
  BOOST_TEST(code_of(authorize(needs, &who, "x", "3", exact)) == errc::access_denied);
  needs.required_scopes = {"a"};
  BOOST_TEST(code_of(authorize(needs, &who, "x", "1", exact)) == errc::access_denied);
  BOOST_TEST(enforce_access(needs, &who, "x", exact).has_value());
  BOOST_TEST(authorize(all_of({"a"}), &who, "x", "7", exact).has_value());
}

BOOST_AUTO_TEST_CASE(half_a_requirement_is_refused_when_it_is_registered) {
  auto needs = on("doc", "read");
  BOOST_TEST(check_spec(needs, "x").has_value());
  needs.resource_action.reset();
  const auto refused = check_spec(needs, "docs.open");
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == errc::invalid_spec);
  BOOST_TEST(refused.error().context.find("docs.open") != std::string::npos);
  needs = on("doc", "read");
  needs.resource_type.reset();
  BOOST_TEST(code_of(check_spec(needs, "x")) == errc::invalid_spec);
  BOOST_TEST(code_of(check_spec(all_of({"a", ""}), "x")) == errc::invalid_spec);
  BOOST_TEST(code_of(check_spec(any_of({""}), "x")) == errc::invalid_spec);
  BOOST_TEST(code_of(check_spec(on("", "read"), "x")) == errc::invalid_spec);
}

BOOST_AUTO_TEST_CASE(requirements_come_back_from_their_json) {
  auto needs = on("doc", "read");
  needs.required_scopes = {"a", "b"};
  needs.required_scopes_any = {"c"};
  needs.custom_auth = "moon";
  const auto text = json_text(to_json(needs));
  BOOST_TEST(text ==
             R"({"requiredScopes":["a","b"],"requiredScopesAny":["c"],"resourceType":"doc",)"
             R"("resourceAction":"read","customAuth":"moon"})");
  BOOST_TEST((access_control_from_json(json::parse(text), "x").value() == needs));
  BOOST_TEST(json_text(to_json(access_control{})) == "{}");
  BOOST_TEST((access_control_from_json(json::parse("{}"), "x").value() == access_control{}));
}

BOOST_AUTO_TEST_CASE(json_that_is_no_requirement_is_refused) {
  for (const auto* text : {"[]", "null", R"({"requiredScopes":"a"})", R"({"requiredScopes":[1]})",
                           R"({"requiredScope":["a"]})", R"({"resourceType":"doc"})",
                           R"({"resourceType":1,"resourceAction":"read"})",
                           R"({"requiredScopesAny":[""]})", R"({"customAuth":null})"}) {
    const auto refused = access_control_from_json(json::parse(text), "x");
    BOOST_REQUIRE_MESSAGE(!refused, text);
    BOOST_TEST(refused.error().code == errc::invalid_spec, text);
  }
}

BOOST_AUTO_TEST_CASE(an_identity_in_json_has_no_chains) {
  authority_chain chain;
  chain.scopes = {"a"};
  chain.resources = resource_map{{"doc:1", {"read"}}};
  BOOST_TEST(json_text(to_json(with_chains({chain}))) ==
             R"({"id":"ann","scopes":["a"],"resources":{"doc:1":["read"]}})");
}

BOOST_AUTO_TEST_SUITE_END()
