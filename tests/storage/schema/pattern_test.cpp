#include "support.hpp"

using quire::errc;
using quire::test::compiled;
using quire::test::passes;
namespace json = boost::json;
namespace schema = quire::schema;

namespace {

bool matches(const std::string& pattern, const std::string& text) {
  const auto s = schema::compile(json::object{{"pattern", pattern}});
  BOOST_TEST_REQUIRE(s.has_value(), pattern << ": " << (s ? "" : to_string(s.error())));
  return passes(*s, json::value(text));
}

void check_pattern(const std::string& pattern, const std::vector<std::string>& good,
                   const std::vector<std::string>& bad) {
  for (const auto& text : good) BOOST_TEST(matches(pattern, text), pattern << " against " << text);
  for (const auto& text : bad) BOOST_TEST(!matches(pattern, text), pattern << " against " << text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_patterns)

BOOST_AUTO_TEST_CASE(patterns_are_searched_for_anywhere) {
  check_pattern("b+", {"abc", "b", "bb"}, {"", "ac"});
  check_pattern("^a|b$", {"ax", "xb"}, {"xa", "bx"});
  check_pattern("^a", {"a", "ab"}, {"ba"});
  check_pattern("a$", {"ba"}, {"ab", "a\n"});
  check_pattern("", {"", "x"}, {});
}

BOOST_AUTO_TEST_CASE(plain_sequences_agree_with_the_regular_expression) {
  // The second form of each pair means the same and is not a plain sequence.
  for (const auto& [plain, other] : std::vector<std::pair<std::string, std::string>>{
           {"^[a-z][a-z0-9-]{0,4}$", "^(?:[a-z][a-z0-9-]{0,4}|$x)$"},
           {"^a*b?c+$", "^(?:a*b?c+|$x)$"},
           {"^\\d{2}-\\d{2}$", "^(?:\\d{2}-\\d{2}|$x)$"},
           {"^(.*)$", "^(?:.*|$x)$"},
           {"^[^/]+/", "^(?:[^/]+/|$x)"},
           {"^a{2}", "^(?:a{2}|$x)"},
           {"^$", "^(?:$|$x)"},
           {"^x?x?y$", "^(?:x?x?y|$x)$"}}) {
    for (const auto* text :
         {"",  "a",  "ab",  "abc",          "aac", "a-9", "abcdef", "12-34", "1-2", "x/y", "/",
          "ä", "aä", "a\n", "\xE2\x80\xA8", "xxy", "xy",  "y",      "xxxy",  "A",   "9a",  "aa"}) {
      BOOST_TEST(matches(plain, text) == matches(other, text),
                 plain << " against '" << text << "'");
    }
  }
}

BOOST_AUTO_TEST_CASE(spellings_of_ecmascript_are_understood) {
  check_pattern("^\\u0041\\x42\\u{43}\\cJ\\0$", {std::string("ABC\n\0", 5)}, {"ABC"});
  check_pattern("^\\uD83D\\uDE00$", {"😀"}, {"😁"});
  check_pattern("^[\\uD83D\\uDE00-\\u{1F64F}]$", {"😀", "😁"}, {"a"});
  check_pattern("^[^]$", {"\n", "a", "ä"}, {"", "ab"});
  check_pattern("[]", {}, {"", "a"});
  check_pattern("^(?<year>\\d{4})-(?:x|y)$", {"2024-x"}, {"2024-z", "٢٠٢٤-x"});
  check_pattern("^\\w\\W\\s\\S\\D$", {"a-\xC2\xA0xy", "_ \ufeff-x"}, {"--  1"});
  check_pattern("^[\\s\\d]+$", {"1\xE3\x80\x80 2"}, {"a"});
  check_pattern("^[\\S]$", {"a"}, {" ", "\xC2\xA0"});
  check_pattern("^.$", {"a", "ä"}, {"\n", "\r", "\xE2\x80\xA8"});
  check_pattern("^\\p{Letter}\\p{Lu}\\P{L}\\p{Script=Greek}\\p{gc=Nd}$", {"äÄ1α5"},
                {"1Ä1α5", "äÄaα5"});
  check_pattern("^[\\p{L}_]+$", {"straße_"}, {"a b"});
  check_pattern("^\\p{ASCII}+$", {"abc"}, {"ä"});
  check_pattern("\\bfoo\\b", {"a foo b"}, {"afoo"});
  check_pattern("^[\\b]$", {"\b"}, {"b"});
  check_pattern("^\\/\\-\\.$", {"/-."}, {});
  check_pattern("^a{,2}]}$", {"a{,2}]}"}, {"aa]}"});
  check_pattern("^[[:alpha:]]$", {":]", "a]"}, {"b", "b]"});
  check_pattern("^[a-]$", {"a", "-"}, {"b"});
  check_pattern("^(?:ab)+?$", {"abab"}, {"aba"});
  check_pattern("^a{2,3}?$", {"aa", "aaa"}, {"a", "aaaa"});
  check_pattern("\\t\\n\\v\\f\\r", {"\t\n\v\f\r"}, {});
}

BOOST_AUTO_TEST_CASE(a_dash_after_a_set_begins_no_range) {
  const auto s = compiled(R"({"pattern": "^[\\d--a]$"})");
  for (const auto* text : {"7", "-", "a"}) BOOST_TEST(passes(s, json::value(text)), text);
  for (const auto* text : {"A", "^", "."}) BOOST_TEST(!passes(s, json::value(text)), text);
}

BOOST_AUTO_TEST_CASE(what_takes_unbounded_time_or_means_nothing_is_refused_with_its_position) {
  struct row {
    const char* pattern;
    const char* position;
    const char* reason;
  };
  for (const auto& [pattern, position, reason] :
       std::vector<row>{{"a(?=b)", "byte 1", "look-ahead"},
                        {"a(?!b)", "byte 1", "look-ahead"},
                        {"ab(?<=b)", "byte 2", "look-behind"},
                        {"(?<!b)", "byte 0", "look-behind"},
                        {"(a)\\1", "byte 3", "back ref"},
                        {"(?<n>a)\\k<n>", "byte 7", "back ref"},
                        {"a**", "byte 2", "repeat"},
                        {"*", "byte 0", "repeat"},
                        {"^*", "byte 1", "repeat"},
                        {"{2}", "byte 0", "repeat"},
                        {"a{3,2}", "byte 1", "out of order"},
                        {"a{1001}", "byte 1", "1000"},
                        {"[b-a]", "byte 1", "out of order"},
                        {"[a", "byte 0", "unmatched '['"},
                        {"(a", "byte 0", "unmatched '('"},
                        {"a)", "byte 1", "unmatched ')'"},
                        {"\\", "byte 0", "at the end"},
                        {"\\a", "byte 0", "unknown escape"},
                        {"x\\u12", "byte 1", "four"},
                        {"\\uD800", "byte 0", "surrogate"},
                        {"\\p{Nonsense}", "byte 0", "not supported"},
                        {"\\pL", "byte 0", "braces"},
                        {"(?i)a", "byte 0", "group"},
                        {"\\01", "byte 0", "octal"},
                        {"\\cé", "byte 0", "letter"},
                        {"[\\d-z]", "byte 1", ""},
                        {"\\u{110000}", "byte 0", "number"}}) {
    const auto made = schema::compile(json::object{{"pattern", pattern}});
    if (std::string_view{pattern} == "[\\d-z]") {
      BOOST_TEST(
          made.has_value());  // no range: a set, a dash and a letter, as in scripts of the web
      continue;
    }
    BOOST_TEST_REQUIRE(made.has_error(), pattern);
    BOOST_TEST(made.error().code == errc::schema_invalid);
    BOOST_TEST(made.error().details[0].pointer == "/pattern");
    BOOST_TEST(made.error().details[0].code == "pattern");
    BOOST_TEST(made.error().context.find(position) != std::string::npos, made.error());
    BOOST_TEST(made.error().context.find(reason) != std::string::npos, made.error());
  }
  const auto record = schema::compile(json::object{{"patternProperties", {{"(?=a)/", {}}}}});
  BOOST_TEST_REQUIRE(record.has_error());
  BOOST_TEST(record.error().details[0].pointer == "/patternProperties/(?=a)~1");
}

BOOST_AUTO_TEST_CASE(patterns_too_large_to_be_matched_in_bounded_memory_are_refused) {
  for (const auto& pattern :
       {std::string("(?:(?:(?:a{100}){100}){100}){100}"), std::string(5'000, 'a')}) {
    const auto made = schema::compile(json::object{{"pattern", pattern}});
    BOOST_TEST_REQUIRE(made.has_error());
    BOOST_TEST(made.error().code == errc::schema_invalid);
  }
  compiled(R"({"pattern":"^[\\p{L}\\p{N} _.-]{1,64}$"})");
}

BOOST_AUTO_TEST_SUITE_END()
