#include "fixture.hpp"

#include <quire/sqlite/function.hpp>

#include <stdexcept>

namespace quire::sqlite {

BOOST_FIXTURE_TEST_SUITE(sql_functions, one_file)

BOOST_AUTO_TEST_CASE(see_their_arguments_and_give_any_kind) {
  register_function(db, "kinds", -1, function_kind::deterministic, [](const arguments& given) {
    auto out = std::string{};
    for (int i = 0; i < given.size(); ++i) out += std::to_string(static_cast<int>(given.kind(i)));
    return result<sql_value>{sql_value{out}};
  }).value();
  BOOST_TEST(one_value(db, "SELECT kinds(1, 0.5, 'x', x'00', NULL)") == "12345");
  register_function(db, "twice", 1, function_kind::deterministic, [](const arguments& given) {
    return result<sql_value>{sql_value{2 * given.integer(0)}};
  }).value();
  BOOST_TEST(one_value(db, "SELECT twice(21)") == "42");
}

BOOST_AUTO_TEST_CASE(fail_the_statement_with_their_own_error) {
  register_function(db, "refuse", 0, function_kind::direct, [](const arguments&) {
    return result<sql_value>{fail(errc::payload_not_json, "no JSON at 3")};
  }).value();
  const auto e = failure_of("SELECT refuse()");
  BOOST_TEST(e.code == errc::payload_not_json);
  BOOST_TEST(e.context.find("no JSON at 3") != std::string::npos);
  BOOST_TEST(failure_of("SELECT * FROM absent").code == errc::storage_io);
}

BOOST_AUTO_TEST_CASE(do_not_let_exceptions_out) {
  register_function(db, "throw", 0, function_kind::direct,
                    [](const arguments&) -> result<sql_value> { throw std::runtime_error{"oops"}; })
      .value();
  BOOST_TEST(failure_of("SELECT throw()").code == errc::internal);
}

BOOST_AUTO_TEST_CASE(may_write_through_their_connection) {
  run("CREATE TABLE t (x)");
  register_function(db, "put", 1, function_kind::direct,
                    [this](const arguments& given) -> result<sql_value> {
                      auto insert = db.prepare("put", "INSERT INTO t VALUES (?)");
                      if (!insert) return insert.error();
                      insert->bind(1, given.integer(0));
                      if (auto ok = insert->run(); !ok) return ok.error();
                      return sql_value{db.last_insert_rowid()};
                    })
      .value();
  BOOST_TEST(one_value(db, "SELECT put(7)") == "1");
  BOOST_TEST(one_value(db, "SELECT x FROM t") == "7");
}

BOOST_AUTO_TEST_CASE(are_not_called_by_a_trigger_of_the_file) {
  bool called = false;
  register_function(db, "act", 0, function_kind::direct, [&called](const arguments&) {
    called = true;
    return result<sql_value>{sql_value{}};
  }).value();
  run("CREATE TABLE t (x); CREATE TRIGGER theirs AFTER INSERT ON t BEGIN SELECT act(); END");
  BOOST_TEST(!db.execute("INSERT INTO t VALUES (1)"));
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
