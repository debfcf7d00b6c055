// Graph types that change over time: what becomes of the type rows and of the rows of their graphs.
#include "evolver_fixture.hpp"

#include <quire/test/plan.hpp>

using namespace quire;
using namespace quire::operations;
using evolution::action;
using evolution::row_result;

namespace {

/// Tickets with the given properties, as `'size': {...}, ...`, and links between them.
define_graph_type tickets(const std::string& properties, const std::string& more = {}) {
  return {.name = graph_type_name{"tickets"},
          .module = json("{'TicketNode': {'type': 'object', 'properties': {" + properties + "}" +
                         more + "}, 'LinkEdge': {'type': 'object'}}")};
}

const std::string text = "{'type': 'string'}";
const std::string whole = "{'type': 'integer'}";

struct tickets_fixture : evolving_tenant {
  /// Version 1: open objects with a text `size`; three tickets in two graphs, one of them archived.
  tickets_fixture() {
    ensured(tickets("'size': " + text), 1);
    written(*store, request(new_graph("g", "tickets"), new_graph("old", "tickets")));
    ticket("g", "a", "{'size': 'xl'}");
    ticket("g", "b", "{'size': 's', 'note': 'mine'}");
    ticket("old", "a", "{}");
    written(*store, request(create_edge{.graph = graph_id{"g"},
                                        .type = type_name{"link"},
                                        .source = node_key{"a"},
                                        .target = node_key{"b"}},
                            update_graph{.id = graph_id{"old"},
                                         .set_status = true,
                                         .status = graph_status::archived}));
  }
  void ticket(const std::string& graph, const std::string& key, const std::string& attributes) {
    written(*store, request(create_node{.graph = graph_id{graph},
                                        .key = node_key{key},
                                        .type = type_name{"ticket"},
                                        .attributes = json(attributes)}));
  }
  std::string version() { return value("SELECT version FROM graph_types"); }
  std::string attributes(const std::string& key) {
    return value("SELECT attributes FROM nodes WHERE graph_id = 'g' AND key = '" + key + "'");
  }
  std::string seq() { return value("SELECT value FROM _quire_meta WHERE key = 'commit_seq'"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(definitions_that_are_ensured, tickets_fixture)

BOOST_AUTO_TEST_CASE(make_types_that_are_not_there_at_the_declared_version) {
  define_graph_type other = tickets("'x': " + whole);
  other.name = graph_type_name{"other"};
  const auto report = ensured(other, 6);
  BOOST_TEST(report.action == action::created);
  BOOST_TEST(report.from == 0);
  BOOST_TEST(report.to == 6);
  BOOST_TEST(report.written);
  BOOST_TEST(value("SELECT version FROM graph_types WHERE name = 'other'") == "6");
}

BOOST_AUTO_TEST_CASE(change_nothing_when_they_mean_the_same) {
  const auto before = seq();
  const auto report = ensured(tickets("'size': {'type': 'string'}"), 1);
  BOOST_TEST(report.action == action::none);
  BOOST_TEST(!report.written);
  BOOST_TEST(report.changes.empty());
  BOOST_TEST(seq() == before);
}

BOOST_AUTO_TEST_CASE(keep_the_version_when_they_only_add) {
  const auto report =
      ensured(tickets("'size': {'type': 'string', 'title': 'Size'}, 'x': " + whole), 0);
  BOOST_TEST(report.action == action::rewritten);
  BOOST_TEST(report.to == 1);
  BOOST_TEST(version() == "1");
  BOOST_TEST(value("SELECT schema LIKE '%title%' FROM node_types") == "1");
  BOOST_TEST(attributes("a") == "{\"size\": \"xl\"}");
}

BOOST_AUTO_TEST_CASE(break_when_a_stored_value_would_fail_a_new_optional_property) {
  // 'note' is stored as a text where nothing was said about it.
  BOOST_TEST(refusal_of(tickets("'size': " + text + ", 'note': " + whole), 1) ==
             errc::breaking_change);
  BOOST_TEST(ensured(tickets("'size': " + text + ", 'note': " + text), 1).action ==
             action::rewritten);
}

BOOST_AUTO_TEST_CASE(see_rows_that_come_while_they_look) {
  before_write = [&](int) {
    before_write = [](int) { return result<void>{}; };
    ticket("g", "late", "{'size': 'm', 'fresh': 'text'}");
    return result<void>{};
  };
  BOOST_TEST((ensure(tickets("'size': " + text + ", 'fresh': " + whole), 1).error().code) ==
             errc::breaking_change);
  BOOST_TEST(value("SELECT schema LIKE '%fresh%' FROM node_types") == "0");
}

BOOST_AUTO_TEST_CASE(are_refused_with_every_change_that_breaks) {
  const auto report = ensure(tickets("'size': " + whole, ", 'required': ['size']"), 1);
  BOOST_REQUIRE(!report);
  BOOST_TEST(report.error().code == errc::breaking_change);
  BOOST_TEST(report.error().details.size() == 2U);
  BOOST_TEST(version() == "1");
}

BOOST_AUTO_TEST_CASE(declare_1_or_an_even_version) {
  const auto next = tickets("'size': " + text + ", 'x': " + whole);
  for (const std::int64_t bad : {-2, 3, 5})
    BOOST_TEST(refusal_of(next, bad) == errc::invalid_option, bad);
  BOOST_TEST(refusal_of(next, 2) == errc::invalid_option);
  BOOST_TEST(ensured(next, 4).action == action::migrated);
  BOOST_TEST(version() == "4");
  BOOST_TEST(ensured(next, 6).action == action::migrated);
  BOOST_TEST(version() == "6");
  BOOST_TEST(refusal_of(next, 4) == errc::version_ahead);
}

BOOST_AUTO_TEST_CASE(take_no_options_that_make_no_sense) {
  const auto next = tickets("'size': " + text + ", 'x': " + whole);
  BOOST_TEST(refusal_of(next, 4, {.batch_rows = 0}) == errc::invalid_option);
  BOOST_TEST(refusal_of(next, 4, {.batch_rows = 10'001}) == errc::invalid_option);
  evolution::evolution_options lazy;
  lazy.lazy = true;
  lazy.migrations["ticket"].remove("/size");
  BOOST_TEST(refusal_of(next, 4, lazy) == errc::conflicting_options);
  evolution::evolution_options unknown;
  unknown.migrations["tocket"].remove("/size");
  BOOST_TEST(refusal_of(next, 4, unknown) == errc::invalid_option);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(migrations, tickets_fixture)

BOOST_AUTO_TEST_CASE(add_what_is_required_to_every_row_of_every_graph) {
  const auto next = tickets("'size': " + text + ", 'points': {'type': 'integer', 'default': 3}",
                            ", 'required': ['points']");
  const auto report = ensured(next, 4);
  BOOST_TEST(report.action == action::migrated);
  BOOST_TEST(report.rows.added == 3U);
  BOOST_TEST(report.rows.unchanged == 1U);  // the edge
  BOOST_TEST(report.samples.size() == 3U);
  BOOST_TEST(attributes("b") == R"({"size":"s","points":3,"note":"mine"})");
  BOOST_TEST(value("SELECT attributes FROM nodes WHERE graph_id = 'old'") == R"({"points":3})");
  BOOST_TEST(version() == "4");
  BOOST_TEST(value("SELECT metadata FROM graph_types") == "{}");
  BOOST_TEST(verify(store->connection()).value().empty());
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(refuse_what_would_lose_a_value_and_name_its_path) {
  const auto next = tickets("'size': " + whole);
  const auto report = ensure(next, 4);
  BOOST_REQUIRE(!report);
  const auto& e = report.error();
  BOOST_TEST(e.code == errc::migration_refused);
  BOOST_REQUIRE(e.details.size() == 2U);
  for (const auto& d : e.details) {
    BOOST_TEST(d.code == "lossy_change");
    BOOST_TEST(d.pointer == "/size");
  }
  BOOST_TEST(version() == "1");
  BOOST_TEST(attributes("a") == R"({"size": "xl"})");
}

BOOST_AUTO_TEST_CASE(keep_what_they_lose_until_it_is_dropped) {
  const auto report = ensured(tickets("'size': " + whole), 4, {.allow_lossy = true});
  BOOST_TEST(report.rows.lossy == 2U);
  BOOST_TEST(attributes("a") == R"({"size":0})");
  BOOST_TEST(value("SELECT metadata ->> '$.\"_evolution.before\".size' FROM nodes WHERE graph_id = "
                   "'g' AND key = 'a'") == "xl");
  BOOST_TEST(evolver().drop_backups(graph_type_name{"tickets"}).value() == 2U);
  BOOST_TEST(value("SELECT count(*) FROM nodes WHERE metadata <> '{}'") == "0");
  BOOST_TEST(evolver().drop_backups(graph_type_name{"tickets"}).value() == 0U);
}

BOOST_AUTO_TEST_CASE(do_what_the_consumer_wants_with_each_row) {
  evolution::evolution_options options;
  options.migrations["ticket"].rename("/size", "/shirt").set("/seen", true);
  const auto next = tickets("'shirt': " + text + ", 'seen': {'type': 'boolean'}",
                            ", 'required': ['seen'], 'additionalProperties': false");
  // 'note' is unknown to a closed object; nobody said that it may go.
  BOOST_TEST(refusal_of(next, 4, options) == errc::migration_refused);
  options.migrations["ticket"].remove("/note");
  BOOST_TEST(ensured(next, 4, options).rows.added == 3U);
  BOOST_TEST(attributes("b") == R"({"shirt":"s","seen":true})");
}

BOOST_AUTO_TEST_CASE(give_rows_another_type) {
  evolution::evolution_options options;
  options.migrations["ticket"].retype("issue");
  define_graph_type next{.name = graph_type_name{"tickets"},
                         .module = json("{'IssueNode': {'type': 'object'}, 'LinkEdge': {'type': "
                                        "'object'}}")};
  BOOST_TEST(refusal_of(next, 4) == errc::migration_refused);
  ensured(next, 4, options);
  BOOST_TEST(value("SELECT group_concat(DISTINCT node_type) FROM nodes") == "issue");
  BOOST_TEST(value("SELECT group_concat(name) FROM node_types") == "issue");
  BOOST_TEST(verify(store->connection()).value().empty());
}

BOOST_AUTO_TEST_CASE(refuse_rules_that_stored_edges_break) {
  define_graph_type next{
      .name = graph_type_name{"tickets"},
      .module = json("{'TicketNode': {'type': 'object', 'properties': {'size': {'type': "
                     "'string'}}}, 'PersonNode': {'type': 'object', 'required': ['name'], "
                     "'properties': {'name': {'type': 'string'}}}, 'LinkEdge': {'type': "
                     "'object'}, 'LinkEdgeConstraints': {'type': 'object', 'properties': "
                     "{'edgeType': {'const': 'link'}, 'allowedSourceTypes': {'default': "
                     "['person']}}}}")};
  const auto report = ensure(next, 4);
  BOOST_REQUIRE(!report);
  BOOST_TEST(report.error().code == errc::migration_refused);
  BOOST_TEST(report.error().details.at(0).code == "violation");
  BOOST_TEST(version() == "1");
}

BOOST_AUTO_TEST_CASE(write_nothing_in_a_dry_run) {
  const auto before = value("SELECT total_changes()");
  for (const auto& next :
       {tickets("'size': " + whole), tickets("'size': " + text + ", 'x': " + whole)}) {
    const auto report = ensured(next, 4, {.dry_run = true});
    BOOST_TEST(report.dry_run);
    BOOST_TEST(!report.written);
    BOOST_TEST(report.rows.all() == 4U);
  }
  BOOST_TEST(writes == 1);  // of the fixture
  BOOST_TEST(value("SELECT total_changes()") == before);
}

BOOST_AUTO_TEST_CASE(keep_writers_of_the_type_out_and_let_others_in) {
  written(*store, request(items("simple", "")));
  written(*store, request(new_graph("s", "simple")));
  int batches = 0;
  before_write = [&](int step) -> result<void> {
    if (step <= 2) return {};  // the migration is not marked yet
    ++batches;
    BOOST_TEST(refusal(*store, request(create_node{.graph = graph_id{"g"},
                                                   .key = node_key{"x"},
                                                   .type = type_name{"ticket"}})) ==
               errc::migration_in_progress);
    written(*store, request(new_node("s", "n" + std::to_string(step))));
    return {};
  };
  writes = 1;
  ensured(tickets("'size': " + text, ", 'required': ['size']"), 4, {.batch_rows = 1});
  BOOST_TEST(batches > 4);
  written(*store, request(create_node{.graph = graph_id{"g"},
                                      .key = node_key{"x"},
                                      .type = type_name{"ticket"},
                                      .attributes = json("{'size': 'm'}")}));
}

BOOST_AUTO_TEST_CASE(go_on_where_they_were_cut_off_at_any_step) {
  const auto next = tickets("'size': " + text + ", 'points': {'type': 'integer', 'default': 3}",
                            ", 'required': ['points']");
  for (const bool in_advance : {false, true}) {
    std::string undisturbed;
    int steps = 0;
    for (int cut = 0; cut <= steps + 1; ++cut) {
      tickets_fixture f;
      f.hands_over = in_advance;
      f.writes = 0;
      f.before_write = [&](int step) -> result<void> {
        if (step == cut) return fail(errc::engine_closed, "cut");
        return {};
      };
      const auto first = f.ensure(next, 4, {.batch_rows = 1});
      if (cut == 0) steps = f.writes;
      BOOST_TEST(first.has_value() == (cut == 0 || cut > steps));
      f.before_write = [](int) { return result<void>{}; };
      f.restart();
      const auto again = f.ensured(next, 4, {.batch_rows = 1});
      if (cut > 1 && cut <= steps) BOOST_TEST(again.action == action::resumed);
      auto rows = f.value(
          "SELECT group_concat(line) FROM (SELECT graph_id || key || attributes || "
          "metadata AS line FROM nodes ORDER BY 1)");
      if (cut == 0) undisturbed = rows;
      BOOST_TEST(rows == undisturbed, "cut before step " << cut);
      BOOST_TEST(f.version() == "4");
      // Each row was handled once.
      BOOST_TEST(f.value("SELECT count(*) FROM _honker_stream WHERE topic = 'nodes:updated'") ==
                 "3");
      check_numbers(f.store->connection());
    }
    BOOST_TEST(steps >= 5);
  }
}

BOOST_AUTO_TEST_CASE(go_on_only_towards_the_same_definition) {
  const auto next = tickets("'size': " + text, ", 'required': ['size']");
  writes = 0;
  before_write = [](int step) -> result<void> {
    if (step == 3) return fail(errc::engine_closed, "cut");
    return {};
  };
  BOOST_REQUIRE(!ensure(next, 4, {.batch_rows = 1}));
  before_write = [](int) { return result<void>{}; };
  BOOST_TEST(version() == "3");
  BOOST_TEST(refusal_of(tickets("'size': " + whole), 4) == errc::migration_in_progress);
  BOOST_TEST(refusal_of(next, 6) == errc::migration_in_progress);
  BOOST_TEST(refusal(*store, request(tickets("'size': " + text))) == errc::migration_in_progress);
  BOOST_TEST(evolver().abandon(graph_type_name{"tickets"}).error().code == errc::conflict);
  const auto marks = evolution::find_marks(*reader, graph_type_name{"tickets"}).value();
  BOOST_REQUIRE(marks.running.has_value());
  BOOST_TEST(marks.running->rows == 1U);
  BOOST_TEST(marks.running->target == 4);
  BOOST_TEST(ensured(next, 0).action == action::resumed);
  BOOST_TEST(version() == "4");
}

BOOST_AUTO_TEST_CASE(go_on_only_with_the_row_migrations_they_began_with) {
  const auto next = tickets("'size': " + text + ", 'seen': {'type': 'boolean'}");
  evolution::evolution_options options{.batch_rows = 1};
  options.migrations["node:ticket"].set("/seen", true);
  writes = 0;
  before_write = [](int step) -> result<void> {
    if (step == 3) return fail(errc::engine_closed, "cut");
    return {};
  };
  BOOST_REQUIRE(!ensure(next, 4, options));
  before_write = [](int) { return result<void>{}; };
  // Without them the rest would keep its old form, and nobody could tell which.
  BOOST_TEST(refusal_of(next, 4) == errc::migration_in_progress);
  evolution::evolution_options same;
  same.migrations["ticket"].set("/seen", true);
  BOOST_TEST(ensured(next, 4, same).action == action::resumed);
  BOOST_TEST(value("SELECT count(*) FROM nodes WHERE attributes ->> 'seen' = 1") == "3");
}

BOOST_AUTO_TEST_CASE(keep_graphs_of_the_type_as_they_are) {
  int tried = 0;
  before_write = [&](int step) -> result<void> {
    if (step != 3) return {};
    ++tried;
    const graph_id g{"g"};
    BOOST_TEST(refusal(*store, request(new_graph("h", "tickets"))) == errc::migration_in_progress);
    BOOST_TEST(refusal(*store, request(update_graph{.id = g, .name = "other"})) ==
               errc::migration_in_progress);
    BOOST_TEST(refusal(*store, request(delete_graph{g})) == errc::migration_in_progress);
    return {};
  };
  writes = 0;
  ensured(tickets("'size': " + text, ", 'required': ['size']"), 4, {.batch_rows = 1});
  BOOST_TEST(tried == 1);
  written(*store, request(delete_graph{graph_id{"g"}}));
}

BOOST_AUTO_TEST_CASE(drop_backups_without_touching_metadata_that_changed_meanwhile) {
  ensured(tickets("'size': " + whole), 4, {.allow_lossy = true});
  before_write = [&](int) -> result<void> {
    before_write = [](int) { return result<void>{}; };
    written(*store, request(update_node{.graph = graph_id{"g"},
                                        .key = node_key{"a"},
                                        .metadata = json("{'_evolution.before': {}, 'mine': 1}")}));
    return {};
  };
  BOOST_TEST(evolver().drop_backups(graph_type_name{"tickets"}).value() == 2U);
  BOOST_TEST(value("SELECT metadata FROM nodes WHERE graph_id = 'g' AND key = 'a'") ==
             R"({"mine":1})");
}

BOOST_AUTO_TEST_CASE(can_be_taken_back_before_the_first_batch) {
  const auto next = tickets("'size': " + text, ", 'required': ['size']");
  writes = 0;
  before_write = [](int step) -> result<void> {
    if (step == 2) return fail(errc::engine_closed, "cut");
    return {};
  };
  BOOST_REQUIRE(!ensure(next, 4));
  before_write = [](int) { return result<void>{}; };
  BOOST_TEST(version() == "3");
  BOOST_REQUIRE(evolver().abandon(graph_type_name{"tickets"}));
  BOOST_TEST(version() == "1");
  BOOST_TEST(value("SELECT metadata FROM graph_types") == "{}");
  BOOST_TEST(evolver().abandon(graph_type_name{"tickets"}).error().code == errc::not_found);
  ticket("g", "again", "{}");
}

BOOST_AUTO_TEST_CASE(take_up_what_another_program_of_the_family_began) {
  maintain({.run = [](maintenance_tools& tools) {
    return tools.context.db.execute("UPDATE graph_types SET version = 3");
  }}).value();
  const auto next = tickets("'size': " + text, ", 'required': ['size']");
  BOOST_TEST(refusal_of(next, 6) == errc::migration_in_progress);
  BOOST_TEST(ensured(next, 4).action == action::resumed);
  BOOST_TEST(version() == "4");
  BOOST_TEST(value("SELECT count(*) FROM nodes WHERE attributes ->> 'size' IS NULL") == "0");
}

BOOST_AUTO_TEST_CASE(are_told_what_no_program_of_the_family_wrote) {
  maintain({.run = [](maintenance_tools& tools) {
    return tools.context.db.execute("UPDATE graph_types SET version = 9223372036854775807");
  }}).value();
  const auto next = tickets("'size': " + text, ", 'required': ['size']");
  BOOST_TEST(refusal_of(next, 4) == errc::storage_corrupt);
  BOOST_TEST(refusal_of(next, 9223372036854775806) == errc::storage_corrupt);
  maintain({.run = [](maintenance_tools& tools) {
    return tools.context.db.execute(
        "UPDATE graph_types SET version = 3, metadata = '{\"_evolution.state\": 5}'");
  }}).value();
  BOOST_TEST(refusal_of(next, 4) == errc::storage_corrupt);
  maintain({.run = [](maintenance_tools& tools) {
    return tools.context.db.execute("UPDATE graph_types SET metadata = '{}'");
  }}).value();
  BOOST_TEST(ensured(next, 4).action == action::resumed);
}

BOOST_AUTO_TEST_CASE(stop_at_rows_that_changed_since_the_plan_and_go_on_when_they_are_repaired) {
  const auto next =
      tickets("'size': " + text + ", 'seen': {'type': 'boolean'}", ", 'required': ['seen']");
  writes = 0;
  before_write = [&](int step) -> result<void> {
    if (step != 2) return {};
    // Another program does not know that the type is being migrated.
    return maintain({.run = [](maintenance_tools& tools) {
      return tools.context.db.execute(
          "UPDATE nodes SET attributes = '{\"size\": 7}' WHERE key = "
          "'b'");
    }});
  };
  const auto report = ensure(next, 4);
  BOOST_REQUIRE(!report);
  BOOST_TEST(report.error().code == errc::migration_failed);
  BOOST_TEST(report.error().details.at(0).pointer == "/size");
  BOOST_TEST(version() == "3");
  before_write = [](int) { return result<void>{}; };
  maintain({.run = [](maintenance_tools& tools) {
    return tools.context.db.execute(
        "UPDATE nodes SET attributes = '{\"size\": \"7\"}' WHERE key = 'b'");
  }}).value();
  BOOST_TEST(ensured(next, 4).action == action::resumed);
  BOOST_TEST(attributes("b") == R"({"size":"7","seen":false})");
}

BOOST_AUTO_TEST_CASE(can_be_done_by_two_at_once) {
  const auto next = tickets("'size': " + text, ", 'required': ['size']");
  writes = 0;
  before_write = [&](int step) -> result<void> {
    if (step != 4) return {};
    before_write = [](int) { return result<void>{}; };
    return ensure(next, 4, {.batch_rows = 1}) ? result<void>{}
                                              : fail(errc::internal, "the second failed");
  };
  BOOST_TEST(ensured(next, 4, {.batch_rows = 1}).written);
  BOOST_TEST(version() == "4");
  BOOST_TEST(value("SELECT count(*) FROM _honker_stream WHERE topic = 'nodes:updated'") == "1");
}

BOOST_AUTO_TEST_CASE(can_be_stopped_between_batches) {
  evolution::evolution_options options;
  options.batch_rows = 1;
  std::uint64_t seen = 0;
  options.on_progress = [&](const evolution::progress& p) {
    if (p.at == evolution::progress::phase::migrating) seen = p.rows_done;
  };
  options.stop = [&] { return seen == 2; };
  const auto next = tickets("'size': " + text, ", 'required': ['size']");
  const auto report = ensure(next, 4, options);
  BOOST_REQUIRE(!report);
  BOOST_TEST(report.error().code == errc::deadline_exceeded);
  BOOST_TEST(version() == "3");
  options.stop = {};
  seen = 0;
  BOOST_TEST(ensured(next, 4, options).action == action::resumed);
  BOOST_TEST(seen == 4U);  // the two before count too
}

BOOST_AUTO_TEST_CASE(can_leave_rows_for_later) {
  const auto next = tickets("'size': " + text + ", 'points': {'type': 'integer', 'default': 3}",
                            ", 'required': ['points']");
  BOOST_TEST(refusal_of(tickets("'size': " + whole), 4, {.allow_lossy = true, .lazy = true}) ==
             errc::migration_refused);
  const auto report = ensured(next, 4, {.lazy = true});
  BOOST_TEST(report.action == action::lazy);
  BOOST_TEST(version() == "4");
  BOOST_TEST(attributes("a") == R"({"size": "xl"})");
  const graph_type_name type{"tickets"};
  BOOST_TEST(evolver().count_pending(type).value() == 3U);
  ticket("g", "new", "{'points': 1}");
  BOOST_TEST(evolver().count_pending(type).value() == 3U);
  BOOST_TEST(evolver().migrate_pending(type, {.batch_rows = 2}).value() == 3U);
  BOOST_TEST(attributes("a") == R"({"size":"xl","points":3})");
  BOOST_TEST(evolver().count_pending(type).value() == 0U);
  BOOST_TEST(value("SELECT metadata FROM graph_types") == "{}");
}

BOOST_AUTO_TEST_CASE(leave_no_row_for_later_whose_type_nobody_could_tell_then) {
  const auto next = tickets("'size': " + text + ", 'points': {'type': 'integer', 'default': 3}",
                            ", 'required': ['points']");
  const auto type_of_a = [this](const std::string& type) {
    maintain({.run = [&](maintenance_tools& tools) {
      return tools.context.db.execute("UPDATE nodes SET node_type = " + type + " WHERE key = 'a'");
    }}).value();
  };
  for (const auto* unknown : {"NULL", "'alien'"}) {
    type_of_a(unknown);
    const auto refused = evolver().ensure(next, 4, {.lazy = true});
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().code == errc::migration_refused);
    BOOST_REQUIRE(refused.error().details.size() == 2U);
    BOOST_TEST(refused.error().details.front().code == "type_required");
  }
  type_of_a("'TicketNode'");
  BOOST_TEST(ensured(next, 4, {.lazy = true}).rows.added == 3U);
}

BOOST_AUTO_TEST_CASE(leave_newer_types_alone_when_a_program_declares_an_older_one) {
  ensured(tickets("'size': " + text, ", 'required': ['size']"), 4);
  store->declare(graph_type_name{"tickets"}, 1);
  const auto write = request(create_node{.graph = graph_id{"g"},
                                         .key = node_key{"x"},
                                         .type = type_name{"ticket"},
                                         .attributes = json("{'size': 'm'}")});
  BOOST_TEST(refusal(*store, write) == errc::version_ahead);
  store->declare(graph_type_name{"tickets"}, 4);
  BOOST_TEST(refusal(*store, write) == errc::none);
}

BOOST_AUTO_TEST_CASE(search_and_do_not_scan) {
  metagraph::type_writer types;
  const evolution::migration_writer writer{types};
  std::vector<quire::test::planned_statement> all;
  for (const auto* s : writer.statements()) all.push_back({s->name(), s->sql(), {}});
  quire::test::check_plans(store->connection(), all);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// Version 4 asks for `points`; the rows of version 1 have yet to get it.
struct lazy_fixture : tickets_fixture {
  metagraph::catalog types{*reader};
  metagraph::reader rows_read{*reader, metagraph::lookups_in(types)};

  lazy_fixture() {
    ensured(tickets("'size': " + text + ", 'points': {'type': 'integer', 'default': 3}",
                    ", 'required': ['points']"),
            4, {.lazy = true});
  }
  std::string read(const std::string& key) {
    types.forget();
    const auto found = rows_read.find(find_node{graph_id{"g"}, node_key{key}});
    BOOST_REQUIRE_MESSAGE(found, found.error());
    return found->attributes.text();
  }
};

update_node change_of(const std::string& key) {
  return {.graph = graph_id{"g"}, .key = node_key{key}};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rows_that_follow_later, lazy_fixture)

BOOST_AUTO_TEST_CASE(are_read_in_their_new_form_everywhere) {
  BOOST_TEST(read("a") == R"({"size":"xl","points":3})");
  BOOST_TEST(attributes("a") == R"({"size": "xl"})");
  const auto all = rows_read.list(list_nodes{graph_id{"g"}, {}}).value();
  BOOST_REQUIRE(all.items.size() == 2U);
  for (const auto& row : all.items) BOOST_TEST(row.attributes.value().at("points") == 3);
  find_neighbors near;
  near.graph = graph_id{"g"};
  near.key = node_key{"a"};
  BOOST_TEST(rows_read.neighbors(near).value().items.at(0).node.attributes.value().at("points") ==
             3);
  find_path way;
  way.graph = graph_id{"g"};
  way.from = node_key{"a"};
  way.to = node_key{"b"};
  for (const auto& row : rows_read.shortest_path(way).value().nodes)
    BOOST_TEST(row.attributes.value().at("points") == 3);
}

BOOST_AUTO_TEST_CASE(are_filtered_by_what_is_stored) {
  list_nodes query{.graph = graph_id{"g"}, .options = {}};
  query.options.filter = json("{'attributes': {'/points': 3}}");
  BOOST_TEST(rows_read.list(query).value().items.empty());
  written(*store, request(update_node{.graph = graph_id{"g"},
                                      .key = node_key{"a"},
                                      .attributes = json("{'size': 'xl', 'points': 3}")}));
  BOOST_TEST(rows_read.list(query).value().items.size() == 1U);
}

BOOST_AUTO_TEST_CASE(are_stored_in_their_new_form_by_the_next_write) {
  auto patched = change_of("a");
  patched.patch = json("[{'type': 'update', 'path': '/size', 'value': 'm'}]");
  patched.expected = json("{'size': 'xl', 'points': 3}");
  written(*store, request(patched));
  BOOST_TEST(attributes("a") == R"({"size":"m","points":3})");
  // Asked for what it means already, it still takes its new form.
  auto same = change_of("b");
  same.attributes = json("{'size': 's', 'note': 'mine', 'points': 3}");
  BOOST_TEST(written(*store, request(same)).outcomes.at(0).changed);
  BOOST_TEST(attributes("b") == R"({"size": "s", "note": "mine", "points": 3})");
  BOOST_TEST(!written(*store, request(same)).outcomes.at(0).changed);
  BOOST_TEST(evolver().count_pending(graph_type_name{"tickets"}).value() == 1U);
}

BOOST_AUTO_TEST_CASE(are_merged_in_their_new_form) {
  written(*store, request(upsert_node{.graph = graph_id{"g"},
                                      .key = node_key{"a"},
                                      .type = type_name{"ticket"},
                                      .attributes = json("{'size': 'm'}"),
                                      .mode = upsert_mode::merge}));
  BOOST_TEST(attributes("a") == R"({"size":"m","points":3})");
}

BOOST_AUTO_TEST_CASE(are_stored_before_the_next_migration_begins) {
  const graph_type_name type{"tickets"};
  writes = 0;
  before_write = [this](int) -> result<void> {
    if (version() == "5") return fail(errc::engine_closed, "cut");
    return {};
  };
  BOOST_REQUIRE(!ensure(tickets("'size': " + text + ", 'points': " + whole + ", 'seen': " + whole,
                                ", 'required': ['points', 'seen']"),
                        6));
  before_write = [](int) { return result<void>{}; };
  BOOST_TEST(version() == "5");
  BOOST_TEST(read("a") == R"({"size":"xl","points":3})");
  BOOST_REQUIRE(evolver().abandon(type));
  BOOST_TEST(version() == "4");
  BOOST_TEST(attributes("a") == R"({"size":"xl","points":3})");
  BOOST_TEST(evolver().count_pending(type).value() == 0U);
}

BOOST_AUTO_TEST_CASE(are_no_damage) { BOOST_TEST(verify(*reader).value().empty()); }

BOOST_AUTO_TEST_CASE(stay_as_they_are_when_another_program_made_them_unfit) {
  maintain({.run = [](maintenance_tools& tools) {
    return tools.context.db.execute(
        "UPDATE nodes SET attributes = '{\"size\": 7}' WHERE key = 'b'");
  }}).value();
  BOOST_TEST(read("b") == R"({"size": 7})");
  BOOST_TEST(verify(*reader).value().size() == 1U);
  BOOST_TEST(evolver().migrate_pending(graph_type_name{"tickets"}).error().code ==
             errc::migration_failed);
}

BOOST_AUTO_TEST_CASE(are_all_looked_at_when_the_type_is_migrated_again) {
  const auto next = tickets("'size': " + text + ", 'points': " + whole +
                                ", 'seen': {'type': "
                                "'boolean'}",
                            ", 'required': ['points', 'seen']");
  ensured(next, 6);
  BOOST_TEST(value("SELECT metadata FROM graph_types") == "{}");
  BOOST_TEST(verify(*reader).value().empty());
}

BOOST_AUTO_TEST_SUITE_END()
