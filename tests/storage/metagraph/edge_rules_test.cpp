// The rules of writing an edge, in their order, in each kind of graph.
#include "writer_fixture.hpp"

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

constexpr const char* kinds[] = {"directed", "undirected", "mixed"};

/// Runs the case once for each kind of graph, in a file of its own with people a, b, c and robot r.
template <class Case>
void in_each_graph(std::string_view more_config, Case&& run) {
  for (const std::string kind : kinds) {
    BOOST_TEST_CONTEXT("in a graph that is " << kind) {
      writer_fixture f;
      f.make_graph(kind, more_config);
      for (const auto* key : {"a", "b", "c"}) f.person(kind, key);
      f.robot(kind, "r");
      run(f, kind);
      BOOST_TEST(f.number("SELECT count(*) FROM nodes") >= 4);
    }
  }
}

create_node new_person(const std::string& graph, const std::string& key = "new") {
  return {.graph = graph_id{graph},
          .key = node_key{key},
          .type = type_name{"person"},
          .attributes = json("{'name': 'x'}")};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_of_writing)

BOOST_AUTO_TEST_CASE(refuse_what_is_in_no_graph) {
  in_each_graph({}, [](writer_fixture& f, const std::string&) {
    BOOST_TEST(f.refusal(f.knows("nowhere", "a", "b"), "nowhere") == errc::not_found);
    BOOST_TEST(f.refusal(new_person("nowhere"), "nowhere") == errc::not_found);
    BOOST_TEST(f.refusal(delete_node{graph_id{"nowhere"}, node_key{"a"}}) == errc::not_found);
  });
}

BOOST_AUTO_TEST_CASE(refuse_every_write_into_an_archived_graph) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    f.done(f.knows(g, "a", "b", "ab"));
    f.done(update_graph{.id = graph_id{g}, .set_status = true, .status = graph_status::archived});
    const graph_id id{g};
    BOOST_TEST(f.refusal(f.knows(g, "a", "c"), "archived") == errc::graph_archived);
    BOOST_TEST(f.refusal(new_person(g)) == errc::graph_archived);
    BOOST_TEST(f.refusal(upsert_node{id, node_key{"a"}}) == errc::graph_archived);
    BOOST_TEST(f.refusal(update_node{id, node_key{"a"}}) == errc::graph_archived);
    BOOST_TEST(f.refusal(delete_node{id, node_key{"a"}}) == errc::graph_archived);
    BOOST_TEST(f.refusal(upsert_edge{id, edge_key{"ab"}}) == errc::graph_archived);
    BOOST_TEST(f.refusal(update_edge{id, edge_key{"ab"}}) == errc::graph_archived);
    BOOST_TEST(f.refusal(delete_edge{id, edge_key{"ab"}}) == errc::graph_archived);
    f.done(update_graph{.id = id, .set_status = true, .status = graph_status::active});
    f.done(f.knows(g, "a", "c"));
  });
}

BOOST_AUTO_TEST_CASE(refuse_a_graph_whose_type_is_gone) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    f.sql("UPDATE graphs SET graph_type_id = NULL");
    BOOST_TEST(f.refusal(f.knows(g, "a", "b"), "lost its graph type") == errc::graph_untyped);
    BOOST_TEST(f.refusal(new_person(g)) == errc::graph_untyped);
    // Nothing brings it back to life but a type.
    f.sql("UPDATE graphs SET status = 'archived'");
    BOOST_TEST(f.refusal(update_graph{
                   .id = graph_id{g}, .set_status = true, .status = graph_status::active}) ==
               errc::graph_untyped);
  });
}

BOOST_AUTO_TEST_CASE(refuse_a_graph_whose_type_is_migrated_right_now) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    f.sql("UPDATE graph_types SET version = 3");
    BOOST_TEST(f.refusal(f.knows(g, "a", "b"), "migrated") == errc::migration_in_progress);
    BOOST_TEST(f.refusal(new_person(g)) == errc::migration_in_progress);
    f.sql("UPDATE graph_types SET version = 4");
    f.done(f.knows(g, "a", "b"));
  });
}

BOOST_AUTO_TEST_CASE(refuse_unknown_types_before_missing_ends) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    auto op = f.knows(g, "a", "nobody");
    op.type = type_name{"hates"};
    BOOST_TEST(f.refusal(op, "hates") == errc::unknown_type);
    auto node = new_person(g);
    node.type = type_name{"alien"};
    BOOST_TEST(f.refusal(node, "alien") == errc::unknown_type);
  });
}

BOOST_AUTO_TEST_CASE(take_a_type_in_either_form_and_store_one) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    auto op = f.knows(g, "a", "b", "ab");
    op.type = type_name{"KnowsEdge"};
    f.done(op);
    BOOST_TEST(f.value("SELECT edge_type FROM edges") == "knows");
    auto node = new_person(g);
    node.type = type_name{"PersonNode"};
    f.done(node);
    BOOST_TEST(f.value("SELECT node_type FROM nodes WHERE key = 'new'") == "person");
  });
}

BOOST_AUTO_TEST_CASE(infer_a_type_when_one_fits_and_ask_for_it_otherwise) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    auto op = f.knows(g, "a", "r");
    op.type = {};
    f.done(op);
    BOOST_TEST(f.value("SELECT edge_type FROM edges") == "owns");
    op.source = node_key{"r"};
    op.target = node_key{"b"};
    BOOST_TEST(f.refusal(op) == errc::validation_failed);
    op.attributes = json("{'much': 3}");
    f.done(op);
    auto node = new_person(g);
    node.type = {};
    f.done(node);
    node.key = node_key{"other"};
    node.attributes = json("{'size': 1}");
    BOOST_TEST(f.refusal(node) == errc::validation_failed);
  });
  writer_fixture f;
  f.define("twins",
           "{'ANode': {'type': 'object'}, 'BNode': {'type': 'object'}, 'AEdge': {'type': "
           "'object'}, 'BEdge': {'type': 'object'}}");
  f.done(create_graph{graph_id{"g"}, "g", graph_type_name{"twins"}});
  BOOST_TEST(f.refusal(create_node{graph_id{"g"}, node_key{"x"}}, "a") == errc::type_required);
  for (const auto* key : {"x", "y"})
    f.done(create_node{graph_id{"g"}, node_key{key}, type_name{"a"}});
  create_edge op{graph_id{"g"}, {}, {}, node_key{"x"}, node_key{"y"}};
  BOOST_TEST(f.refusal(op) == errc::type_required);
}

BOOST_AUTO_TEST_CASE(need_both_ends) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    BOOST_TEST(f.refusal(f.knows(g, "a", "nobody"), "'nobody' does not exist") ==
               errc::missing_endpoint);
    BOOST_TEST(f.refusal(f.knows(g, "nobody", "a"), "'nobody' does not exist") ==
               errc::missing_endpoint);
    auto untyped = f.knows(g, "nobody", "nobody");
    untyped.type = {};
    BOOST_TEST(f.refusal(untyped) == errc::missing_endpoint);
    // A node of another graph is no end here.
    f.done(create_graph{graph_id{"other"}, "other", graph_type_name{g}});
    f.person("other", "there");
    BOOST_TEST(f.refusal(f.knows(g, "a", "there")) == errc::missing_endpoint);
  });
}

BOOST_AUTO_TEST_CASE(hold_the_ends_to_their_types) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    BOOST_TEST(f.refusal(f.knows(g, "a", "r"), "knows") == errc::constraint_violation);
    BOOST_TEST(f.refusal(f.knows(g, "r", "a")) == errc::constraint_violation);
    // An end whose type cannot be known fails where only some types are allowed, and passes
    // elsewhere.
    f.sql("INSERT INTO nodes (id, graph_id, key, attributes) VALUES ('f', '" + g +
          "', 'foreign', '{\"what\": 1}')");
    BOOST_TEST(f.refusal(f.knows(g, "a", "foreign")) == errc::constraint_violation);
    auto likes = f.knows(g, "a", "foreign");
    likes.type = type_name{"likes"};
    likes.attributes = json("{'much': 1}");
    f.done(likes);
  });
}

BOOST_AUTO_TEST_CASE(infer_the_type_of_a_foreign_end) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    f.sql("INSERT INTO nodes (id, graph_id, key, attributes) VALUES ('f', '" + g +
          "', 'foreign', '{\"name\": \"x\"}')");
    f.done(f.knows(g, "a", "foreign"));
    BOOST_TEST(f.number("SELECT node_type IS NULL FROM nodes WHERE key = 'foreign'") == 1);
    // Written in entry form, which means the same type.
    f.sql("INSERT INTO nodes (id, graph_id, key, attributes, node_type) VALUES ('e', '" + g +
          "', 'entry', '{\"name\": \"x\"}', 'PersonNode')");
    f.done(f.knows(g, "a", "entry"));
  });
}

BOOST_AUTO_TEST_CASE(hold_the_direction_to_the_graph) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    auto op = f.knows(g, "a", "b");
    for (const auto wanted : {edge_direction::directed, edge_direction::undirected}) {
      op.direction = wanted;
      const bool fits = g == "mixed" || (g == "directed") == (wanted == edge_direction::directed);
      BOOST_TEST(f.refusal(op) == (fits ? errc::none : errc::direction_mismatch));
    }
    op.source = node_key{"c"};
    op.direction = edge_direction::as_graph;
    f.done(op);
    BOOST_TEST(f.number("SELECT undirected FROM edges WHERE source_node_key = 'c'") ==
               (g == "undirected" ? 1 : 0));
  });
}

BOOST_AUTO_TEST_CASE(take_loops_only_where_allowed) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    BOOST_TEST(f.refusal(f.knows(g, "a", "a"), "no self-loops") == errc::self_loop);
  });
  in_each_graph(", 'allowSelfLoops': {'const': true}", [](writer_fixture& f, const std::string& g) {
    f.done(f.knows(g, "a", "a"));
    BOOST_TEST(f.refusal(f.knows(g, "a", "a")) == errc::parallel_edge);
  });
}

BOOST_AUTO_TEST_CASE(take_parallel_edges_only_where_allowed) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    f.done(f.knows(g, "a", "b", "ab"));
    BOOST_TEST(f.refusal(f.knows(g, "a", "b"), "joined already") == errc::parallel_edge);
    auto other_type = f.knows(g, "a", "b");
    other_type.type = type_name{"likes"};
    other_type.attributes = json("{'much': 1}");
    BOOST_TEST(f.refusal(other_type) == errc::parallel_edge);
    // The other way round is parallel only without direction.
    BOOST_TEST(f.refusal(f.knows(g, "b", "a")) ==
               (g == "undirected" ? errc::parallel_edge : errc::none));
    // Parallel comes before the key and the attributes.
    auto taken = f.knows(g, "a", "b", "ab");
    taken.attributes = json("{'since': 'ever'}");
    BOOST_TEST(f.refusal(taken) == errc::parallel_edge);
    f.done(delete_edge{graph_id{g}, edge_key{"ab"}});
    f.done(f.knows(g, "a", "b"));
  });
  in_each_graph(loops_and_parallels, [](writer_fixture& f, const std::string& g) {
    for (int i = 0; i < 3; ++i) f.done(f.knows(g, "a", "b"));
    for (int i = 0; i < 2; ++i) f.done(f.knows(g, "a", "a"));
    BOOST_TEST(f.number("SELECT count(*) FROM edges") == 5);
  });
}

BOOST_AUTO_TEST_CASE(do_not_call_a_directed_and_an_undirected_edge_parallel) {
  writer_fixture f;
  f.make_graph("mixed");
  for (const auto* key : {"a", "b"}) f.person("mixed", key);
  f.done(f.knows("mixed", "a", "b"));
  auto op = f.knows("mixed", "b", "a");
  op.direction = edge_direction::undirected;
  f.done(op);
  std::swap(op.source, op.target);
  BOOST_TEST(f.refusal(op) == errc::parallel_edge);
}

BOOST_AUTO_TEST_CASE(find_parallel_edges_at_hubs) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    const auto flag = std::string{g == "undirected" ? "1" : "0"};
    // Two hubs with 300 edges each that both have, before the edge that is looked for.
    f.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
        "INSERT INTO nodes (id, graph_id, key, attributes, node_type) "
        "SELECT 'leaf' || i, '" +
        g + "', 'leaf' || i, '{\"name\": \"x\"}', 'person' FROM n");
    const auto edges = [&](const std::string& from, const std::string& to) {
      f.sql(
          "INSERT INTO edges (id, graph_id, source_node_key, target_node_key, undirected, "
          "edge_type) SELECT '" +
          from + to + "' || key, graph_id, " + (from.empty() ? "key" : "'" + from + "'") + ", " +
          (to.empty() ? "key" : "'" + to + "'") + ", " + flag +
          ", 'knows' FROM nodes WHERE key LIKE 'leaf%'");
    };
    edges("a", "");
    f.done(f.knows(g, "a", "b"));
    BOOST_TEST(f.refusal(f.knows(g, "a", "b")) == errc::parallel_edge);
    f.done(f.knows(g, "a", "c"));
    edges("", "b");
    BOOST_TEST(f.refusal(f.knows(g, "a", "b")) == errc::parallel_edge);
    f.sql("DELETE FROM edges WHERE source_node_key = 'a' AND target_node_key = 'b'");
    f.done(f.knows(g, "a", "b"));
    BOOST_TEST(f.refusal(f.knows(g, "a", "b")) == errc::parallel_edge);
    if (g == "undirected") {
      BOOST_TEST(f.refusal(f.knows(g, "b", "a")) == errc::parallel_edge);
    }
  });
}

BOOST_AUTO_TEST_CASE(see_a_taken_key_before_bad_attributes) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    f.done(f.knows(g, "a", "b", "k"));
    auto op = f.knows(g, "b", "c", "k");
    BOOST_TEST(f.refusal(op, "exists already") == errc::duplicate_key);
    op.attributes = json("{'since': 'ever'}");
    BOOST_TEST(f.refusal(op) == errc::duplicate_key);
    op.key = edge_key{"free"};
    BOOST_TEST(f.refusal(op) == errc::validation_failed);
    auto node = new_person(g, "a");
    BOOST_TEST(f.refusal(node, "exists already") == errc::duplicate_key);
    node.attributes = json("{'name': 7}");
    BOOST_TEST(f.refusal(node) == errc::duplicate_key);
    node.key = node_key{"free"};
    BOOST_TEST(f.refusal(node) == errc::validation_failed);
  });
}

BOOST_AUTO_TEST_CASE(say_when_a_row_id_is_taken) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    auto node = new_person(g, "first");
    node.id = row_id{"same"};
    f.done(node);
    node.key = node_key{"second"};
    BOOST_TEST(f.refusal(node, "row id 'same' is taken") == errc::duplicate_key);
    auto edge = f.knows(g, "a", "b", "e1");
    edge.id = row_id{"same"};
    f.done(edge);
    edge = f.knows(g, "b", "c", "e2");
    edge.id = row_id{"same"};
    BOOST_TEST(f.refusal(edge, "row id 'same' is taken") == errc::duplicate_key);
    BOOST_TEST(f.refusal(create_graph{graph_id{g}, "again", graph_type_name{g}}, "exists") ==
               errc::duplicate_key);
  });
}

BOOST_AUTO_TEST_CASE(list_what_is_wrong_with_attributes) {
  in_each_graph({}, [](writer_fixture& f, const std::string& g) {
    auto op = f.knows(g, "a", "b");
    op.attributes = json("{'since': 'ever', 'more': 1}");
    const auto refused = f.apply(op);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().code == errc::validation_failed);
    BOOST_TEST(refused.error().details.size() == 2U);
    op.attributes = json("[]");
    BOOST_TEST(f.refusal(op) == errc::validation_failed);
  });
}

BOOST_AUTO_TEST_SUITE_END()
