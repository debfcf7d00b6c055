#include "fixture.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace quire::sqlite {

BOOST_AUTO_TEST_SUITE(connections)

BOOST_AUTO_TEST_CASE(refuses_names_that_are_not_files) {
  for (const auto* name : {"", ":memory:", "file:x?mode=memory", "file::memory:", "some/folder/"}) {
    auto opened = connection::open(name, {.mode = open_mode::create});
    BOOST_REQUIRE_MESSAGE(!opened, name);
    BOOST_TEST(opened.error().code == errc::invalid_path);
  }
}

BOOST_AUTO_TEST_CASE(says_that_a_missing_file_is_not_there) {
  const auto folder = test::scratch_folder{};
  for (const auto mode : {open_mode::read_write, open_mode::read_only}) {
    auto opened = connection::open(folder / "none.db", {.mode = mode});
    BOOST_REQUIRE(!opened);
    BOOST_TEST(opened.error().code == errc::not_found);
    BOOST_TEST(opened.error().context.find("none.db") != std::string::npos);
  }
  BOOST_TEST(!std::filesystem::exists(folder / "none.db"));
}

BOOST_AUTO_TEST_CASE(refuses_a_file_that_is_no_database) {
  const auto folder = test::scratch_folder{};
  std::ofstream{folder / "text.db"} << std::string(5000, 'x');
  for (const auto mode : {open_mode::read_write, open_mode::read_only}) {
    auto opened = connection::open(folder / "text.db", {.mode = mode});
    BOOST_REQUIRE(!opened);
    BOOST_TEST(opened.error().code == errc::storage_corrupt);
  }
}

BOOST_FIXTURE_TEST_CASE(makes_files_that_only_the_owner_can_read, one_file) {
  run("CREATE TABLE t (x)");
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    struct ::stat found = {};
    BOOST_REQUIRE_EQUAL(::stat((file.string() + suffix).c_str(), &found), 0);
    BOOST_TEST((found.st_mode & 0777U) == 0600U);
  }
}

BOOST_FIXTURE_TEST_CASE(sets_every_pragma_of_a_writer, one_file) {
  BOOST_TEST(one_value(db, "PRAGMA journal_mode") == "wal");
  BOOST_TEST(one_value(db, "PRAGMA synchronous") == "2");
  BOOST_TEST(one_value(db, "PRAGMA busy_timeout") == "5000");
  BOOST_TEST(one_value(db, "PRAGMA foreign_keys") == "1");
  BOOST_TEST(one_value(db, "PRAGMA cache_size") == "-32000");
  BOOST_TEST(one_value(db, "PRAGMA temp_store") == "2");
  BOOST_TEST(one_value(db, "PRAGMA wal_autocheckpoint") == "0");
  BOOST_TEST(one_value(db, "PRAGMA query_only") == "0");
  BOOST_TEST(one_value(db, "PRAGMA trusted_schema") == "0");
}

BOOST_FIXTURE_TEST_CASE(sets_every_pragma_of_a_reader, one_file) {
  auto reader = open(open_mode::read_only, durability::normal);
  BOOST_TEST(one_value(reader, "PRAGMA journal_mode") == "wal");
  BOOST_TEST(one_value(reader, "PRAGMA synchronous") == "1");
  BOOST_TEST(one_value(reader, "PRAGMA busy_timeout") == "5000");
  BOOST_TEST(one_value(reader, "PRAGMA foreign_keys") == "1");
  BOOST_TEST(one_value(reader, "PRAGMA cache_size") == "-32000");
  BOOST_TEST(one_value(reader, "PRAGMA temp_store") == "2");
  BOOST_TEST(one_value(reader, "PRAGMA wal_autocheckpoint") == "0");
  BOOST_TEST(one_value(reader, "PRAGMA query_only") == "1");
  BOOST_TEST(one_value(reader, "PRAGMA trusted_schema") == "0");
}

BOOST_FIXTURE_TEST_CASE(does_not_write_through_a_reader_even_without_query_only, one_file) {
  run("CREATE TABLE t (x)");
  auto reader = open(open_mode::read_only);
  BOOST_TEST(!reader.execute("INSERT INTO t VALUES (1)"));
  reader.execute("PRAGMA query_only=OFF").value();
  BOOST_TEST(!reader.execute("INSERT INTO t VALUES (1)"));
}

BOOST_FIXTURE_TEST_CASE(never_attaches_another_file, one_file) {
  BOOST_TEST(!db.execute("ATTACH '" + (folder / "other.db").string() + "' AS other"));
  BOOST_TEST(!std::filesystem::exists(folder / "other.db"));
}

BOOST_FIXTURE_TEST_CASE(takes_a_double_quoted_word_for_a_name_only, one_file) {
  BOOST_TEST(!db.execute("SELECT \"no such column\""));
}

BOOST_FIXTURE_TEST_CASE(keeps_the_schema_out_of_reach, one_file) {
  run("CREATE TABLE t (x)");
  static_cast<void>(db.execute("PRAGMA writable_schema=ON"));
  BOOST_TEST(!db.execute("DELETE FROM sqlite_schema"));
}

BOOST_FIXTURE_TEST_CASE(tells_that_another_connection_committed, one_file) {
  run("CREATE TABLE t (x)");
  auto other = open(open_mode::read_write);
  const auto before = db.data_version().value();
  run("INSERT INTO t VALUES (1)");
  BOOST_TEST(db.data_version().value() == before);
  other.execute("INSERT INTO t VALUES (2)").value();
  BOOST_TEST(db.data_version().value() != before);
}

BOOST_FIXTURE_TEST_CASE(tells_how_much_log_there_is_and_empties_it, one_file) {
  run("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))");
  BOOST_TEST(db.wal_bytes() > 100000);
  const auto passive = db.checkpoint().value();
  BOOST_TEST(passive.log_frames == passive.checkpointed);
  BOOST_TEST(passive.log_frames > 24);
  const auto emptied = db.checkpoint(true).value();
  BOOST_TEST(emptied.log_frames == 0);
  BOOST_TEST(db.wal_bytes() == 0);
  BOOST_TEST(std::filesystem::file_size(file.string() + "-wal") == 0U);
}

BOOST_FIXTURE_TEST_CASE(leaves_checkpoints_to_the_caller, one_file) {
  run("CREATE TABLE t (x)");
  for (int i = 0; i < 30; ++i) run("INSERT INTO t VALUES (zeroblob(1000000))");
  BOOST_TEST(std::filesystem::file_size(file) < 1000000U);
}

BOOST_FIXTURE_TEST_CASE(says_busy_when_readers_keep_the_log, one_file) {
  run("CREATE TABLE t (x)");
  db.set_busy_timeout(std::chrono::milliseconds{0});
  auto reader = open(open_mode::read_only);
  auto view = read_transaction::begin(reader).value();
  run("INSERT INTO t VALUES (1)");
  auto emptied = db.checkpoint(true);
  BOOST_REQUIRE(!emptied);
  BOOST_TEST(emptied.error().code == errc::storage_busy);
  view.end();
  BOOST_TEST(db.checkpoint(true).has_value());
}

BOOST_FIXTURE_TEST_CASE(stops_what_runs_when_interrupted_from_another_thread, one_file) {
  auto endless = db.prepare("count for ever",
                            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
                            "SELECT max(n) FROM c")
                     .value();
  auto done = std::atomic<bool>{false};
  auto other = std::thread{[&] {
    while (!done) db.interrupt();
  }};
  auto row = endless.step();
  done = true;
  other.join();
  BOOST_REQUIRE(!row);
  BOOST_TEST(row.error().code == errc::deadline_exceeded);
}

BOOST_FIXTURE_TEST_CASE(gives_unused_pages_back, one_file) {
  run("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(1000000)); DELETE FROM t");
  db.vacuum().value();
  BOOST_TEST(one_value(db, "PRAGMA freelist_count") == "0");
  BOOST_TEST(!db.execute("ATTACH ':memory:' AS other"));
}

BOOST_FIXTURE_TEST_CASE(keeps_its_cache_within_bounds, one_file) {
  run("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(3000000))");
  db.set_cache_kib(100).value();
  run("SELECT * FROM t");
  db.release_memory();
  BOOST_TEST(db.cache_bytes() < 1000000);
}

BOOST_FIXTURE_TEST_CASE(stays_usable_when_moved, one_file) {
  run("CREATE TABLE t (x)");
  auto insert = db.prepare("insert", "INSERT INTO t VALUES (?)").value();
  auto moved = std::move(db);
  auto kept = std::move(insert);  // destroyed before its connection
  kept.bind(1, 7);
  kept.run().value();
  BOOST_TEST(moved.changes() == 1);
  BOOST_TEST(moved.last_insert_rowid() == 1);
  BOOST_TEST(one_value(moved, "SELECT x FROM t") == "7");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
