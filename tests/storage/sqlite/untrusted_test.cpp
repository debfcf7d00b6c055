#include "fixture.hpp"

#include <quire/sqlite/function.hpp>
#include <quire/sqlite/untrusted.hpp>

namespace quire::sqlite {
namespace {

struct a_reader : system_file {
  std::vector<std::string> columns;
  std::vector<std::vector<sql_value>> rows;

  result<untrusted_outcome> ask(std::string_view sql, const untrusted_limits& limits = {}) {
    columns.clear();
    rows.clear();
    return run_untrusted(
        db, sql, limits, [this](auto names) { columns.assign(names.begin(), names.end()); },
        [this](auto values) {
          rows.emplace_back(values.begin(), values.end());
          return true;
        });
  }
};

}  // namespace

// On the writer's connection: what is refused here is refused by the fence alone.
BOOST_FIXTURE_TEST_SUITE(callers_sql, a_reader)

BOOST_AUTO_TEST_CASE(answers_columns_and_values) {
  const auto done = ask("SELECT 1 AS i, 0.5 AS r, 'x' AS t, NULL AS n, x'00ff' AS b");
  BOOST_REQUIRE(done);
  BOOST_TEST(columns == (std::vector<std::string>{"i", "r", "t", "n", "b"}));
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  BOOST_TEST((rows[0] == std::vector<sql_value>{std::int64_t{1}, 0.5, std::string{"x"},
                                                std::monostate{}, hex_blob{"00ff"}}));
}

BOOST_AUTO_TEST_CASE(reads_every_table_and_describes_the_schema) {
  BOOST_TEST(ask("SELECT key FROM nodes WHERE graph_id = 'g1' ORDER BY key")->rows == 2U);
  BOOST_TEST(ask("PRAGMA table_info(nodes)")->rows == 8U);
  BOOST_TEST(ask("SELECT name FROM pragma_table_xinfo('nodes')")->rows == 8U);
  BOOST_TEST(ask("WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM c LIMIT 5) SELECT "
                 "n FROM c")
                 ->rows == 5U);
  BOOST_TEST(ask("EXPLAIN QUERY PLAN SELECT * FROM nodes")->rows == 1U);
  BOOST_TEST(ask("SELECT count(*) FROM sqlite_schema;  -- done")->rows == 1U);
}

BOOST_AUTO_TEST_CASE(refuses_everything_that_is_not_a_read) {
  for (const auto* sql :
       {"DELETE FROM nodes",
        "INSERT INTO nodes (id, graph_id, key) VALUES ('x', 'g1', 'x') RETURNING id",
        "UPDATE nodes SET key = 'x'",
        "CREATE TABLE t (x)",
        "CREATE TEMP TABLE t (x)",
        "DROP TABLE nodes",
        "ATTACH ':memory:' AS x",
        "DETACH main",
        "BEGIN",
        "COMMIT",
        "SAVEPOINT x",
        "VACUUM",
        "REINDEX",
        "ANALYZE",
        "PRAGMA query_only=OFF",
        "PRAGMA journal_mode=DELETE",
        "PRAGMA foreign_keys=OFF",
        "PRAGMA wal_checkpoint",
        "PRAGMA writable_schema=ON",
        "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('simple')",
        "WITH x AS (SELECT 1) DELETE FROM nodes",
        "EXPLAIN DELETE FROM nodes",
        "CREATE VIRTUAL TABLE v USING fts5(x)"}) {
    const auto done = ask(sql);
    BOOST_REQUIRE_MESSAGE(!done, sql);
    BOOST_TEST(done.error().code == errc::access_denied, sql << " gives " << done.error());
  }
  BOOST_TEST(one_value(db, "SELECT count(*) FROM nodes") == "3");
}

BOOST_AUTO_TEST_CASE(refuses_functions_with_effects) {
  register_function(db, "honker_notify", 0, function_kind::direct, [](const arguments&) {
    return result<sql_value>{sql_value{}};
  }).value();
  const auto done = ask("SELECT Honker_Notify()");
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::access_denied);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_one_statement) {
  for (const auto sql :
       {std::string_view{""}, std::string_view{"-- nothing"},
        std::string_view{"SELECT 1; SELECT 2"}, std::string_view{"SELEC 1"},
        std::string_view{"SELECT nothing"}, std::string_view{"SELECT 1\0DELETE", 15}}) {
    const auto done = ask(sql);
    BOOST_REQUIRE_MESSAGE(!done, sql);
    BOOST_TEST(done.error().code == errc::invalid_option, sql);
  }
}

BOOST_AUTO_TEST_CASE(stops_after_the_rows_asked_for) {
  const auto done = ask("SELECT key FROM nodes", {.max_rows = 2});
  BOOST_REQUIRE(done);
  BOOST_TEST(done->rows == 2U);
  BOOST_TEST(done->truncated);
  BOOST_TEST(!ask("SELECT key FROM nodes", {.max_rows = 3})->truncated);
}

BOOST_AUTO_TEST_CASE(stops_when_the_caller_has_enough) {
  const auto done = run_untrusted(
      db, "SELECT key FROM nodes", {}, [](auto) {}, [](auto) { return false; });
  BOOST_TEST(done->rows == 1U);
  BOOST_TEST(done->truncated);
}

BOOST_AUTO_TEST_CASE(stops_what_runs_for_ever) {
  const auto* endless =
      "WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c";
  const auto steps = ask(endless, {.max_steps = 100'000, .max_time = std::chrono::milliseconds{0}});
  BOOST_REQUIRE(!steps);
  BOOST_TEST(steps.error().code == errc::limit_exceeded);
  const auto time = ask(endless, {.max_steps = 0, .max_time = std::chrono::milliseconds{1}});
  BOOST_REQUIRE(!time);
  BOOST_TEST(time.error().code == errc::deadline_exceeded);
}

BOOST_AUTO_TEST_CASE(refuses_values_beyond_the_bound) {
  const auto done = ask("SELECT randomblob(2000000)", {.max_value_bytes = 1000000});
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::too_large);
}

BOOST_AUTO_TEST_CASE(leaves_the_connection_as_it_was) {
  static_cast<void>(ask("SELECT nothing"));
  BOOST_TEST(db.execute("DELETE FROM nodes").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
