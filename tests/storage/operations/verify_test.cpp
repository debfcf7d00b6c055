#include "fixture.hpp"

namespace quire::operations {
namespace {

/// A graph of each kind with people in it, all well, and whatever a foreign program does to it.
struct examined_tenant : tenant_files {
  std::unique_ptr<tenant_store> store = open();

  examined_tenant() {
    written(
        *store,
        request(define_graph_type{
            .name = graph_type_name{"strict"},
            .module = json("{'PersonNode': {'type': 'object', 'properties': {'name': {'type': "
                           "'string'}}, 'required': ['name']}, 'RobotNode': {'type': 'object', "
                           "'required': ['serial']}, 'LinkEdge': {'type': 'object', "
                           "'properties': {'since': {'type': 'integer'}}}, "
                           "'LinkEdgeConstraints': {'type': 'object', 'properties': {'edgeType': "
                           "{'const': 'LinkEdge'}, 'allowedSourceTypes': {'default': "
                           "['person']}}}}")}));
    written(*store, request(items("loose",
                                  "'type': {'const': 'mixed'}, 'multi': {'const': true}, "
                                  "'allowSelfLoops': {'const': true}")));
    written(*store, request(items("round", "'type': {'const': 'undirected'}")));
    written(*store,
            request(new_graph("s", "strict"), new_graph("l", "loose"), new_graph("u", "round")));
    for (const auto* key : {"a", "b", "c"}) {
      written(*store, request(create_node{graph_id{"s"}, node_key{key}, type_name{"person"},
                                          json("{'name': 'x'}")},
                              new_node("l", key), new_node("u", key)));
    }
    written(*store,
            request(new_edge("s", "a", "b", "ab"), new_edge("l", "a", "b"), new_edge("l", "a", "b"),
                    new_edge("l", "a", "a"), new_edge("u", "a", "b", "ab")));
  }

  void run(const std::string& sql) {
    const auto done = store->connection().execute("PRAGMA foreign_keys = OFF; " + sql +
                                                  "; PRAGMA foreign_keys = ON");
    BOOST_REQUIRE_MESSAGE(done, done.error());
  }
  std::vector<std::string> findings(std::size_t limit = 100) {
    return verify(store->connection(), limit).value();
  }
  void check_clean() {
    for (const auto& line : findings()) BOOST_ERROR(line);
  }
  /// Exactly one finding, with these texts in it.
  void check_found(const std::string& sql, std::initializer_list<const char*> texts) {
    run(sql);
    const auto found = findings();
    BOOST_TEST_CONTEXT(sql) {
      BOOST_TEST(found.size() == 1U);
      for (const auto& line : found) {
        for (const auto* text : texts) BOOST_TEST(line.find(text) != std::string::npos, line);
      }
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(verify_reports, examined_tenant)

BOOST_AUTO_TEST_CASE(nothing_of_a_good_file) {
  check_clean();
  // What a foreign program wrote is well when it says enough.
  run("INSERT INTO nodes (id, graph_id, key, attributes) VALUES ('f', 's', 'f', '{\"name\": "
      "\"x\"}'), ('e', 's', 'e', '{\"name\": \"x\"}');"
      "UPDATE nodes SET node_type = 'PersonNode' WHERE id = 'e';"
      "INSERT INTO edges (id, graph_id, source_node_key, target_node_key) VALUES ('fe', 's', 'f', "
      "'e')");
  check_clean();
  run("UPDATE graphs SET graph_type_id = NULL WHERE id = 'l'");
  BOOST_TEST(findings().empty());
}

BOOST_AUTO_TEST_CASE(attributes_that_are_no_object) {
  check_found("UPDATE nodes SET attributes = '{torn' WHERE graph_id = 's' AND key = 'a'",
              {"node 'a'", "graph 's'"});
}
BOOST_AUTO_TEST_CASE(attributes_of_edges_that_are_no_object) {
  check_found("UPDATE edges SET attributes = '[1]' WHERE graph_id = 's'", {"edge 'ab'"});
}
BOOST_AUTO_TEST_CASE(attributes_that_break_their_type) {
  check_found("UPDATE nodes SET attributes = '{\"name\": 1}' WHERE graph_id = 's' AND key = 'a'",
              {"node 'a'", "validation_failed"});
}
BOOST_AUTO_TEST_CASE(attributes_of_edges_that_break_their_type) {
  check_found("UPDATE edges SET attributes = '{\"since\": \"x\"}' WHERE graph_id = 's'",
              {"edge 'ab'", "validation_failed"});
}
BOOST_AUTO_TEST_CASE(types_that_do_not_exist) {
  check_found("UPDATE nodes SET node_type = 'alien' WHERE graph_id = 'u' AND key = 'c'",
              {"node 'c'", "'alien' does not exist"});
}
BOOST_AUTO_TEST_CASE(types_of_edges_that_do_not_exist) {
  check_found("UPDATE edges SET edge_type = 'hates' WHERE graph_id = 's'",
              {"edge 'ab'", "'hates' does not exist"});
}
BOOST_AUTO_TEST_CASE(types_that_nothing_says) {
  check_found(
      "UPDATE nodes SET node_type = NULL, attributes = '{}' WHERE graph_id = 's' AND key = "
      "'c'",
      {"node 'c'", "no type"});
}
BOOST_AUTO_TEST_CASE(types_of_edges_that_nothing_says) {
  check_found(
      "UPDATE edges SET edge_type = NULL, attributes = '{\"since\": \"x\"}' WHERE graph_id "
      "= 's'",
      {"edge 'ab'", "no type"});
}
BOOST_AUTO_TEST_CASE(ends_that_are_not_allowed) {
  check_found(
      "UPDATE nodes SET node_type = 'robot', attributes = '{\"serial\": 1}' WHERE graph_id "
      "= 's' AND key = 'a'",
      {"edge 'ab'", "constraint_violation"});
}
BOOST_AUTO_TEST_CASE(ends_that_do_not_exist) {
  run("UPDATE edges SET target_node_key = 'nobody' WHERE graph_id = 's'");
  const auto found = findings();
  BOOST_REQUIRE(!found.empty());
  BOOST_TEST(found.front().find("edges") != std::string::npos, found.front());
}
BOOST_AUTO_TEST_CASE(directions_that_do_not_fit) {
  check_found("UPDATE edges SET undirected = 1 WHERE graph_id = 's'", {"edge 'ab'", "direction"});
}
BOOST_AUTO_TEST_CASE(directions_that_do_not_fit_an_undirected_graph) {
  check_found("UPDATE edges SET undirected = 0 WHERE graph_id = 'u'", {"edge 'ab'", "direction"});
}
BOOST_AUTO_TEST_CASE(loops_where_none_are_allowed) {
  check_found("UPDATE edges SET target_node_key = 'a' WHERE graph_id = 's'",
              {"edge 'ab'", "self_loop"});
}
BOOST_AUTO_TEST_CASE(parallel_edges_where_none_are_allowed) {
  check_found(
      "INSERT INTO edges (id, graph_id, key, source_node_key, target_node_key, undirected, "
      "edge_type) VALUES ('x', 'u', 'ba', 'b', 'a', 1, 'link')",
      {"edge 'ab'", "2 parallel edges"});
}
BOOST_AUTO_TEST_CASE(metadata_that_are_no_object) {
  check_found("UPDATE graphs SET metadata = '[]' WHERE id = 's'", {"row 's' of graphs"});
  check_found("UPDATE graphs SET metadata = '{' WHERE id = 's'", {"row 's' of graphs"});
}
BOOST_AUTO_TEST_CASE(configs_that_say_nothing_sensible) {
  run("UPDATE graph_types SET config = '{\"type\": \"square\"}' WHERE name = 'round'");
  const auto found = findings();
  BOOST_REQUIRE(!found.empty());
  BOOST_TEST(found.front().find("graph type 'round'") != std::string::npos, found.front());
}
BOOST_AUTO_TEST_CASE(schemas_that_do_not_compile) {
  run("UPDATE node_types SET schema = '{\"type\": 7}' WHERE name = 'robot'");
  const auto found = findings();
  BOOST_REQUIRE(!found.empty());
  BOOST_TEST(found.front().find("robot") != std::string::npos, found.front());
}
BOOST_AUTO_TEST_CASE(numbers_of_changes_with_holes) {
  check_found("DELETE FROM _honker_stream WHERE payload ->> 'seq' = 5",
              {"change events", "after number 4 comes 6"});
}
BOOST_AUTO_TEST_CASE(numbers_of_changes_that_end_early) {
  check_found("UPDATE _quire_meta SET value = '999' WHERE key = 'commit_seq'", {"999"});
}
BOOST_AUTO_TEST_CASE(events_that_are_none) {
  check_found("UPDATE _honker_stream SET payload = '7' WHERE payload ->> 'seq' = 5",
              {"change events", "malformed_event"});
}
BOOST_AUTO_TEST_CASE(no_trimmed_beginning_of_the_stream) {
  run("DELETE FROM _honker_stream WHERE payload ->> 'seq' < 9");
  BOOST_TEST(findings().empty());
}

BOOST_AUTO_TEST_CASE(as_much_as_was_asked_for) {
  run("UPDATE nodes SET attributes = '{torn'");
  BOOST_TEST(findings().size() == 9U);
  BOOST_TEST(findings(4).size() == 4U);
}

BOOST_AUTO_TEST_CASE(by_reading_only) {
  auto options = tenant_files::options();
  options.mode = sqlite::open_mode::read_only;
  auto reading = sqlite::connection::open(file, options).value();
  BOOST_TEST(verify(reading).value().empty());
  BOOST_TEST(!reading.in_transaction());
  BOOST_REQUIRE(reading.execute("BEGIN"));
  BOOST_TEST(verify(reading).value().empty());
  BOOST_TEST(reading.in_transaction());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::operations
