// Nodes and edges as they are created, changed and removed, and the events of it.
#include "writer_fixture.hpp"

#include <quire/messages/limits.hpp>
#include <quire/metagraph/reader.hpp>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

const graph_id g{"mixed"};

struct graph_fixture : writer_fixture {
  explicit graph_fixture(std::string_view more_config = {}) {
    make_graph("mixed", more_config);
    for (const auto* key : {"a", "b", "c"}) person("mixed", key);
  }

  node stored_node(const std::string& key) {
    return reader{db}.find(find_node{g, node_key{key}}).value();
  }
  edge stored_edge(const std::string& key) {
    return reader{db}.find(find_edge{g, edge_key{key}, {}}).value();
  }
  std::string attributes_of(const std::string& key) { return stored_node(key).attributes.text(); }
  static update_node change(const std::string& key) { return {.graph = g, .key = node_key{key}}; }
};

struct generous_fixture : graph_fixture {
  generous_fixture() : graph_fixture(loops_and_parallels) {}
};

struct full_fixture : graph_fixture {
  full_fixture() : graph_fixture(full_events) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(nodes_that_are_written, graph_fixture)

BOOST_AUTO_TEST_CASE(answer_the_row_as_it_is_stored) {
  env.advance(std::chrono::hours{1});
  const auto made = done(create_node{.graph = g,
                                     .key = node_key{"new"},
                                     .type = type_name{"robot"},
                                     .attributes = json("{ 'serial':  7 }"),
                                     .metadata = json("{'_x.y': [1]}")});
  BOOST_TEST(made.created);
  BOOST_TEST((std::get<node>(made.row) == stored_node("new")));
  BOOST_TEST(attributes_of("new") == "{ \"serial\":  7 }");
  BOOST_TEST(value("SELECT metadata FROM nodes WHERE key = 'new'") == "{\"_x.y\": [1]}");
  want_rows = false;
  const auto silent = done(create_node{g, node_key{"quiet"}, {}, json("{'serial': 1}")});
  BOOST_TEST(silent.created);
  BOOST_TEST(std::holds_alternative<std::monostate>(silent.row));
  BOOST_TEST(std::holds_alternative<std::monostate>(done(change("a")).row));
}

BOOST_AUTO_TEST_CASE(take_hostile_keys_and_refuse_bad_ones) {
  for (const std::string key :
       {"'; DROP TABLE nodes; --", "\"", "a/b", "%", "\\", " ", "日本語", "{}", "null"}) {
    done(create_node{g, node_key{key}, {}, json("{'serial': 1}")});
    BOOST_TEST(stored_node(key).key.get() == key);
    BOOST_TEST(told.front().key == key);
    done(create_edge{
        .graph = g, .key = edge_key{key}, .source = node_key{"a"}, .target = node_key{key}});
    BOOST_TEST(stored_edge(key).target.get() == key);
    // The stream can be read by whoever reads JSON.
    BOOST_TEST(value("SELECT payload ->> 'key' FROM _honker_stream ORDER BY offset DESC LIMIT 1") ==
               key);
    done(delete_node{g, node_key{key}});
  }
  done(create_node{g, node_key{std::string(512, 'x')}, {}, json("{'serial': 1}")});
  const auto with = [](const std::string& key) {
    return create_node{g, node_key{key}, {}, json("{'serial': 1}")};
  };
  for (const auto& key :
       {std::string{}, std::string(513, 'x'), std::string{"a\nb"}, std::string{"a\0b", 3},
        std::string{"\xFF"}, std::string{"\xED\xA0\x80"}}) {
    BOOST_TEST(refusal(with(key), "node key") == errc::invalid_key);
    if (!key.empty()) {
      BOOST_TEST(refusal(knows("mixed", "a", "b", key), "edge key") == errc::invalid_key);
    }
    BOOST_TEST(refusal(knows("mixed", key, "b")) == errc::invalid_key);
    BOOST_TEST(refusal(knows("mixed", "a", key)) == errc::invalid_key);
  }
  auto op = with("fine");
  op.id = row_id{std::string(129, 'x')};
  BOOST_TEST(refusal(op, "row id") == errc::invalid_key);
}

BOOST_AUTO_TEST_CASE(keep_bounds_on_documents) {
  create_node op{g, node_key{"x"}, type_name{"person"}};
  op.attributes =
      document::trusted("{\"name\": \"" + std::string(limits::max_document_bytes, 'x') + "\"}");
  BOOST_TEST(refusal(op) == errc::too_large);
  op.metadata = op.attributes;
  op.attributes = json("{'name': 'x'}");
  BOOST_TEST(refusal(op, "metadata") == errc::too_large);
  op.metadata = json("7");
  BOOST_TEST(refusal(op, "metadata") == errc::validation_failed);
}

BOOST_AUTO_TEST_CASE(store_what_was_checked_when_names_occur_twice) {
  const auto text = R"({"name": 7, "name": "last"})";
  done(create_node{g, node_key{"twice"}, type_name{"person"}, document::parse(text).value()});
  BOOST_TEST(attributes_of("twice") == R"({"name":"last"})");
  BOOST_TEST(refusal(create_node{g, node_key{"wrong"}, type_name{"person"},
                                 document::parse(R"({"name": "x", "name": 7})").value()}) ==
             errc::validation_failed);
}

BOOST_AUTO_TEST_CASE(change_as_a_whole_by_patch_or_not_at_all) {
  env.advance(std::chrono::seconds{3});
  auto op = change("a");
  op.attributes = json("{'name': 'Ann'}");
  auto made = done(op);
  BOOST_TEST(made.changed);
  BOOST_TEST(!made.created);
  BOOST_TEST((std::get<node>(made.row) == stored_node("a")));
  BOOST_TEST(names(told) == "nodes:updated a");
  op = change("a");
  op.patch = json("[{'type': 'update', 'path': '/name', 'value': 'Eve'}]");
  done(op);
  BOOST_TEST(attributes_of("a") == R"({"name":"Eve"})");
  op.attributes = json("{'name': 'Ann'}");
  BOOST_TEST(refusal(op) == errc::conflicting_options);
  op = change("a");
  op.patch = json("[{'type': 'update', 'path': '/name/there', 'value': 1}]");
  BOOST_TEST(refusal(op, "'a'") == errc::patch_failed);
  op.patch = json("[{'type': 'update', 'path': '/name', 'value': 1}]");
  BOOST_TEST(refusal(op, "'a'") == errc::validation_failed);
  op.patch = json("{'type': 'dance'}");
  BOOST_TEST(refusal(op) != errc::none);
  BOOST_TEST(attributes_of("a") == R"({"name":"Eve"})");
  BOOST_TEST(refusal(change("nobody"), "nobody") == errc::not_found);
}

BOOST_AUTO_TEST_CASE(change_only_if_they_are_as_expected) {
  auto op = change("a");
  op.attributes = json("{'name': 'Ann'}");
  op.expected = json("{'name': 'b'}");
  BOOST_TEST(refusal(op, "no longer") == errc::conflict);
  op.expected = json("{ 'name' : 'a' }");
  BOOST_TEST(done(op).changed);
  BOOST_TEST(refusal(op) == errc::conflict);
}

BOOST_AUTO_TEST_CASE(write_no_event_when_nothing_changes) {
  const auto before = changes.last();
  env.advance(std::chrono::seconds{3});
  auto op = change("a");
  BOOST_TEST(!done(op).changed);
  op.attributes = json("{'name':'a'}");
  BOOST_TEST(!done(op).changed);
  op.attributes = {};
  op.patch = json("[]");
  BOOST_TEST(!done(op).changed);
  op.patch = {};
  op.metadata = json("{}");
  BOOST_TEST(!done(op).changed);
  BOOST_TEST(!done(upsert_node{g, node_key{"a"}, {}, json("{'name': 'a'}")}).changed);
  BOOST_TEST(changes.last() == before);
  BOOST_TEST(number("SELECT max(updated_at) FROM nodes") == 1'700'000'000);
  op.metadata = json("{'x': 1}");
  BOOST_TEST(done(op).changed);
  BOOST_TEST(value("SELECT metadata FROM nodes WHERE key = 'a'") == R"({"x": 1})");
  BOOST_TEST(attributes_of("a") == R"({"name": "a"})");
}

BOOST_AUTO_TEST_CASE(are_made_or_changed_by_an_upsert) {
  auto made = done(upsert_node{g, node_key{"u"}, type_name{"robot"}, json("{'serial': 1}")});
  BOOST_TEST(made.created);
  made = done(upsert_node{g, node_key{"u"}, {}, json("{'serial': 2}")});
  BOOST_TEST(!made.created);
  BOOST_TEST(made.changed);
  BOOST_TEST(names(told) == "nodes:updated u");
  done(upsert_node{g, node_key{"u"}, type_name{"RobotNode"}, json("{}"), upsert_mode::merge});
  BOOST_TEST(attributes_of("u") == "{\"serial\": 2}");
  BOOST_TEST(
      refusal(upsert_node{g, node_key{"u"}, {}, json("{'serial': null}"), upsert_mode::merge}) ==
      errc::validation_failed);
  BOOST_TEST(refusal(upsert_node{g, node_key{"u"}, type_name{"person"}, json("{'serial': 3}")},
                     "never changes") == errc::unknown_type);
  BOOST_TEST(refusal(upsert_node{g, node_key{"u"}, type_name{"alien"}, {}}) == errc::unknown_type);
  BOOST_TEST(refusal(upsert_node{g, node_key{"v"}, type_name{"robot"}, {}}) ==
             errc::validation_failed);
  BOOST_TEST(refusal(upsert_node{g, node_key{""}, {}, json("{'serial': 2}")}) == errc::invalid_key);
}

BOOST_AUTO_TEST_CASE(of_a_foreign_program_keep_their_missing_type) {
  sql("INSERT INTO nodes (id, graph_id, key, attributes) VALUES ('f', 'mixed', 'f', '{\"name\": "
      "\"x\"}')");
  auto op = change("f");
  op.attributes = json("{'name': 'y'}");
  done(op);
  BOOST_TEST(number("SELECT node_type IS NULL FROM nodes WHERE key = 'f'") == 1);
  op.attributes = json("{'what': 'y'}");
  BOOST_TEST(refusal(op) == errc::validation_failed);
  sql("UPDATE nodes SET node_type = 'gone' WHERE key = 'f'");
  op.attributes = json("{'name': 'z'}");
  BOOST_TEST(refusal(op, "gone") == errc::unknown_type);
  done(delete_node{g, node_key{"f"}});
}

BOOST_AUTO_TEST_CASE(with_bytes_that_are_no_text_leave_readable_events) {
  sql("INSERT INTO nodes (id, graph_id, key, attributes) VALUES ('f', 'mixed', CAST(x'61FF62' AS "
      "TEXT), '{}')");
  done(delete_node{g, node_key{"a\xFF"
                               "b"}});
  const auto payload = value("SELECT payload FROM _honker_stream ORDER BY offset DESC LIMIT 1");
  const auto read = change_event_from_json(payload);
  BOOST_REQUIRE_MESSAGE(read, read.error());
  BOOST_TEST(read->key ==
             "a\xEF\xBF\xBD"
             "b");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(nodes_that_are_removed, generous_fixture)

BOOST_AUTO_TEST_CASE(take_each_of_their_edges_along_with_an_event) {
  auto with_id = [&](create_edge op, const char* id) {
    op.id = row_id{id};
    return op;
  };
  done(with_id(knows("mixed", "a", "b", "out"), "1"));
  done(with_id(knows("mixed", "b", "a", "in"), "2"));
  done(with_id(knows("mixed", "a", "c"), "3"));
  done(with_id(knows("mixed", "c", "a"), "4"));
  done(with_id(knows("mixed", "a", "a", "loop"), "5"));
  done(with_id(knows("mixed", "b", "c", "stays"), "6"));
  const auto before = changes.last().get();
  const auto made = done(delete_node{g, node_key{"a"}});
  BOOST_TEST(std::get<removed>(made.row).edges == 5);
  BOOST_TEST(std::get<removed>(made.row).key == "a");
  BOOST_TEST(names(told) ==
             "edges:deleted out, edges:deleted in, edges:deleted 3, edges:deleted 4, "
             "edges:deleted loop, nodes:deleted a");
  BOOST_TEST(told[1].source.get() == "b");
  BOOST_TEST(told[1].target.get() == "a");
  BOOST_TEST(told.back().seq.get() == before + 6);
  BOOST_TEST(number("SELECT count(*) FROM edges") == 1);
  BOOST_TEST(refusal(delete_node{g, node_key{"a"}}) == errc::not_found);
}

BOOST_AUTO_TEST_CASE(stay_when_there_are_too_many_edges) {
  sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20001) INSERT INTO "
      "edges (id, graph_id, source_node_key, target_node_key) SELECT i, 'mixed', 'a', 'b' FROM n");
  BOOST_TEST(refusal(delete_node{g, node_key{"b"}}, "delete edges first") == errc::limit_exceeded);
  sql("DELETE FROM edges WHERE id = '1'");
  BOOST_TEST(std::get<removed>(done(delete_node{g, node_key{"b"}}).row).edges == 20'000);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(edges_that_are_written, graph_fixture)

BOOST_AUTO_TEST_CASE(answer_the_row_as_it_is_stored) {
  auto op = knows("mixed", "a", "b", "k");
  op.attributes = json("{'since': 1999}");
  op.metadata = json("{'m': 1}");
  const auto made = done(op);
  BOOST_TEST((std::get<edge>(made.row) == stored_edge("k")));
  BOOST_TEST(names(told) == "edges:created k");
  const auto anonymous = std::get<edge>(done(knows("mixed", "a", "c")).row);
  BOOST_TEST(anonymous.key.get().empty());
  BOOST_TEST(names(told) == "edges:created " + anonymous.id.get());
  BOOST_TEST(number("SELECT key IS NULL FROM edges WHERE target_node_key = 'c'") == 1);
  want_rows = false;
  BOOST_TEST(std::holds_alternative<std::monostate>(done(knows("mixed", "b", "c")).row));
}

BOOST_AUTO_TEST_CASE(are_named_by_key_or_id) {
  done(knows("mixed", "a", "b", "k"));
  const auto id = std::get<edge>(done(knows("mixed", "a", "c")).row).id;
  update_edge op{.graph = g, .id = id, .attributes = json("{'since': 1}")};
  BOOST_TEST(done(op).changed);
  BOOST_TEST(told.front().id == id);
  BOOST_TEST(told.front().key.empty());
  op = {.graph = g, .key = edge_key{"k"}, .attributes = json("{'since': 2}")};
  const auto made = done(op);
  BOOST_TEST((std::get<edge>(made.row) == stored_edge("k")));
  BOOST_TEST(told.front().source.get() == "a");
  op.id = id;
  BOOST_TEST(refusal(op) == errc::invalid_option);
  BOOST_TEST(refusal(delete_edge{g, {}, {}}) == errc::invalid_option);
  BOOST_TEST(refusal(delete_edge{g, edge_key{"none"}, {}}, "none") == errc::not_found);
  // An id of another graph is none here.
  done(create_graph{graph_id{"other"}, "other", graph_type_name{"mixed"}});
  BOOST_TEST(refusal(delete_edge{graph_id{"other"}, {}, id}) == errc::not_found);
  const auto gone = done(delete_edge{g, {}, id});
  BOOST_TEST(std::get<removed>(gone.row).id == id);
  BOOST_TEST(names(told) == "edges:deleted " + id.get());
  BOOST_TEST(std::get<removed>(done(delete_edge{g, edge_key{"k"}, {}}).row).key == "k");
}

BOOST_AUTO_TEST_CASE(change_as_nodes_do) {
  auto made = knows("mixed", "a", "b", "k");
  made.attributes = json("{'since': 1}");
  done(made);
  const auto before = changes.last();
  update_edge op{.graph = g, .key = edge_key{"k"}};
  BOOST_TEST(!done(op).changed);
  op.attributes = json("{'since': 1.0}");
  BOOST_TEST(!done(op).changed);
  BOOST_TEST(changes.last() == before);
  op.expected = json("{}");
  BOOST_TEST(refusal(op) == errc::conflict);
  op.expected = json("{'since': 1}");
  op.patch = json("[]");
  BOOST_TEST(refusal(op) == errc::conflicting_options);
  op.attributes = {};
  op.patch = json("[{'type': 'update', 'path': '/since', 'value': 'x'}]");
  BOOST_TEST(refusal(op, "'k'") == errc::validation_failed);
  op.patch = json("[{'type': 'update', 'path': '/since', 'value': 5}]");
  done(op);
  BOOST_TEST(stored_edge("k").attributes.text() == R"({"since":5})");
}

BOOST_AUTO_TEST_CASE(are_made_or_changed_by_an_upsert_that_moves_nothing) {
  upsert_edge op{.graph = g,
                 .key = edge_key{"k"},
                 .type = type_name{"knows"},
                 .source = node_key{"a"},
                 .target = node_key{"b"},
                 .attributes = json("{'since': 1}")};
  BOOST_TEST(done(op).created);
  BOOST_TEST(!done(op).changed);
  op.attributes = json("{'since': 2}");
  BOOST_TEST(done(op).changed);
  op.attributes = json("{'since': null}");
  op.mode = upsert_mode::merge;
  done(op);
  BOOST_TEST(stored_edge("k").attributes.text() == "{}");
  auto other = op;
  other.target = node_key{"c"};
  BOOST_TEST(refusal(other, "never change") == errc::duplicate_key);
  other = op;
  other.type = type_name{"likes"};
  BOOST_TEST(refusal(other, "never changes") == errc::unknown_type);
  other.type = type_name{"nothing"};
  BOOST_TEST(refusal(other) == errc::unknown_type);
  sql("UPDATE edges SET edge_type = NULL");
  BOOST_TEST(refusal(other) == errc::unknown_type);
  other = op;
  other.direction = edge_direction::undirected;
  BOOST_TEST(refusal(other, "never changes") == errc::direction_mismatch);
  other = op;
  other.key = {};
  BOOST_TEST(refusal(other) == errc::invalid_key);
  other.key = edge_key{"new"};
  other.source = node_key{"nobody"};
  BOOST_TEST(refusal(other) == errc::missing_endpoint);
}

BOOST_AUTO_TEST_CASE(of_a_foreign_program_can_be_changed_when_their_type_shows) {
  sql("INSERT INTO edges (id, graph_id, key, source_node_key, target_node_key) VALUES ('f', "
      "'mixed', 'f', 'a', 'b')");
  update_edge op{.graph = g, .key = edge_key{"f"}, .attributes = json("{'since': 1}")};
  done(op);
  BOOST_TEST(number("SELECT edge_type IS NULL FROM edges") == 1);
  op.attributes = json("{'what': 1}");
  BOOST_TEST(refusal(op, "'f'") == errc::validation_failed);
}

BOOST_AUTO_TEST_CASE(carry_the_id_of_their_type_where_the_file_does) {
  sql("ALTER TABLE edges ADD COLUMN edge_type_id TEXT");
  edges_have_type_id = true;
  done(knows("mixed", "a", "b", "k"));
  BOOST_TEST(number("SELECT count(*) FROM edges e JOIN edge_types t ON t.id = e.edge_type_id WHERE "
                    "t.name = 'knows' AND e.edge_type = 'knows'") == 1);
}

BOOST_AUTO_TEST_CASE(see_what_their_transaction_did_to_a_foreign_end) {
  sql("INSERT INTO nodes (id, graph_id, key, attributes) VALUES ('f', 'mixed', 'f', '{\"name\": "
      "\"x\"}')");
  auto open_now = sqlite::transaction::begin_immediate(db).value();
  write_context in{
      .db = db, .changes = changes, .types = types, .ids = ids, .now = env.now(), .actor = "x"};
  BOOST_REQUIRE(edge_rows.apply(knows("mixed", "a", "f"), in));
  update_node op{.graph = g, .key = node_key{"f"}, .attributes = json("{'serial': 3}")};
  BOOST_REQUIRE(node_rows.apply(op, in));
  BOOST_TEST(edge_rows.apply(knows("mixed", "b", "f"), in).error().code ==
             errc::constraint_violation);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(events_of_rows, full_fixture)

BOOST_AUTO_TEST_CASE(hold_the_attributes_where_the_type_says_so) {
  const auto before = changes.last();
  done(create_node{g, node_key{"r\"1"}, {}, json("{'serial': 1}"), {}, row_id{"id-1"}});
  done(update_node{g, node_key{"r\"1"}, json("{'serial': 2}")});
  auto op = knows("mixed", "a", "b", "k");
  op.attributes = json("{'since': 1}");
  done(op);
  done(update_edge{g, edge_key{"k"}, {}, json("{'since': 2}")});
  done(delete_edge{g, edge_key{"k"}});
  op.key = {};
  op.id = row_id{"id-2"};
  done(op);
  done(delete_node{g, node_key{"b"}});
  const std::string at = R"(,"at":1700000000123,"actor":"tester")";
  const auto n = [&](int i) { return std::to_string(before.get() + i); };
  const auto head = [&](int i) {
    return R"({"seq":)" + n(i) + R"(,"org":"acme","graph":"mixed","table":)";
  };
  BOOST_TEST(stream_after(before) ==
             "nodes:created mixed/r\"1 " + head(1) + R"("nodes","op":"created","key":"r\"1")" + at +
                 R"(,"attributes":{"serial": 1}})" + "\n" + "nodes:updated mixed/r\"1 " + head(2) +
                 R"("nodes","op":"updated","key":"r\"1")" + at + R"(,"attributes":{"serial": 2}})" +
                 "\n" + "edges:created mixed/k " + head(3) +
                 R"("edges","op":"created","key":"k","source":"a","target":"b")" + at +
                 R"(,"attributes":{"since": 1}})" + "\n" + "edges:updated mixed/k " + head(4) +
                 R"("edges","op":"updated","key":"k","source":"a","target":"b")" + at +
                 R"(,"attributes":{"since": 2}})" + "\n" + "edges:deleted mixed/k " + head(5) +
                 R"("edges","op":"deleted","key":"k","source":"a","target":"b")" + at + "}\n" +
                 "edges:created mixed/id-2 " + head(6) +
                 R"("edges","op":"created","id":"id-2","source":"a","target":"b")" + at +
                 R"(,"attributes":{"since": 1}})" + "\n" + "edges:deleted mixed/id-2 " + head(7) +
                 R"("edges","op":"deleted","id":"id-2","source":"a","target":"b")" + at + "}\n" +
                 "nodes:deleted mixed/b " + head(8) + R"("nodes","op":"deleted","key":"b")" + at +
                 "}\n");
}

BOOST_AUTO_TEST_SUITE_END()
