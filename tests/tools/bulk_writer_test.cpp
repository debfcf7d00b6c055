#include "bulk_writer.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>
#include <set>

namespace quire::tools {

namespace {

operation node(const std::string& key) {
  upsert_node out;
  out.key = node_key{key};
  return out;
}

std::string key_of(const operation& what) { return std::get<upsert_node>(what).key.get(); }

/// Answers requests like an engine: a request fails as a whole when it holds a key of `bad`; the
/// first of `busy` requests are refused as too many.
struct fake_engine {
  std::set<std::string> bad{};
  int busy = 0;
  errc trouble = errc::none;
  std::multiset<std::string> applied{};
  std::vector<std::size_t> sizes{};
  std::vector<std::string> refused{};
  std::int64_t seq = 0;

  result<write_reply> answer(const std::vector<operation>& operations) {
    sizes.push_back(operations.size());
    if (trouble != errc::none) return fail(trouble, "in trouble");
    if (busy > 0) {
      --busy;
      return fail(errc::storage_busy, "too much");
    }
    for (const auto& what : operations) {
      if (bad.contains(key_of(what))) return fail(errc::validation_failed, key_of(what));
    }
    write_reply out;
    for (const auto& what : operations) {
      applied.insert(key_of(what));
      outcome one;
      one.created = one.changed = true;
      out.outcomes.push_back(one);
    }
    seq += static_cast<std::int64_t>(operations.size());
    out.seq = change_seq{seq};
    return out;
  }

  bulk_writer::submit at_once() {
    return [this](const std::vector<operation>& operations, const bulk_writer::answer& done) {
      done(answer(operations));
    };
  }
  bulk_writer::refusal note() {
    return [this](const operation& what, const error&) { refused.push_back(key_of(what)); };
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bulk_writing)

BOOST_AUTO_TEST_CASE(sends_full_requests_and_the_rest_at_the_end) {
  fake_engine engine;
  bulk_writer writer{engine.at_once(), engine.note(), {.operations_per_request = 3}};
  for (int i = 0; i < 7; ++i) BOOST_TEST(writer.add(node(std::to_string(i))).has_value());
  BOOST_TEST(writer.drain().has_value());
  BOOST_TEST((engine.sizes == std::vector<std::size_t>{3, 3, 1}));
  BOOST_TEST(writer.counts().created == 7U);
  BOOST_TEST(writer.seq() == change_seq{7});
}

BOOST_AUTO_TEST_CASE(keeps_no_more_under_way_than_it_may) {
  // Answers come only when the writer would exceed its bound.
  std::deque<std::pair<std::vector<operation>, bulk_writer::answer>> waiting;
  std::size_t most = 0;
  fake_engine engine;
  bulk_writer writer{[&](std::vector<operation> operations, bulk_writer::answer done) {
                       waiting.emplace_back(std::move(operations), std::move(done));
                       most = std::max(most, waiting.size());
                       if (waiting.size() < 4) return;
                       while (!waiting.empty()) {
                         waiting.front().second(engine.answer(waiting.front().first));
                         waiting.pop_front();
                       }
                     },
                     engine.note(),
                     {.operations_per_request = 1, .under_way = 4}};
  for (int i = 0; i < 40; ++i) BOOST_TEST(writer.add(node(std::to_string(i))).has_value());
  BOOST_TEST(writer.drain().has_value());
  BOOST_TEST(most == 4U);
  BOOST_TEST(engine.applied.size() == 40U);
}

BOOST_AUTO_TEST_CASE(tries_again_when_the_engine_is_busy) {
  fake_engine engine{.busy = 3};
  bulk_writer writer{engine.at_once(), engine.note()};
  BOOST_TEST(writer.add(node("a")).has_value());
  BOOST_TEST(writer.drain().has_value());
  BOOST_TEST(writer.counts().retries == 3U);
  BOOST_TEST(engine.applied.count("a") == 1U);
}

BOOST_AUTO_TEST_CASE(gives_up_when_the_engine_stays_busy) {
  fake_engine engine{.busy = 1000};
  bulk_writer writer{engine.at_once(), engine.note(), {.attempts = 3}};
  BOOST_TEST(writer.add(node("a")).has_value());
  const auto done = writer.drain();
  BOOST_TEST_REQUIRE(done.has_error());
  BOOST_TEST(done.error().code == errc::storage_busy);
}

BOOST_AUTO_TEST_CASE(finds_the_operations_that_spoil_a_request) {
  fake_engine engine{.bad = {"3", "11"}};
  bulk_writer writer{engine.at_once(), engine.note(), {.operations_per_request = 16}};
  for (int i = 0; i < 16; ++i) BOOST_TEST(writer.add(node(std::to_string(i))).has_value());
  BOOST_TEST(writer.drain().has_value());
  BOOST_TEST((std::set(engine.refused.begin(), engine.refused.end()) == engine.bad));
  BOOST_TEST(engine.applied.size() == 14U);
  BOOST_TEST(writer.counts().refused == 2U);
}

BOOST_AUTO_TEST_CASE(does_not_cut_apart_what_belongs_together) {
  fake_engine engine{.bad = {"b2"}};
  bulk_writer writer{engine.at_once(), engine.note(), {.operations_per_request = 4}};
  for (const auto* name : {"a", "b"}) {
    std::vector<operation> both;
    both.push_back(node(std::string{name} + "1"));
    both.push_back(node(std::string{name} + "2"));
    BOOST_TEST(writer.add_together(std::move(both)).has_value());
  }
  BOOST_TEST(writer.drain().has_value());
  BOOST_TEST((engine.applied == std::multiset<std::string>{"a1", "a2"}));
}

BOOST_AUTO_TEST_CASE(stops_at_trouble_with_storage) {
  fake_engine engine{.trouble = errc::storage_full};
  bulk_writer writer{
      engine.at_once(), engine.note(), {.operations_per_request = 1, .under_way = 1}};
  BOOST_TEST(writer.add(node("a")).has_value());
  const auto second = writer.add(node("b"));
  BOOST_TEST_REQUIRE(second.has_error());
  BOOST_TEST(second.error().code == errc::storage_full);
  BOOST_TEST(writer.add(node("c")).has_error());
  BOOST_TEST(writer.drain().has_error());
  BOOST_TEST(engine.sizes.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::tools
