#include "fixture.hpp"

namespace quire::sqlite {
namespace {

struct one_table : one_file {
  one_table() { run("CREATE TABLE t (x)"); }
  [[nodiscard]] std::string rows() {
    return one_value(db, "SELECT coalesce(group_concat(x), '') FROM t");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(transactions, one_table)

BOOST_AUTO_TEST_CASE(rolls_back_when_it_leaves_scope_uncommitted) {
  {
    auto open = transaction::begin_immediate(db).value();
    run("INSERT INTO t VALUES (1)");
    BOOST_TEST(db.in_transaction());
    BOOST_TEST(open.is_open());
  }
  BOOST_TEST(!db.in_transaction());
  BOOST_TEST(rows() == "");
}

BOOST_AUTO_TEST_CASE(keeps_what_it_committed) {
  auto open = transaction::begin_immediate(db).value();
  run("INSERT INTO t VALUES (1)");
  open.commit().value();
  BOOST_TEST(!open.is_open());
  BOOST_TEST(!open.commit());
  BOOST_TEST(rows() == "1");
}

BOOST_AUTO_TEST_CASE(takes_the_write_lock_at_once) {
  auto other = open(open_mode::read_write);
  other.set_busy_timeout(std::chrono::milliseconds{0});
  const auto held = transaction::begin_immediate(db).value();
  auto refused = transaction::begin_immediate(other);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == errc::storage_busy);
}

BOOST_AUTO_TEST_CASE(stays_open_when_a_deferred_foreign_key_fails_the_commit) {
  run("CREATE TABLE p (id INTEGER PRIMARY KEY);"
      "CREATE TABLE c (p REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED)");
  auto open = transaction::begin_immediate(db).value();
  run("INSERT INTO c VALUES (1)");
  auto done = open.commit();
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::foreign_key_violation);
  BOOST_REQUIRE(open.is_open());
  run("INSERT INTO p VALUES (1)");
  BOOST_TEST(open.commit().has_value());
}

BOOST_AUTO_TEST_CASE(sees_one_snapshot_while_others_write) {
  run("INSERT INTO t VALUES (1)");
  auto reader = open(open_mode::read_only);
  {
    const auto view = read_transaction::begin(reader).value();
    run("INSERT INTO t VALUES (2)");
    BOOST_TEST(one_value(reader, "SELECT count(*) FROM t") == "1");
  }
  BOOST_TEST(one_value(reader, "SELECT count(*) FROM t") == "2");
}

BOOST_AUTO_TEST_CASE(undoes_a_savepoint_alone) {
  auto open = transaction::begin_immediate(db).value();
  run("INSERT INTO t VALUES (1)");
  {
    const auto point = savepoint::begin(db).value();
    run("INSERT INTO t VALUES (2)");
  }
  {
    auto point = savepoint::begin(db).value();
    run("INSERT INTO t VALUES (3)");
    point.release().value();
  }
  open.commit().value();
  BOOST_TEST(rows() == "1,3");
}

BOOST_AUTO_TEST_CASE(nests_savepoints) {
  auto open = transaction::begin_immediate(db).value();
  auto outer = savepoint::begin(db).value();
  run("INSERT INTO t VALUES (1)");
  {
    auto inner = savepoint::begin(db).value();
    run("INSERT INTO t VALUES (2)");
    inner.release().value();
  }
  {
    const auto inner = savepoint::begin(db).value();
    run("INSERT INTO t VALUES (3)");
  }
  BOOST_TEST(rows() == "1,2");
  outer.roll_back();
  BOOST_TEST(rows() == "");
  open.commit().value();
}

BOOST_AUTO_TEST_CASE(refuses_a_savepoint_outside_a_transaction) {
  auto point = savepoint::begin(db);
  BOOST_REQUIRE(!point);
  BOOST_TEST(point.error().code == errc::internal);
}

BOOST_AUTO_TEST_CASE(tells_when_a_failure_ended_the_transaction) {
  auto open = transaction::begin_immediate(db).value();
  {
    const auto point = savepoint::begin(db).value();
    run("ROLLBACK");  // as SQLite does by itself after some failures
  }
  BOOST_TEST(!open.is_open());
  BOOST_TEST(!open.commit());
  BOOST_TEST(transaction::begin_immediate(db).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
