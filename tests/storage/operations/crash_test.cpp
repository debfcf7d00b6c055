// A tenant on a disk that fails and on a machine that loses power, at every call there is.
#include "fixture.hpp"

#include <quire/sqlite/create_file.hpp>
#include <quire/sqlite/maintenance.hpp>
#include <quire/test/fault_vfs.hpp>
#include <quire/test/seed.hpp>

#include <deque>
#include <map>
#include <set>

namespace quire::operations {
namespace {

enum class fate : std::uint8_t {
  done,     // its commit was answered
  refused,  // answered with an error that says nothing was done
  open,     // answered with `commit_unknown`
};

sqlite::open_options through(const std::string& vfs) {
  return {.mode = sqlite::open_mode::read_write,
          .sync = sqlite::durability::full,
          .busy_timeout = std::chrono::milliseconds{0},
          .vfs = vfs};
}

/// Does with a tenant file what its actor does: groups, answers after COMMIT, opens anew when the
/// fate of a commit is open.
class script {
 public:
  script(std::filesystem::path file, std::string vfs)
      : file_(std::move(file)), vfs_(std::move(vfs)) {}

  /// The fate of each request by its number; the first defines types, all others write rows.
  const std::map<int, fate>& run() {
    make();
    define();
    group(1);
    checkpoint(false);
    group(2);
    store_.reset();
    group(3);
    checkpoint(true);
    group(4);
    store_.reset();
    return fates_;
  }

  static constexpr int requests_in_all = 1 + 4 * 8;

 private:
  static bool fails_by_itself(int number) { return number % 8 == 5; }

  /// Two nodes with an edge, so that a request has three changes.
  static write_request rows(int number) {
    const auto n = std::to_string(number);
    auto large = new_node("g", "a" + n, number);
    large.metadata = json("{'x': '" + std::string(300, 'x') + "'}");
    auto made = request(large, new_node("g", "b" + n, number), new_edge("g", "a" + n, "b" + n, n));
    if (fails_by_itself(number)) made.operations.emplace_back(new_edge("g", "a" + n, "nobody"));
    return made;
  }

  void make() {
    for (int i = 0; i < 2; ++i) {
      if (tenant_store::create_file(file_, acme, through(vfs_))) return;
      static_cast<void>(sqlite::remove_stale_new_files(file_.parent_path()));
    }
  }
  bool ensure_open() {
    for (int i = 0; i < 2 && !store_; ++i) {
      auto opened = tenant_store::open(file_, acme, through(vfs_), env_.get());
      if (opened) store_ = std::move(*opened);
    }
    return store_ != nullptr;
  }
  void answer(int number, fate what) {
    BOOST_TEST(fates_.emplace(number, what).second, "request " << number << " is answered twice");
  }
  void define() { write({{0, request(items("simple", ""), new_graph("g", "simple"))}}); }
  void group(int round) {
    std::deque<std::pair<int, write_request>> waiting;
    for (int i = 0; i < 8; ++i) {
      const int number = round * 100 + i;
      waiting.emplace_back(number, rows(number));
    }
    write(std::move(waiting));
  }
  void checkpoint(bool truncate) {
    if (store_) static_cast<void>(store_->connection().checkpoint(truncate));
  }

  void write(std::deque<std::pair<int, write_request>> waiting) {
    while (!waiting.empty()) {
      const bool begun = ensure_open() && store_->begin();
      if (!begun) {
        for (const auto& [number, what] : waiting) answer(number, fate::refused);
        store_.reset();
        return;
      }
      std::vector<std::pair<int, write_request>> applied;
      while (!waiting.empty() && store_->is_open()) {
        auto next = std::move(waiting.front());
        waiting.pop_front();
        if (store_->apply(next.second)) {
          applied.push_back(std::move(next));
        } else {
          answer(next.first, fate::refused);
        }
      }
      if (!store_->is_open()) {
        store_->roll_back();
        waiting.insert(waiting.begin(), std::make_move_iterator(applied.begin()),
                       std::make_move_iterator(applied.end()));
        continue;
      }
      const auto done = store_->commit();
      const bool unknown = !done && done.error().code == errc::commit_unknown;
      for (const auto& [number, what] : applied)
        answer(number, done ? fate::done : unknown ? fate::open : fate::refused);
      if (unknown) store_.reset();
    }
  }

  std::filesystem::path file_;
  std::string vfs_;
  test::fixed_environment env_;
  std::unique_ptr<tenant_store> store_;
  std::map<int, fate> fates_;
};

/// Every request was answered, and the file holds what the answers say, with an event for each
/// change. The file may not have come to be when nothing was answered with success.
void check(const std::filesystem::path& file, const std::map<int, fate>& fates,
           const std::string& vfs = {}) {
  BOOST_TEST(fates.size() == std::size_t{script::requests_in_all});
  const bool any_done =
      std::any_of(fates.begin(), fates.end(), [](const auto& f) { return f.second == fate::done; });
  if (!std::filesystem::exists(file)) {
    BOOST_TEST(!any_done);
    return;
  }
  test::fixed_environment env;
  auto store = tenant_store::open(file, acme, through(vfs), env.get());
  BOOST_REQUIRE_MESSAGE(store, store.error());
  auto& db = (**store).connection();
  for (const auto& line : verify(db).value()) BOOST_ERROR(line);
  check_numbers(db);

  std::set<std::string> keys;
  auto nodes =
      db.prepare("test", "SELECT key FROM nodes UNION ALL SELECT 'edge' || key FROM edges");
  while (nodes->step().value()) keys.insert(std::string{nodes->text(0)});
  std::size_t there = 0;
  for (const auto& [number, what] : fates) {
    const auto n = std::to_string(number);
    const auto parts = keys.count("a" + n) + keys.count("b" + n) + keys.count("edge" + n);
    BOOST_TEST_CONTEXT("request " << number << " with fate " << static_cast<int>(what)) {
      if (number == 0) {
        const auto graphs = value(db, "SELECT count(*) FROM graphs");
        if (what != fate::open) BOOST_TEST(graphs == (what == fate::done ? "1" : "0"));
        continue;
      }
      there += parts;
      if (what == fate::done) BOOST_TEST(parts == 3U);
      if (what == fate::refused) BOOST_TEST(parts == 0U);
      if (what == fate::open) BOOST_TEST((parts == 0U || parts == 3U));
    }
  }
  BOOST_TEST(there == keys.size());
  BOOST_TEST(value(db,
                   "SELECT count(*) FROM _honker_stream WHERE topic IN ('nodes:created', "
                   "'edges:created')") == std::to_string(keys.size()));
  BOOST_TEST(value(db,
                   "SELECT count(*) FROM (SELECT 'nodes:created' AS t, key FROM nodes UNION ALL "
                   "SELECT 'edges:created', key FROM edges) WHERE (t, 'g/' || key) NOT IN "
                   "(SELECT topic, key FROM _honker_stream)") == "0");
  // And it can be written to.
  if (value(db, "SELECT count(*) FROM graphs") == "1")
    written(**store, request(new_node("g", "afterwards")));
}

std::size_t count(const std::map<int, fate>& fates, fate what) {
  return static_cast<std::size_t>(
      std::count_if(fates.begin(), fates.end(), [&](const auto& f) { return f.second == what; }));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_tenant_on_a_failing_disk_loses_nothing_and_does_nothing_by_halves) {
  test::fault_vfs vfs;
  const auto calls = [&] {
    const test::scratch_folder folder;
    vfs.heal();
    const auto file = folder / "tenant-acme.db";
    auto fates = script{file, vfs.name()}.run();
    const auto made = vfs.calls();
    BOOST_TEST(count(fates, fate::done) == 29U);
    BOOST_TEST(count(fates, fate::refused) == 4U);
    check(file, fates);
    return made;
  }();
  BOOST_TEST_MESSAGE("the script makes " << calls << " calls of the file system");
  BOOST_TEST(calls >= 200);
  std::size_t open = 0;
  using failure = test::fault_vfs::failure;
  for (const auto how : {failure::io_error, failure::disk_full}) {
    for (const auto sticky : {false, true}) {
      for (std::int64_t nth = 1; nth <= calls; ++nth) {
        BOOST_TEST_CONTEXT("call " << nth << " of " << calls << (sticky ? " and all after" : "")
                                   << (how == failure::io_error ? ", I/O error" : ", full disk")) {
          const test::scratch_folder folder;
          const auto file = folder / "tenant-acme.db";
          vfs.fail_at(nth, how, sticky);
          const auto fates = script{file, vfs.name()}.run();
          BOOST_TEST(vfs.has_failed());
          vfs.heal();
          open += count(fates, fate::open);
          check(file, fates);
        }
      }
    }
  }
  BOOST_TEST(open > 0U);
}

BOOST_AUTO_TEST_CASE(a_tenant_of_a_machine_that_loses_power_keeps_what_was_answered) {
  test::forgetful_vfs vfs;
  const test::random_source random;
  const auto calls = [&] {
    const test::scratch_folder folder;
    const auto fates = script{folder / "tenant-acme.db", vfs.name()}.run();
    BOOST_TEST(count(fates, fate::done) == 29U);
    return vfs.calls();
  }();
  BOOST_TEST_MESSAGE("the script writes and syncs " << calls << " times");
  BOOST_TEST(calls >= 150);
  for (std::uint64_t luck = 0; luck < 2; ++luck) {
    for (std::int64_t nth = 1; nth <= calls; ++nth) {
      const auto seed =
          luck == 0 ? 0 : random.used() + luck * 1000 + static_cast<std::uint64_t>(nth);
      BOOST_TEST_CONTEXT("call " << nth << " of " << calls << ", seed " << seed) {
        const test::scratch_folder folder;
        const auto file = folder / "tenant-acme.db";
        vfs.power_off_at(nth, seed);
        const auto fates = script{file, vfs.name()}.run();
        BOOST_TEST(vfs.is_off());
        vfs.power_on();
        check(file, fates, vfs.name());
      }
    }
  }
}

}  // namespace quire::operations
