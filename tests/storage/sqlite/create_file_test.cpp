#include "fixture.hpp"

#include <quire/sqlite/create_file.hpp>

#include <sys/stat.h>

#include <fstream>

namespace quire::sqlite {
namespace {

result<void> build_one_table(connection& db) {
  return db.execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  auto out = std::vector<std::string>{};
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    out.push_back(entry.path().filename().string());
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(files_made_aside, test::scratch_folder)

BOOST_AUTO_TEST_CASE(appear_complete_and_alone) {
  create_file_aside(path() / "a.db", {}, build_one_table).value();
  BOOST_TEST(names_in(path()) == std::vector<std::string>{"a.db"});
  struct ::stat found = {};
  BOOST_REQUIRE_EQUAL(::stat((path() / "a.db").c_str(), &found), 0);
  BOOST_TEST((found.st_mode & 0777U) == 0600U);
  auto db = connection::open(path() / "a.db", {}).value();
  BOOST_TEST(one_value(db, "SELECT x FROM t") == "1");
}

BOOST_AUTO_TEST_CASE(never_replace_a_file) {
  std::ofstream{path() / "a.db"} << "precious";
  auto made = create_file_aside(path() / "a.db", {}, build_one_table);
  BOOST_REQUIRE(!made);
  BOOST_TEST(made.error().code == errc::conflict);
  BOOST_TEST(std::filesystem::file_size(path() / "a.db") == 8U);
  BOOST_TEST(names_in(path()).size() == 1U);
}

BOOST_AUTO_TEST_CASE(never_replace_a_file_that_came_meanwhile) {
  auto made = create_file_aside(path() / "a.db", {}, [this](connection& db) {
    std::ofstream{path() / "a.db"} << "precious";
    return build_one_table(db);
  });
  BOOST_REQUIRE(!made);
  BOOST_TEST(made.error().code == errc::conflict);
  BOOST_TEST(std::filesystem::file_size(path() / "a.db") == 8U);
}

BOOST_AUTO_TEST_CASE(leave_nothing_behind_when_building_fails) {
  auto made = create_file_aside(path() / "a.db", {}, [](connection& db) -> result<void> {
    db.execute("CREATE TABLE t (x)").value();
    return fail(errc::not_found, "what it needs");
  });
  BOOST_REQUIRE(!made);
  BOOST_TEST(made.error().code == errc::not_found);
  BOOST_TEST(names_in(path()).empty());
}

BOOST_AUTO_TEST_CASE(do_not_hide_a_transaction_that_was_left_open) {
  auto made =
      create_file_aside(path() / "a.db", {}, [](connection& db) { return db.execute("BEGIN"); });
  BOOST_REQUIRE(!made);
  BOOST_TEST(made.error().code == errc::internal);
}

BOOST_AUTO_TEST_CASE(start_afresh_over_what_a_crash_left) {
  std::ofstream{path() / "a.db.new"} << "half a file";
  std::ofstream{path() / "a.db.new-wal"} << "half a log";
  std::ofstream{path() / "a.db-wal"} << "the log of a file that is gone";
  create_file_aside(path() / "a.db", {}, build_one_table).value();
  BOOST_TEST(names_in(path()) == std::vector<std::string>{"a.db"});
}

BOOST_AUTO_TEST_CASE(are_removed_when_stale) {
  for (const auto* name : {"a.db", "a.db.new", "a.db.new-wal", "b.db.new", "b.new", "c.db-wal"}) {
    std::ofstream{path() / name} << "x";
  }
  BOOST_TEST(remove_stale_new_files(path()).value() == 2U);
  BOOST_TEST(names_in(path()) == (std::vector<std::string>{"a.db", "b.new", "c.db-wal"}));
  BOOST_TEST(remove_stale_new_files(path()).value() == 0U);
}

BOOST_AUTO_TEST_CASE(live_in_folders_of_the_owner) {
  create_private_folder(path() / "private").value();
  create_private_folder(path() / "private").value();
  struct ::stat found = {};
  BOOST_REQUIRE_EQUAL(::stat((path() / "private").c_str(), &found), 0);
  BOOST_TEST((found.st_mode & 0777U) == 0700U);
  std::ofstream{path() / "file"} << "x";
  auto made = create_private_folder(path() / "file");
  BOOST_REQUIRE(!made);
  BOOST_TEST(made.error().code == errc::invalid_path);
  BOOST_TEST(!create_private_folder(path() / "none" / "below"));
}

BOOST_AUTO_TEST_CASE(need_a_folder_that_exists) {
  auto made = create_file_aside(path() / "none" / "a.db", {}, build_one_table);
  BOOST_REQUIRE(!made);
  BOOST_TEST(made.error().code == errc::not_found);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
