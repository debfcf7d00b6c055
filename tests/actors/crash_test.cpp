#include "fixture.hpp"

#include <quire/events/change_reader.hpp>
#include <quire/sqlite/maintenance.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/test/fault_vfs.hpp>
#include <quire/test/seed.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

namespace quire::test {
namespace {

constexpr const char* writers = "64";

struct acknowledged {
  std::string key;
  std::int64_t seq = 0;
};

/// Runs a writing process on the folder, kills it some time after `count` acknowledgements came,
/// and gives all it made.
std::vector<acknowledged> write_and_kill(const char* program, const std::filesystem::path& folder,
                                         int run, std::size_t count,
                                         std::chrono::microseconds later) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const auto name = std::to_string(run);
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    ::execl(program, program, folder.c_str(), name.c_str(), writers, nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string text;
  std::size_t lines = 0;
  bool killed = false;
  char buffer[4096];
  while (true) {
    if (!killed && lines >= count) {
      std::this_thread::sleep_for(later);
      ::kill(child, SIGKILL);
      killed = true;
    }
    const auto n = ::read(ends[0], buffer, sizeof buffer);
    if (n <= 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
    lines += static_cast<std::size_t>(std::count(buffer, buffer + n, '\n'));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_REQUIRE_MESSAGE(WIFSIGNALED(status), "the writer ended by itself: " << WEXITSTATUS(status));
  std::vector<acknowledged> made;
  std::istringstream in{text};
  for (acknowledged a; in >> a.key >> a.seq;) made.push_back(a);
  return made;
}

/// What is wrong with a file after a kill; everything zero: nothing.
struct findings {
  std::size_t lost = 0;       ///< acknowledged, but the row or its event is not there
  std::size_t damaged = 0;    ///< findings of SQLite
  std::size_t holes = 0;      ///< missing numbers
  std::size_t unmatched = 0;  ///< rows without event, events without row, halves of requests
  [[nodiscard]] bool none() const { return lost + damaged + holes + unmatched == 0; }
};

/// Checks what was written since the last check.
class checker {
 public:
  explicit checker(std::filesystem::path file) : file_(std::move(file)) {}

  findings check(const std::vector<acknowledged>& acks) {
    auto db = sqlite::connection::open(file_, {}).value();
    findings out;
    out.damaged = sqlite::check_integrity(db, sqlite::check_depth::full).value().size();
    std::map<std::int64_t, std::string> told;
    events::change_reader changes{db};
    for (auto at = known_;;) {
      const auto page = changes.read(at, 1000).value();
      if (page.empty()) break;
      for (const auto& e : page) {
        if (e.seq.get() != known_.get() + 1) ++out.holes;
        known_ = e.seq;
        if (e.table == table::nodes) ++nodes_;
        if (e.table == table::edges) ++edges_;
        told[e.seq.get()] = e.key;
      }
      at = known_;
    }
    if (changes.last().value() != known_) ++out.holes;
    auto find = db.prepare("find", "SELECT 1 FROM nodes WHERE graph_id = 'g' AND key = ?1").value();
    for (const auto& a : acks) {
      find.bind(1, a.key);
      const bool row = find.step().value();
      find.reset();
      const auto event = told.find(a.seq);
      if (!row || event == told.end() || event->second != a.key) ++out.lost;
    }
    const auto number = [&](const char* sql) {
      auto s = db.prepare("count", sql).value();
      BOOST_REQUIRE(s.step().value());
      return s.integer(0);
    };
    out.unmatched += number("SELECT count(*) FROM nodes WHERE graph_id = 'g'") == nodes_ ? 0U : 1U;
    out.unmatched += number("SELECT count(*) FROM edges WHERE graph_id = 'g'") == edges_ ? 0U : 1U;
    out.unmatched +=
        number("SELECT count(*) FROM nodes WHERE key >= 'm' AND key < 'n'") == edges_ ? 0U : 1U;
    return out;
  }

 private:
  std::filesystem::path file_;
  change_seq known_;
  std::int64_t nodes_ = 0;
  std::int64_t edges_ = 0;
};

/// A folder with a tenant and a root to tie edges to, closed.
struct prepared_folder {
  scratch_folder folder;
  std::filesystem::path data = folder / "data";
  std::filesystem::path file = data / "tenants" / "tenant-acme.db";

  prepared_folder() {
    engine_options o;
    o.dir = data;
    auto e = engine::open(o).value();
    make_tenant(e, "acme").create(note("root")).value();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(killed_processes)

BOOST_AUTO_TEST_CASE(lose_nothing_acknowledged_and_leave_nothing_by_halves) {
  const prepared_folder p;
  random_source random{20};
  checker checks{p.file};
  BOOST_TEST(checks.check({}).none());
  std::size_t all = 0;
  for (int run = 0; run < 50; ++run) {
    BOOST_TEST_CONTEXT("run " << run << ", QUIRE_SEED=" << random.used()) {
      const auto count = run % 10 == 9 ? 0 : random.below(1500);
      const auto acks = write_and_kill(QUIRE_PEER, p.data, run, count,
                                       std::chrono::microseconds{random.below(20'000)});
      all += acks.size();
      const auto found = checks.check(acks);
      BOOST_TEST(found.lost == 0U);
      BOOST_TEST(found.damaged == 0U);
      BOOST_TEST(found.holes == 0U);
      BOOST_TEST(found.unmatched == 0U);
    }
  }
  BOOST_TEST(all > 5'000U);
  engine_options o;
  o.dir = p.data;
  auto e = engine::open(o).value();
  auto acme = e.tenant(org_id{"acme"}, access::open{}).value();
  BOOST_TEST(acme.create(note("after all")).has_value());
  BOOST_TEST(acme.view().value().verify().value().empty());
}

BOOST_AUTO_TEST_CASE(are_caught_when_answers_leave_before_the_commit) {
  const prepared_folder p;
  random_source random{21};
  checker checks{p.file};
  std::size_t lost = 0;
  for (int run = 0; run < 50 && lost == 0; ++run) {
    const auto acks = write_and_kill(QUIRE_EARLY_PEER, p.data, run, 64 + random.below(400),
                                     std::chrono::microseconds{random.below(2'000)});
    lost += checks.check(acks).lost;
  }
  BOOST_TEST(lost > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// What the callers of one run were told.
struct told {
  std::vector<std::string> written;  ///< acknowledged
  std::size_t calls = 0;
  std::size_t answers = 0;
  std::size_t wrong = 0;  ///< successes that may not be, errors without context
};

/// Makes a second tenant, writes by eight threads of which one fails, checkpoints, closes; goes on
/// after each failure.
told run_script(const std::filesystem::path& data, const std::string& vfs) {
  told out;
  std::mutex mutex;
  engine_options o;
  o.dir = data;
  o.vfs = vfs;
  o.wal_soft_bytes = 16U << 10U;
  o.timeout = 20s;
  auto e = engine::open(o);
  if (!e) return out;
  (void)e->create_tenant(
      {.id = org_id{"second"}, .owner_email = "s@example.org", .name = {}, .slug = {}});
  auto acme = e->tenant(org_id{"acme"}, access::open{}).value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 3; ++i) {
        const auto key = "n" + std::to_string(t) + "-" + std::to_string(i);
        auto done = acme.create(t == 5 ? bad_note(key) : note(key));
        const std::scoped_lock lock{mutex};
        ++out.calls;
        ++out.answers;
        if (done) out.written.push_back(key);
        if (done ? t == 5 : done.error().context.empty()) ++out.wrong;
        if (!done && done.error().code == errc::deadline_exceeded) ++out.wrong;
      }
    });
  }
  for (auto& t : threads) t.join();
  for (int i = 0; i < 100; ++i) {
    // A call that failed once must not keep the tenant from working afterwards.
    if (auto done = acme.create(note("last")); done || done.error().code == errc::duplicate_key)
      break;
    if (i == 99) ++out.wrong;
  }
  (void)e->close();
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file_systems_that_fail)

BOOST_AUTO_TEST_CASE(leave_every_caller_answered_and_lose_nothing_acknowledged) {
  const prepared_folder p;
  fault_vfs vfs;
  using failure = fault_vfs::failure;
  const auto run = [&](std::int64_t nth, failure how) {
    const scratch_folder copy;
    std::filesystem::copy(p.data, copy / "data", std::filesystem::copy_options::recursive);
    vfs.fail_at(nth, how, false);
    const auto out = run_script(copy / "data", vfs.name());
    const auto calls = vfs.calls();
    vfs.heal();
    BOOST_TEST(out.wrong == 0U);
    engine_options o;
    o.dir = copy / "data";
    auto e = engine::open(o).value();
    auto acme = e.tenant(org_id{"acme"}, access::open{}).value();
    std::size_t lost = 0;
    {
      auto now = acme.view().value();
      for (const auto& key : out.written)
        lost += now.find(find_node{graph_id{"g"}, node_key{key}}) ? 0U : 1U;
      BOOST_TEST(now.verify().value().empty());
      const auto events = now.changes(change_seq{0}, 1000).value();
      BOOST_TEST(contiguous(events, 1));
      BOOST_TEST(static_cast<std::int64_t>(events.size()) == now.seq().get());
      BOOST_TEST(now.stat(graph_id{"g"}).value().nodes ==
                 std::count_if(events.begin(), events.end(),
                               [](const auto& x) { return x.table == table::nodes; }));
    }
    BOOST_TEST(lost == 0U);
    BOOST_TEST(acme.create(note("afterwards")).has_value());
    return calls;
  };
  const auto count = run(0, failure::io_error);
  BOOST_TEST(count > 50);
  random_source random{22};
  for (const auto how : {failure::io_error, failure::disk_full}) {
    for (std::int64_t nth = 1; nth <= count;
         nth += 1 + static_cast<std::int64_t>(random.below(5))) {
      BOOST_TEST_CONTEXT("call " << nth << " of about " << count) { run(nth, how); }
    }
  }
}

BOOST_AUTO_TEST_CASE(leave_a_commit_open_at_most_and_the_tenant_usable) {
  fault_vfs vfs;
  running_engine r{[&](engine_options& o) { o.vfs = vfs.name(); }};
  auto events = r.acme->subscribe().value();
  const auto start = r.seq().get();
  std::size_t unknown = 0;
  for (std::int64_t nth = 1; nth <= 12; ++nth) {
    vfs.fail_at(nth, fault_vfs::failure::io_error, false);
    const auto e = error_of(r.acme->create(note("n" + std::to_string(nth))));
    if (e.code == errc::commit_unknown) {
      ++unknown;
      BOOST_TEST(mentions(e, "acme"));
    }
    vfs.heal();
    BOOST_TEST(r.acme->create(note("next" + std::to_string(nth))).has_value());
    BOOST_TEST(r.has("next" + std::to_string(nth)));
  }
  BOOST_TEST(unknown > 0U);
  const auto got = take(events, static_cast<std::size_t>(r.seq().get() - start));
  BOOST_TEST(contiguous(got, start + 1));
  BOOST_TEST(events.position() == r.seq());
  BOOST_TEST(r.acme->view().value().verify().value().empty());
  BOOST_TEST(r.status().in_flight == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
