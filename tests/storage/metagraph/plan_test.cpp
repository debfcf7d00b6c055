// Every statement of the reading side against a fresh schema: it must search an index, and sort
// nothing on the default paths.
#include "attribute_index_name.hpp"
#include "list_text.hpp"
#include "reader_fixture.hpp"
#include "reader_state.hpp"

#include <quire/metagraph/attribute_index.hpp>
#include <quire/metagraph/filter.hpp>

#include <boost/test/unit_test.hpp>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

struct plan_fixture : file_fixture {
  std::string plan(std::string_view text) {
    auto made = db.prepare("plan", "EXPLAIN QUERY PLAN " + std::string{text});
    BOOST_REQUIRE_MESSAGE(made, made.error().context << " in " << text);
    std::string out;
    while (*made->step()) out.append(made->text(3)).append("\n");
    return out;
  }

  index_lookup has_index() {
    return [this](std::string_view expression) -> result<bool> {
      reader_state s{db, {}};
      const auto nodes = s.has_index(attribute_index_name("nodes", expression));
      if (!nodes || *nodes) return nodes;
      return s.has_index(attribute_index_name("edges", expression));
    };
  }

  std::string list_plan(const listing& what, const list_options& options) {
    const auto text = write_list(what, graph_id{"g"}, options, has_index());
    BOOST_REQUIRE_MESSAGE(text, text.error().context);
    return plan(text->sql);
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

void check_searches(const std::string& plan) {
  BOOST_TEST_CONTEXT(plan) {
    BOOST_TEST(has(plan, "SEARCH"));
    BOOST_TEST(!has(plan, "SCAN"));
  }
}

void check_unsorted(const std::string& plan) {
  check_searches(plan);
  BOOST_TEST_CONTEXT(plan) { BOOST_TEST(!has(plan, "TEMP B-TREE")); }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plan, plan_fixture)

BOOST_AUTO_TEST_CASE(finding_searches) {
  reader_state s{db, {}};
  for (const auto* statement :
       {&s.sql.node, &s.sql.edge_by_key, &s.sql.edge_by_id, &s.sql.edge_by_rowid, &s.sql.end_type,
        &s.sql.graph, &s.sql.graph_config, &s.sql.type_metadata, &s.sql.graph_type,
        &s.sql.node_types, &s.sql.edge_types, &s.sql.count_nodes, &s.sql.count_edges,
        &s.sql.last_seq, &s.sql.edge_place}) {
    check_searches(plan(statement->sql()));
  }
  BOOST_TEST(has(plan(s.sql.edge_by_id.sql()), "(id=?)"));
  BOOST_TEST(has(plan(s.sql.count_nodes.sql()), "COVERING INDEX idx_nodes_graph_id_node_type"));
  BOOST_TEST(has(plan(s.sql.count_edges.sql()), "COVERING INDEX idx_edges_graph_id_edge_type"));
  // Graphs by name and the names of all graph types: few rows, read whole.
  BOOST_TEST(has(plan(s.sql.graphs_by_name.sql()), "SCAN graphs"));
  BOOST_TEST(has(plan(s.sql.graph_type_names.sql()), "SCAN graph_types USING COVERING INDEX"));
}

BOOST_AUTO_TEST_CASE(neighbours_and_steps_walk_one_index_and_sort_nothing) {
  reader_state s{db, {}};
  for (std::size_t i = 0; i < walk_count; ++i) {
    const auto w = static_cast<walk>(i);
    const bool at_source = w == walk::source || w == walk::source_undirected;
    const std::string wanted = at_source ? "idx_edges_graph_id_source_node_key (graph_id=? AND "
                                           "source_node_key=?"
                                         : "idx_edges_graph_id_target_node_key (graph_id=? AND "
                                           "target_node_key=?";
    for (const std::string& text :
         {std::string{s.sql.neighbors[i].sql()}, std::string{s.sql.steps[i].sql()},
          std::string{open_neighbor_texts[i]} +
              " AND +e.edge_type IN (?, ?) AND +n.node_type IN (?) ORDER BY e.rowid",
          std::string{step_texts[i]} + " AND +e.edge_type IN (?, ?)"}) {
      check_unsorted(plan(text));
      BOOST_TEST(has(plan(text), wanted), text << "\n" << plan(text));
    }
    BOOST_TEST(has(plan(s.sql.neighbors[i].sql()), "(graph_id=? AND key=?)"));
    BOOST_TEST(has(plan(s.sql.neighbors[i].sql()), "rowid>?"));
  }
}

BOOST_AUTO_TEST_CASE(default_lists_follow_an_index_from_the_first_page_to_the_last) {
  free_graph();
  for (const auto* key : {"a", "b"}) node(key);
  for (int i = 0; i < 2; ++i) edge("a", "b");
  graph("h");
  list_options options;
  options.limit = 1;

  check_unsorted(list_plan(nodes_listing(), options));
  check_unsorted(list_plan(edges_listing(), options));
  BOOST_TEST(!has(list_plan(graphs_listing(), options), "TEMP B-TREE"));

  auto next = options;
  next.cursor = read.list(list_nodes{graph_id{"g"}, options})->next_cursor;
  check_unsorted(list_plan(nodes_listing(), next));
  BOOST_TEST(has(list_plan(nodes_listing(), next), "(graph_id=? AND key>?)"));
  next.cursor = read.list(list_edges{graph_id{"g"}, options})->next_cursor;
  check_unsorted(list_plan(edges_listing(), next));
  BOOST_TEST(has(list_plan(edges_listing(), next),
                 "idx_edges_graph_id_source_node_key (graph_id=? AND source_node_key>?)"));
  // The names of graph types hang on each graph by their own key.
  const auto text = [&] {
    const auto cursor = read.list_graphs(options)->next_cursor;
    list_options o = options;
    o.cursor = cursor;
    return write_list(graphs_listing(), {}, o, has_index())->sql;
  }();
  BOOST_TEST(has(plan(text), "SEARCH g USING INDEX sqlite_autoindex_graphs_1 (id>?)"), plan(text));
}

BOOST_AUTO_TEST_CASE(filters_on_columns_use_their_indexes) {
  BOOST_TEST(
      has(list_plan(nodes_listing(), options_of(R"({"key": {"in": ["a", "b"]}})")), "key=?"));
  BOOST_TEST(has(list_plan(edges_listing(), options_of(R"({"targetNodeKey": "a"})")),
                 "target_node_key=?"));
  BOOST_TEST(has(list_plan(nodes_listing(), options_of(R"({"id": "a"})")), "(id=?)"));
  check_unsorted(list_plan(nodes_listing(), options_of({}, R"([{"key": "desc"}])")));
}

BOOST_AUTO_TEST_CASE(filters_use_an_attribute_index_when_there_is_one) {
  free_graph();
  node("a", R"({"status": "open", "error": {"codes": [7]}})");
  node("torn", "{torn");
  const auto wanted = options_of(R"({"attributes": {"status": "open"}})");
  BOOST_TEST(!has(list_plan(nodes_listing(), wanted), "idx_nodes_attributes_"));

  BOOST_REQUIRE(allow_attribute_indexes(writer));
  BOOST_REQUIRE(allow_attribute_indexes(db));
  const auto name = ensure_attribute_index(writer, table::nodes, "status");
  BOOST_REQUIRE_MESSAGE(name, name.error().context);
  BOOST_TEST(*ensure_attribute_index(writer, table::nodes, "/status") == *name);
  for (const auto* filter :
       {R"({"attributes": {"status": "open"}})", R"({"attributes": {"/status": 7}})",
        R"({"attributes": {"status": {"in": ["open", "done"]}}})",
        R"({"attributes": {"status": {"gt": "a"}}})", R"({"attributes": {"status": true}})",
        R"({"attributes": {"status": null}})"}) {
    BOOST_TEST(has(list_plan(nodes_listing(), options_of(filter)), *name), filter);
  }
  BOOST_TEST(has(list_plan(nodes_listing(), options_of({}, R"([{"/status": "asc"}])")), *name));
  BOOST_TEST(keys(read.list(list_nodes{graph_id{"g"}, wanted})->items) == "a");

  const auto deep = ensure_attribute_index(writer, table::nodes, "/error/codes/0");
  BOOST_REQUIRE_MESSAGE(deep, deep.error().context);
  const auto by_code = options_of(R"({"attributes": {"/error/codes/0": 7}})");
  BOOST_TEST(has(list_plan(nodes_listing(), by_code), *deep));
  BOOST_TEST(keys(read.list(list_nodes{graph_id{"g"}, by_code})->items) == "a");

  const auto edges = ensure_attribute_index(writer, table::edges, "it's");
  BOOST_REQUIRE_MESSAGE(edges, edges.error().context);
  BOOST_TEST(has(list_plan(edges_listing(), options_of(R"({"attributes": {"it's": 1}})")), *edges));
  // A row that is no JSON can be written and read beside the index.
  node("worse", "]");
  BOOST_TEST(read.find(find_node{graph_id{"g"}, node_key{"worse"}}).has_value());
}

BOOST_AUTO_TEST_CASE(an_attribute_index_is_for_nodes_and_edges_and_for_what_filters_take) {
  BOOST_TEST(ensure_attribute_index(writer, table::graphs, "a").error().code ==
             errc::invalid_option);
  BOOST_TEST(ensure_attribute_index(writer, table::nodes, "a\"").error().code ==
             errc::filter_unsupported);
  BOOST_TEST(ensure_attribute_index(writer, table::nodes, "\xFF").error().code ==
             errc::filter_unsupported);
  BOOST_TEST(ensure_attribute_index(writer, table::nodes, std::string(600, 'a')).error().code ==
             errc::limit_exceeded);
}

BOOST_AUTO_TEST_SUITE_END()
