// Graph types and graphs as they are written, what depends on them, and the plans of all writers.
#include "writer_fixture.hpp"

#include <quire/metagraph/reader.hpp>
#include <quire/test/plan.hpp>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

define_graph_type definition(const std::string& name, const std::string& module) {
  return {.name = graph_type_name{name}, .module = json(module)};
}

update_graph with_status(const std::string& id, graph_status status) {
  return {.id = graph_id{id}, .set_status = true, .status = status};
}

/// A type of the engine's own, as it is seeded.
void seed_system_type(writer_fixture& f, const std::string& name) {
  f.sql("INSERT INTO graph_types (id, name, config, scope) VALUES ('sys', '" + name +
        "', '{}', 'system')");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(types_that_are_written, writer_fixture)

BOOST_AUTO_TEST_CASE(make_a_row_and_an_event_for_each_type) {
  const auto made = done(definition("people", module_text("mixed")));
  BOOST_TEST(made.created);
  BOOST_TEST(made.changed);
  BOOST_TEST(told.size() == 6U);
  const auto& row = std::get<graph_type>(made.row);
  BOOST_TEST(row.version == 1);
  BOOST_TEST(row.scope == type_scope::tenant);
  BOOST_TEST(row.node_types.size() == 2U);
  BOOST_TEST(row.edge_types.size() == 3U);
  BOOST_TEST(row.config.text() ==
             R"({"type":"mixed","multi":false,"allowSelfLoops":false,"eventPayload":"keys"})");
  BOOST_TEST(told[0].table == table::graph_types);
  BOOST_TEST(told[0].id == row.id);
  BOOST_TEST(told[1].id == row.node_types[0].id);
  BOOST_TEST(told[5].id == row.edge_types[2].id);
  for (const auto& e : told) {
    BOOST_TEST(e.op == change_op::created);
    BOOST_TEST(e.graph.get().empty());
    BOOST_TEST(e.org.get() == "acme");
  }
  BOOST_TEST(value("SELECT allowed_source_types || allowed_target_types FROM edge_types WHERE name "
                   "= 'owns'") == R"(["person"]["robot"])");
}

BOOST_AUTO_TEST_CASE(change_nothing_when_defined_again) {
  done(definition("people", module_text("mixed")));
  const auto before = changes.last();
  auto again = definition("people", "{'$defs': " + module_text("mixed") + "}");
  const auto made = done(again);
  BOOST_TEST(!made.created);
  BOOST_TEST(!made.changed);
  BOOST_TEST(std::get<graph_type>(made.row).name.get() == "people");
  BOOST_TEST(told.empty());
  BOOST_TEST(changes.last() == before);
}

BOOST_AUTO_TEST_CASE(do_not_change_so_that_stored_rows_could_break) {
  const std::string small =
      "{'ANode': {'type': 'object'}, 'BNode': {'type': 'object'}, 'REdge': "
      "{'type': 'object'}}";
  done(definition("small", small));
  const std::pair<const char*, const char*> others[] = {
      {"{'ANode': {'type': 'object', 'required': ['x']}, 'BNode': {'type': 'object'}, 'REdge': "
       "{'type': 'object'}}",
       "small"},
      {"{'ANode': {'type': 'object'}, 'REdge': {'type': 'object'}}", "small"},
      {"{'ANode': {'type': 'object'}, 'BNode': {'type': 'object'}}", "small"},
      {"{'ANode': {'type': 'object'}, 'BNode': {'type': 'object'}, 'REdge': {'type': 'object', "
       "'required': ['x']}}",
       "small"},
      {"{'ANode': {'type': 'object'}, 'BNode': {'type': 'object'}, 'REdge': {'type': 'object'}, "
       "'REdgeConstraints': {'type': 'object', 'properties': {'edgeType': {'const': 'r'}, "
       "'allowedSourceTypes': {'default': ['a']}}}}",
       "small"},
  };
  for (const auto& [module, why] : others) {
    BOOST_TEST(refusal(definition("small", module), why) == errc::breaking_change, module);
  }
}

BOOST_AUTO_TEST_CASE(follow_definitions_that_only_add) {
  done(definition("small", "{'ANode': {'type': 'object'}, 'REdge': {'type': 'object'}}"));
  const auto id = value("SELECT id FROM node_types WHERE name = 'a'");
  env.advance(std::chrono::seconds{5});
  const auto made = done(definition(
      "small",
      "{'Config': {'type': 'object', 'properties': {'multi': {'const': true}}}, "
      "'ANode': {'type': 'object', 'title': 'An A'}, 'CNode': {'type': 'object'}, 'REdge': "
      "{'type': 'object'}, 'SEdge': {'type': 'object'}}"));
  BOOST_TEST(!made.created);
  BOOST_TEST(made.changed);
  BOOST_TEST(std::get<graph_type>(made.row).version == 1);
  BOOST_TEST(value("SELECT id FROM node_types WHERE name = 'a'") == id);
  BOOST_TEST(number("SELECT count(*) FROM node_types") == 2);
  BOOST_TEST(number("SELECT count(*) FROM edge_types") == 2);
  BOOST_TEST(number("SELECT json_extract(config, '$.multi') FROM graph_types") == 1);
  std::vector<std::string> topics;
  for (const auto& e : told) topics.push_back(change_topic(e.table, e.op).get());
  const std::vector<std::string> expected{"graph_types:updated", "node_types:updated",
                                          "node_types:created", "edge_types:created"};
  BOOST_TEST(topics == expected, boost::test_tools::per_element());
  // The untouched edge type has neither event nor new time.
  BOOST_TEST(number("SELECT updated_at = created_at FROM edge_types WHERE name = 'r'") == 1);
}

BOOST_AUTO_TEST_CASE(refuse_bad_names_modules_and_texts) {
  const std::string good = "{'ANode': {'type': 'object'}}";
  for (const auto* name : {"", "A", "a_b", "1a", "a b", "\xFF"})
    BOOST_TEST(refusal(definition(name, good)) == errc::invalid_name, name);
  BOOST_TEST(refusal(definition(std::string(64, 'a'), good)) == errc::invalid_name);
  BOOST_TEST(refusal(define_graph_type{.name = graph_type_name{"a"}}, "missing") ==
             errc::schema_invalid);
  BOOST_TEST(refusal(definition("a", "{'What': {}}")) == errc::unclassified_entry);
  BOOST_TEST(refusal(definition("a", "[1]")) == errc::schema_invalid);
  auto op = definition("a", good);
  op.description = "\xFF";
  BOOST_TEST(refusal(op, "description") == errc::invalid_option);
  op.description = {};
  op.scope = type_scope::user;
  BOOST_TEST(refusal(op, "owner") == errc::invalid_option);
  op.owner = account_id{"\xFF"};
  BOOST_TEST(refusal(op, "owner") == errc::invalid_key);
}

BOOST_AUTO_TEST_CASE(name_their_owner_when_they_belong_to_one_account) {
  auto op = definition("mine", "{'ANode': {'type': 'object'}}");
  op.scope = type_scope::user;
  op.owner = account_id{"ann\"x"};
  done(op);
  BOOST_TEST(value("SELECT scope FROM graph_types") == "user");
  BOOST_TEST(value("SELECT json_extract(metadata, '$.\"_scope.ownerId\"') FROM graph_types") ==
             "ann\"x");
}

BOOST_AUTO_TEST_CASE(leave_those_of_the_engine_alone) {
  auto own = definition("acl", "{'ANode': {'type': 'object'}}");
  own.scope = type_scope::system;
  BOOST_TEST(refusal(own, "engine") == errc::graph_type_protected);
  seed_system_type(*this, "acl");
  own.scope = type_scope::tenant;
  BOOST_TEST(refusal(own, "acl") == errc::graph_type_protected);
  own.scope = type_scope::user;
  own.owner = account_id{"ann"};
  BOOST_TEST(refusal(own) == errc::graph_type_protected);
  BOOST_TEST(refusal(delete_graph_type{graph_type_name{"acl"}}, "acl") ==
             errc::graph_type_protected);
  BOOST_TEST(number("SELECT count(*) FROM node_types") == 0);
}

BOOST_AUTO_TEST_CASE(are_seeded_by_the_engine_itself) {
  auto open_now = sqlite::transaction::begin_immediate(db).value();
  write_context in{.db = db,
                   .changes = changes,
                   .types = types,
                   .ids = ids,
                   .now = env.now(),
                   .actor = "system"};
  const auto op = definition("acl", "{'ANode': {'type': 'object'}}");
  BOOST_TEST(definitions.define(op, type_scope::system, in)->created);
  BOOST_TEST(!definitions.define(op, type_scope::system, in)->changed);
  BOOST_REQUIRE(open_now.commit());
  BOOST_TEST(value("SELECT scope FROM graph_types") == "system");
}

BOOST_AUTO_TEST_CASE(cannot_be_deleted_while_a_graph_lives) {
  make_graph("mixed");
  BOOST_TEST(refusal(delete_graph_type{graph_type_name{"mixed"}}, "'mixed'") ==
             errc::graph_type_in_use);
  done(with_status("mixed", graph_status::draft));
  BOOST_TEST(refusal(delete_graph_type{graph_type_name{"mixed"}}) == errc::graph_type_in_use);
  BOOST_TEST(refusal(delete_graph_type{graph_type_name{"none"}}, "none") == errc::not_found);
}

BOOST_AUTO_TEST_CASE(untie_archived_graphs_when_deleted) {
  make_graph("mixed");
  person("mixed", "a");
  done(with_status("mixed", graph_status::archived));
  env.advance(std::chrono::seconds{5});
  const auto made = done(delete_graph_type{graph_type_name{"mixed"}});
  BOOST_TEST(std::get<removed>(made.row).key == "mixed");
  BOOST_TEST(number("SELECT graph_type_id IS NULL AND status = 'archived' AND updated_at > "
                    "created_at FROM graphs") == 1);
  BOOST_TEST(number("SELECT count(*) FROM nodes") == 1);
  BOOST_TEST(number("SELECT (SELECT count(*) FROM node_types) + (SELECT count(*) FROM edge_types) "
                    "+ (SELECT count(*) FROM graph_types)") == 0);
  BOOST_REQUIRE(told.size() == 7U);
  BOOST_TEST(names({told.front()}) == "graphs:updated mixed");
  BOOST_TEST(told[1].table == table::node_types);
  BOOST_TEST(told[5].table == table::edge_types);
  BOOST_TEST(change_topic(told[6].table, told[6].op).get() == "graph_types:deleted");
  BOOST_TEST(refusal(with_status("mixed", graph_status::active)) == errc::graph_untyped);
  // The name is free for another definition, and the old graph stays without a type.
  define("mixed", "{'ANode': {'type': 'object'}}");
  BOOST_TEST(number("SELECT graph_type_id IS NULL FROM graphs") == 1);
  done(delete_graph{graph_id{"mixed"}});
}

BOOST_AUTO_TEST_CASE(are_followed_by_the_catalog) {
  make_graph("mixed");
  const auto* entry = types.find_writable(graph_id{"mixed"}).value();
  BOOST_TEST(entry->type->name() == "mixed");
  BOOST_TEST(types.find_type(graph_type_name{"mixed"}).value() == entry->type);
  BOOST_TEST(types.find_type(graph_type_name{"none"}).error().code == errc::not_found);
  sql("UPDATE graph_types SET config = '{\"type\": \"round\"}'");
  BOOST_TEST(types.find(graph_id{"mixed"}).error().code == errc::invalid_config);
  BOOST_TEST(refusal(create_graph{{}, "x", graph_type_name{"mixed"}}) == errc::invalid_config);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(graphs_that_are_written, writer_fixture)

BOOST_AUTO_TEST_CASE(need_a_type) {
  BOOST_TEST(refusal(create_graph{{}, "x", graph_type_name{"none"}}, "none") == errc::unknown_type);
  BOOST_TEST(refusal(create_graph{{}, "x", {}}) == errc::unknown_type);
}

BOOST_AUTO_TEST_CASE(keep_what_they_were_given) {
  define("t", "{'ANode': {'type': 'object'}}");
  const auto made = done(create_graph{.name = "A graph",
                                      .type = graph_type_name{"t"},
                                      .description = "what it is",
                                      .owner = "ann",
                                      .project = "p",
                                      .status = graph_status::draft,
                                      .metadata = json("{'a': 1}")});
  const auto& row = std::get<graph>(made.row);
  BOOST_TEST(row.id.get().size() == 36U);
  BOOST_TEST(row.name == "A graph");
  BOOST_TEST(row.description == "what it is");
  BOOST_TEST(row.owner == "ann");
  BOOST_TEST(row.project == "p");
  BOOST_TEST(row.status == graph_status::draft);
  BOOST_TEST(row.metadata.text() == "{\"a\": 1}");
  BOOST_TEST(row.type.get() == "t");
  BOOST_TEST(row.created_at.time_since_epoch().count() == 1'700'000'000);
  BOOST_TEST(names(told) == "graphs:created " + row.id.get());
  BOOST_TEST(told.front().graph.get().empty());
  const auto plain = std::get<graph>(done(create_graph{{}, "x", graph_type_name{"t"}}).row);
  BOOST_TEST(plain.metadata.text() == "{}");
  BOOST_TEST(
      number("SELECT owner_id IS NULL AND project_id IS NULL FROM graphs WHERE name = 'x'") == 1);
}

BOOST_AUTO_TEST_CASE(refuse_bad_names_ids_and_texts) {
  define("t", "{'ANode': {'type': 'object'}}");
  const graph_type_name t{"t"};
  for (const auto* name : {"", "a\n", "\xFF"})
    BOOST_TEST(refusal(create_graph{{}, name, t}) == errc::invalid_name, name);
  BOOST_TEST(refusal(create_graph{{}, std::string(256, 'x'), t}) == errc::invalid_name);
  BOOST_TEST(refusal(create_graph{graph_id{"a\x01"}, "x", t}) == errc::invalid_key);
  BOOST_TEST(refusal(create_graph{graph_id{std::string(129, 'x')}, "x", t}) == errc::invalid_key);
  BOOST_TEST(refusal(create_graph{{}, "x", t, "\xC3\x28"}, "description") == errc::invalid_option);
  BOOST_TEST(refusal(create_graph{{}, "x", t, {}, "\xFF"}, "owner") == errc::invalid_key);
  BOOST_TEST(refusal(create_graph{{}, "x", t, {}, {}, "a\nb"}, "project") == errc::invalid_key);
  BOOST_TEST(refusal(create_graph{.name = "x", .type = t, .metadata = json("[]")}) ==
             errc::validation_failed);
  done(create_graph{graph_id{"g"}, "x", t});
  BOOST_TEST(refusal(update_graph{.id = graph_id{"g"}, .name = "a\n"}) == errc::invalid_name);
  BOOST_TEST(refusal(update_graph{.id = graph_id{"g"}, .description = "\xFF"}) ==
             errc::invalid_option);
  BOOST_TEST(refusal(update_graph{.id = graph_id{"g"}, .metadata = json("1")}) ==
             errc::validation_failed);
  BOOST_TEST(refusal(update_graph{.id = graph_id{"none"}, .name = "x"}, "none") == errc::not_found);
}

BOOST_AUTO_TEST_CASE(change_what_is_given_and_write_nothing_otherwise) {
  define("t", "{'ANode': {'type': 'object'}}");
  done(create_graph{.id = graph_id{"g"},
                    .name = "x",
                    .type = graph_type_name{"t"},
                    .metadata = json("{'a': 1, 'b': 2}")});
  const auto before = changes.last();
  for (const auto& op :
       {update_graph{.id = graph_id{"g"}}, update_graph{.id = graph_id{"g"}, .name = "x"},
        update_graph{.id = graph_id{"g"}, .metadata = json("{'b': 2, 'a': 1.0}")},
        with_status("g", graph_status::active)}) {
    const auto made = done(op);
    BOOST_TEST(!made.changed);
    BOOST_TEST(std::get<graph>(made.row).name == "x");
  }
  BOOST_TEST(changes.last() == before);
  env.advance(std::chrono::seconds{2});
  const auto made = done(update_graph{.id = graph_id{"g"}, .description = "new"});
  BOOST_TEST(made.changed);
  BOOST_TEST(names(told) == "graphs:updated g");
  const auto stored = reader{db}.find_graph(graph_id{"g"}).value();
  BOOST_TEST((std::get<graph>(made.row) == stored));
  BOOST_TEST(stored.name == "x");
  BOOST_TEST((stored.updated_at - stored.created_at).count() == 2);
}

BOOST_AUTO_TEST_CASE(go_with_all_that_is_in_them_and_one_event) {
  make_graph("mixed");
  for (const auto* key : {"a", "b"}) person("mixed", key);
  done(knows("mixed", "a", "b"));
  const auto made = done(delete_graph{graph_id{"mixed"}});
  BOOST_TEST(std::get<removed>(made.row).edges == 1);
  BOOST_TEST(std::get<removed>(made.row).key == "mixed");
  BOOST_TEST(names(told) == "graphs:deleted mixed");
  BOOST_TEST(number("SELECT (SELECT count(*) FROM nodes) + (SELECT count(*) FROM edges) + (SELECT "
                    "count(*) FROM graphs)") == 0);
  BOOST_TEST(refusal(delete_graph{graph_id{"mixed"}}) == errc::not_found);
  BOOST_TEST(refusal(create_node{graph_id{"mixed"}, node_key{"a"}}) == errc::not_found);
}

BOOST_AUTO_TEST_CASE(go_in_parts_when_there_is_much_in_them) {
  make_graph("mixed");
  person("mixed", "a");
  sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(graph_writer::max_removed_rows) +
      ") INSERT INTO nodes (id, graph_id, key) SELECT i, 'mixed', i FROM n;"
      "INSERT INTO edges (id, graph_id, source_node_key, target_node_key) SELECT 'e' || id, "
      "'mixed', 'a', key FROM nodes LIMIT 700");
  BOOST_TEST(!graph_rows.has_parts(db).value());
  const auto made = done(delete_graph{graph_id{"mixed"}});
  BOOST_TEST(made.changed);
  BOOST_TEST(std::get<graph>(made.row).status == graph_status::archived);
  BOOST_TEST(names(told) == "graphs:updated mixed");
  BOOST_TEST(refusal(create_node{graph_id{"mixed"}, node_key{"new"}}) == errc::graph_archived);
  BOOST_TEST(refusal(with_status("mixed", graph_status::active), "removed") ==
             errc::graph_archived);
  // Asked for again it goes on as before.
  BOOST_TEST(!done(delete_graph{graph_id{"mixed"}}).changed);
  BOOST_TEST(told.empty());
  int parts = 0;
  auto left = number("SELECT (SELECT count(*) FROM nodes) + (SELECT count(*) FROM edges)");
  // A writer that starts anew finds what is left to do.
  graph_writer after_a_crash;
  while (after_a_crash.has_parts(db).value()) {
    BOOST_REQUIRE(told.empty());
    BOOST_REQUIRE(in_commit([&](write_context& in) { return after_a_crash.remove_part(in); }));
    const auto now_left =
        number("SELECT (SELECT count(*) FROM nodes) + (SELECT count(*) FROM edges)");
    BOOST_TEST(left - now_left <= graph_writer::part_rows);
    left = now_left;
    ++parts;
  }
  BOOST_TEST(parts > 40);
  BOOST_TEST(left == 0);
  BOOST_TEST(names(told) == "graphs:deleted mixed");
  BOOST_TEST(refusal(delete_graph{graph_id{"mixed"}}) == errc::not_found);
  BOOST_TEST(number("SELECT count(*) FROM _quire_meta WHERE key LIKE 'removal:%'") == 0);
  done(create_graph{graph_id{"mixed"}, "again", graph_type_name{"mixed"}});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(every_statement_of_the_writers_searches, writer_fixture) {
  sql("ALTER TABLE edges ADD COLUMN edge_type_id TEXT");
  std::vector<quire::test::planned_statement> all;
  auto add = [&](const auto& writer) {
    for (const auto* s : writer.statements()) {
      // It counts what a search found, as far as the limit.
      const auto why = s->name() == "count the rows of a graph" ? "a bounded result" : "";
      all.push_back({s->name(), s->sql(), why});
    }
  };
  add(type_rows);
  add(graph_rows);
  add(node_rows);
  add(edge_rows);
  quire::test::check_plans(db, all);
}
