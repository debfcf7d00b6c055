// What a new definition would mean for a whole file, found out without writing.
#include "support.hpp"
#include "violations_sql.hpp"

#include <quire/evolution/plan.hpp>
#include <quire/sqlite/migrate.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/test/plan.hpp>
#include <quire/test/scratch.hpp>

#include <initializer_list>

using namespace quire;
using namespace quire::evolution;
using namespace quire::evolution::test;
namespace json = boost::json;

namespace {

using lines = std::vector<std::string>;

/// A tenant file as any program may have written it, with a graph type `work` and graphs `g` and
/// `archive` of it, and one graph of another type.
struct file_fixture {
  quire::test::scratch_folder folder;
  sqlite::connection db = open();
  row_id work{"work"};

  file_fixture() {
    BOOST_REQUIRE(sqlite::migrate(db, sqlite::file_kind::tenant, org_id{"acme"}));
    for (const auto* type : {"work", "other"}) {
      sql("INSERT INTO graph_types (id, name, config, scope) VALUES (?1, ?1, '{}', 'tenant')",
          {type});
    }
    sql("INSERT INTO graphs (id, name, graph_type_id, status) VALUES ('g', 'g', 'work', 'active')");
    sql("INSERT INTO graphs (id, name, graph_type_id, status) VALUES ('archive', 'a', 'work', "
        "'archived')");
    sql("INSERT INTO graphs (id, name, graph_type_id, status) VALUES ('elsewhere', 'e', 'other', "
        "'active')");
    sql("INSERT INTO edge_types (id, graph_type_id, name, schema) VALUES ('l', 'work', 'link', "
        "'{}')");
  }

  sqlite::connection open() const {
    sqlite::open_options options;
    options.mode = sqlite::open_mode::create;
    options.sync = sqlite::durability::normal;
    return sqlite::connection::open(folder / "tenant-acme.db", options).value();
  }

  void sql(std::string_view text, std::initializer_list<std::string> values = {}) {
    auto made = db.prepare("test", text);
    BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().context));
    int index = 1;
    for (const auto& v : values) {
      if (v == "NULL") {
        made->bind_null(index++);
      } else {
        made->bind(index++, v);
      }
    }
    const auto done = made->run();
    BOOST_REQUIRE_MESSAGE(done, (done ? "" : done.error().context));
  }

  void node(const std::string& key, const std::string& type, std::string_view attributes = "{}",
            const std::string& graph = "g") {
    sql("INSERT INTO nodes (id, graph_id, key, node_type, attributes) VALUES (?1 || '-' || ?2, ?2, "
        "?1, ?3, ?4)",
        {key, graph, type, json::serialize(parsed(attributes))});
  }
  void edge(const std::string& key, const std::string& source, const std::string& target,
            const std::string& type = "link", bool undirected = false,
            const std::string& graph = "g") {
    sql("INSERT INTO edges (id, graph_id, key, source_node_key, target_node_key, edge_type, "
        "undirected) VALUES ('edge-' || ?1, ?2, ?1, ?3, ?4, ?5, ?6 = '1')",
        {key, graph, source, target, type, undirected ? "1" : "0"});
  }

  evolution_report planned(const std::string& before, const std::string& after,
                           const evolution_options& options = {}) {
    evolution_report report;
    row_pages rows{db, work};
    const auto caster = row_caster::make(view_of(before), view_of(after), options).value();
    const auto ok = dry_run_rows(report, rows, caster, options);
    BOOST_REQUIRE_MESSAGE(ok, (ok ? "" : to_string(ok.error())));
    return report;
  }

  lines settled(const std::string& before, const std::string& after) {
    auto changes = classify(projection(before), projection(after));
    row_pages rows{db, work};
    const auto caster = row_caster::make(view_of(before), view_of(after), {}).value();
    const auto ok = settle_by_scan(changes, rows, caster, {});
    BOOST_REQUIRE_MESSAGE(ok, (ok ? "" : to_string(ok.error())));
    return told(changes);
  }

  lines violations(const std::string& after, const evolution_options& options = {},
                   std::size_t max = 100) {
    const auto found = find_violations(db, work, *view_of(after), options, max);
    BOOST_REQUIRE_MESSAGE(found, (found ? "" : to_string(found.error())));
    return *found;
  }
};

const std::string module_text =
    "{'TicketNode': {'type': 'object', 'properties': {'a': {'type': 'string'}}, 'required': "
    "['a']}, 'NoteNode': {'type': 'object', 'properties': {'n': {'type': 'integer'}}, 'required': "
    "['n']}, 'LinkEdge': {'type': 'object'}, 'MarkEdge': {'type': 'object', 'properties': {'m': "
    "{'type': 'string'}}, 'required': ['m']}";

std::string constrained(const std::string& sources, const std::string& targets,
                        const std::string& config = "") {
  auto out = module_text;
  if (!sources.empty() || !targets.empty()) {
    const auto list = [](const std::string& names) {
      return "{'type': 'array', 'items': {'type': 'string'}, 'default': " + names + "}";
    };
    out +=
        ", 'LinkEdgeConstraints': {'type': 'object', 'properties': {'edgeType': {'const': "
        "'LinkEdge'}";
    if (!sources.empty()) out += ", 'allowedSourceTypes': " + list(sources);
    if (!targets.empty()) out += ", 'allowedTargetTypes': " + list(targets);
    out += "}}";
  }
  return out + ", 'Config': {'type': 'object', 'properties': {" + config + "}}}";
}

const std::string generous =
    "'multi': {'const': true}, 'allowSelfLoops': {'const': true}, 'type': "
    "{'const': 'mixed'}";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(planning_an_evolution, file_fixture)

BOOST_AUTO_TEST_CASE(pages_hold_every_row_once_in_order_and_within_bounds) {
  for (int i = 0; i < 23; ++i) {
    node("n" + std::to_string(100 + i), "ticket", "{'a': 'x'}", i % 2 == 0 ? "g" : "archive");
  }
  node("stranger", "ticket", "{}", "elsewhere");
  node("a", "ticket", "{'a': 'x'}");
  node("b", "ticket", "{'a': 'x'}");
  for (int i = 0; i < 7; ++i) edge("e" + std::to_string(i), "a", "b");
  row_pages rows{db, work};
  BOOST_TEST(rows.count().value() == 32U);
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{40}, std::size_t{1} << 20U}) {
    for (const std::size_t limit : {1U, 5U, 24U, 25U, 100U}) {
      row_cursor at;
      std::vector<std::string> ids;
      std::size_t edges = 0;
      while (!at.at_end) {
        const auto page = rows.next(at, limit, bytes).value();
        BOOST_TEST(page.size() <= limit);
        BOOST_TEST((!page.empty() || at.at_end));
        for (const auto& row : page) {
          ids.push_back(std::string{to_string(row.part)} + " " + row.id.get());
          edges += row.part == part::edge_type ? 1U : 0U;
        }
      }
      // `edge_type` is before `node_type` as text, so each part is looked at on its own.
      BOOST_TEST(ids.size() == 32U);
      BOOST_TEST(edges == 7U);
      BOOST_TEST(std::is_sorted(ids.begin(), ids.begin() + 25));
      BOOST_TEST(std::is_sorted(ids.begin() + 25, ids.end()));
    }
  }
}

BOOST_AUTO_TEST_CASE(pages_give_the_ends_of_edges_without_known_type) {
  node("a", "ticket", "{'a': 'x'}");
  node("b", "NULL", "{'a': 'x'}");
  edge("known", "a", "b");
  edge("null", "a", "b", "NULL");
  edge("odd", "a", "a", "LinkEdge");
  row_pages rows{db, work};
  row_cursor at{.part = part::edge_type, .after = {}, .at_end = false};
  const auto page = rows.next(at, 10, 1'000).value();
  BOOST_TEST_REQUIRE(page.size() == 3U);
  BOOST_TEST(page[0].source_type == "");
  BOOST_TEST(page[1].source_type == "ticket");
  BOOST_TEST(page[1].target_type == "");
  BOOST_TEST(page[2].target_type == "ticket");
}

BOOST_AUTO_TEST_CASE(statements_search_an_index_and_sort_nothing) {
  row_pages rows{db, work};
  std::vector<quire::test::planned_statement> planned;
  for (const auto* one : rows.statements()) {
    const bool edges = one->name() == "page through the edges of a graph type";
    planned.push_back({one->name(), one->sql(), edges ? "of the page that was searched" : ""});
  }
  planned.push_back({"node types", violations_sql::node_types});
  planned.push_back({"edge types", violations_sql::edge_types});
  planned.push_back({"ends", violations_sql::ends});
  planned.push_back({"self loops", violations_sql::self_loops});
  planned.push_back({"parallel edges", violations_sql::parallel_edges});
  planned.push_back({"directions", violations_sql::directions});
  quire::test::check_plans(db, planned);
  for (const auto* one : rows.statements()) {
    auto plan = db.prepare("plan", "EXPLAIN QUERY PLAN " + std::string{one->sql()});
    BOOST_TEST_REQUIRE(plan.has_value());
    while (*plan->step()) {
      BOOST_TEST(plan->text(3).find("TEMP B-TREE") == std::string_view::npos, plan->text(3));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_dry_run_counts_every_row_of_every_graph_of_the_type) {
  node("same", "ticket", "{'a': 'x'}");
  node("lacks", "TicketNode", "{'extra': 1}", "archive");
  node("loses", "ticket", "{'a': 5}");
  node("stranger", "ticket", "{'a': 5}", "elsewhere");
  edge("e", "same", "loses");
  evolution_options options;
  options.allow_lossy = true;
  options.batch_rows = 1;
  std::vector<std::uint64_t> told_rows;
  options.on_progress = [&](const progress& p) {
    BOOST_TEST(p.rows_in_all == 4U);
    told_rows.push_back(p.rows_done);
  };
  const auto report = planned(constrained("", ""), constrained("", ""), options);
  BOOST_TEST((report.rows == row_counts{.unchanged = 2, .added = 1, .lossy = 1, .failed = 0}));
  BOOST_TEST_REQUIRE(report.samples.size() == 2U);
  BOOST_TEST(report.samples[0].key == "lacks");
  BOOST_TEST(report.samples[0].graph.get() == "archive");
  BOOST_TEST(report.samples[0].type == "ticket");
  BOOST_TEST(told_rows.front() == 0U);
  BOOST_TEST(told_rows.back() == 4U);
  BOOST_TEST(planned(constrained("", ""), constrained("", "")).rows.failed == 1U);
}

BOOST_AUTO_TEST_CASE(everything_stops_when_asked) {
  node("same", "ticket", "{'a': 'x'}");
  evolution_options options;
  options.stop = [] { return true; };
  row_pages rows{db, work};
  const auto module = view_of(constrained("['ticket']", ""));
  const auto caster = row_caster::make(module, module, {}).value();
  evolution_report report;
  const auto planned_rows = dry_run_rows(report, rows, caster, options);
  BOOST_TEST_REQUIRE(planned_rows.has_error());
  BOOST_TEST(planned_rows.error().code == errc::deadline_exceeded);
  std::vector<change> changes(1);
  changes[0].part = part::node_type;
  changes[0].needs_scan = true;
  const auto scanned = settle_by_scan(changes, rows, caster, options);
  BOOST_TEST_REQUIRE(scanned.has_error());
  BOOST_TEST(scanned.error().code == errc::deadline_exceeded);
  const auto found = find_violations(db, work, *module, options);
  BOOST_TEST_REQUIRE(found.has_error());
  BOOST_TEST(found.error().code == errc::deadline_exceeded);
}

BOOST_AUTO_TEST_CASE(a_scan_tells_whether_a_new_property_harms) {
  const auto module = [](const std::string& more) {
    return "{'ANode': {'type': 'object', 'properties': {'x': {'type': 'string'}" + more +
           "}}, 'BNode': {'type': 'object'}, 'LinkEdge': {'type': 'object'}}";
  };
  const auto added = module(", 'n': {'type': 'integer'}");
  node("one", "a", "{'n': 1}");
  node("two", "b", "{'n': 'of another type'}");
  node("three", "a", "{'n': 'of another graph type'}", "elsewhere");
  BOOST_TEST(settled(module(""), added) == lines{"additive property_added /properties/n"});
  node("zoo", "ANode", "{'n': 'x'}", "archive");
  BOOST_TEST(settled(module(""), added) == lines{"breaking property_added /properties/n"});
}

BOOST_AUTO_TEST_CASE(a_scan_tells_whether_a_removed_type_is_in_use) {
  const std::string before =
      "{'ANode': {'type': 'object'}, 'BNode': {'type': 'object'}, 'LinkEdge': {'type': 'object'}}";
  const std::string after = "{'ANode': {'type': 'object'}}";
  node("one", "a");
  BOOST_TEST(settled(before, after) == (lines{"additive type_removed ", "additive type_removed "}));
  node("two", "a");
  edge("e", "one", "two");
  BOOST_TEST(settled(before, after) == (lines{"additive type_removed ", "breaking type_removed "}));
  node("three", "b", "{}", "archive");
  BOOST_TEST(settled(before, after) == (lines{"breaking type_removed ", "breaking type_removed "}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(finding_violations, file_fixture)

BOOST_AUTO_TEST_CASE(ends_are_judged_by_the_types_that_nodes_will_have) {
  node("t", "ticket", "{'a': 'x'}");
  node("T", "TicketNode", "{'a': 'x'}");
  node("n", "note", "{'n': 1}");
  node("inferred", "NULL", "{'n': 1}");
  node("unknown", "NULL", "{}");
  node("t", "ticket", "{'a': 'x'}", "elsewhere");
  edge("fine", "t", "n");
  edge("entry", "T", "inferred", "LinkEdge");
  edge("other", "n", "t", "mark");
  edge("elsewhere", "t", "t", "link", false, "elsewhere");
  const auto rules = constrained("['ticket']", "['note']", generous);
  BOOST_TEST(violations(rules).empty());
  edge("wrong", "n", "t");
  edge("vague", "t", "unknown");
  const auto found = violations(rules);
  BOOST_TEST_REQUIRE(found.size() == 2U);
  const auto all = found[0] + found[1];
  BOOST_TEST(all.find("graph 'g', edge 'wrong': edge type 'link' may not lead from 'note' to "
                      "'ticket' (nodes 'n' and 't')") != std::string::npos,
             all);
  BOOST_TEST(all.find("a node of unknown type") != std::string::npos, all);
  BOOST_TEST(violations(rules, {}, 1).size() == 1U);
  // Tickets become notes, and with them both edges are as allowed as they can be.
  evolution_options options;
  options.migrations.emplace("ticket", row_migration{}.retype("NoteNode"));
  const auto retyped = violations(constrained("['note']", "['note']", generous), options);
  BOOST_TEST_REQUIRE(retyped.size() == 1U);
  BOOST_TEST(retyped[0].find("'vague'") != std::string::npos, retyped[0]);
}

BOOST_AUTO_TEST_CASE(edges_that_get_another_type_follow_its_rules) {
  node("t", "ticket", "{'a': 'x'}");
  edge("e", "t", "t", "mark");
  const auto rules = constrained("['note']", "", generous);
  BOOST_TEST(violations(rules).empty());
  evolution_options options;
  options.migrations.emplace("edge:mark", row_migration{}.retype("link"));
  BOOST_TEST(violations(rules, options).size() == 1U);
}

BOOST_AUTO_TEST_CASE(self_loops_parallel_edges_and_directions_follow_the_config) {
  for (const auto* key : {"a", "b", "c"}) node(key, "ticket", "{'a': 'x'}");
  edge("loop", "a", "a");
  edge("one", "a", "b");
  edge("two", "a", "b", "mark");
  edge("back", "b", "a");
  edge("mixed", "a", "b", "link", true);
  BOOST_TEST(violations(constrained("", "", generous)).empty());
  const auto loops =
      violations(constrained("", "", "'multi': {'const': true}, 'type': {'const': 'mixed'}"));
  BOOST_TEST(loops == lines{"graph 'g', edge 'loop': it is a self-loop of node 'a', which the "
                            "config no longer allows"},
             boost::test_tools::per_element());
  const std::string loops_allowed = "'allowSelfLoops': {'const': true}, 'type': ";
  const auto parallel = violations(constrained("", "", loops_allowed + "{'const': 'mixed'}"));
  BOOST_TEST(parallel == lines{"graph 'g': 2 directed edges from node 'a' to node 'b'; the config "
                               "no longer allows parallel edges"},
             boost::test_tools::per_element());
  edge("xdim", "b", "a", "link", true);
  const auto unordered = violations(constrained("", "", loops_allowed + "{'const': 'mixed'}"));
  BOOST_TEST_REQUIRE(unordered.size() == 2U);
  BOOST_TEST(unordered[1] ==
             "graph 'g': 2 undirected edges between nodes 'a' and 'b'; the config "
             "no longer allows parallel edges");
  const std::string loose = "'multi': {'const': true}, " + loops_allowed;
  BOOST_TEST(violations(constrained("", "", loose + "{'const': 'directed'}")).size() == 2U);
  BOOST_TEST(violations(constrained("", "", loose + "{'const': 'undirected'}")).size() == 4U);
  BOOST_TEST(violations(constrained("", ""), {}, 3).size() == 3U);
}

BOOST_AUTO_TEST_CASE(hostile_names_are_shown_safely) {
  node("a", "ticket", "{'a': 'x'}");
  edge("x\n\x1b", "a", "a");
  const auto found = violations(constrained("", ""));
  BOOST_TEST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
