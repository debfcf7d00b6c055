// A migration on a disk that fails, on a machine that loses power, and in a process that is killed:
// whatever happens, ensuring the same version again ends in the data of an undisturbed run.
#include "../operations/fixture.hpp"

#include <quire/evolution/evolver.hpp>
#include <quire/test/fault_vfs.hpp>
#include <quire/test/seed.hpp>

#include <functional>
#include <optional>

namespace quire::operations {
namespace {

namespace fs = std::filesystem;

constexpr int nodes = 12;
constexpr int edges = 6;

define_graph_type before() {
  return {.name = graph_type_name{"items"},
          .module = json("{'ItemNode': {'type': 'object', 'required': ['n'], 'properties': {'n': "
                         "{'type': 'integer'}, 'name': {'type': 'string'}}}, 'LinkEdge': {'type': "
                         "'object', 'properties': {'n': {'type': 'integer'}}}}")};
}

/// `name` is `title` now, and edges have a weight.
define_graph_type after() {
  return {.name = graph_type_name{"items"},
          .module = json("{'ItemNode': {'type': 'object', 'required': ['n', 'title'], "
                         "'properties': {'n': {'type': 'integer'}, 'title': {'type': 'string'}}}, "
                         "'LinkEdge': {'type': 'object', 'required': ['weight'], 'properties': "
                         "{'n': {'type': 'string', 'default': ''}, 'weight': {'type': 'integer', "
                         "'default': 1}}}}")};
}

evolution::evolution_options options(std::size_t batch_rows) {
  evolution::evolution_options made;
  made.batch_rows = batch_rows;
  made.allow_lossy = true;  // the numbers of edges become text
  made.migrations["item"].rename("/name", "/title");
  return made;
}

/// What a process has in memory while it migrates: a writer and a reader of one file.
class host {
 public:
  host(fs::path file, std::string vfs, sqlite::durability sync)
      : file_(std::move(file)), vfs_(std::move(vfs)), sync_(sync) {}

  /// Called after each commit.
  std::function<void()> committed = [] {};

  result<evolution::evolution_report> ensure(std::size_t batch_rows) {
    if (auto ok = open(); !ok) return ok.error();
    evolution::evolver evolver{{.read =
                                    [this](const auto& body) {
                                      return reader_ ? body(*reader_)
                                                     : fail(errc::engine_closed, "closed");
                                    },
                                .write = [this](const auto& step) { return write(step); }}};
    return evolver.ensure(after(), 4, options(batch_rows));
  }
  void close() {
    reader_.reset();
    store_.reset();
  }
  [[nodiscard]] tenant_store& store() { return *store_; }

 private:
  [[nodiscard]] sqlite::open_options how(sqlite::open_mode mode) const {
    return {.mode = mode, .sync = sync_, .busy_timeout = std::chrono::milliseconds{0}, .vfs = vfs_};
  }
  result<void> open() {
    if (!store_) {
      auto made = tenant_store::open(file_, acme, how(sqlite::open_mode::read_write), env_.get());
      if (!made) return made.error();
      store_ = std::move(*made);
    }
    if (!reader_) {
      auto made = sqlite::connection::open(file_, how(sqlite::open_mode::read_only));
      if (!made) return made.error();
      reader_.emplace(std::move(*made));
    }
    return {};
  }
  result<void> write(const evolution::write_step& step) {
    if (!store_) return fail(errc::engine_closed, "closed");
    if (auto ok = store_->begin(); !ok) return ok.error();
    auto done = store_->apply(maintenance{.run = [&](maintenance_tools& tools) {
      evolution::writer_tools given{
          .context = tools.context, .types = tools.types, .migrations = tools.migrations};
      return step.run(given);
    }});
    if (!done) {
      store_->roll_back();
      return done.error();
    }
    auto ended = store_->commit();
    if (!ended) {
      // As its actor does: a file whose last commit is in doubt is opened anew.
      if (ended.error().code == errc::commit_unknown) close();
      return ended.error();
    }
    committed();
    return {};
  }

  fs::path file_;
  std::string vfs_;
  sqlite::durability sync_;
  test::fixed_environment env_;
  std::unique_ptr<tenant_store> store_;
  std::optional<sqlite::connection> reader_;
};

/// A closed file with rows of the old definition, to begin every run with.
struct old_file {
  tenant_files made_in;

  old_file() {
    auto store = made_in.open();
    written(*store, request(before()));
    written(*store, request(new_graph("g", "items")));
    write_request rows;
    for (int i = 0; i < nodes; ++i) {
      auto made = new_node("g", "n" + std::to_string(i), i);
      made.attributes =
          json("{'n': " + std::to_string(i) + ", 'name': 'item " + std::to_string(i) + "'}");
      rows.operations.emplace_back(std::move(made));
    }
    for (int i = 0; i < edges; ++i) {
      auto made = new_edge("g", "n0", "n" + std::to_string(i + 1), "e" + std::to_string(i));
      made.attributes = number(i);
      rows.operations.emplace_back(std::move(made));
    }
    written(*store, rows);
    BOOST_REQUIRE(store->connection().checkpoint(true));
  }
  [[nodiscard]] fs::path copy_to(const fs::path& folder) const {
    const auto to = folder / made_in.file.filename();
    fs::copy_file(made_in.file, to);
    return to;
  }
};

/// All a migration decides.
std::string rows_of(sqlite::connection& db) {
  return value(db,
               "SELECT group_concat(line, x'0a') FROM (SELECT key || node_type || attributes || "
               "metadata AS line FROM nodes UNION ALL SELECT key || edge_type || attributes || "
               "metadata FROM edges UNION ALL SELECT name || version || metadata FROM graph_types "
               "UNION ALL SELECT name || schema FROM node_types UNION ALL SELECT name || schema "
               "FROM edge_types ORDER BY 1)");
}

/// Runs to the end, and checks that every row was handled once and nothing else is wrong.
std::string finished(const fs::path& file, const std::string& vfs, std::size_t batch_rows) {
  host last{file, vfs, sqlite::durability::normal};
  const auto report = last.ensure(batch_rows);
  BOOST_REQUIRE_MESSAGE(report, report.error());
  auto& db = last.store().connection();
  for (const auto& line : verify(db).value()) BOOST_ERROR(line);
  check_numbers(db);
  for (const auto* topic : {"nodes:updated", "edges:updated"}) {
    const auto told = value(db,
                            "SELECT count(*) || ' ' || count(DISTINCT key) FROM "
                            "_honker_stream WHERE topic = '" +
                                std::string{topic} + "'");
    const auto rows = std::to_string(topic[0] == 'n' ? nodes : edges);
    BOOST_TEST(told == rows + " " + rows);
  }
  BOOST_TEST(value(db, "SELECT version FROM graph_types") == "4");
  return rows_of(db);
}

std::string undisturbed(const old_file& from) {
  const test::scratch_folder folder;
  return finished(from.copy_to(folder.path()), {}, 100);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(migrations_that_are_cut_off, old_file)

BOOST_AUTO_TEST_CASE(end_as_if_nothing_happened_when_killed_after_any_commit) {
  const auto wanted = undisturbed(*this);
  BOOST_TEST(wanted.find("\"title\"") != std::string::npos);
  BOOST_TEST(wanted.find("\"weight\"") != std::string::npos);
  const test::scratch_folder folder;
  const auto migrating = copy_to(folder.path());
  // What a kill leaves is what the files hold at that moment.
  int kills = 0;
  host first{migrating, {}, sqlite::durability::normal};
  first.committed = [&] {
    const auto left = folder / ("kill" + std::to_string(++kills));
    fs::create_directory(left);
    for (const auto* end : {"", "-wal"}) {
      auto from = migrating;
      from += end;
      fs::copy_file(from, left / from.filename());
    }
  };
  BOOST_REQUIRE(first.ensure(1));
  BOOST_TEST(kills == nodes + edges + 3);  // begin, every row, the empty end, finish
  for (int kill = 1; kill <= kills; ++kill) {
    BOOST_TEST_CONTEXT("killed after commit " << kill << " of " << kills) {
      const auto left = folder / ("kill" + std::to_string(kill)) / migrating.filename();
      BOOST_TEST(finished(left, {}, 1) == wanted);
    }
  }
}

BOOST_AUTO_TEST_CASE(end_as_if_nothing_happened_on_a_disk_that_fails_at_any_call) {
  const auto wanted = undisturbed(*this);
  test::fault_vfs vfs;
  const auto calls = [&] {
    const test::scratch_folder folder;
    host one{copy_to(folder.path()), vfs.name(), sqlite::durability::normal};
    BOOST_REQUIRE(one.ensure(4));
    const auto made = vfs.calls();
    one.close();
    return made;
  }();
  BOOST_TEST_MESSAGE("a migration makes " << calls << " calls of the file system");
  BOOST_TEST(calls > 20);
  using failure = test::fault_vfs::failure;
  for (const auto how : {failure::io_error, failure::disk_full}) {
    for (const auto sticky : {false, true}) {
      for (std::int64_t nth = 1; nth <= calls; ++nth) {
        BOOST_TEST_CONTEXT("call " << nth << " of " << calls << (sticky ? " and all after" : "")
                                   << (how == failure::io_error ? ", I/O error" : ", full disk")) {
          const test::scratch_folder folder;
          const auto file = copy_to(folder.path());
          {
            host one{file, vfs.name(), sqlite::durability::normal};
            vfs.fail_at(nth, how, sticky);
            // The program tries again at once, then it is restarted.
            if (!one.ensure(4)) static_cast<void>(one.ensure(4));
            BOOST_TEST(vfs.has_failed());
            one.close();
            vfs.heal();
          }
          BOOST_TEST(finished(file, {}, 4) == wanted);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(end_as_if_nothing_happened_on_a_machine_that_loses_power) {
  const auto wanted = undisturbed(*this);
  test::forgetful_vfs vfs;
  const test::random_source random;
  const auto calls = [&] {
    const test::scratch_folder folder;
    host one{copy_to(folder.path()), vfs.name(), sqlite::durability::full};
    vfs.power_off_at(0, 0);
    BOOST_REQUIRE(one.ensure(4));
    return vfs.calls();
  }();
  BOOST_TEST_MESSAGE("a migration writes and syncs " << calls << " times");
  BOOST_TEST(calls > 15);
  for (std::uint64_t luck = 0; luck < 2; ++luck) {
    for (std::int64_t nth = 1; nth <= calls; ++nth) {
      const auto seed =
          luck == 0 ? 0 : random.used() + luck * 1000 + static_cast<std::uint64_t>(nth);
      BOOST_TEST_CONTEXT("call " << nth << " of " << calls << ", seed " << seed) {
        const test::scratch_folder folder;
        const auto file = copy_to(folder.path());
        {
          host one{file, vfs.name(), sqlite::durability::full};
          vfs.power_off_at(nth, seed);
          BOOST_TEST(!one.ensure(4).has_value());
          one.close();
        }
        BOOST_TEST(vfs.is_off());
        vfs.power_on();
        BOOST_TEST(finished(file, vfs.name(), 4) == wanted);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::operations
