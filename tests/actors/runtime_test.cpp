#include <quire/operations/tenant_store.hpp>
#include <quire/runtime/feed_ring.hpp>
#include <quire/runtime/folder_watcher.hpp>
#include <quire/runtime/permits.hpp>
#include <quire/runtime/reader_pool.hpp>
#include <quire/runtime/waiter.hpp>
#include <quire/test/scratch.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <fstream>
#include <thread>

namespace quire::runtime {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;  // for what must happen some time; a test that fails waits this long

std::shared_ptr<const change_batch> batch(std::int64_t first, std::int64_t count) {
  change_batch made;
  for (auto i = first; i < first + count; ++i) {
    change_event e;
    e.seq = change_seq{i};
    e.key = "k" + std::to_string(i);
    made.push_back(std::move(e));
  }
  return std::make_shared<const change_batch>(std::move(made));
}

change_seq at(std::int64_t n) { return change_seq{n}; }

std::chrono::steady_clock::time_point soon() { return std::chrono::steady_clock::now() + patience; }

}  // namespace

BOOST_AUTO_TEST_SUITE(permits)

BOOST_AUTO_TEST_CASE(are_refused_at_once_beyond_the_number_and_given_back) {
  const auto pool = permit_pool::make({.requests = 2, .bytes = 1000});
  auto a = pool->acquire(1).value();
  {
    const auto b = pool->acquire(1).value();
    const auto refused = pool->acquire(1);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().code == errc::storage_busy);
    BOOST_TEST(pool->requests() == 2U);
  }
  BOOST_TEST(pool->acquire(1).has_value());
  a.release();
  BOOST_TEST(pool->requests() == 0U);
  BOOST_TEST(pool->bytes() == 0U);
  BOOST_TEST(pool->refused() == 1U);
}

BOOST_AUTO_TEST_CASE(count_bytes_but_let_one_large_request_pass_alone) {
  const auto pool = permit_pool::make({.requests = 10, .bytes = 100});
  {
    const auto large = pool->acquire(5000).value();
    BOOST_TEST(!pool->acquire(1).has_value());
  }
  const auto half = pool->acquire(60).value();
  BOOST_TEST(!pool->acquire(60).has_value());
  BOOST_TEST(pool->bytes() == 60U);
}

BOOST_AUTO_TEST_CASE(keep_to_the_bounds_of_a_parent_too) {
  const auto all = permit_pool::make({.requests = 1, .bytes = 1000});
  const auto one = permit_pool::make({.requests = 5, .bytes = 1000}, all);
  const auto other = permit_pool::make({.requests = 5, .bytes = 1000}, all);
  const auto taken = one->acquire(1).value();
  BOOST_TEST(other->acquire(1).error().code == errc::storage_busy);
  BOOST_TEST(other->requests() == 0U);
  all->close();
  BOOST_TEST(other->acquire(1).error().code == errc::engine_closed);
}

BOOST_AUTO_TEST_CASE(leak_nothing_when_many_threads_fight_for_them) {
  const auto all = permit_pool::make({.requests = 5, .bytes = 400});
  const auto one = permit_pool::make({.requests = 4, .bytes = 1000}, all);
  std::atomic<std::size_t> most{0};
  std::atomic<std::size_t> holders{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        auto mine = one->acquire(100);
        if (!mine) continue;
        const auto now = holders.fetch_add(1) + 1;
        for (auto seen = most.load(); now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        holders.fetch_sub(1);
        permit moved = std::move(*mine);
      }
    });
  }
  for (auto& t : threads) t.join();
  BOOST_TEST(most.load() >= 1U);
  BOOST_TEST(most.load() <= 4U);
  BOOST_TEST(one->requests() == 0U);
  BOOST_TEST(one->bytes() == 0U);
  BOOST_TEST(all->requests() == 0U);
  BOOST_TEST(all->bytes() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recent_events)

BOOST_AUTO_TEST_CASE(come_from_the_middle_of_a_batch_on) {
  feed_ring ring{100, 1U << 20U};
  ring.push(batch(1, 3));
  ring.push(batch(4, 2));
  const auto slice = ring.next(at(1));
  BOOST_TEST((slice.state == feed_ring::state::events));
  BOOST_TEST((*slice.batch)[slice.begin].seq == at(2));
  BOOST_TEST((ring.next(at(5)).state == feed_ring::state::up_to_date));
  BOOST_TEST((*ring.next(at(3)).batch)[0].seq == at(4));
}

BOOST_AUTO_TEST_CASE(send_to_the_file_who_fell_behind) {
  feed_ring ring{4, 1U << 20U};
  for (int i = 0; i < 5; ++i) ring.push(batch(1 + 2 * i, 2));
  BOOST_TEST((ring.next(at(0)).state == feed_ring::state::in_file));
  BOOST_TEST((ring.next(at(6)).state == feed_ring::state::events));
}

BOOST_AUTO_TEST_CASE(keep_the_newest_batch_however_large) {
  feed_ring ring{1, 1};
  ring.push(batch(1, 500));
  BOOST_TEST((ring.next(at(0)).state == feed_ring::state::events));
}

BOOST_AUTO_TEST_CASE(are_in_the_file_where_others_wrote_between) {
  feed_ring ring{100, 1U << 20U};
  ring.push(batch(1, 2));
  ring.skip_to(at(5));
  BOOST_TEST((ring.next(at(2)).state == feed_ring::state::in_file));
  ring.push(batch(9, 1));  // 6 to 8 were never seen here
  BOOST_TEST((ring.next(at(5)).state == feed_ring::state::in_file));
  BOOST_TEST((ring.next(at(8)).state == feed_ring::state::events));
  ring.skip_to(at(3));
  BOOST_TEST(ring.last() == at(9));
  ring.push(batch(8, 2));  // known already
  BOOST_TEST(ring.last() == at(9));
}

BOOST_AUTO_TEST_CASE(reach_every_reader_once_and_in_order_while_the_writer_runs) {
  feed_ring ring{8, 1U << 20U};
  constexpr std::int64_t last = 4000;
  std::vector<std::thread> readers;
  std::atomic<int> broken{0};
  for (int t = 0; t < 4; ++t) {
    readers.emplace_back([&] {
      change_seq cursor;
      while (cursor.get() < last) {
        ring.wait(cursor, soon());
        const auto slice = ring.next(cursor);
        if (slice.state == feed_ring::state::up_to_date) continue;
        if (slice.state == feed_ring::state::in_file) {
          cursor = change_seq{cursor.get() + 1};  // the file would have it
          continue;
        }
        for (auto i = slice.begin; i < slice.batch->size(); ++i) {
          if ((*slice.batch)[i].seq.get() != cursor.get() + 1) ++broken;
          cursor = (*slice.batch)[i].seq;
        }
      }
    });
  }
  for (std::int64_t i = 1; i <= last; i += 4) ring.push(batch(i, 4));
  for (auto& r : readers) r.join();
  BOOST_TEST(broken.load() == 0);
}

BOOST_AUTO_TEST_CASE(end_the_waiting_of_all_when_closed) {
  feed_ring ring{8, 1000};
  std::vector<std::thread> waiting;
  std::atomic<int> ended{0};
  for (int t = 0; t < 3; ++t) {
    waiting.emplace_back([&] {
      if (!ring.wait(at(0), soon())) ++ended;
    });
  }
  ring.close();
  for (auto& w : waiting) w.join();
  BOOST_TEST(ended.load() == 3);
  BOOST_TEST(ring.closed());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A tenant file of the newest layout, and a pool on it.
struct pooled_file {
  test::scratch_folder folder;
  std::filesystem::path file = folder / "tenant-acme.db";
  std::shared_ptr<reader_pool> pool;

  pooled_file() {
    operations::tenant_store::create_file(file, org_id{"acme"}, {}).value();
    pool = reader_pool::make({.file = file,
                              .open = {.mode = sqlite::open_mode::read_only},
                              .connections = 3,
                              .reserved_for_actors = 1});
  }
  auto acquire(reader_pool::user who) const { return pool->acquire(who, 0ms); }
};

result<change_seq> last_of(reader_pool::lease& lease) {
  return lease.with([](read_connection& on) -> result<change_seq> {
    if (auto ok = on.begin(); !ok) return ok.error();
    return on.changes.last();
  });
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(read_connections, pooled_file)

BOOST_AUTO_TEST_CASE(leave_one_to_actors_however_many_views_are_held) {
  auto a = acquire(reader_pool::user::thread).value();
  auto b = acquire(reader_pool::user::thread).value();
  const auto refused = acquire(reader_pool::user::thread);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == errc::storage_busy);
  auto c = acquire(reader_pool::user::actor).value();
  BOOST_TEST(last_of(c).value() == at(0));
  BOOST_TEST(pool->in_use() == 3U);
  b.give_back();
  BOOST_TEST(acquire(reader_pool::user::thread).has_value());
}

BOOST_AUTO_TEST_CASE(wake_who_waits_for_one) {
  auto a = acquire(reader_pool::user::thread).value();
  auto b = acquire(reader_pool::user::thread).value();
  std::thread waiting{
      [&] { BOOST_TEST(pool->acquire(reader_pool::user::thread, patience).has_value()); }};
  a.give_back();
  waiting.join();
}

BOOST_AUTO_TEST_CASE(notice_when_others_mark_a_type_as_lazy_and_unmark_it) {
  auto writer = sqlite::connection::open(file, {}).value();
  const auto sql = [&](const char* text) {
    const auto done = writer.execute(text);
    BOOST_REQUIRE_MESSAGE(done, done.error());
  };
  sql("INSERT INTO graph_types (id, name, config, scope) VALUES ('t', 'notes', '{}', 'tenant');"
      "INSERT INTO node_types (id, graph_type_id, name, schema) VALUES ('n', 't', 'note', "
      "'{\"type\": \"object\", \"properties\": {\"stars\": {\"default\": 3}}, "
      "\"required\": [\"stars\"]}');"
      "INSERT INTO graphs (id, graph_type_id, name) VALUES ('g', 't', 'g');"
      "INSERT INTO nodes (id, graph_id, key, node_type) VALUES ('a', 'g', 'a', 'note')");
  auto reading = acquire(reader_pool::user::thread).value();
  const auto read = [&] {
    return reading
        .with([](read_connection& on) -> result<node> {
          if (auto ok = on.begin(); !ok) return ok.error();
          return on.rows.find(find_node{graph_id{"g"}, node_key{"a"}});
        })
        .value()
        .attributes.text();
  };
  BOOST_TEST(read() == "{}");
  sql(R"(UPDATE graph_types SET metadata = '{"_evolution.lazy": true}')");
  BOOST_TEST(read() == R"({"stars":3})");
  sql("UPDATE graph_types SET metadata = '{}'");
  BOOST_TEST(read() == "{}");
}

BOOST_AUTO_TEST_CASE(answer_closed_under_leases_that_outlive_the_pool) {
  auto held = acquire(reader_pool::user::thread).value();
  BOOST_TEST(last_of(held).has_value());
  pool->close();
  BOOST_TEST(last_of(held).error().code == errc::engine_closed);
  BOOST_TEST(acquire(reader_pool::user::actor).error().code == errc::engine_closed);
  pool.reset();
  held.give_back();
}

BOOST_AUTO_TEST_CASE(are_closed_while_threads_read_and_come_and_go) {
  std::atomic<bool> stop{false};
  std::atomic<int> reads{0};
  std::atomic<int> strange{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (!stop.load()) {
        auto lease = pool->acquire(reader_pool::user::thread, 1ms);
        if (!lease) {
          if (lease.error().code == errc::engine_closed) return;
          continue;
        }
        auto last = last_of(*lease);
        if (last) ++reads;
        if (!last && last.error().code != errc::engine_closed &&
            last.error().code != errc::deadline_exceeded)
          ++strange;
      }
    });
  }
  std::thread idle{[&] {
    while (reads.load() < 200 && strange.load() == 0) pool->close_idle();
  }};
  idle.join();
  pool->close();
  stop.store(true);
  for (auto& t : threads) t.join();
  BOOST_TEST(strange.load() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(folder_watchers)

BOOST_AUTO_TEST_CASE(tell_which_file_was_written) {
  const test::scratch_folder folder;
  waiter<std::string> seen;
  waiter<bool> watching;
  std::atomic<bool> told{false};
  int beats = 0;
  const auto written = [&](std::string_view name) {
    if (!told.exchange(true)) seen.put(std::string{name});
  };
  const auto beat = [&](bool) -> folder_watcher::next_beat {
    if (++beats == 2) watching.put(true);  // the first beat asked for the watch
    return {.after = 1ms, .watch = true};
  };
  const auto watcher = folder_watcher::start(folder.path(), {.written = written, .beat = beat});
  BOOST_TEST(watching.wait_for(patience).has_value());
  std::ofstream{folder / "some.file"} << "x";
  BOOST_TEST(seen.wait_for(patience).value_or("nothing") == "some.file");
}

BOOST_AUTO_TEST_CASE(beat_alone_where_there_is_nothing_to_watch) {
  waiter<bool> seen;
  std::atomic<bool> told{false};
  const auto beat = [&](bool degraded) -> folder_watcher::next_beat {
    if (degraded && !told.exchange(true)) seen.put(true);
    return {.after = 1ms, .watch = true};
  };
  const auto watcher =
      folder_watcher::start("/no/such/folder", {.written = [](std::string_view) {}, .beat = beat});
  BOOST_TEST(seen.wait_for(patience).value_or(false));
}

BOOST_AUTO_TEST_CASE(stop_at_any_moment) {
  const test::scratch_folder folder;
  for (int i = 0; i < 50; ++i) {
    int beats = 0;
    const auto beat = [&](bool) -> folder_watcher::next_beat {
      return {.after = std::chrono::microseconds{10}, .watch = ++beats % 3 != 0};
    };
    const auto watcher =
        folder_watcher::start(folder.path(), {.written = [](std::string_view) {}, .beat = beat});
    if (i % 2 == 0) std::ofstream{folder / "f"} << i;
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(waiters)

BOOST_AUTO_TEST_CASE(give_up_without_harm_to_who_answers_late) {
  auto w = std::make_shared<waiter<int>>();
  BOOST_TEST(!w->wait_for(0ms).has_value());
  w->put(1);
  BOOST_TEST(w->wait_for(0ms).value_or(0) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::runtime
