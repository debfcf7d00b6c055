#include "file_fixture.hpp"

#include <quire/acl/graph_rows.hpp>
#include <quire/acl/lists.hpp>
#include <quire/metagraph/graph_type_view.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/metagraph/validation.hpp>
#include <quire/test/plan.hpp>

#include <algorithm>
#include <set>

namespace quire::acl {
namespace {

const everyone all;

struct checked_file : acl_file {
  /// May the principal do `scope`, and `action` on `type:id` unless empty? Asks a fresh image and
  /// the file.
  bool may(const std::string& who, const std::vector<std::string>& scopes,
           std::string_view type = {}, std::string_view id = {}, std::string_view action = {},
           scope_mode mode = scope_mode::exact) {
    search_request request;
    request.subject = who;
    request.needs = {scopes, type, id, action};
    request.now = at_second(1'000);
    request.mode = mode;
    return ask(*this, *image(), request, all).allowed;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(acl_module)

BOOST_AUTO_TEST_CASE(is_a_definition_that_the_metagraph_takes) {
  const auto made = metagraph::definition_of(acl_definition());
  BOOST_REQUIRE_MESSAGE(made, made.error());
  std::set<std::string> names;
  for (const auto& row : made->rows.node_types) names.insert(row.name);
  for (const auto& row : made->rows.edge_types) names.insert(row.name);
  const std::set<std::string> expected = {"principal", "resource", "delegates", "scopes",
                                          "belongs_to"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
  std::set<row_id> ids;
  for (const auto& name : names) ids.insert(row_id_of_type(name).value());
  BOOST_TEST(ids.size() == names.size());
  BOOST_TEST(row_id_of_type("call").error().code == errc::unknown_type);
}

BOOST_AUTO_TEST_CASE(has_lower_case_uuids_as_ids_of_its_rows) {
  for (const auto id : {row_ids::graph_type, row_ids::principal, row_ids::resource,
                        row_ids::delegates, row_ids::scopes, row_ids::belongs_to}) {
    BOOST_TEST(id.size() == 36U);
    for (std::size_t i = 0; i < id.size(); ++i) {
      const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
      BOOST_TEST(
          (dash ? id[i] == '-' : (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f')));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(acl_rows, checked_file)

BOOST_AUTO_TEST_CASE(the_graph_is_the_only_live_one_without_project) {
  BOOST_TEST(find_acl_graph(db).value().get() == "the-acl");
  sql("INSERT INTO graphs (id, graph_type_id, name, status, project_id) VALUES ('p', '" +
      std::string{row_ids::graph_type} + "', 'acl', 'active', 'project')");
  BOOST_TEST(find_acl_graph(db).value().get() == "the-acl");
  sql("INSERT INTO graphs (id, graph_type_id, name, status) VALUES ('second', '" +
      std::string{row_ids::graph_type} + "', 'acl', 'draft')");
  BOOST_TEST(find_acl_graph(db).error().code == errc::acl_graph_missing);
  sql("UPDATE graphs SET status = 'archived' WHERE project_id IS NULL");
  BOOST_TEST(find_acl_graph(db).error().code == errc::acl_graph_missing);
}

BOOST_AUTO_TEST_CASE(every_statement_searches) {
  std::vector<test::planned_statement> planned;
  auto statements = acl_image::statements();
  for (auto& s : list_statements()) statements.push_back(std::move(s));
  statements.push_back(acl_graph_statement());
  for (const auto& s : statements) planned.push_back({s.name(), s.sql()});
  test::check_plans(db, planned);
}

BOOST_AUTO_TEST_CASE(edges_of_other_types_are_not_read) {
  const auto plan_of = [&](std::string_view name) {
    for (const auto& s : acl_image::statements()) {
      if (s.name() != name) continue;
      auto plan = db.prepare("test", "EXPLAIN QUERY PLAN " + std::string{s.sql()}).value();
      BOOST_REQUIRE(plan.step().value());
      return std::string{plan.text(3)};
    }
    return std::string{};
  };
  BOOST_TEST(plan_of("read delegations").find("idx_edges_delegates") != std::string::npos);
  BOOST_TEST(plan_of("read memberships").find("idx_edges_belongs_to") != std::string::npos);
  BOOST_TEST(plan_of("read grants").find("idx_edges_scopes") != std::string::npos);
  BOOST_TEST(plan_of("read all principals").find("node_type=?") != std::string::npos);
  BOOST_TEST(plan_of("read all edges of the graph of access control").find("edge_type=?") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(attributes_count_exactly_when_their_type_takes_them) {
  const auto type = metagraph::graph_type_view::from_module(
                        metagraph::definition_of(acl_definition()).value().module)
                        .value();
  const auto fits = [&](bool node, std::string_view name, const std::string& text) {
    boost::json::error_code failed;
    const auto value = boost::json::parse(text, failed);
    if (failed || !value.is_object()) return false;
    if (node) return metagraph::check_node(*type, *type->find_node_type(name), value).has_value();
    return metagraph::check_edge(*type, *type->find_edge_type(name), value).has_value();
  };
  commit([&] {
    put_node("account:root", "principal", principal_text("account:root", {"s", "t"}));
    put_node("account:ann", "principal", principal_text("account:ann", {}));
    put_node("org:acme", "principal", principal_text("org:acme", {"s"}));
    put_node("resource:doc:1", "resource", resource_text("doc", "1"));
    put_node("role:member", "principal", principal_text("role:member", {"s"}));
  });

  const std::string head = R"({"identityType":"account","identityId":"ann",)";
  for (const auto& text :
       {head + R"("scopes":["s"]})", head + R"("scopes":["s","s"]})",
        head + R"("scopes":["s",""]})", head + R"("scopes":["s",1]})", head + R"("scopes":"s"})",
        head + R"("label":"x"})", head + R"("scopes":["s"],"label":"x","tags":["a"]})",
        head + R"("scopes":["s"],"label":1})", head + R"("scopes":["s"],"tags":[1]})",
        head + R"("scopes":["s"],"resources":{}})",
        head + R"("scopes":["s"],"resources":{"doc:1":["read"]}})",
        head + R"("scopes":["s"],"resources":{"doc:1":["read","read"]}})",
        head + R"("scopes":["s"],"resources":{"doc:1":"read"}})",
        head + R"("scopes":["s"],"resources":null})", head + R"("scopes":["s"],"more":{"a":[1]}})",
        std::string{R"({"identityType":"account","scopes":["s"]})"}, std::string{"[]"},
        std::string{"{"}, std::string{"\"s\""}}) {
    BOOST_TEST_CONTEXT(text) {
      commit([&] { put_node("account:ann", "principal", text); });
      BOOST_TEST(may("account:ann", {"s"}) == fits(true, "principal", text));
    }
  }

  commit([&] { put_node("account:ann", "principal", principal_text("account:ann", {})); });
  for (const auto* text :
       {R"({"narrowedScopes":["s"]})", R"({"narrowedScopes":["s"],"narrowable":false})",
        R"({"narrowedScopes":["s"],"narrowable":"no"})",
        R"({"narrowedScopes":["s"],"expiresAt":5000})",
        R"({"narrowedScopes":["s"],"expiresAt":5000.0})",
        R"({"narrowedScopes":["s"],"expiresAt":5000.5})",
        R"({"narrowedScopes":["s"],"expiresAt":"5000"})",
        R"({"narrowedScopes":["s"],"expiresAt":1e300})",
        R"({"narrowedScopes":["s"],"expiresAt":18446744073709551615})",
        R"({"narrowedScopes":["s"],"narrowedResources":{}})",
        R"({"narrowedScopes":["s"],"narrowedResources":[]})",
        R"({"narrowedScopes":["s"],"narrowedResources":{"a":[""]}})", R"({"narrowedScopes":{}})",
        "{}"}) {
    BOOST_TEST_CONTEXT(text) {
      commit([&] { put_edge("d", "delegates", "account:root", "account:ann", text); });
      BOOST_TEST(may("account:ann", {"s"}) == fits(false, "delegates", text));
    }
  }
  commit([&] { remove_edge("d"); });

  for (const auto* text : {R"({"membershipLevel":"owner"})", R"({"membershipLevel":"admin"})",
                           R"({"membershipLevel":"member"})", R"({"membershipLevel":"guest"})",
                           R"({"membershipLevel":1})", "{}"}) {
    BOOST_TEST_CONTEXT(text) {
      commit([&] { put_edge("b", "belongs_to", "account:ann", "org:acme", text); });
      BOOST_TEST(may("account:ann", {"s"}) == fits(false, "belongs_to", text));
    }
  }
  for (const auto* text : {R"({"actions":["read"]})", R"({"actions":["read","read"]})",
                           R"({"actions":"read"})", R"({"actions":["read",""]})", "{}", "null"}) {
    BOOST_TEST_CONTEXT(text) {
      commit([&] { put_edge("g", "scopes", "account:ann", "resource:doc:1", text); });
      BOOST_TEST(may("account:ann", {}, "doc", "1", "read") == fits(false, "scopes", text));
    }
  }
  commit(
      [&] { put_edge("g", "scopes", "account:ann", "resource:doc:1", R"({"actions":["read"]})"); });
  for (const auto* text :
       {R"({"resourceType":"doc","resourceId":"1"})",
        R"({"resourceType":"doc","resourceId":"1","actions":["read"]})",
        R"({"resourceType":"doc","resourceId":"1","actions":["read","read"]})",
        R"({"resourceType":"doc","resourceId":1})", R"({"resourceType":"doc"})"}) {
    BOOST_TEST_CONTEXT(text) {
      commit([&] { put_node("resource:doc:1", "resource", text); });
      BOOST_TEST(may("account:ann", {}, "doc", "1", "read") == fits(true, "resource", text));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_node_that_is_not_what_its_key_says_holds_nothing_and_passes_nothing) {
  commit([&] {
    put_node("account:root", "principal", principal_text("account:root", {"s"}));
    put_node("role:mid", "principal", principal_text("role:other", {"t"}));
    put_node("account:ann", "principal", principal_text("account:ann", {}));
    step_in pass;
    pass.scopes = {"s", "t"};
    put_edge("1", "delegates", "account:root", "role:mid", delegation_text(pass));
    put_edge("2", "delegates", "role:mid", "account:ann", delegation_text(pass));
  });
  BOOST_TEST(!may("account:ann", {"s"}));
  BOOST_TEST(!may("account:ann", {"t"}));
  commit([&] { put_node("role:mid", "principal", principal_text("role:mid", {"t"})); });
  BOOST_TEST(may("account:ann", {"s"}));
  BOOST_TEST(may("account:ann", {"t"}));
}

BOOST_AUTO_TEST_CASE(rows_of_no_type_or_of_another_count_as_nothing) {
  commit([&] {
    put_node("account:root", "principal", principal_text("account:root", {"s"}));
    put_node("account:ann", "principal", principal_text("account:ann", {}));
    step_in pass;
    pass.scopes = {"s"};
    put_edge("1", "delegates", "account:root", "account:ann", delegation_text(pass));
  });
  BOOST_TEST(may("account:ann", {"s"}));
  sql("UPDATE edges SET edge_type = NULL");
  BOOST_TEST(!may("account:ann", {"s"}));
  sql("UPDATE edges SET edge_type = 'DelegatesEdge'");
  BOOST_TEST(!may("account:ann", {"s"}));
  BOOST_TEST(may("account:root", {"s"}));
  sql("UPDATE nodes SET node_type = NULL WHERE key = 'account:root'");
  BOOST_TEST(!may("account:root", {"s"}));
}

BOOST_AUTO_TEST_CASE(memberships_lead_from_organizations_to_accounts_and_services_only) {
  commit([&] {
    for (const auto* key : {"account:ann", "service:bot", "role:r", "org:acme", "org:other"}) {
      put_node(key, "principal",
               principal_text(key, std::string{key} == "org:acme" ? std::vector<std::string>{"s"}
                                                                  : std::vector<std::string>{}));
    }
    const auto owner = membership_text(membership_level::owner);
    put_edge("1", "belongs_to", "account:ann", "org:acme", owner);
    put_edge("2", "belongs_to", "service:bot", "org:acme", owner);
    put_edge("3", "belongs_to", "role:r", "org:acme", owner);
    put_edge("4", "belongs_to", "org:other", "org:acme", owner);
  });
  BOOST_TEST(may("account:ann", {"s"}));
  BOOST_TEST(may("service:bot", {"s"}));
  BOOST_TEST(!may("role:r", {"s"}));
  BOOST_TEST(!may("org:other", {"s"}));
}

BOOST_AUTO_TEST_CASE(cycles_self_loops_and_parallel_edges_end_and_grant_nothing_of_themselves) {
  commit([&] {
    for (const auto* key : {"role:a", "role:b", "role:c"}) {
      put_node(key, "principal", principal_text(key, {}));
    }
    step_in pass;
    pass.scopes = {"s"};
    put_edge("1", "delegates", "role:a", "role:b", delegation_text(pass));
    put_edge("2", "delegates", "role:b", "role:c", delegation_text(pass));
    put_edge("3", "delegates", "role:c", "role:a", delegation_text(pass));
    put_edge("4", "delegates", "role:a", "role:a", delegation_text(pass));
    put_edge("5", "delegates", "role:a", "role:b", delegation_text(pass));
  });
  BOOST_TEST(!may("role:a", {"s"}));
  commit([&] { put_node("role:b", "principal", principal_text("role:b", {"s"})); });
  BOOST_TEST(may("role:a", {"s"}));
}

BOOST_AUTO_TEST_CASE(grants_are_cut_to_what_the_resource_lists) {
  commit([&] {
    put_node("account:ann", "principal", principal_text("account:ann", {}));
    put_node("resource:doc:1", "resource", resource_text("doc", "1", {{"read"}}));
    put_edge("g", "scopes", "account:ann", "resource:doc:1", R"({"actions":["read","write"]})");
  });
  BOOST_TEST(may("account:ann", {}, "doc", "1", "read"));
  BOOST_TEST(!may("account:ann", {}, "doc", "1", "write"));
  commit([&] { put_node("resource:doc:1", "resource", resource_text("doc", "1")); });
  BOOST_TEST(may("account:ann", {}, "doc", "1", "write"));
  sql_view view(db, graph);
  const resource_map expected = {{"doc:1", {"read", "write"}}};
  BOOST_TEST((view.find("account:ann").value()->direct.resources == expected));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(acl_images, checked_file)

BOOST_AUTO_TEST_CASE(are_refused_above_their_bounds) {
  commit([&] {
    put_node("role:a", "principal", principal_text("role:a", {"s"}));
    put_node("role:b", "principal", principal_text("role:b", {}));
    step_in pass;
    pass.scopes = {"s"};
    put_edge("1", "delegates", "role:a", "role:b", delegation_text(pass));
  });
  BOOST_TEST(acl_image::build(db, graph, {.max_edges = 0}).error().code == errc::limit_exceeded);
  BOOST_TEST(acl_image::build(db, graph, {.max_bytes = 100}).error().code == errc::limit_exceeded);
  BOOST_TEST(acl_image::build(db, graph, {.max_edges = 1}).has_value());
  const auto image = acl_image::build(db, graph, {.max_edges = 1}).value();
  const auto events = commit([&] {
    step_in pass;
    pass.scopes = {"s"};
    put_edge("2", "delegates", "role:b", "role:a", delegation_text(pass));
  });
  BOOST_TEST(acl_image::refreshed(*image, db, events).error().code == errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(stay_as_they_are_when_later_ones_differ) {
  commit([&] { put_node("role:a", "principal", principal_text("role:a", {"s"})); });
  const auto before = image();
  const auto events =
      commit([&] { put_node("role:a", "principal", principal_text("role:a", {"t"})); });
  const auto after = acl_image::refreshed(*before, db, events).value();
  search_request request;
  request.subject = "role:a";
  const std::vector<std::string> s{"s"};
  const std::vector<std::string> t{"t"};
  request.needs.scopes = s;
  BOOST_TEST(search(*before, all, request).value().allowed);
  BOOST_TEST(!search(*after, all, request).value().allowed);
  request.needs.scopes = t;
  BOOST_TEST(!search(*before, all, request).value().allowed);
  BOOST_TEST(search(*after, all, request).value().allowed);
  BOOST_TEST(after->seq() == events.back().seq);
  BOOST_TEST(after->changed_at() == events.back().seq);
}

BOOST_AUTO_TEST_CASE(read_missing_events_from_the_stream_and_refuse_when_they_are_gone) {
  commit([&] { put_node("role:a", "principal", principal_text("role:a", {})); });
  const auto before = image();
  commit([&] { put_node("role:a", "principal", principal_text("role:a", {"s"})); });
  const auto last = commit([&] { put_node("role:b", "principal", principal_text("role:b", {})); });
  const auto after = acl_image::refreshed(*before, db, last).value();
  search_request request;
  request.subject = "role:a";
  const std::vector<std::string> s{"s"};
  request.needs.scopes = s;
  BOOST_TEST(search(*after, all, request).value().allowed);
  sql("DELETE FROM _honker_stream");
  BOOST_TEST(acl_image::refreshed(*before, db, last).error().code == errc::view_expired);
}

BOOST_AUTO_TEST_CASE(notice_when_their_graph_decides_no_more) {
  const auto before = image();
  events::change_log log(db, org_id{"acme"});
  log.load().value();
  sql("UPDATE graphs SET status = 'archived'");
  change_event e;
  e.table = table::graphs;
  e.op = change_op::updated;
  e.id = row_id{"the-acl"};
  log.append(e).value();
  log.store().value();
  BOOST_TEST(acl_image::refreshed(*before, db, log.take()).error().code == errc::acl_graph_missing);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::acl
