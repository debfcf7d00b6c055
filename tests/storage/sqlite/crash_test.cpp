#include "fixture.hpp"

#include <quire/sqlite/create_file.hpp>
#include <quire/sqlite/maintenance.hpp>
#include <quire/test/fault_vfs.hpp>
#include <quire/test/seed.hpp>

namespace quire::sqlite {
namespace {

open_options through(const std::string& vfs) { return {.mode = open_mode::create, .vfs = vfs}; }

/// What a script of commits knows about its fate.
struct told {
  int answered = 0;  ///< rows whose commit was answered
  int open = 0;      ///< rows whose commit has an open fate
};

/// Adds one row; says what it was told.
void add_row(connection& db, int number, told& out) {
  auto open = transaction::begin_immediate(db);
  if (!open) return;
  if (!db.execute("INSERT INTO t VALUES (" + std::to_string(number) + ", zeroblob(3000))")) return;
  auto done = open->commit();
  if (done) ++out.answered;
  if (!done && done.error().code == errc::commit_unknown) ++out.open;
}

/// Creates, inserts, checkpoints, closes, opens again and inserts more; goes on after each failure.
told run_script(const std::filesystem::path& file, const std::string& vfs) {
  auto out = told{};
  for (int round = 0; round < 2; ++round) {
    auto db = connection::open(file, through(vfs));
    if (!db) continue;
    if (!db->execute("CREATE TABLE IF NOT EXISTS t (x, filler)")) continue;
    for (int i = 0; i < 4; ++i) {
      add_row(*db, 10 * round + i, out);
      if (i == 1) static_cast<void>(db->checkpoint());
      if (i == 2) static_cast<void>(db->checkpoint(true));
    }
  }
  return out;
}

/// The file is whole and holds what was answered, and nothing that was refused.
void check_file(const std::filesystem::path& file, const told& out, const std::string& vfs = {}) {
  auto db = connection::open(file, through(vfs));
  BOOST_REQUIRE_MESSAGE(db, db.error());
  BOOST_TEST(check_integrity(*db, check_depth::full).value().empty());
  const auto exists = one_value(*db, "SELECT count(*) FROM sqlite_schema WHERE name = 't'") == "1";
  const auto rows = exists ? std::stoi(one_value(*db, "SELECT count(*) FROM t")) : 0;
  BOOST_TEST(rows >= out.answered);
  BOOST_TEST(rows <= out.answered + out.open);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file_systems_that_fail)

BOOST_AUTO_TEST_CASE(break_no_file_at_whatever_call_they_fail) {
  auto vfs = test::fault_vfs{};
  const auto count = [&] {
    const auto folder = test::scratch_folder{};
    vfs.heal();
    BOOST_TEST(run_script(folder / "a.db", vfs.name()).answered == 8);
    return vfs.calls();
  }();
  BOOST_TEST(count > 50);
  BOOST_TEST(vfs.calls(test::file_call::sync) > 8);
  using failure = test::fault_vfs::failure;
  for (const auto how : {failure::io_error, failure::disk_full}) {
    for (const auto sticky : {false, true}) {
      for (std::int64_t nth = 1; nth <= count; ++nth) {
        BOOST_TEST_CONTEXT("call " << nth << " of " << count << (sticky ? " and all after" : "")) {
          const auto folder = test::scratch_folder{};
          vfs.fail_at(nth, how, sticky);
          const auto out = run_script(folder / "a.db", vfs.name());
          BOOST_TEST(vfs.has_failed());
          vfs.heal();
          check_file(folder / "a.db", out);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(leave_a_commit_open_when_its_sync_fails) {
  const auto folder = test::scratch_folder{};
  auto vfs = test::fault_vfs{};
  auto db = connection::open(folder / "a.db", through(vfs.name())).value();
  db.execute("CREATE TABLE t (x)").value();
  auto open = transaction::begin_immediate(db).value();
  db.execute("INSERT INTO t VALUES (1)").value();
  vfs.heal();
  bool seen = false;
  for (std::int64_t nth = 1; nth < 10 && !seen; ++nth) {
    vfs.fail_at(nth, test::fault_vfs::failure::io_error, false);
    auto done = open.is_open() ? open.commit() : result<void>{};
    if (done) break;
    BOOST_TEST(done.error().code == errc::commit_unknown);
    BOOST_TEST(!db.in_transaction());
    seen = true;
  }
  BOOST_TEST(seen);
}

BOOST_AUTO_TEST_CASE(say_full_when_the_disk_is) {
  const auto folder = test::scratch_folder{};
  auto vfs = test::fault_vfs{};
  auto db = connection::open(folder / "a.db", through(vfs.name())).value();
  db.execute("CREATE TABLE t (x)").value();
  vfs.fail_at(1, test::fault_vfs::failure::disk_full, true);
  auto open = transaction::begin_immediate(db).value();
  db.execute("INSERT INTO t VALUES (1)").value();
  auto done = open.commit();
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::storage_full);
  BOOST_TEST(!open.is_open());
  vfs.heal();
  BOOST_TEST(one_value(db, "SELECT count(*) FROM t") == "0");
}

BOOST_AUTO_TEST_CASE(leave_no_file_or_a_complete_one_when_one_is_made) {
  auto vfs = test::fault_vfs{};
  const auto make = [&](const std::filesystem::path& file) {
    return create_file_aside(file, {.vfs = vfs.name()}, [](connection& db) -> result<void> {
      auto done = migrate(db, file_kind::tenant, org_id{"acme"});
      return done ? result<void>{} : done.error();
    });
  };
  bool made = false;
  for (std::int64_t nth = 1; !made; ++nth) {
    BOOST_TEST_CONTEXT("call " << nth) {
      const auto folder = test::scratch_folder{};
      vfs.fail_at(nth, test::fault_vfs::failure::io_error, true);
      made = make(folder / "a.db").has_value();
      const bool clean = !vfs.has_failed();
      vfs.heal();
      BOOST_TEST(std::filesystem::exists(folder / "a.db") == made);
      static_cast<void>(remove_stale_new_files(folder.path()).value());
      if (made) {
        auto db = connection::open(folder / "a.db", {}).value();
        BOOST_TEST(migrate(db, file_kind::tenant, org_id{"acme"})->from_version ==
                   current_schema_version());
      } else {
        BOOST_TEST(std::filesystem::is_empty(folder.path()));
      }
      made = made && clean;
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(machines_that_lose_power)

BOOST_AUTO_TEST_CASE(keep_what_was_committed_with_full_durability) {
  auto vfs = test::forgetful_vfs{};
  const auto folder = test::scratch_folder{};
  const auto file = folder / "a.db";
  {
    auto db = connection::open(file, through(vfs.name())).value();
    db.execute("CREATE TABLE t (x, filler); INSERT INTO t VALUES (1, 'x')").value();
    vfs.power_off();
  }
  vfs.power_on();
  check_file(file, {.answered = 1}, vfs.name());
}

BOOST_AUTO_TEST_CASE(lose_commits_without_durability) {
  auto vfs = test::forgetful_vfs{};
  const auto folder = test::scratch_folder{};
  const auto file = folder / "a.db";
  {
    auto db = connection::open(file, through(vfs.name())).value();
    db.execute("CREATE TABLE t (x); PRAGMA synchronous=OFF; INSERT INTO t VALUES (1)").value();
    vfs.power_off();
  }
  vfs.power_on();
  auto db = connection::open(file, through(vfs.name())).value();
  BOOST_TEST(one_value(db, "SELECT count(*) FROM t") == "0");
}

BOOST_AUTO_TEST_CASE(show_unsynced_commits_to_other_connections_meanwhile) {
  auto vfs = test::forgetful_vfs{};
  const auto folder = test::scratch_folder{};
  auto one = connection::open(folder / "a.db", through(vfs.name())).value();
  auto two = connection::open(folder / "a.db", through(vfs.name())).value();
  one.execute("PRAGMA synchronous=OFF; CREATE TABLE t (x); INSERT INTO t VALUES (1)").value();
  BOOST_TEST(one_value(two, "SELECT x FROM t") == "1");
  two.execute("INSERT INTO t VALUES (2)").value();
  BOOST_TEST(one_value(one, "SELECT count(*) FROM t") == "2");
}

BOOST_AUTO_TEST_CASE(break_no_file_whenever_the_power_fails) {
  auto vfs = test::forgetful_vfs{};
  const auto random = test::random_source{7};
  const auto count = [&] {
    const auto folder = test::scratch_folder{};
    vfs.power_off_at(0, 0);
    BOOST_TEST(run_script(folder / "a.db", vfs.name()).answered == 8);
    return vfs.calls();
  }();
  BOOST_TEST(count > 50);
  for (std::uint64_t luck = 0; luck < 4; ++luck) {
    for (std::int64_t nth = 1; nth <= count; ++nth) {
      const auto seed =
          luck == 0 ? 0 : random.used() + luck * 1000 + static_cast<std::uint64_t>(nth);
      BOOST_TEST_CONTEXT("call " << nth << " of " << count << ", seed " << seed) {
        const auto folder = test::scratch_folder{};
        vfs.power_off_at(nth, seed);
        const auto out = run_script(folder / "a.db", vfs.name());
        BOOST_TEST(vfs.is_off());
        vfs.power_on();
        check_file(folder / "a.db", out, vfs.name());
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
