#include "fixture.hpp"

#include <fstream>

namespace quire::sqlite {

BOOST_FIXTURE_TEST_SUITE(sqlite_results, system_file)

BOOST_AUTO_TEST_CASE(names_table_and_column_of_a_unique_violation) {
  const auto e = failure_of("INSERT INTO nodes (id, graph_id, key) VALUES ('x', 'g1', 'a')");
  BOOST_TEST(e.code == errc::unique_violation);
  BOOST_TEST(e.context.find("nodes.graph_id, nodes.key") != std::string::npos);
  BOOST_TEST(e.context.find("(SQLite 2067)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(knows_a_primary_key_violation) {
  const auto e = failure_of("INSERT INTO nodes (id, graph_id, key) VALUES ('n1', 'g1', 'z')");
  BOOST_TEST(e.code == errc::unique_violation);
  BOOST_TEST(e.context.find("nodes.id") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_the_table_of_a_foreign_key_violation) {
  const auto e = failure_of("INSERT INTO nodes (id, graph_id, key) VALUES ('x', 'none', 'a')");
  BOOST_TEST(e.code == errc::foreign_key_violation);
  BOOST_TEST(e.context.find("INSERT INTO nodes (id, graph_id, key)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(knows_a_restricted_delete_for_a_foreign_key_violation) {
  const auto e = failure_of("DELETE FROM accounts WHERE id = 'a1'");
  BOOST_TEST(e.code == errc::foreign_key_violation);
  BOOST_TEST(e.context.find("accounts") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_table_and_column_of_a_null) {
  const auto e = failure_of("INSERT INTO nodes (id, graph_id) VALUES ('x', 'g1')");
  BOOST_TEST(e.code == errc::not_null_violation);
  BOOST_TEST(e.context.find("nodes.key") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_the_check_that_failed) {
  const auto e = failure_of("INSERT INTO graphs (id, name, status) VALUES ('x', 'n', 'odd')");
  BOOST_TEST(e.code == errc::check_violation);
  BOOST_TEST(e.context.find("status") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_table_and_column_of_a_wrong_kind) {
  const auto e = failure_of("INSERT INTO graphs (id, name, created_at) VALUES ('x', 'n', 'today')");
  BOOST_TEST(e.code == errc::check_violation);
  BOOST_TEST(e.context.find("graphs.created_at") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(keeps_audit_rows_as_they_are) {
  const auto e = failure_of("UPDATE audit_logs SET action = 'y' WHERE id = 'l1'");
  BOOST_TEST(e.code == errc::append_only);
  BOOST_TEST(e.context.find("audit_logs") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(knows_a_foreign_trigger_from_ours) {
  run("CREATE TRIGGER theirs BEFORE INSERT ON graphs BEGIN SELECT RAISE(ABORT, 'not today'); END");
  const auto e = failure_of("INSERT INTO graphs (id, name) VALUES ('x', 'n')");
  BOOST_TEST(e.code == errc::check_violation);
  BOOST_TEST(e.context.find("not today") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_busy_when_another_connection_writes) {
  auto other = open(open_mode::read_write);
  const auto held = transaction::begin_immediate(other).value();
  db.set_busy_timeout(std::chrono::milliseconds{0});
  const auto e = failure_of("DELETE FROM nodes");
  BOOST_TEST(e.code == errc::storage_busy);
  BOOST_TEST(retryable(e.code));
}

BOOST_AUTO_TEST_CASE(says_full_when_there_is_no_room) {
  run("PRAGMA max_page_count=" + one_value(db, "PRAGMA page_count"));
  const auto e = failure_of("INSERT INTO graphs (id, name) VALUES ('x', hex(zeroblob(1000000)))");
  BOOST_TEST(e.code == errc::storage_full);
}

BOOST_AUTO_TEST_CASE(says_corrupt_when_the_file_is_damaged) {
  run("CREATE TABLE big (x)");
  const auto page =
      std::stol(one_value(db, "SELECT rootpage FROM sqlite_schema WHERE name = 'big'"));
  run("INSERT INTO big VALUES (1)");
  db.checkpoint(true).value();
  {
    auto raw = std::fstream{file, std::ios::in | std::ios::out | std::ios::binary};
    raw.seekp((page - 1) * 4096);
    raw << std::string(4096, '\x7f');
  }
  auto again = open(open_mode::read_write);
  auto done = again.execute("SELECT * FROM big");
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::storage_corrupt);
}

BOOST_AUTO_TEST_CASE(says_too_large_for_a_value_beyond_the_bound) {
  const auto e = failure_of("SELECT zeroblob(100000000)");
  BOOST_TEST(e.code == errc::too_large);
}

BOOST_AUTO_TEST_CASE(calls_anything_else_a_failure_of_storage) {
  BOOST_TEST(failure_of("SELECT * FROM absent").code == errc::storage_io);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
