#include "fixture.hpp"

#include <quire/acl/graph_rows.hpp>
#include <quire/acl/image.hpp>
#include <quire/operations/access_rules.hpp>

#include <map>
#include <set>

namespace quire::operations {
namespace {

/// Accounts of a test: all are in good standing but those named.
class people final : public acl::identity_view {
 public:
  std::set<std::string, std::less<>> suspended{};

  [[nodiscard]] std::optional<account_status> status_of(std::string_view account) const override {
    return suspended.contains(account) ? account_status::suspended : account_status::active;
  }
  [[nodiscard]] bool has_organization(std::string_view) const override { return true; }
  [[nodiscard]] std::optional<acl::credential_state> credential(std::string_view) const override {
    return std::nullopt;
  }
};

/// Texts as a JSON list, with `'` for `"`.
std::string list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& text : texts) out += (out.size() > 1 ? ", '" : "'") + text + "'";
  return out + "]";
}

document principal_attributes(const std::string& key, const std::vector<std::string>& scopes,
                              const std::string& more = {}) {
  const auto colon = key.find(':');
  return json("{'identityType': '" + key.substr(0, colon) + "', 'identityId': '" +
              key.substr(colon + 1) + "', 'scopes': " + list(scopes) + more + "}");
}

/// Tenant acme with the graph `g` of items and the graph of access control, in which vera is owner
/// and bob a member.
struct guarded : one_tenant {
  people known;
  graph_id acl;

  guarded() {
    const membership_state members{.members = {{.id = row_id{"m-vera"},
                                                .account = account_id{"vera"},
                                                .level = membership_level::owner},
                                               {.id = row_id{"m-bob"},
                                                .account = account_id{"bob"},
                                                .level = membership_level::member}},
                                   .offset = stream_offset{1}};
    const auto made = store->ensure_access(members);
    BOOST_REQUIRE_MESSAGE(made, made.error());
    acl = acl::find_acl_graph(store->connection()).value();
    auto keyed = new_edge("g", "a", "b", "e");
    written(*store, request(items("unused", ""), keyed));
  }

  [[nodiscard]] caller as(const std::string& key) const {
    return {.open = false, .actor = key, .who = key, .identities = &known, .now = env.now()};
  }
  /// One request in a transaction of its own; only one that is wanted is kept.
  errc attempt(const caller& by, const write_request& what, bool keep = true,
               const acl::acl_image* image = nullptr) {
    BOOST_REQUIRE(store->begin());
    const auto reply = store->apply(what, by, image);
    if (reply && keep) {
      BOOST_REQUIRE(store->commit());
    } else {
      store->roll_back();
    }
    return reply ? errc::none : reply.error().code;
  }

  // Operations on the graph of access control.
  [[nodiscard]] upsert_node principal(const std::string& key,
                                      const std::vector<std::string>& scopes,
                                      const std::string& more = {}) const {
    return {.graph = acl,
            .key = node_key{key},
            .type = type_name{"principal"},
            .attributes = principal_attributes(key, scopes, more)};
  }
  [[nodiscard]] update_node rescoped(const std::string& key,
                                     const std::vector<std::string>& scopes) const {
    return {.graph = acl, .key = node_key{key}, .attributes = principal_attributes(key, scopes)};
  }
  [[nodiscard]] upsert_node resource(const std::string& type, const std::string& id) const {
    return {.graph = acl,
            .key = node_key{"resource:" + type + ":" + id},
            .type = type_name{"resource"},
            .attributes = json("{'resourceType': '" + type + "', 'resourceId': '" + id + "'}")};
  }
  [[nodiscard]] create_edge delegates(const std::string& from, const std::string& to,
                                      const std::vector<std::string>& scopes,
                                      const std::string& more = {}) const {
    return {.graph = acl,
            .key = edge_key{from + "->" + to},
            .type = type_name{"delegates"},
            .source = node_key{from},
            .target = node_key{to},
            .attributes = json("{'narrowedScopes': " + list(scopes) + more + "}")};
  }
  [[nodiscard]] create_edge grants(const std::string& from, const std::string& resource,
                                   const std::vector<std::string>& actions) const {
    return {.graph = acl,
            .key = edge_key{from + "->" + resource},
            .type = type_name{"scopes"},
            .source = node_key{from},
            .target = node_key{"resource:" + resource},
            .attributes = json("{'actions': " + list(actions) + "}")};
  }
  [[nodiscard]] update_edge changed(const std::string& key, const std::string& attributes) const {
    return {.graph = acl, .key = edge_key{key}, .attributes = json(attributes)};
  }
  template <class... Operations>
  void given(Operations... all) {
    written(*store, request(std::move(all)...));
  }
  /// A writer of the graph with further scopes of its own.
  void given_writer(const std::string& key, std::vector<std::string> more = {}) {
    for (const auto* scope : {"acl:write", "nodes:write", "edges:write"}) more.emplace_back(scope);
    given(principal(key, more));
  }
  std::shared_ptr<const acl::acl_image> image() {
    return acl::acl_image::build(store->connection(), acl).value();
  }
};

struct required {
  operation what;
  std::string name;
  std::vector<std::string> scopes;
};

std::vector<required> all_operations() {
  const std::vector<std::string> types{"graph_types:write", "node_types:write", "edge_types:write"};
  update_graph renamed;
  renamed.id = graph_id{"g"};
  renamed.name = "another";
  return {
      {items("more", ""), "graph_types.create", types},
      {delete_graph_type{graph_type_name{"unused"}}, "graph_types.delete", types},
      {new_graph("h", "simple"), "graphs.create", {"graphs:write"}},
      {renamed, "graphs.update", {"graphs:write"}},
      {delete_graph{graph_id{"g"}}, "graphs.delete", {"graphs:write"}},
      {new_node("g", "c"), "nodes.create", {"nodes:write"}},
      {upsert_node{.graph = graph_id{"g"},
                   .key = node_key{"a"},
                   .type = type_name{"item"},
                   .attributes = number(3)},
       "nodes.upsert",
       {"nodes:write"}},
      {update_node{.graph = graph_id{"g"}, .key = node_key{"a"}, .attributes = number(4)},
       "nodes.update",
       {"nodes:write"}},
      {delete_node{graph_id{"g"}, node_key{"a"}}, "nodes.delete", {"nodes:write"}},
      {new_edge("g", "b", "a"), "edges.create", {"edges:write"}},
      {upsert_edge{.graph = graph_id{"g"},
                   .key = edge_key{"e"},
                   .type = type_name{"link"},
                   .source = node_key{"a"},
                   .target = node_key{"b"},
                   .attributes = number(5)},
       "edges.upsert",
       {"edges:write"}},
      {update_edge{.graph = graph_id{"g"}, .key = edge_key{"e"}, .attributes = number(6)},
       "edges.update",
       {"edges:write"}},
      {delete_edge{.graph = graph_id{"g"}, .key = edge_key{"e"}}, "edges.delete", {"edges:write"}},
  };
}

const std::string cara = "account:cara";
const std::string dan = "account:dan";
const std::string eve = "account:eve";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(access_in_a_tenant, guarded)

BOOST_AUTO_TEST_CASE(lets_each_operation_pass_with_exactly_its_scopes_and_never_without_one) {
  const auto all = all_operations();
  BOOST_REQUIRE(all.size() == std::variant_size_v<operation>);
  for (const auto& one : all) {
    BOOST_TEST_CONTEXT(one.name) {
      const write_request what{.operations = {one.what}};
      given(principal(cara, one.scopes));
      auto now = image();
      BOOST_TEST(attempt(as(cara), what, false) == errc::none);
      BOOST_TEST(attempt(as(cara), what, false, now.get()) == errc::none);
      for (std::size_t missing = 0; missing < one.scopes.size(); ++missing) {
        auto fewer = one.scopes;
        // What is read is not what is written, and one table is not another.
        fewer[missing].replace(fewer[missing].find(":write"), 6, ":read");
        fewer.emplace_back("acl:write");
        given(principal(cara, fewer));
        now = image();
        for (const auto* by_image : {static_cast<const acl::acl_image*>(nullptr), now.get()}) {
          BOOST_TEST(attempt(as(cara), what, false, by_image) == errc::access_denied);
          BOOST_TEST(store->last_denial().needs.operation == one.name);
          BOOST_TEST(store->last_denial().needs.scopes.size() == one.scopes.size());
          BOOST_TEST(store->last_denial().reason == errc::access_denied);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(lets_an_owner_do_everything_and_a_plain_member_nothing) {
  for (const auto& one : all_operations()) {
    BOOST_TEST_CONTEXT(one.name) {
      const write_request what{.operations = {one.what}};
      BOOST_TEST(attempt(as("account:vera"), what, false) == errc::none);
      BOOST_TEST(attempt(as("account:bob"), what, false) == errc::access_denied);
      BOOST_TEST(attempt(as("account:nobody"), what, false) == errc::access_denied);
      BOOST_TEST(store->last_denial().reason == errc::principal_missing);
    }
  }
}

BOOST_AUTO_TEST_CASE(gives_plain_members_what_their_role_holds) {
  given(principal("role:member", {"nodes:write"}));
  BOOST_TEST(attempt(as("account:bob"), request(new_node("g", "c"))) == errc::none);
  BOOST_TEST(attempt(as("account:bob"), request(new_edge("g", "b", "a"))) == errc::access_denied);
}

BOOST_AUTO_TEST_CASE(stops_who_is_suspended_and_what_flows_through_them) {
  given(principal("role:team", {}), principal(eve, {}),
        delegates("account:vera", eve, {"nodes:write"}));
  BOOST_TEST(attempt(as(eve), request(new_node("g", "c"))) == errc::none);
  known.suspended.insert("vera");
  BOOST_TEST(attempt(as("account:vera"), request(new_node("g", "d"))) == errc::access_denied);
  BOOST_TEST(store->last_denial().reason == errc::account_suspended);
  BOOST_TEST(attempt(as(eve), request(new_node("g", "d"))) == errc::access_denied);
}

BOOST_AUTO_TEST_CASE(narrows_by_the_credential) {
  auto narrow = as("account:vera");
  narrow.credential_scopes = std::vector<std::string>{"edges:write"};
  BOOST_TEST(attempt(narrow, request(new_edge("g", "b", "a"))) == errc::none);
  BOOST_TEST(attempt(narrow, request(new_node("g", "c"))) == errc::access_denied);
  narrow.credential_scopes = std::vector<std::string>{};
  BOOST_TEST(attempt(narrow, request(new_node("g", "c"))) == errc::access_denied);
}

BOOST_AUTO_TEST_CASE(asks_for_one_more_scope_where_it_is_about_access_itself) {
  given(principal(cara, {"nodes:write", "edges:write"}));
  BOOST_TEST(attempt(as(cara), request(principal(dan, {}))) == errc::access_denied);
  BOOST_TEST(store->last_denial().needs.scopes.front() == "acl:write");
  given_writer(cara);
  BOOST_TEST(attempt(as(cara), request(principal(dan, {}))) == errc::none);
  given(principal(cara, {"acl:write", "acl:admin"}));
  BOOST_TEST(attempt(as(cara), request(principal(eve, {}))) == errc::access_denied);
  BOOST_TEST(store->last_denial().needs.scopes.front() == "nodes:write");
}

// --- What may be written into the graph of access control
// --------------------------------------------

BOOST_AUTO_TEST_CASE(refuses_a_delegation_that_closes_a_cycle) {
  given(principal(cara, {"x"}), principal(dan, {"x"}), principal(eve, {}));
  given(delegates(cara, dan, {"x"}, ", 'expiresAt': 5"), delegates(dan, eve, {"x"}));
  BOOST_TEST(refusal(*store, request(delegates(eve, cara, {}))) == errc::delegation_cycle);
  BOOST_TEST(refusal(*store, request(delegates(dan, cara, {}))) == errc::delegation_cycle);
  BOOST_TEST(refusal(*store, request(delegates(cara, eve, {"x"}))) == errc::none);
}

BOOST_AUTO_TEST_CASE(refuses_to_hand_on_what_the_delegator_does_not_hold) {
  given_writer(cara, {"x"});
  given(principal(dan, {}), principal(eve, {}), resource("doc", "1"),
        grants(cara, "doc:1", {"read"}));
  BOOST_TEST(attempt(as(cara), request(delegates(cara, dan, {"x", "y"}))) ==
             errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(delegates(cara, dan, {},
                                                 ", 'narrowedResources': {'doc:1': ['write']}"))) ==
             errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(delegates(cara, dan, {"x"},
                                                 ", 'narrowedResources': {'doc:1': ['read']}"))) ==
             errc::none);
  // Whoever administers writes for others, but gives them nothing they do not have either.
  BOOST_TEST(attempt(as("account:vera"), request(delegates(cara, eve, {"y"}))) ==
             errc::scope_escalation);
  BOOST_TEST(attempt(as("account:vera"), request(delegates(cara, eve, {"x"}))) == errc::none);
}

BOOST_AUTO_TEST_CASE(refuses_to_hand_on_what_was_given_not_to_be) {
  given(principal(cara, {"x"}), principal(dan, {}), principal(eve, {}));
  given(delegates(cara, dan, {"x"}, ", 'narrowable': false"));
  BOOST_TEST(refusal(*store, request(delegates(dan, eve, {"x"}))) == errc::not_narrowable);
  given(changed(cara + "->" + dan, "{'narrowedScopes': ['x'], 'narrowable': true}"));
  BOOST_TEST(refusal(*store, request(delegates(dan, eve, {"x"}))) == errc::none);
}

BOOST_AUTO_TEST_CASE(lets_only_the_delegator_or_an_administrator_delegate) {
  given_writer(cara, {"x"});
  given_writer(dan, {"x"});
  given(principal(eve, {}));
  BOOST_TEST(attempt(as(dan), request(delegates(cara, eve, {"x"}))) == errc::access_denied);
  BOOST_TEST(store->last_denial().needs.operation == "edges.create");
  BOOST_TEST(store->last_denial().reason == errc::access_denied);
  BOOST_TEST(attempt(as(cara), request(delegates(cara, eve, {"x"}))) == errc::none);
  BOOST_TEST(attempt(as(dan), request(changed(cara + "->" + eve, "{'narrowedScopes': []}"))) ==
             errc::access_denied);
}

BOOST_AUTO_TEST_CASE(checks_a_changed_delegation_like_a_new_one) {
  given_writer(cara, {"x", "y"});
  given(principal(dan, {}), delegates(cara, dan, {"x"}));
  const auto key = cara + "->" + dan;
  BOOST_TEST(attempt(as(cara), request(changed(key, "{'narrowedScopes': ['x', 'z']}"))) ==
             errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(changed(key, "{'narrowedScopes': ['x', 'y']}"))) ==
             errc::none);
  auto again = delegates(cara, dan, {"z"});
  const upsert_edge other{.graph = acl,
                          .key = again.key,
                          .type = again.type,
                          .source = again.source,
                          .target = again.target,
                          .attributes = again.attributes};
  BOOST_TEST(attempt(as(cara), request(other)) == errc::scope_escalation);
}

BOOST_AUTO_TEST_CASE(lets_nobody_grant_on_a_resource_what_they_do_not_hold) {
  given_writer(cara);
  given(principal(dan, {}), resource("doc", "1"), resource("doc", "2"),
        grants(cara, "doc:1", {"read"}));
  BOOST_TEST(attempt(as(cara), request(grants(dan, "doc:1", {"write"}))) == errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(grants(dan, "doc:2", {"read"}))) == errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(grants(cara, "doc:2", {"read"}))) == errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(grants(dan, "doc:1", {"read"}))) == errc::none);
  BOOST_TEST(
      attempt(as(cara), request(changed(dan + "->doc:1", "{'actions': ['read', 'write']}"))) ==
      errc::scope_escalation);
  BOOST_TEST(attempt(as("account:vera"), request(grants(dan, "doc:2", {"read"}))) == errc::none);
}

BOOST_AUTO_TEST_CASE(lets_nobody_raise_scopes_above_their_own) {
  given_writer(cara, {"x"});
  given(principal(dan, {}));
  BOOST_TEST(attempt(as(cara), request(rescoped(cara, {"acl:write", "nodes:write",
                                                       "acl:admin"}))) == errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(rescoped(dan, {"y"}))) == errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(principal(eve, {"y"}))) == errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(principal(eve, {}, ", 'resources': {'doc:1': ['read']}"))) ==
             errc::scope_escalation);
  BOOST_TEST(attempt(as(cara), request(rescoped(dan, {"x"}))) == errc::none);
  BOOST_TEST(attempt(as(cara), request(rescoped(dan, {}))) == errc::none);
  BOOST_TEST(attempt(as("account:vera"), request(rescoped(dan, {"anything"}))) == errc::none);
}

BOOST_AUTO_TEST_CASE(protects_memberships_from_everybody) {
  const auto vouched = caller{.actor = "host"};
  const auto owner = as("account:vera");
  given(principal(cara, {}));
  const edge_key of_bob{"member:m-bob"};
  const node_key org{"org:acme"};
  auto join = delegates(cara, "org:acme", {});
  join.type = type_name{"belongs_to"};
  join.attributes = json("{'membershipLevel': 'owner'}");
  auto other_name = join;
  other_name.type = type_name{"BelongsToEdge"};
  for (const auto& by : {vouched, owner}) {
    BOOST_TEST(attempt(by, request(join)) == errc::protected_row);
    BOOST_TEST(attempt(by, request(other_name)) == errc::protected_row);
    BOOST_TEST(
        attempt(by, request(update_edge{.graph = acl,
                                        .key = of_bob,
                                        .attributes = json("{'membershipLevel': 'owner'}")})) ==
        errc::protected_row);
    BOOST_TEST(
        attempt(by, request(upsert_edge{.graph = acl,
                                        .key = of_bob,
                                        .type = type_name{"belongs_to"},
                                        .source = node_key{"account:bob"},
                                        .target = org,
                                        .attributes = json("{'membershipLevel': 'owner'}")})) ==
        errc::protected_row);
    BOOST_TEST(attempt(by, request(delete_edge{.graph = acl, .key = of_bob})) ==
               errc::protected_row);
    const row_id id{value("SELECT id FROM edges WHERE key = 'member:m-bob'")};
    BOOST_TEST(attempt(by, request(delete_edge{.graph = acl, .id = id})) == errc::protected_row);
    BOOST_TEST(attempt(by, request(delete_node{acl, node_key{"account:bob"}})) ==
               errc::protected_row);
    BOOST_TEST(attempt(by, request(delete_node{acl, org})) == errc::protected_row);
  }
  BOOST_TEST(attempt(owner, request(delete_node{acl, node_key{cara}})) == errc::none);
  BOOST_TEST(value("SELECT count(*) FROM edges WHERE edge_type = 'belongs_to'") == "2");
}

BOOST_AUTO_TEST_CASE(keeps_a_principal_who_it_is) {
  given(principal(cara, {}));
  const update_node other{
      .graph = acl, .key = node_key{cara}, .attributes = principal_attributes(dan, {})};
  BOOST_TEST(refusal(*store, request(other)) == errc::protected_row);
  const update_node kind{
      .graph = acl, .key = node_key{cara}, .attributes = principal_attributes("service:cara", {})};
  BOOST_TEST(refusal(*store, request(kind)) == errc::protected_row);
  BOOST_TEST(refusal(*store, request(rescoped(cara, {"x"}))) == errc::none);
  auto stranger = principal(cara, {});
  stranger.key = node_key{"account:mask"};
  BOOST_TEST(refusal(*store, request(stranger)) == errc::invalid_key);
  auto room = resource("doc", "1");
  room.key = node_key{"resource:doc:2"};
  BOOST_TEST(refusal(*store, request(room)) == errc::invalid_key);
}

BOOST_AUTO_TEST_CASE(has_one_graph_of_access_control_for_good) {
  const auto owner = as("account:vera");
  update_graph archived;
  archived.id = acl;
  archived.set_status = true;
  archived.status = graph_status::archived;
  BOOST_TEST(attempt(owner, request(new_graph("second", "acl"))) == errc::protected_row);
  BOOST_TEST(attempt(owner, request(archived)) == errc::protected_row);
  BOOST_TEST(attempt(owner, request(delete_graph{acl})) == errc::protected_row);
  BOOST_TEST(attempt(caller{}, request(delete_graph{acl})) == errc::protected_row);
  archived.id = graph_id{"g"};
  BOOST_TEST(attempt(owner, request(archived)) == errc::none);
  BOOST_TEST(attempt(owner, request(delete_graph_type{graph_type_name{"acl"}})) ==
             errc::graph_type_protected);
}

BOOST_AUTO_TEST_CASE(takes_no_patch_and_no_merge_because_checks_want_to_see_the_whole) {
  given(principal(cara, {"x"}), principal(dan, {}), delegates(cara, dan, {"x"}));
  const update_node patched{.graph = acl,
                            .key = node_key{cara},
                            .patch = json("[{'op': 'add', 'path': '/scopes/-', 'value': 'y'}]")};
  BOOST_TEST(refusal(*store, request(patched)) == errc::invalid_option);
  auto merged = principal(cara, {"y"});
  merged.mode = upsert_mode::merge;
  BOOST_TEST(refusal(*store, request(merged)) == errc::invalid_option);
  const update_edge edge{
      .graph = acl,
      .key = edge_key{cara + "->" + dan},
      .patch = json("[{'op': 'add', 'path': '/narrowedScopes/-', 'value': 'y'}]")};
  BOOST_TEST(refusal(*store, request(edge)) == errc::invalid_option);
  auto untyped = delegates(cara, eve, {});
  untyped.type = {};
  BOOST_TEST(refusal(*store, request(untyped)) == errc::type_required);
  // Other graphs are as free as ever.
  BOOST_TEST(refusal(*store, request(upsert_node{.graph = graph_id{"g"},
                                                 .key = node_key{"a"},
                                                 .type = type_name{"item"},
                                                 .attributes = number(9),
                                                 .mode = upsert_mode::merge})) == errc::none);
}

// --- Requests of several operations
// -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(judges_a_later_operation_by_what_an_earlier_one_gave_or_took) {
  given_writer(cara, {"acl:admin"});
  const auto before = image();
  for (const auto* by_image : {static_cast<const acl::acl_image*>(nullptr), before.get()}) {
    BOOST_TEST(attempt(as(cara), request(new_graph("h", "simple")), false, by_image) ==
               errc::access_denied);
    BOOST_TEST(attempt(as(cara),
                       request(rescoped(cara, {"acl:write", "nodes:write", "graphs:write"}),
                               new_graph("h", "simple")),
                       false, by_image) == errc::none);
    BOOST_TEST(attempt(as(cara), request(rescoped(cara, {}), new_node("g", "c")), false,
                       by_image) == errc::access_denied);
    BOOST_TEST(store->last_denial().needs.operation == "nodes.create");
  }
}

BOOST_AUTO_TEST_CASE(leaves_nothing_of_a_request_that_was_denied_half_way) {
  given(principal(cara, {"nodes:write"}));
  const auto seq = store->last_seq();
  BOOST_REQUIRE(store->begin());
  const auto denied = store->apply(request(new_node("g", "c"), new_edge("g", "b", "a")), as(cara));
  BOOST_REQUIRE(!denied);
  BOOST_TEST(denied.error().code == errc::access_denied);
  BOOST_TEST(denied.error().context.find("operation 2 of 2") != std::string::npos, denied.error());
  // A neighbour in the same transaction is not harmed.
  BOOST_TEST(store->apply(request(new_node("g", "d")), as(cara)).has_value());
  BOOST_REQUIRE(store->commit());
  BOOST_TEST(value("SELECT group_concat(key) FROM (SELECT key FROM nodes WHERE graph_id = 'g' "
                   "ORDER BY key)") == "a,b,d");
  BOOST_TEST(store->last_seq().get() == seq.get() + 1);
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(knows_which_requests_change_what_others_are_judged_by) {
  BOOST_TEST(store->is_barrier(request(new_node("g", "c"), principal(cara, {}))));
  BOOST_TEST(store->is_barrier(request(delete_edge{.graph = acl, .key = edge_key{"x"}})));
  BOOST_TEST(store->is_barrier(request(items("more", ""))));
  BOOST_TEST(!store->is_barrier(request(new_node("g", "c"), new_edge("g", "a", "b"))));
}

BOOST_AUTO_TEST_CASE(denies_all_where_the_graph_of_access_control_is_missing_or_doubled) {
  {
    // A foreign program can do what requests cannot.
    BOOST_REQUIRE(store->begin());
    BOOST_REQUIRE(
        store->connection().execute("UPDATE graphs SET status = 'archived' WHERE name = 'acl'"));
    BOOST_REQUIRE(store->commit());
  }
  BOOST_TEST(attempt(as("account:vera"), request(new_node("g", "c"))) == errc::access_denied);
  BOOST_TEST(store->last_denial().reason == errc::acl_graph_missing);
  BOOST_TEST(attempt(caller{}, request(new_node("g", "c"))) == errc::none);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::operations
