#include "reader_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

struct neighbor_fixture : file_fixture {
  std::string names(const find_neighbors& q) {
    const auto page = read.neighbors(q);
    if (!page) return to_string(page.error());
    std::string out;
    for (const auto& n : page->items) {
      out += (out.empty() ? "" : " ") + n.edge.id.get() + ":" + n.node.key.get();
    }
    return out;
  }

  /// a -> b, b -> a, a - c, d - a, a -> a, a - a
  void mixed_edges() {
    for (const auto* key : {"a", "b", "c", "d"}) node(key);
    edge("a", "b");
    edge("b", "a");
    edge("a", "c", true);
    edge("d", "a", true);
    edge("a", "a");
    edge("a", "a", true);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(neighbors, neighbor_fixture)

BOOST_AUTO_TEST_CASE(undirected_edges_count_both_ways_and_loops_once) {
  graph_type("m", R"({"type": "mixed", "multi": true, "allowSelfLoops": true})");
  graph("g", "m");
  mixed_edges();
  BOOST_TEST(names(neighbors_of("a", direction::out)) ==
             "edge-1:b edge-3:c edge-5:a edge-6:a edge-4:d");
  BOOST_TEST(names(neighbors_of("a", direction::in)) ==
             "edge-2:b edge-4:d edge-5:a edge-6:a edge-3:c");
  BOOST_TEST(names(neighbors_of("a", direction::both)) ==
             "edge-1:b edge-3:c edge-5:a edge-6:a edge-2:b edge-4:d");
  BOOST_TEST(names(neighbors_of("c", direction::out)) == "edge-3:a");
  BOOST_TEST(names(neighbors_of("b", direction::out)) == "edge-2:a");
}

BOOST_AUTO_TEST_CASE(an_untyped_graph_goes_by_the_flags) {
  free_graph();
  mixed_edges();
  BOOST_TEST(names(neighbors_of("d", direction::in)) == "edge-4:a");
}

BOOST_AUTO_TEST_CASE(a_config_that_cannot_be_read_leaves_it_to_the_flags) {
  graph_type("m", "{torn");
  graph("g", "m");
  mixed_edges();
  BOOST_TEST(names(neighbors_of("d", direction::in)) == "edge-4:a");
}

BOOST_AUTO_TEST_CASE(an_undirected_graph_has_one_set_of_neighbours) {
  graph_type("u", R"({"type": "undirected"})");
  graph("g", "u");
  for (const auto* key : {"a", "b", "c"}) node(key);
  edge("a", "b", true);
  edge("c", "a", true);
  for (const auto d : {direction::out, direction::in, direction::both}) {
    const auto page = read.neighbors(neighbors_of("a", d));
    BOOST_REQUIRE(page);
    std::set<std::string> found;
    for (const auto& n : page->items) found.insert(n.node.key.get());
    BOOST_TEST((found == std::set<std::string>{"b", "c"}));
    BOOST_TEST(page->items.size() == 2U);
  }
}

BOOST_AUTO_TEST_CASE(a_directed_graph_follows_its_arrows) {
  graph_type("d", R"({"type": "directed"})");
  graph("g", "d");
  for (const auto* key : {"a", "b", "c"}) node(key);
  edge("a", "b");
  edge("c", "a");
  BOOST_TEST(names(neighbors_of("a", direction::out)) == "edge-1:b");
  BOOST_TEST(names(neighbors_of("a", direction::in)) == "edge-2:c");
  BOOST_TEST(names(neighbors_of("a", direction::both)) == "edge-1:b edge-2:c");
}

BOOST_AUTO_TEST_CASE(a_change_of_the_config_is_seen) {
  graph_type("d", R"({"type": "directed"})");
  graph("g", "d");
  for (const auto* key : {"a", "b"}) node(key);
  edge("b", "a", true);
  BOOST_TEST(names(neighbors_of("a", direction::out)) == "");
  sql("UPDATE graph_types SET config = '{\"type\": \"mixed\"}'");
  BOOST_TEST(names(neighbors_of("a", direction::out)) == "edge-1:b");
}

BOOST_AUTO_TEST_CASE(rows_are_whole) {
  free_graph();
  node("a");
  node("b", R"({"x": 1})", "part");
  edge("a", "b", false, "owns");
  sql("UPDATE edges SET key = 'ab', attributes = '{\"w\": 2}'");
  const auto page = read.neighbors(neighbors_of("a", direction::out));
  BOOST_REQUIRE(page);
  BOOST_REQUIRE(page->items.size() == 1U);
  BOOST_TEST((page->items[0].node == *read.find(find_node{graph_id{"g"}, node_key{"b"}})));
  BOOST_TEST((page->items[0].edge == *read.find(find_edge{graph_id{"g"}, edge_key{"ab"}, {}})));
}

BOOST_AUTO_TEST_CASE(types_narrow_edges_and_nodes_in_either_form) {
  free_graph();
  node("a");
  node("b", "{}", "http_call");
  node("c", "{}", "HttpCallNode");
  node("d", "{}", nullptr);
  edge("a", "b", false, "depends_on");
  edge("a", "c", false, "joins");
  edge("a", "d", false, "DependsOnEdge");
  auto q = neighbors_of("a", direction::out);
  q.edge_types = {type_name{"depends_on"}};
  BOOST_TEST(names(q) == "edge-1:b edge-3:d");
  q.edge_types = {type_name{"DependsOnEdge"}, type_name{"joins"}};
  BOOST_TEST(names(q) == "edge-1:b edge-2:c edge-3:d");
  q.node_types = {type_name{"HttpCallNode"}};
  BOOST_TEST(names(q) == "edge-1:b edge-2:c");
  q.edge_types.clear();
  q.node_types = {type_name{"nothing"}};
  BOOST_TEST(names(q) == "");
  q.node_types.assign(reader::max_types + 1, type_name{"x"});
  BOOST_TEST(read.neighbors(q).error().code == errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(pages_join_to_the_whole_in_every_direction) {
  free_graph();
  node("hub");
  for (int i = 0; i < 30; ++i) {
    const auto key = "n" + std::to_string(i);
    node(key.c_str());
    edge(i % 2 == 0 ? "hub" : key.c_str(), i % 2 == 0 ? key.c_str() : "hub", i % 3 == 0,
         i % 5 == 0 ? "joins" : "owns");
  }
  for (const auto d : {direction::out, direction::in, direction::both}) {
    for (const bool typed : {false, true}) {
      auto q = neighbors_of("hub", d);
      if (typed) q.edge_types = {type_name{"owns"}};
      const auto whole = names(q);
      for (const std::size_t limit : {1, 4, 15}) {
        q.limit = limit;
        q.cursor.clear();
        std::string joined;
        do {
          const auto page = read.neighbors(q);
          BOOST_REQUIRE(page);
          BOOST_TEST(page->items.size() <= limit);
          joined += (joined.empty() ? "" : " ") + names(q);
          q.cursor = page->next_cursor;
        } while (!q.cursor.empty());
        BOOST_TEST(joined == whole);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(paging_survives_changes_and_a_vacuum) {
  free_graph();
  for (const auto* key : {"a", "b"}) node(key);
  for (int i = 0; i < 10; ++i) edge("a", "b");
  sql("DELETE FROM edges WHERE id IN ('edge-1', 'edge-2', 'edge-3')");
  auto q = neighbors_of("a", direction::out);
  q.limit = 2;
  q.cursor = read.neighbors(q)->next_cursor;
  BOOST_REQUIRE(writer.vacuum());
  sql("DELETE FROM edges WHERE id = 'edge-4'");
  q.limit = 100;
  BOOST_TEST(names(q) == "edge-6:b edge-7:b edge-8:b edge-9:b edge-10:b");
}

BOOST_AUTO_TEST_CASE(a_cursor_belongs_to_its_query) {
  free_graph();
  for (const auto* key : {"a", "b"}) node(key);
  for (int i = 0; i < 3; ++i) edge("a", "b");
  auto q = neighbors_of("a", direction::out);
  q.limit = 1;
  q.cursor = read.neighbors(q)->next_cursor;
  for (auto other : {neighbors_of("b", direction::out), neighbors_of("a", direction::in)}) {
    other.cursor = q.cursor;
    BOOST_TEST(read.neighbors(other).error().code == errc::invalid_cursor);
  }
  auto typed = q;
  typed.edge_types = {type_name{"joins"}};
  BOOST_TEST(read.neighbors(typed).error().code == errc::invalid_cursor);
  q.cursor[3] = q.cursor[3] == 'A' ? 'B' : 'A';
  BOOST_TEST(read.neighbors(q).error().code == errc::invalid_cursor);
}

BOOST_AUTO_TEST_CASE(a_lonely_node_has_none_and_a_missing_one_is_not_found) {
  free_graph();
  node("a");
  BOOST_TEST(names(neighbors_of("a", direction::both)) == "");
  const auto none = read.neighbors(neighbors_of("x", direction::both));
  BOOST_REQUIRE(!none);
  BOOST_TEST(none.error().code == errc::not_found);
  BOOST_TEST(none.error().context == "no node 'x' in graph 'g'");
  auto q = neighbors_of("a", direction::out);
  q.graph = graph_id{"h"};
  BOOST_TEST(read.neighbors(q).error().code == errc::not_found);
  q = neighbors_of("a", direction::out);
  q.limit = 0;
  BOOST_TEST(read.neighbors(q).error().code == errc::invalid_option);
}

BOOST_AUTO_TEST_CASE(an_edge_without_its_end_is_left_out) {
  free_graph();
  for (const auto* key : {"a", "b"}) node(key);
  edge("a", "b");
  sql("PRAGMA foreign_keys = OFF");
  sql("DELETE FROM nodes WHERE key = 'b'");
  BOOST_TEST(names(neighbors_of("a", direction::out)) == "");
}

BOOST_AUTO_TEST_SUITE_END()
