#include "fixture.hpp"

#include <limits>

namespace quire::sqlite {

BOOST_AUTO_TEST_SUITE(statements)

BOOST_FIXTURE_TEST_CASE(carries_every_kind_of_value_there_and_back, one_file) {
  auto echo = db.prepare("echo", "SELECT ?1, ?2, ?3, ?4, ?5, ?6").value();
  echo.bind(1, std::numeric_limits<std::int64_t>::min());
  echo.bind(2, 0.5);
  echo.bind(3, std::string_view{"a\0b", 3});
  echo.bind_null(4);
  echo.bind(5, true);
  const auto bytes = std::array{std::byte{1}, std::byte{0}, std::byte{255}};
  echo.bind_blob(6, bytes);
  BOOST_REQUIRE(echo.step().value());
  BOOST_TEST(echo.integer(0) == std::numeric_limits<std::int64_t>::min());
  BOOST_TEST(echo.real(1) == 0.5);
  BOOST_TEST(echo.text(2) == (std::string_view{"a\0b", 3}));
  BOOST_TEST(echo.is_null(3));
  BOOST_TEST(echo.integer(4) == 1);
  BOOST_TEST((echo.kind(0) == column_kind::integer && echo.kind(1) == column_kind::real &&
              echo.kind(2) == column_kind::text && echo.kind(3) == column_kind::null &&
              echo.kind(5) == column_kind::blob));
  BOOST_TEST(std::ranges::equal(echo.blob(5), bytes));
}

BOOST_FIXTURE_TEST_CASE(binds_the_empty_text_as_text, one_file) {
  auto echo = db.prepare("echo", "SELECT typeof(?1), typeof(?2), typeof(?3)").value();
  echo.bind(1, std::string_view{});
  echo.bind_view(2, std::string_view{});
  echo.bind(3, std::optional<std::string_view>{});
  BOOST_REQUIRE(echo.step().value());
  BOOST_TEST(echo.text(0) == "text");
  BOOST_TEST(echo.text(1) == "text");
  BOOST_TEST(echo.text(2) == "null");
}

BOOST_FIXTURE_TEST_CASE(copies_what_it_binds, one_file) {
  auto echo = db.prepare("echo", "SELECT ?").value();
  auto text = std::string{"before"};
  echo.bind(1, text);
  text = "after!";
  BOOST_REQUIRE(echo.step().value());
  BOOST_TEST(echo.text(0) == "before");
}

BOOST_FIXTURE_TEST_CASE(resets_itself_when_done, one_file) {
  run("CREATE TABLE t (x)");
  auto insert = db.prepare("insert", "INSERT INTO t VALUES (?)").value();
  for (int i = 0; i < 3; ++i) {
    insert.bind(1, i);
    insert.run().value();
  }
  BOOST_TEST(one_value(db, "SELECT count(*) FROM t") == "3");
}

BOOST_FIXTURE_TEST_CASE(can_run_again_after_a_constraint_failed, one_file) {
  run("CREATE TABLE t (x UNIQUE)");
  auto insert = db.prepare("insert", "INSERT INTO t VALUES (?)").value();
  insert.bind(1, 1);
  insert.run().value();
  BOOST_TEST(!insert.run());
  insert.bind(1, 2);
  BOOST_TEST(insert.run().has_value());
}

BOOST_FIXTURE_TEST_CASE(reports_a_parameter_that_does_not_exist_once, one_file) {
  auto echo = db.prepare("echo", "SELECT ?").value();
  echo.bind(2, 1);
  auto row = echo.step();
  BOOST_REQUIRE(!row);
  BOOST_TEST(row.error().code == errc::internal);
  echo.bind(1, 1);
  BOOST_TEST(echo.step().has_value());
}

BOOST_FIXTURE_TEST_CASE(leaves_no_read_open_behind_a_guard, one_file) {
  run("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)");
  auto read = db.prepare("read", "SELECT x FROM t").value();
  {
    const auto at_end = reset_guard{read};
    BOOST_REQUIRE(read.step().value());
  }
  // An open read of the table would lock it against this.
  BOOST_TEST(db.execute("DROP TABLE t").has_value());
}

BOOST_FIXTURE_TEST_CASE(refuses_none_and_more_than_one_statement, one_file) {
  for (const auto* sql : {"", "-- nothing", "SELECT 1; SELECT 2", "SELECT 1; x"}) {
    auto prepared = db.prepare("odd", sql);
    BOOST_REQUIRE_MESSAGE(!prepared, sql);
    BOOST_TEST(prepared.error().code == errc::internal);
  }
  BOOST_TEST(db.prepare("fine", "SELECT 1 ;\n ").has_value());
}

BOOST_FIXTURE_TEST_CASE(runs_scripts_with_comments_and_rows, one_file) {
  run("-- a comment\nCREATE TABLE t (x); /* another */ INSERT INTO t VALUES (1);\nSELECT * FROM t; "
      "-- the end");
  BOOST_TEST(one_value(db, "SELECT x FROM t") == "1");
}

BOOST_FIXTURE_TEST_CASE(prepares_a_lazy_statement_once, one_file) {
  auto lazy = lazy_statement{"one", "SELECT 1"};
  auto* first = lazy.get(db).value();
  BOOST_REQUIRE(first->step().value());
  auto* second = lazy.get(db).value();
  BOOST_TEST(first == second);
  BOOST_REQUIRE(second->step().value());
  BOOST_TEST(second->integer(0) == 1);
}

BOOST_FIXTURE_TEST_CASE(names_the_statement_that_cannot_be_prepared, one_file) {
  auto lazy = lazy_statement{"read nothing", "SELECT x FROM absent"};
  auto got = lazy.get(db);
  BOOST_REQUIRE(!got);
  BOOST_TEST(got.error().context == "read nothing: no such table: absent (SQLite 1)");
}

BOOST_FIXTURE_TEST_CASE(keeps_the_statements_used_last_within_a_bound, one_file) {
  auto cache = statement_cache{2};
  auto* one = cache.get(db, "one", "SELECT 1").value();
  static_cast<void>(cache.get(db, "two", "SELECT 2").value());
  BOOST_TEST(cache.get(db, "one", "SELECT 1").value() == one);
  auto* three = cache.get(db, "three", "SELECT 3").value();
  BOOST_TEST(cache.size() == 2U);
  BOOST_TEST(cache.get(db, "one", "SELECT 1").value() == one);
  BOOST_REQUIRE(three->step().value());
  BOOST_TEST(three->integer(0) == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
