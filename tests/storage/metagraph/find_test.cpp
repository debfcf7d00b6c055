#include "reader_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

BOOST_FIXTURE_TEST_SUITE(find, file_fixture)

BOOST_AUTO_TEST_CASE(a_node_comes_with_all_its_columns) {
  free_graph();
  node("k", R"({"a": 1})", "thing");
  const auto found = read.find(find_node{graph_id{"g"}, node_key{"k"}});
  BOOST_REQUIRE(found);
  BOOST_TEST(found->id == row_id{"node-g-k"});
  BOOST_TEST(found->graph == graph_id{"g"});
  BOOST_TEST(found->key == node_key{"k"});
  BOOST_TEST(found->type == type_name{"thing"});
  BOOST_TEST(found->attributes.text() == R"({"a": 1})");
  BOOST_TEST(found->metadata.text() == "{}");
  BOOST_TEST(found->created_at.time_since_epoch().count() == 100);
  BOOST_TEST(found->updated_at.time_since_epoch().count() == 200);
}

BOOST_AUTO_TEST_CASE(an_edge_is_found_by_key_or_by_id) {
  free_graph();
  node("a");
  node("b");
  edge("a", "b", true);
  sql("UPDATE edges SET key = 'ab', metadata = NULL, attributes = '{\"w\": 2}'");
  const auto by_key = read.find(find_edge{graph_id{"g"}, edge_key{"ab"}, {}});
  BOOST_REQUIRE(by_key);
  BOOST_TEST(by_key->id == row_id{"edge-1"});
  BOOST_TEST(by_key->source == node_key{"a"});
  BOOST_TEST(by_key->target == node_key{"b"});
  BOOST_TEST(by_key->type == type_name{"joins"});
  BOOST_TEST(by_key->undirected);
  BOOST_TEST(by_key->attributes.text() == R"({"w": 2})");
  BOOST_TEST(!by_key->metadata);
  const auto by_id = read.find(find_edge{graph_id{"g"}, {}, row_id{"edge-1"}});
  BOOST_REQUIRE(by_id);
  BOOST_TEST((*by_id == *by_key));
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_named) {
  free_graph();
  graph("other");
  node("a");
  node("b");
  edge("a", "b");
  const auto no_node = read.find(find_node{graph_id{"g"}, node_key{"x\n"}});
  BOOST_REQUIRE(!no_node);
  BOOST_TEST(no_node.error().code == errc::not_found);
  BOOST_TEST(no_node.error().context == R"(no node 'x\x0a' in graph 'g')");
  const auto no_graph = read.find(find_node{graph_id{"h"}, node_key{"a"}});
  BOOST_REQUIRE(!no_graph);
  BOOST_TEST(no_graph.error().context == "no graph 'h' in this file");
  const auto no_key = read.find(find_edge{graph_id{"g"}, edge_key{"x"}, {}});
  BOOST_REQUIRE(!no_key);
  BOOST_TEST(no_key.error().code == errc::not_found);
  const auto elsewhere = read.find(find_edge{graph_id{"other"}, {}, row_id{"edge-1"}});
  BOOST_REQUIRE(!elsewhere);
  BOOST_TEST(elsewhere.error().code == errc::not_found);
  BOOST_TEST(read.find_graph(graph_id{"h"}).error().code == errc::not_found);
  BOOST_TEST(read.find_graph_type(graph_type_name{"t"}).error().code == errc::not_found);
}

BOOST_AUTO_TEST_CASE(an_edge_is_named_once) {
  free_graph();
  BOOST_TEST(read.find(find_edge{graph_id{"g"}, {}, {}}).error().code == errc::invalid_option);
  BOOST_TEST(read.find(find_edge{graph_id{"g"}, edge_key{"k"}, row_id{"i"}}).error().code ==
             errc::invalid_option);
}

BOOST_AUTO_TEST_CASE(a_graph_comes_with_the_name_of_its_type) {
  graph_type("calls", R"({"type": "directed"})");
  graph("g", "calls", "main", "draft");
  sql("UPDATE graphs SET owner_id = 'o', project_id = 'p', description = 'd', created_at = 1, "
      "updated_at = 2, metadata = '{\"a\": 1}'");
  const auto found = read.find_graph(graph_id{"g"});
  BOOST_REQUIRE(found);
  const quire::graph wanted{.id = graph_id{"g"},
                            .type = graph_type_name{"calls"},
                            .name = "main",
                            .description = "d",
                            .owner = "o",
                            .project = "p",
                            .status = graph_status::draft,
                            .metadata = doc(R"({"a": 1})"),
                            .created_at = row_time{std::chrono::seconds{1}},
                            .updated_at = row_time{std::chrono::seconds{2}}};
  BOOST_TEST((*found == wanted));
}

BOOST_AUTO_TEST_CASE(a_graph_is_resolved_by_id_before_name) {
  graph("one", nullptr, "two");
  graph("two", nullptr, "three");
  BOOST_TEST(read.resolve_graph("two")->id == graph_id{"two"});
  BOOST_TEST(read.resolve_graph("three")->id == graph_id{"two"});
  BOOST_TEST(read.resolve_graph("four").error().code == errc::not_found);
}

BOOST_AUTO_TEST_CASE(of_graphs_with_one_name_the_only_live_one_is_meant) {
  graph("old", nullptr, "main", "archived");
  graph("older", nullptr, "main", "archived");
  const auto none_live = read.resolve_graph("main");
  BOOST_REQUIRE(!none_live);
  BOOST_TEST(none_live.error().code == errc::conflict);
  BOOST_TEST(none_live.error().context ==
             "2 graphs are named 'main'; name one by its id: old, older");
  graph("new", nullptr, "main");
  BOOST_TEST(read.resolve_graph("main")->id == graph_id{"new"});
  graph("newer", nullptr, "main", "draft");
  const auto two_live = read.resolve_graph("main");
  BOOST_REQUIRE(!two_live);
  BOOST_TEST(two_live.error().context ==
             "2 graphs are named 'main'; name one by its id: new, newer");
}

BOOST_AUTO_TEST_CASE(a_graph_type_comes_with_its_types_in_the_order_of_rows) {
  graph_type("calls", R"({"type": "mixed"})");
  sql("INSERT INTO node_types (id, graph_type_id, name, schema) VALUES "
      "('n1', 'type-calls', 'zebra', '{\"a\": 1}'), ('n2', 'type-calls', 'ant', '{}')");
  sql("INSERT INTO edge_types (id, graph_type_id, name, schema, allowed_source_types) VALUES "
      "('e1', 'type-calls', 'eats', '{}', '[\"zebra\", \"ant\"]')");
  graph_type("bare", "{}");
  const auto all = read.list_graph_types();
  BOOST_REQUIRE(all);
  BOOST_REQUIRE(all->size() == 2U);
  BOOST_TEST((*all)[0].name == graph_type_name{"bare"});
  const auto& calls = (*all)[1];
  BOOST_TEST(calls.scope == type_scope::tenant);
  BOOST_TEST(calls.version == 1);
  BOOST_TEST(calls.config.text() == R"({"type": "mixed"})");
  BOOST_REQUIRE(calls.node_types.size() == 2U);
  BOOST_TEST(calls.node_types[0].name == type_name{"zebra"});
  BOOST_TEST(calls.node_types[0].schema.text() == R"({"a": 1})");
  BOOST_TEST(calls.node_types[1].id == row_id{"n2"});
  BOOST_REQUIRE(calls.edge_types.size() == 1U);
  BOOST_TEST(calls.edge_types[0].sources.size() == 2U);
  BOOST_TEST(calls.edge_types[0].sources[1] == type_name{"ant"});
  BOOST_TEST(calls.edge_types[0].targets.empty());
}

BOOST_AUTO_TEST_CASE(allowed_ends_that_are_no_list_are_reported) {
  graph_type("calls", "{}");
  sql("INSERT INTO edge_types (id, graph_type_id, name, schema, allowed_source_types) VALUES "
      "('e1', 'type-calls', 'eats', '{}', '[1]')");
  const auto found = read.find_graph_type(graph_type_name{"calls"});
  BOOST_REQUIRE(!found);
  BOOST_TEST(found.error().code == errc::storage_corrupt);
  BOOST_TEST(found.error().context.find("'eats'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_type_written_in_entry_form_is_read_in_stored_form) {
  free_graph();
  node("a", "{}", "HTTPCallNode");
  node("b", "{}", "thing");
  edge("a", "b", false, "DependsOnEdge");
  BOOST_TEST(read.find(find_node{graph_id{"g"}, node_key{"a"}})->type == type_name{"http_call"});
  BOOST_TEST(read.find(find_edge{graph_id{"g"}, {}, row_id{"edge-1"}})->type ==
             type_name{"depends_on"});
}

BOOST_AUTO_TEST_CASE(attributes_that_are_no_json_are_still_read) {
  free_graph();
  node("a", "{torn");
  const auto found = read.find(find_node{graph_id{"g"}, node_key{"a"}});
  BOOST_REQUIRE(found);
  BOOST_TEST(found->attributes.text() == "{torn");
}

BOOST_AUTO_TEST_CASE(counts_come_by_type_with_the_last_change) {
  free_graph();
  graph("other");
  for (const auto* key : {"a", "b", "c"}) node(key, "{}", "thing");
  node("d", "{}", "ThingNode");
  node("e", "{}", nullptr);
  node("x", "{}", "thing", "other");
  edge("a", "b");
  edge("b", "c", false, "part_of");
  sql("INSERT OR REPLACE INTO _quire_meta (key, value) VALUES ('commit_seq', '42')");
  const auto stat = read.stat(stat_graph{graph_id{"g"}});
  BOOST_REQUIRE(stat);
  BOOST_TEST(stat->nodes == 5);
  BOOST_TEST(stat->edges == 2);
  BOOST_TEST((stat->nodes_by_type == std::map<std::string, std::int64_t>{{"", 1}, {"thing", 4}}));
  BOOST_TEST(
      (stat->edges_by_type == std::map<std::string, std::int64_t>{{"joins", 1}, {"part_of", 1}}));
  BOOST_TEST(stat->seq == change_seq{42});
  BOOST_TEST(read.stat(stat_graph{graph_id{"h"}}).error().code == errc::not_found);
}

BOOST_AUTO_TEST_CASE(the_last_change_is_zero_in_a_new_file) {
  sql("DELETE FROM _quire_meta WHERE key = 'commit_seq'");
  BOOST_TEST(*read.last_seq() == change_seq{0});
  sql("INSERT INTO _quire_meta (key, value) VALUES ('commit_seq', 'many')");
  BOOST_TEST(read.last_seq().error().code == errc::storage_corrupt);
}

BOOST_AUTO_TEST_CASE(no_answer_leaves_a_snapshot_open) {
  free_graph();
  node("a");
  node("b");
  edge("a", "b");
  BOOST_REQUIRE(read.find(find_node{graph_id{"g"}, node_key{"a"}}));
  BOOST_REQUIRE(read.stat(stat_graph{graph_id{"g"}}));
  BOOST_REQUIRE(read.list(list_nodes{graph_id{"g"}, pages_of(1)}));
  BOOST_REQUIRE(read.neighbors(neighbors_of("a")));
  BOOST_REQUIRE(read.shortest_path(path_between("a", "b")));
  node("c");
  BOOST_TEST(read.find(find_node{graph_id{"g"}, node_key{"c"}}).has_value());
  // A reader that still held a snapshot would keep the log from being emptied.
  BOOST_TEST(writer.checkpoint(true).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
