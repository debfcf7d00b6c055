#include "fixture.hpp"

#include <quire/sqlite/maintenance.hpp>

#include <fstream>

namespace quire::sqlite {

BOOST_FIXTURE_TEST_SUITE(maintenance, system_file)

BOOST_AUTO_TEST_CASE(copies_a_file_that_is_in_use) {
  auto other = open(open_mode::read_write);
  int steps = 0;
  backup(db, folder / "copy.db", 5, [&](const backup_progress& p) {
    BOOST_TEST(p.done <= p.total);
    if (++steps == 1) other.execute("UPDATE graphs SET name = 'meanwhile' WHERE id = 'g1'").value();
    return true;
  }).value();
  BOOST_TEST(steps > 2);
  auto copy = connection::open(folder / "copy.db", {}).value();
  BOOST_TEST(one_value(copy, "SELECT name FROM graphs WHERE id = 'g1'") == "meanwhile");
  BOOST_TEST(check_integrity(copy, check_depth::full).value().empty());
}

BOOST_AUTO_TEST_CASE(keeps_nothing_of_a_copy_that_was_given_up) {
  auto done = backup(db, folder / "copy.db", 1, [](const backup_progress&) { return false; });
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::deadline_exceeded);
  BOOST_TEST(!std::filesystem::exists(folder / "copy.db"));
  BOOST_TEST(!std::filesystem::exists(folder / "copy.db.new"));
}

BOOST_AUTO_TEST_CASE(never_copies_over_a_file) {
  std::ofstream{folder / "copy.db"} << "precious";
  auto done = backup(db, folder / "copy.db", 100, {});
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::conflict);
}

BOOST_AUTO_TEST_CASE(finds_nothing_wrong_with_a_good_file) {
  BOOST_TEST(check_integrity(db, check_depth::quick).value().empty());
  BOOST_TEST(check_integrity(db, check_depth::full).value().empty());
}

BOOST_AUTO_TEST_CASE(finds_rows_that_refer_to_nothing) {
  run("PRAGMA foreign_keys=OFF; DELETE FROM graphs WHERE id = 'g2'");
  const auto found = check_integrity(db, check_depth::full).value();
  BOOST_REQUIRE_EQUAL(found.size(), 1U);
  BOOST_TEST(found.front().find("nodes") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
