#include <quire/identity/limits.hpp>
#include <quire/test/seed.hpp>

#include <boost/test/unit_test.hpp>

#include <deque>
#include <string>

namespace quire::identity {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

timestamp at(std::int64_t ms) { return timestamp{milliseconds{1'700'000'000'000 + ms}}; }

constexpr rate five_a_second{.limit = 5, .period = milliseconds{1'000}};

counter_options options(const rate& allowed, std::size_t max_keys = 64) {
  return {.allowed = allowed, .max_keys = max_keys, .seed = 7};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(windows)

BOOST_AUTO_TEST_CASE(let_as_many_through_as_the_limit_says) {
  fixed_window fixed{options(five_a_second)};
  sliding_window sliding{options(five_a_second)};
  for (auto* counter :
       {static_cast<window_counter*>(&fixed), static_cast<window_counter*>(&sliding)}) {
    for (int i = 0; i < 5; ++i) BOOST_TEST(counter->take("k", at(i)).count() == 0);
    BOOST_TEST(counter->take("k", at(5)).count() > 0);
    BOOST_TEST(counter->wait("other", at(5)).count() == 0);
    counter->forget("k");
    BOOST_TEST(counter->take("k", at(6)).count() == 0);
  }
}

BOOST_AUTO_TEST_CASE(say_how_long_to_wait) {
  fixed_window fixed{options(five_a_second)};
  for (int i = 0; i < 5; ++i) fixed.add("k", at(100));
  BOOST_TEST(fixed.wait("k", at(400)).count() == 700);
  BOOST_TEST(fixed.wait("k", at(1'099)).count() == 1);
  BOOST_TEST(fixed.wait("k", at(1'100)).count() == 0);

  test::random_source random{3};
  sliding_window sliding{options(five_a_second)};
  std::int64_t now = 0;
  for (int i = 0; i < 10'000; ++i) {
    now += static_cast<std::int64_t>(random.below(300));
    const auto waiting = sliding.wait("k", at(now)).count();
    if (waiting > 0) {
      // Exactly then, and not a millisecond before.
      BOOST_REQUIRE_MESSAGE(sliding.wait("k", at(now + waiting)).count() == 0,
                            "seed " << random.used());
      BOOST_REQUIRE_MESSAGE(sliding.wait("k", at(now + waiting - 1)).count() == 1,
                            "seed " << random.used());
      BOOST_REQUIRE(waiting <= 2'000);
    }
    if (random.chance(0.7)) sliding.add("k", at(now));
  }
}

BOOST_AUTO_TEST_CASE(that_slide_have_no_burst_at_their_end) {
  fixed_window fixed{options(five_a_second)};
  sliding_window sliding{options(five_a_second)};
  const auto burst = [](window_counter& counter) {
    counter.add("k", at(0));  // the window begins
    int through = 0;
    for (std::int64_t ms = 990; ms < 1'010; ++ms)
      through += counter.take("k", at(ms)).count() == 0 ? 1 : 0;
    return through;
  };
  BOOST_TEST(burst(fixed) == 9);
  BOOST_TEST(burst(sliding) <= 5);
}

BOOST_AUTO_TEST_CASE(that_slide_keep_to_the_limit_in_any_period) {
  test::random_source random{4};
  sliding_window sliding{options(five_a_second)};
  std::deque<std::int64_t> taken;
  std::int64_t now = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += static_cast<std::int64_t>(random.below(120));
    if (sliding.take("k", at(now)).count() > 0) continue;
    taken.push_back(now);
    while (taken.front() <= now - 1'000) taken.pop_front();
    // The window before is taken as even, so a cluster at its end may count too little.
    BOOST_REQUIRE_MESSAGE(taken.size() <= 9, "seed " << random.used());
  }
}

BOOST_AUTO_TEST_CASE(with_a_limit_of_nothing_let_nothing_through) {
  fixed_window counter{options({.limit = 0, .period = seconds{1}})};
  BOOST_TEST(counter.wait("k", at(0)).count() == 1'000);
  BOOST_TEST(counter.take("k", at(0)).count() > 0);
}

BOOST_AUTO_TEST_CASE(bear_a_clock_that_goes_back) {
  fixed_window fixed{options(five_a_second)};
  for (int i = 0; i < 5; ++i) fixed.add("k", at(10'000));
  BOOST_TEST(fixed.wait("k", at(4'000)).count() == 7'000);
  BOOST_TEST(fixed.wait("k", at(11'000)).count() == 0);
}

BOOST_AUTO_TEST_CASE(keep_their_memory_and_those_who_did_most) {
  fixed_window counter{options({.limit = 5, .period = seconds{60}}, 64)};
  const auto memory = counter.memory_bytes();
  for (int i = 0; i < 5; ++i) counter.add("busy", at(0));
  for (int i = 0; i < 100'000; ++i) counter.add("k" + std::to_string(i), at(1));
  BOOST_TEST(counter.memory_bytes() == memory);
  BOOST_TEST(memory < 4'096U);
  BOOST_TEST(counter.wait("busy", at(2)).count() > 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(guesses)

BOOST_AUTO_TEST_CASE(are_refused_after_ten_for_one_key_from_one_place) {
  guess_guard guard{{}};
  for (int i = 0; i < 10; ++i) {
    BOOST_TEST(!guard.check("key", "thief", at(i)).refused);
    guard.failed("key", "thief", at(i));
  }
  const auto verdict = guard.check("key", "thief", at(10));
  BOOST_TEST(verdict.refused);
  BOOST_TEST(verdict.wait > seconds{0});
  BOOST_TEST(verdict.wait <= seconds{120});
  BOOST_TEST(!guard.check("key", "thief", at(10) + verdict.wait).refused);
  BOOST_TEST(!guard.check("other key", "thief", at(10)).refused);
}

BOOST_AUTO_TEST_CASE(of_others_do_not_lock_the_owner_out) {
  guess_guard guard{{.delay = milliseconds{300}}};
  for (int i = 0; i < 1'000; ++i) guard.failed("key", "10.0.0." + std::to_string(i % 250), at(i));
  const auto verdict = guard.check("key", "home", at(1'000));
  BOOST_TEST(!verdict.refused);
  BOOST_TEST(verdict.wait.count() == 300);  // late, but heard
  guard.succeeded("key", "home");
  BOOST_TEST(guard.check("another key", "home", at(1'000)).wait.count() == 0);
}

BOOST_AUTO_TEST_CASE(of_one_place_are_refused_whatever_the_key) {
  guess_guard guard{{}};
  for (int i = 0; i < 100; ++i)
    guard.failed(i % 2 == 0 ? "key" + std::to_string(i) : "", "thief", at(i));
  BOOST_TEST(guard.check("fresh key", "thief", at(100)).refused);
  BOOST_TEST(guard.check("", "thief", at(100)).refused);
  BOOST_TEST(!guard.check("fresh key", "home", at(100)).refused);
  // A right secret among them does not forgive the rest.
  guard.succeeded("fresh key", "thief");
  BOOST_TEST(guard.check("fresh key", "thief", at(100)).refused);
}

BOOST_AUTO_TEST_CASE(are_forgiven_by_the_right_secret_and_by_time) {
  guess_guard guard{{}};
  for (int i = 0; i < 9; ++i) guard.failed("key", "home", at(i));
  guard.succeeded("key", "home");
  for (int i = 0; i < 9; ++i) guard.failed("key", "home", at(10 + i));
  BOOST_TEST(!guard.check("key", "home", at(20)).refused);
  for (int i = 0; i < 3; ++i) guard.failed("key", "home", at(20));
  BOOST_TEST(guard.check("key", "home", at(21)).refused);
  BOOST_TEST(!guard.check("key", "home", at(120'000)).refused);
}

BOOST_AUTO_TEST_CASE(from_unknown_places_only_slow_down) {
  guess_guard guard{{}};
  for (int i = 0; i < 500; ++i) guard.failed("key", "", at(i));
  const auto verdict = guard.check("key", "", at(500));
  BOOST_TEST(!verdict.refused);
  BOOST_TEST(verdict.wait.count() > 0);
  BOOST_TEST(guard.check("", "", at(500)).wait.count() == 0);
}

BOOST_AUTO_TEST_CASE(of_two_keys_and_places_are_never_taken_for_each_other) {
  guess_guard guard{{}};
  for (int i = 0; i < 10; ++i) guard.failed("ab", "c", at(i));
  BOOST_TEST(guard.check("ab", "c", at(10)).refused);
  BOOST_TEST(!guard.check("a", "bc", at(10)).refused);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::identity
