#include "fixture.hpp"

namespace quire::events {

BOOST_FIXTURE_TEST_SUITE(a_change_log, event_file)

BOOST_AUTO_TEST_CASE(numbers_changes_without_holes) {
  BOOST_REQUIRE(changes.load());
  BOOST_TEST(changes.last().get() == 0);
  for (int i = 1; i <= 3; ++i) {
    BOOST_REQUIRE(changes.append(node_event("a")));
    BOOST_TEST(changes.last().get() == i);
  }
  const auto mark = changes.mark();
  BOOST_REQUIRE(changes.append(node_event("undone")));
  changes.rewind(mark);
  run("DELETE FROM _honker_stream WHERE key = 'g/undone'");
  BOOST_REQUIRE(changes.append(node_event("b")));
  BOOST_REQUIRE(changes.store());
  const auto batch = changes.take();
  BOOST_REQUIRE(batch.size() == 4U);
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(batch[i].seq.get() == static_cast<std::int64_t>(i) + 1);
  BOOST_TEST(batch[3].key == "b");
  BOOST_TEST(batch[3].org.get() == "acme");
  BOOST_TEST(value("SELECT value FROM _quire_meta WHERE key = 'commit_seq'") == "4");
  BOOST_TEST(std::to_string(batch[3].offset.get()) ==
             value("SELECT max(offset) FROM _honker_stream"));
}

BOOST_AUTO_TEST_CASE(goes_back_to_the_last_commit_when_all_is_rolled_back) {
  write_changes(2);
  run("BEGIN");
  BOOST_REQUIRE(changes.append(node_event("undone")));
  BOOST_REQUIRE(changes.store());
  run("ROLLBACK");
  changes.forget();
  BOOST_TEST(changes.last().get() == 2);
  BOOST_TEST(changes.take().empty());
  write_changes(1);
  BOOST_TEST(value("SELECT group_concat(payload ->> 'seq') FROM _honker_stream") == "1,2,3");
}

BOOST_AUTO_TEST_CASE(goes_on_where_another_writer_stopped) {
  write_changes(2);
  change_log other{db, org_id{"acme"}};
  BOOST_REQUIRE(other.load());
  BOOST_TEST(other.last().get() == 2);
  BOOST_REQUIRE(other.append(node_event("x")));
  BOOST_REQUIRE(other.store());
  BOOST_REQUIRE(changes.load());
  BOOST_TEST(changes.last().get() == 3);
  // Nothing happened, nothing is written.
  run("UPDATE _quire_meta SET value = 'untouched' WHERE key = 'commit_seq'");
  BOOST_REQUIRE(changes.store());
  BOOST_TEST(value("SELECT value FROM _quire_meta WHERE key = 'commit_seq'") == "untouched");
}

BOOST_AUTO_TEST_CASE(files_an_event_under_the_key_it_is_told) {
  BOOST_REQUIRE(changes.load());
  change_event e;
  e.table = table::organization_members;
  e.op = change_op::deleted;
  e.id = row_id{"m1"};
  BOOST_REQUIRE(changes.append(e, "globex"));
  BOOST_REQUIRE(changes.append(e));
  BOOST_TEST(value("SELECT group_concat(key || ' ' || (payload ->> 'id')) FROM _honker_stream") ==
             "globex m1,m1 m1");
}

BOOST_AUTO_TEST_CASE(writes_a_row_of_the_stream_for_every_table_and_change) {
  for (int t = 0; t < 12; ++t) {
    for (int o = 0; o < 3; ++o) {
      change_event e;
      e.table = static_cast<table>(t);
      e.op = static_cast<change_op>(o);
      const bool in_graph = e.table == table::nodes || e.table == table::edges;
      if (in_graph) {
        e.graph = graph_id{"g"};
        e.key = "k";
      } else {
        e.id = row_id{"r"};
      }
      if (e.table == table::edges) {
        e.source = node_key{"a"};
        e.target = node_key{"b"};
      }
      e.at = noon;
      e.actor = "ann";
      BOOST_REQUIRE(changes.append(e));
      const std::string name{to_string(e.table)};
      const std::string op{to_string(e.op)};
      const auto seq = std::to_string(t * 3 + o + 1);
      BOOST_TEST(
          value("SELECT topic, key, created_at, payload FROM _honker_stream ORDER BY offset DESC "
                "LIMIT 1") ==
          name + ":" + op + (in_graph ? "|g/k" : "|r") + R"(|1700000000|{"seq":)" + seq +
              R"(,"org":"acme")" + (in_graph ? R"(,"graph":"g")" : "") + R"(,"table":")" + name +
              R"(","op":")" + op + (in_graph ? R"(","key":"k")" : R"(","id":"r")") +
              (e.table == table::edges ? R"(,"source":"a","target":"b")" : "") +
              R"(,"at":1700000000987,"actor":"ann"})");
    }
  }
}

BOOST_AUTO_TEST_CASE(has_no_organization_in_the_system_file) {
  change_log system{db, org_id{}};
  auto e = node_event("a");
  e.attributes = document::parse("{\"x\": [1]}").value();
  BOOST_REQUIRE(system.append(e));
  const auto payload = value("SELECT payload FROM _honker_stream");
  BOOST_TEST(payload ==
             R"({"seq":1,"org":null,"graph":"g","table":"nodes","op":"created","key":"a",)"
             R"("at":1700000000987,"actor":"ann","attributes":{"x": [1]}})");
}

BOOST_AUTO_TEST_CASE(searches_in_every_statement) { test::check_plans(db, planned(changes)); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::events
