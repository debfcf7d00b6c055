#include "line_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace quire::tools {

namespace {

/// A source that gives these pieces one by one, and all that a reader makes of them: its lines, and
/// `(wait)` where it asked for more.
std::vector<std::string> read(std::deque<std::string> pieces, std::size_t max_bytes = 100) {
  std::vector<std::string> out;
  line_reader reader{[&](std::span<char> into) -> result<std::size_t> {
                       if (pieces.empty()) return std::size_t{0};
                       const auto n = std::min(into.size(), pieces.front().size());
                       std::copy_n(pieces.front().begin(), n, into.begin());
                       pieces.front().erase(0, n);
                       if (pieces.front().empty()) pieces.pop_front();
                       return n;
                     },
                     [&]() -> result<void> {
                       out.emplace_back("(wait)");
                       return {};
                     },
                     max_bytes};
  while (true) {
    const auto line = reader.next();
    BOOST_TEST_REQUIRE(line.has_value());
    if (!*line) return out;
    out.push_back((*line)->too_long ? "(too long)" : std::string{(*line)->text});
  }
}

std::vector<std::string> lines_of(std::deque<std::string> pieces, std::size_t max_bytes = 100) {
  auto out = read(std::move(pieces), max_bytes);
  std::erase(out, "(wait)");
  return out;
}

using lines = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(lines_of_input)

BOOST_AUTO_TEST_CASE(are_cut_wherever_the_pieces_end) {
  const lines expected{"one", "", "two"};
  BOOST_TEST(lines_of({"one\n\ntwo\n"}) == expected, boost::test_tools::per_element());
  BOOST_TEST(lines_of({"o", "ne", "\n", "\nt", "wo\n"}) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(end_with_the_input_too) {
  BOOST_TEST(lines_of({"one\ntwo"}) == (lines{"one", "two"}), boost::test_tools::per_element());
  BOOST_TEST(lines_of({}).empty());
}

BOOST_AUTO_TEST_CASE(are_given_before_more_input_is_waited_for) {
  BOOST_TEST(read({"a\nb\nc", "d\n"}) == (lines{"(wait)", "a", "b", "(wait)", "cd", "(wait)"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(that_are_too_long_are_passed_over_up_to_their_end) {
  BOOST_TEST(lines_of({"abcd\nabcde\nab\n"}, 4) == (lines{"abcd", "(too long)", "ab"}),
             boost::test_tools::per_element());
  BOOST_TEST(lines_of({"ab", "cde", "fgh", "i\nok\n"}, 4) == (lines{"(too long)", "ok"}),
             boost::test_tools::per_element());
  BOOST_TEST(lines_of({"abcde"}, 4) == (lines{"(too long)"}), boost::test_tools::per_element());
  BOOST_TEST(lines_of({std::string(1'000'000, 'x'), "\nok\n", std::string(300'000, 'y')}, 1'000) ==
                 (lines{"(too long)", "ok", "(too long)"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_any_length_up_to_the_bound_come_whole) {
  const std::string longest(700'000, 'z');
  BOOST_TEST(
      (lines_of({longest + "\nshort\n" + longest}, 700'000) == lines{longest, "short", longest}));
}

BOOST_AUTO_TEST_CASE(stop_at_a_failure) {
  line_reader broken{
      [](std::span<char>) -> result<std::size_t> { return fail(errc::storage_io, "gone"); },
      [] { return result<void>{}; }, 10};
  BOOST_TEST(broken.next().error().context == "gone");
  line_reader unheard{[](std::span<char>) -> result<std::size_t> { return std::size_t{0}; },
                      []() -> result<void> { return fail(errc::storage_io, "nobody reads"); }, 10};
  BOOST_TEST(unheard.next().error().context == "nobody reads");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::tools
