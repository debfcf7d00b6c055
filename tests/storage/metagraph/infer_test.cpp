#include "reader_fixture.hpp"

#include <quire/metagraph/graph_type_view.hpp>

#include <boost/test/unit_test.hpp>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

/// A graph of a type with two node types that differ in what they require, and two edge types that
/// differ in their ends.
struct infer_fixture : file_fixture {
  infer_fixture() {
    graph_type("calls", R"({"type": "mixed", "multi": true})");
    sql("INSERT INTO node_types (id, graph_type_id, name, schema) VALUES "
        "('n1', 'type-calls', 'call', '{\"type\": \"object\", \"required\": [\"fn\"]}'), "
        "('n2', 'type-calls', 'file', '{\"type\": \"object\", \"required\": [\"path\"]}')");
    sql("INSERT INTO edge_types (id, graph_type_id, name, schema, allowed_source_types) VALUES "
        "('e1', 'type-calls', 'invokes', '{\"type\": \"object\"}', '[\"call\"]'), "
        "('e2', 'type-calls', 'includes', '{\"type\": \"object\"}', '[\"file\"]')");
    graph("g", "calls");
    node("call", R"({"fn": "f"})", nullptr);
    node("file", R"({"path": "p"})", nullptr);
    node("none", "{}", nullptr);
    node("both", R"({"fn": "f", "path": "p"})", nullptr);
    node("torn", "{torn", nullptr);
    node("named", R"({"fn": "f"})", "file");
    edge("call", "file", false, nullptr);
    edge("file", "call", false, nullptr);
    edge("both", "call", false, nullptr);
    edge("named", "call", false, nullptr);
  }

  reader inferring() {
    return reader{db, {.infer = [this](const graph_id& id) {
                    ++asked;
                    BOOST_TEST(id == graph_id{"g"});
                    const auto rows = read.find_graph_type(graph_type_name{"calls"});
                    BOOST_REQUIRE_MESSAGE(rows, rows.error().context);
                    return graph_type_view::from_rows(*rows);
                  }}};
  }

  int asked = 0;
};

std::string node_type_of(reader& r, const char* key) {
  return r.find(find_node{graph_id{"g"}, node_key{key}})->type.get();
}

std::string edge_type_of(reader& r, const char* id) {
  return r.find(find_edge{graph_id{"g"}, {}, row_id{id}})->type.get();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(inference, infer_fixture)

BOOST_AUTO_TEST_CASE(a_missing_node_type_is_inferred_when_one_fits) {
  auto r = inferring();
  BOOST_TEST(node_type_of(r, "call") == "call");
  BOOST_TEST(node_type_of(r, "file") == "file");
}

BOOST_AUTO_TEST_CASE(a_node_type_is_absent_when_none_or_two_fit) {
  auto r = inferring();
  BOOST_TEST(node_type_of(r, "none") == "");
  BOOST_TEST(node_type_of(r, "both") == "");
  BOOST_TEST(node_type_of(r, "torn") == "");
}

BOOST_AUTO_TEST_CASE(a_missing_edge_type_is_inferred_from_its_ends) {
  auto r = inferring();
  BOOST_TEST(edge_type_of(r, "edge-1") == "invokes");
  BOOST_TEST(edge_type_of(r, "edge-2") == "includes");
  BOOST_TEST(edge_type_of(r, "edge-3") == "");
  BOOST_TEST(edge_type_of(r, "edge-4") == "includes");
}

BOOST_AUTO_TEST_CASE(lists_neighbours_and_paths_infer_too) {
  auto r = inferring();
  const auto nodes = r.list(list_nodes{graph_id{"g"}, {}});
  BOOST_REQUIRE(nodes);
  BOOST_TEST(nodes->items[1].type == type_name{"call"});
  const auto edges = r.list(list_edges{graph_id{"g"}, {}});
  BOOST_REQUIRE(edges);
  BOOST_TEST(edges->items[1].type == type_name{"invokes"});
  const auto near = r.neighbors(neighbors_of("call"));
  BOOST_REQUIRE(near);
  BOOST_TEST(near->items[0].node.type == type_name{"file"});
  BOOST_TEST(near->items[0].edge.type == type_name{"invokes"});
  const auto way = r.shortest_path(path_between("both", "file"));
  BOOST_REQUIRE(way);
  BOOST_TEST(way->nodes[1].type == type_name{"call"});
  BOOST_TEST(way->edges[1].type == type_name{"invokes"});
}

BOOST_AUTO_TEST_CASE(only_rows_without_a_type_ask_for_it) {
  auto r = inferring();
  BOOST_TEST(node_type_of(r, "named") == "file");
  BOOST_TEST(asked == 0);
}

BOOST_AUTO_TEST_CASE(without_a_lookup_or_a_known_type_nothing_is_inferred) {
  BOOST_TEST(node_type_of(read, "call") == "");
  reader knows_none{
      db, {.infer = [](const graph_id&) { return std::shared_ptr<const graph_type_view>{}; }}};
  BOOST_TEST(node_type_of(knows_none, "call") == "");
  BOOST_TEST(edge_type_of(knows_none, "edge-1") == "");
}

BOOST_AUTO_TEST_CASE(no_read_writes) {
  // On a connection that could write, so that a write would not merely fail.
  const auto version = *db.data_version();
  reader on_writer{
      writer, {.infer = [this](const graph_id&) {
        return graph_type_view::from_rows(*read.find_graph_type(graph_type_name{"calls"}));
      }}};
  BOOST_TEST(node_type_of(on_writer, "call") == "call");
  BOOST_TEST(edge_type_of(on_writer, "edge-1") == "invokes");
  BOOST_TEST(on_writer.list(list_nodes{graph_id{"g"}, {}}).has_value());
  BOOST_TEST(on_writer.list(list_edges{graph_id{"g"}, {}}).has_value());
  BOOST_TEST(on_writer.list_graphs({}).has_value());
  BOOST_TEST(on_writer.list_graph_types().has_value());
  BOOST_TEST(on_writer.resolve_graph("a graph").has_value());
  BOOST_TEST(on_writer.stat(stat_graph{graph_id{"g"}}).has_value());
  BOOST_TEST(on_writer.neighbors(neighbors_of("call")).has_value());
  BOOST_TEST(on_writer.shortest_path(path_between("call", "file")).has_value());
  BOOST_TEST(*db.data_version() == version);
  BOOST_TEST(!writer.in_transaction());
}

BOOST_AUTO_TEST_SUITE_END()
