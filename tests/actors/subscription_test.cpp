#include "fixture.hpp"

#include <atomic>
#include <fstream>
#include <thread>

namespace quire::test {
namespace {

std::vector<operation> notes(const std::string& prefix, int count) {
  std::vector<operation> made;
  for (int i = 0; i < count; ++i) made.emplace_back(note(prefix + std::to_string(i)));
  return made;
}

std::size_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  std::size_t size = 0;
  std::size_t pages = 0;
  in >> size >> pages;
  return pages * 4096;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(subscriptions, running_engine)

BOOST_AUTO_TEST_CASE(from_the_beginning_give_everything_in_order) {
  acme->write(notes("n", 20)).value();
  auto all = acme->subscribe({.from = change_seq{0}, .tables = {}, .ops = {}, .graph = {}}).value();
  const auto last = seq().get();
  const auto got = take(all, static_cast<std::size_t>(last));
  BOOST_TEST(static_cast<std::int64_t>(got.size()) == last);
  BOOST_TEST(contiguous(got, 1));
  BOOST_TEST(all.position() == seq());
  BOOST_TEST(all.next(0ms).value().empty());
}

BOOST_AUTO_TEST_CASE(from_now_give_what_comes_and_nothing_before) {
  acme->create(note("before")).value();
  auto live = acme->subscribe().value();
  acme->create(note("after")).value();
  const auto got = take(live, 1);
  BOOST_REQUIRE(got.size() == 1U);
  BOOST_TEST(got[0].key == "after");
  BOOST_TEST(got[0].org == org_id{"acme"});
  BOOST_TEST(status().subscribers == 1U);
}

BOOST_AUTO_TEST_CASE(from_a_number_go_on_behind_it) {
  const auto start = seq();
  acme->write(notes("n", 10)).value();
  auto later =
      acme->subscribe({.from = change_seq{start.get() + 4}, .tables = {}, .ops = {}, .graph = {}})
          .value();
  const auto got = take(later, 6);
  BOOST_TEST(got.size() == 6U);
  BOOST_TEST(contiguous(got, start.get() + 5));
}

BOOST_AUTO_TEST_CASE(beyond_the_end_are_refused) {
  const auto e = error_of(
      acme->subscribe({.from = change_seq{100'000}, .tables = {}, .ops = {}, .graph = {}}));
  BOOST_TEST(e.code == errc::offset_out_of_range);
  BOOST_TEST(mentions(e, "100000"));
  BOOST_TEST(mentions(e, "acme"));
  BOOST_TEST(status().subscribers == 0U);
}

BOOST_AUTO_TEST_CASE(give_only_the_tables_operations_and_graph_asked_for) {
  create_graph other;
  other.id = graph_id{"h"};
  other.name = "h";
  other.type = graph_type_name{"notes"};
  acme->create(other).value();
  auto deleted =
      acme->subscribe({.from = {}, .tables = {}, .ops = {change_op::deleted}, .graph = {}}).value();
  auto edges =
      acme->subscribe({.from = {}, .tables = {table::edges}, .ops = {}, .graph = {}}).value();
  auto in_h =
      acme->subscribe({.from = {}, .tables = {}, .ops = {}, .graph = graph_id{"h"}}).value();
  acme->write(all_of(note("a"), note("b"), link("a", "b"), note("in h", "text", "h"))).value();
  acme->remove(delete_node{graph_id{"g"}, node_key{"b"}}).value();
  const auto gone = take(deleted, 2);
  BOOST_TEST(gone.size() == 2U);  // the edge went with its node
  for (const auto& e : gone) BOOST_TEST(e.op == change_op::deleted);
  const auto of_edges = take(edges, 2);
  BOOST_TEST(of_edges.size() == 2U);
  for (const auto& e : of_edges) BOOST_TEST(e.table == table::edges);
  const auto of_h = take(in_h, 1);
  BOOST_REQUIRE(of_h.size() == 1U);
  BOOST_TEST(of_h[0].key == "in h");
  BOOST_TEST(in_h.next(0ms).value().empty());
  BOOST_TEST(in_h.position() == seq());
}

BOOST_AUTO_TEST_CASE(that_end_are_noticed) {
  {
    auto one = acme->subscribe().value();
    auto two = acme->subscribe().value();
    BOOST_TEST(status().subscribers == 2U);
    auto moved = std::move(one);
    BOOST_TEST(status().subscribers == 2U);
  }
  BOOST_TEST(status().subscribers == 0U);
}

BOOST_AUTO_TEST_CASE(pass_by_events_that_were_trimmed) {
  auto sub = acme->subscribe({.from = change_seq{0}, .tables = {}, .ops = {}, .graph = {}}).value();
  acme->write(notes("n", 5)).value();
  reopen();
  sqlite::connection::open(file(), {}).value().execute("DELETE FROM _honker_stream").value();
  sub = acme->subscribe({.from = change_seq{0}, .tables = {}, .ops = {}, .graph = {}}).value();
  BOOST_TEST(sub.next(50ms).value().empty());  // ends, and does not look for ever
  acme->create(note("next")).value();
  const auto got = take(sub, 1);
  BOOST_REQUIRE(got.size() == 1U);
  BOOST_TEST(got[0].key == "next");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(subscribers_that_fall_behind)

BOOST_AUTO_TEST_CASE(read_on_from_the_file_without_hole_or_repeat) {
  running_engine r{[](engine_options& o) { o.ring_events = 8; }};
  auto slow = r.acme->subscribe().value();
  const auto start = r.seq().get();
  for (int i = 0; i < 40; ++i) r.acme->write(notes("n" + std::to_string(i) + "-", 5)).value();
  auto first = take(slow, 7, 7);
  r.acme->write(notes("more-", 5)).value();
  const auto rest = take(slow, 198);
  first.insert(first.end(), rest.begin(), rest.end());
  BOOST_TEST(first.size() == 205U);
  BOOST_TEST(contiguous(first, start + 1));
}

BOOST_AUTO_TEST_CASE(by_a_hundred_thousand_events_cost_bounded_memory_and_miss_nothing) {
  running_engine r{[](engine_options& o) {
    o.safety = write_safety::process_crash;
    o.ring_events = 256;
  }};
  auto stalled = r.acme->subscribe().value();
  auto reading = r.acme->subscribe().value();
  const auto start = r.seq().get();
  constexpr int total = 100'000;
  constexpr int per_request = 1'000;
  std::atomic<bool> broken{false};
  std::thread reader{[&] {
    std::int64_t next = start;
    while (next < start + total) {
      auto got = reading.next(patience);
      if (!got || got->empty() || !contiguous(*got, next + 1)) {
        broken = true;
        return;
      }
      next = got->back().seq.get();
    }
  }};
  const auto write = [&](int i) {
    auto done = r.acme->write(notes("n" + std::to_string(i) + "-", per_request),
                              {.timeout = {}, .want_rows = false});
    BOOST_REQUIRE_MESSAGE(done, error_of(done));
  };
  for (int i = 0; i < 10; ++i) write(i);  // caches and heaps fill first
  const auto before = resident_bytes();
  for (int i = 10; i < total / per_request; ++i) write(i);
  const auto grown = resident_bytes() - std::min(before, resident_bytes());
  reader.join();
  BOOST_TEST(!broken.load());
  if (!sanitized) BOOST_TEST(grown < (100U << 20U));  // the page caches of the connections; the events alone would
                                      // be more than twice that
  const auto got = take(stalled, total, 10'000);
  BOOST_TEST(got.size() == static_cast<std::size_t>(total));
  BOOST_TEST(contiguous(got, start + 1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
