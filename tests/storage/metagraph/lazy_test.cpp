// Graph types whose definition is new while their rows are still of an older form.
#include "writer_fixture.hpp"

#include <quire/metagraph/pending.hpp>
#include <quire/metagraph/reader.hpp>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

const graph_id people{"people"};
const graph_id others{"others"};

/// Two graph types that begin alike. Of `people`, persons must have a `rank` now, and those who
/// know each other a `trust`; no row has either. Nothing else has changed, and nothing is marked
/// yet.
struct evolved_fixture : writer_fixture {
  reader rows{db, lookups_in(types)};

  evolved_fixture() {
    for (const auto* kind : {"people", "others"}) {
      define(kind, module_text("directed", full_events));
      done(create_graph{.id = graph_id{kind}, .name = kind, .type = graph_type_name{kind}});
      for (const auto* key : {"a", "b", "c"}) person(kind, key);
      done(knows(kind, "a", "b", "ab"));
      done(knows(kind, "b", "c"));
    }
    demand("node_types", "person", "name", "rank");
    demand("edge_types", "knows", "since", "trust");
  }

  /// As an evolution rewrites the schema of a type of `people`.
  void demand(const std::string& table, const std::string& type, const std::string& old,
              const std::string& member) {
    sql("UPDATE " + table + " SET schema = json_set(schema, '$.properties." + member +
        "', json('{\"type\": \"integer\", \"default\": 3}'), '$.required', json_array('" + member +
        (table == "node_types" ? "', '" + old + "'" : "'") + ")) WHERE name = '" + type +
        "' AND graph_type_id = (SELECT id FROM graph_types WHERE name = 'people')");
  }
  void mark(const std::string& metadata = R"({"_evolution.lazy": true})") {
    sql("UPDATE graph_types SET metadata = '" + metadata + "' WHERE name = 'people'");
  }

  std::string stored(const std::string& key) {
    return value("SELECT attributes FROM nodes WHERE graph_id = 'people' AND key = '" + key + "'");
  }
  std::string stored_edge(const std::string& key) {
    return value("SELECT attributes FROM edges WHERE graph_id = 'people' AND key = '" + key + "'");
  }
  std::string read(const std::string& key, const graph_id& g = people) {
    const auto found = rows.find(find_node{g, node_key{key}});
    BOOST_REQUIRE_MESSAGE(found, found.error());
    return found->attributes.text();
  }
  std::string read_edge(const std::string& key) {
    const auto found = rows.find(find_edge{people, edge_key{key}, {}});
    BOOST_REQUIRE_MESSAGE(found, found.error());
    return found->attributes.text();
  }
  static update_node change(const std::string& key) {
    return {.graph = people, .key = node_key{key}};
  }
  static update_edge change_edge(const std::string& key) {
    return {.graph = people, .key = edge_key{key}};
  }
};

struct lazy_fixture : evolved_fixture {
  lazy_fixture() { mark(); }
};

bool has(const document& attributes, const char* member) {
  const auto* found = attributes.value().as_object().if_contains(member);
  return found != nullptr && *found == 3;
}

constexpr auto old_form = R"({"name": "a"})";
constexpr auto new_form = R"({"name":"a","rank":3})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pending_rows_that_are_read, lazy_fixture)

BOOST_AUTO_TEST_CASE(have_their_new_form_in_every_answer_and_the_old_one_in_the_file) {
  BOOST_TEST((json(read("a")).value() == json(new_form).value()));
  BOOST_TEST(has(rows.find(find_edge{people, edge_key{"ab"}, {}})->attributes, "trust"));
  const auto listed = rows.list(list_nodes{people, {}}).value();
  BOOST_TEST(listed.items.size() == 3U);
  for (const auto& row : listed.items) BOOST_TEST(has(row.attributes, "rank"));
  const auto joined = rows.list(list_edges{people, {}}).value();
  BOOST_TEST(joined.items.size() == 2U);
  for (const auto& row : joined.items) BOOST_TEST(has(row.attributes, "trust"));
  const auto by_id = rows.find(find_edge{people, {}, joined.items[1].id});
  BOOST_TEST(has(by_id->attributes, "trust"));
  find_neighbors near;
  near.graph = people;
  near.key = node_key{"b"};
  near.direction = direction::both;
  const auto around = rows.neighbors(near).value();
  BOOST_TEST(around.items.size() == 2U);
  for (const auto& each : around.items) {
    BOOST_TEST(has(each.node.attributes, "rank"));
    BOOST_TEST(has(each.edge.attributes, "trust"));
  }
  find_path way;
  way.graph = people;
  way.from = node_key{"a"};
  way.to = node_key{"c"};
  const auto found = rows.shortest_path(way).value();
  BOOST_TEST(found.nodes.size() == 3U);
  for (const auto& row : found.nodes) BOOST_TEST(has(row.attributes, "rank"));
  for (const auto& row : found.edges) BOOST_TEST(has(row.attributes, "trust"));
  BOOST_TEST(stored("a") == old_form);
  BOOST_TEST(stored_edge("ab") == "{}");
}

BOOST_AUTO_TEST_CASE(leave_rows_of_other_graphs_and_fitting_rows_alone) {
  BOOST_TEST(read("a", others) == old_form);
  done(create_node{people, node_key{"new"}, type_name{"person"},
                   json("{ 'name': 'n',  'rank': 8 }")});
  BOOST_TEST(read("new") == "{ \"name\": \"n\",  \"rank\": 8 }");
}

BOOST_AUTO_TEST_CASE(are_found_under_types_that_other_programs_spell_out) {
  sql("UPDATE nodes SET node_type = 'PersonNode' WHERE graph_id = 'people' AND key = 'a'");
  BOOST_TEST(has(rows.find(find_node{people, node_key{"a"}})->attributes, "rank"));
}

BOOST_AUTO_TEST_CASE(are_answered_as_stored_when_only_a_loss_would_make_them_fit) {
  for (const auto* broken :
       {R"({"name": 7})", R"({"name": "a", "surplus": 1})", R"([1])", "7", "{torn", ""}) {
    sql(std::string{"UPDATE nodes SET attributes = '"} + broken +
        "' WHERE graph_id = 'people' AND key = 'a'");
    BOOST_TEST(read("a") == broken);
  }
  BOOST_TEST(rows.list(list_nodes{people, {}})->items.size() == 3U);
}

BOOST_AUTO_TEST_CASE(are_answered_as_stored_without_a_type_that_is_whole) {
  sql("UPDATE nodes SET node_type = NULL WHERE graph_id = 'people' AND key = 'a'");
  BOOST_TEST(read("a") == old_form);
  sql("UPDATE nodes SET node_type = 'alien' WHERE graph_id = 'people' AND key = 'a'");
  BOOST_TEST(read("a") == old_form);
  sql("UPDATE nodes SET node_type = 'person' WHERE graph_id = 'people' AND key = 'a'");
  sql("UPDATE node_types SET schema = '{\"type\": 7}' WHERE name = 'person'");
  BOOST_TEST(read("a") == old_form);
  sql("UPDATE graph_types SET config = '{\"type\": \"square\"}' WHERE name = 'people'");
  BOOST_TEST(read("a") == old_form);
  BOOST_TEST(read_edge("ab") == "{}");
}

BOOST_AUTO_TEST_CASE(stay_missing_where_they_or_their_graph_are_not_there) {
  BOOST_TEST(rows.find(find_node{people, node_key{"nobody"}}).error().code == errc::not_found);
  BOOST_TEST(rows.find(find_node{graph_id{"none"}, node_key{"a"}}).error().code == errc::not_found);
  BOOST_TEST(rows.list(list_nodes{graph_id{"none"}, {}}).error().code == errc::not_found);
}

BOOST_AUTO_TEST_CASE(are_filtered_and_ordered_by_what_is_stored) {
  done(create_node{people, node_key{"new"}, type_name{"person"}, json("{'name': 'n', 'rank': 3}")});
  list_nodes query{.graph = people, .options = {}};
  query.options.filter = json("{'attributes': {'rank': 3}}");
  const auto found = rows.list(query).value();
  BOOST_REQUIRE(found.items.size() == 1U);
  BOOST_TEST(found.items[0].key.get() == "new");
  query.options.filter = {};
  query.options.order = json("[{'/rank': 'desc'}]");
  query.options.limit = 2;
  const auto first = rows.list(query).value();
  BOOST_TEST(first.items.at(0).key.get() == "new");
  query.options.cursor = first.next_cursor;
  BOOST_TEST(rows.list(query).value().items.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pending_rows_that_are_written, lazy_fixture)

BOOST_AUTO_TEST_CASE(are_patched_in_their_new_form) {
  auto op = change("a");
  op.patch = json("[{'type': 'update', 'path': '/rank', 'value': 9}]");
  const auto made = done(op);
  BOOST_TEST(made.changed);
  BOOST_TEST(
      (std::get<node>(made.row).attributes.value() == json("{'name': 'a', 'rank': 9}").value()));
  BOOST_TEST(names(told) == "nodes:updated a");
  BOOST_TEST((told.front().attributes.value() == json(stored("a")).value()));
  auto edge_op = change_edge("ab");
  edge_op.patch = json("[{'type': 'insert', 'path': '/since', 'value': 1}]");
  done(edge_op);
  BOOST_TEST((json(stored_edge("ab")).value() == json("{'trust': 3, 'since': 1}").value()));
}

BOOST_AUTO_TEST_CASE(are_compared_with_expectations_in_their_new_form) {
  auto op = change("a");
  op.attributes = json("{'name': 'x', 'rank': 1}");
  op.expected = json(old_form);
  BOOST_TEST(refusal(op) == errc::conflict);
  op.expected = json(new_form);
  done(op);
  BOOST_TEST((json(stored("a")).value() == op.attributes.value()));
  auto edge_op = change_edge("ab");
  edge_op.attributes = json("{'trust': 1}");
  edge_op.expected = json("{}");
  BOOST_TEST(refusal(edge_op) == errc::conflict);
  edge_op.expected = json("{'trust': 3}");
  BOOST_TEST(done(edge_op).changed);
}

BOOST_AUTO_TEST_CASE(are_merged_in_their_new_form) {
  upsert_node op{.graph = people,
                 .key = node_key{"a"},
                 .type = type_name{"person"},
                 .attributes = json("{'name': 'x'}"),
                 .mode = upsert_mode::merge};
  done(op);
  BOOST_TEST((json(stored("a")).value() == json("{'name': 'x', 'rank': 3}").value()));
  upsert_edge edge_op{.graph = people,
                      .key = edge_key{"ab"},
                      .type = type_name{"knows"},
                      .source = node_key{"a"},
                      .target = node_key{"b"},
                      .attributes = json("{'since': 5}"),
                      .mode = upsert_mode::merge};
  done(edge_op);
  BOOST_TEST((json(stored_edge("ab")).value() == json("{'trust': 3, 'since': 5}").value()));
}

BOOST_AUTO_TEST_CASE(are_stored_when_nothing_but_their_form_changes_and_then_no_more) {
  auto op = change("a");
  op.attributes = json(new_form);
  BOOST_TEST(done(op).changed);
  BOOST_TEST(names(told) == "nodes:updated a");
  BOOST_TEST(stored("a") == new_form);
  BOOST_TEST(!done(op).changed);
  BOOST_TEST(told.empty());
  // Also when attributes are not spoken of at all.
  op = change("b");
  op.metadata = json("{'_x.y': 1}");
  BOOST_TEST(done(op).changed);
  BOOST_TEST((json(stored("b")).value() == json("{'name': 'b', 'rank': 3}").value()));
  BOOST_TEST(done(change_edge("ab")).changed);
  BOOST_TEST((json(stored_edge("ab")).value() == json("{'trust': 3}").value()));
  BOOST_TEST(!done(change_edge("ab")).changed);
}

BOOST_AUTO_TEST_CASE(are_deleted_as_they_are) {
  done(delete_node{people, node_key{"a"}});
  BOOST_TEST(names(told) == "edges:deleted ab, nodes:deleted a");
}

BOOST_AUTO_TEST_CASE(are_refused_while_what_another_program_wrote_does_not_fit) {
  sql("UPDATE nodes SET attributes = '{\"name\": 7}' WHERE graph_id = 'people' AND key = 'a'");
  auto op = change("a");
  op.metadata = json("{'_x.y': 1}");
  BOOST_TEST(refusal(op, "'a'") == errc::validation_failed);
  op.attributes = json(new_form);
  BOOST_TEST(done(op).changed);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_mark_of_lazy_types, evolved_fixture)

BOOST_AUTO_TEST_CASE(decides_alone_whether_rows_are_brought_up) {
  BOOST_TEST(read("a") == old_form);
  auto op = change("a");
  op.patch = json("[{'type': 'update', 'path': '/name', 'value': 'x'}]");
  BOOST_TEST(refusal(op) == errc::validation_failed);
  mark();
  BOOST_TEST(types.find(people).value()->lazy);
  BOOST_TEST(!types.find(others).value()->lazy);
  BOOST_TEST((json(read("a")).value() == json(new_form).value()));
  mark("{}");
  BOOST_TEST(!types.find(people).value()->lazy);
  BOOST_TEST(read("a") == old_form);
  BOOST_TEST(refusal(op) == errc::validation_failed);
}

BOOST_AUTO_TEST_CASE(is_true_and_nothing_else) {
  for (const auto* metadata :
       {R"({"_evolution.lazy": false})", R"({"_evolution.lazy": 1})",
        R"({"_evolution.lazy": "true"})", R"({"_evolution": {"lazy": true}})",
        R"(["_evolution.lazy"])", "true", "{torn", ""}) {
    mark(metadata);
    BOOST_TEST(!rows.is_lazy(people).value(), metadata);
    BOOST_TEST(read("a") == old_form);
  }
  mark(R"({"owner": "x", "_evolution\u002elazy": true})");
  BOOST_TEST(rows.is_lazy(people).value());
}

BOOST_AUTO_TEST_CASE(is_asked_for_once_in_a_query_and_kept) {
  int asked = 0;
  reader counting{db, {.infer = {}, .pending = [&](const graph_id& id) {
                         ++asked;
                         return types.find_pending(id);
                       }}};
  BOOST_TEST(counting.list(list_nodes{people, {}})->items.size() == 3U);
  BOOST_TEST(asked == 1);
  // What the catalog knows it knows until it is told to forget.
  BOOST_REQUIRE(db.execute(
      "UPDATE graph_types SET metadata = '{\"_evolution.lazy\": true}' WHERE name = 'people'"));
  BOOST_TEST(types.find_pending(people).value() == nullptr);
  types.forget();
  BOOST_TEST(types.find_pending(people).value() != nullptr);
  BOOST_TEST(types.find_pending(people).value() == types.find(people).value()->type);
  BOOST_TEST(types.find_pending(graph_id{"none"}).value() == nullptr);
  reader plain{db};
  BOOST_TEST(plain.find(find_node{people, node_key{"a"}})->attributes.text() == old_form);
}

BOOST_AUTO_TEST_CASE(goes_unread_once_the_graph_has_no_type) {
  mark();
  sql("UPDATE graphs SET graph_type_id = NULL WHERE id = 'people'");
  BOOST_TEST(!rows.is_lazy(people).value());
  BOOST_TEST(read("a") == old_form);
}

BOOST_AUTO_TEST_SUITE_END()
