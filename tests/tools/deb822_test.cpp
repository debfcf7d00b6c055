#include <quire/test/seed.hpp>
#include <quire/tools/import/deb822.hpp>

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace quire::tools {

namespace {

/// Everything a reader makes of a text.
struct reading {
  std::vector<std::string> packages;  ///< `name|description` of each good stanza
  std::vector<finding> findings;
};

reading read(const std::string& text, const deb822_limits& limits = {}) {
  std::istringstream in{text};
  deb822_reader reader{in, "test", {"Package", "Description"}, limits};
  reading out;
  stanza current;
  finding bad;
  for (;;) {
    switch (reader.next(current, bad)) {
      case deb822_reader::item::end: return out;
      case deb822_reader::item::malformed: out.findings.push_back(bad); break;
      case deb822_reader::item::stanza:
        out.packages.push_back(std::string{current["Package"]} + "|" +
                               std::string{current["Description"]});
        break;
    }
  }
}

/// The single finding of a text with one bad stanza followed by a good one.
finding only_finding(const std::string& bad_stanza) {
  const auto found = read(bad_stanza + "\n\nPackage: good\n");
  BOOST_TEST_REQUIRE(found.findings.size() == 1U);
  BOOST_TEST(found.packages == std::vector<std::string>{"good|"});
  return found.findings.front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(deb822)

BOOST_AUTO_TEST_CASE(reads_stanzas_with_continuation_lines) {
  const auto found = read("Package: a\nDescription: short\n long\n .\n\nPackage: b\n");
  BOOST_TEST((found.packages == std::vector<std::string>{"a|short\n long\n .", "b|"}));
  BOOST_TEST(found.findings.empty());
}

BOOST_AUTO_TEST_CASE(takes_field_names_in_any_case) {
  BOOST_TEST(read("pACKAGE: a\n").packages == std::vector<std::string>{"a|"});
}

BOOST_AUTO_TEST_CASE(needs_no_newline_at_the_end) {
  BOOST_TEST(read("Package: a").packages == std::vector<std::string>{"a|"});
}

BOOST_AUTO_TEST_CASE(accepts_crlf) {
  const auto found = read("Package: a\r\nDescription: d\r\n\r\nPackage: b\r\n");
  BOOST_TEST((found.packages == std::vector<std::string>{"a|d", "b|"}));
}

BOOST_AUTO_TEST_CASE(accepts_many_separators_also_of_blanks) {
  const auto found = read("\n\n \t \nPackage: a\n\n \n\nPackage: b\n\n\n");
  BOOST_TEST((found.packages == std::vector<std::string>{"a|", "b|"}));
}

BOOST_AUTO_TEST_CASE(passes_over_comment_lines) {
  BOOST_TEST(read("# one\nPackage: a\n# two\nDescription: d\n").packages ==
             std::vector<std::string>{"a|d"});
}

BOOST_AUTO_TEST_CASE(finds_nothing_in_an_empty_input) {
  BOOST_TEST(read("").packages.empty());
  BOOST_TEST(read("\n \n").packages.empty());
}

BOOST_AUTO_TEST_CASE(reports_a_line_without_colon_and_goes_on) {
  const auto found = only_finding("Package: bad\nno colon here\nDescription: d");
  BOOST_TEST(found.line == 2U);
  BOOST_TEST(to_string(found) == "test:2: no colon in 'no colon here'");
}

BOOST_AUTO_TEST_CASE(reports_a_continuation_without_a_field) {
  const auto found = only_finding(" floating\nPackage: bad");
  BOOST_TEST(found.line == 1U);
  BOOST_TEST(found.reason == "a continuation line without a field before it");
}

BOOST_AUTO_TEST_CASE(reports_a_bad_field_name) {
  BOOST_TEST(only_finding("Package: bad\n: no name").reason == "'' is no field name");
  BOOST_TEST(only_finding("Package: bad\n-x: y").reason == "'-x' is no field name");
  BOOST_TEST(only_finding("Package: bad\na b: y").reason == "'a b' is no field name");
}

BOOST_AUTO_TEST_CASE(reports_a_field_given_twice) {
  const auto found = only_finding("Package: bad\npackage: worse");
  BOOST_TEST(found.line == 2U);
  BOOST_TEST(found.reason == "the field 'Package' is given twice");
}

BOOST_AUTO_TEST_CASE(reports_text_that_is_not_utf8) {
  BOOST_TEST(only_finding("Package: bad\nDescription: caf\xe9").reason ==
             "the value of 'Description' is not UTF-8");
  BOOST_TEST(only_finding("Package: bad\nDescription: x\n \xff").reason ==
             "the value is not UTF-8");
}

BOOST_AUTO_TEST_CASE(does_not_look_into_fields_nobody_wants) {
  const auto found = read("Package: a\nOther: \xff\nOther: again\n \xfe\n");
  BOOST_TEST(found.packages == std::vector<std::string>{"a|"});
}

BOOST_AUTO_TEST_CASE(prints_hostile_text_harmlessly) {
  BOOST_TEST(only_finding("Package: bad\n\x1b[2J").reason == "no colon in '\\x1b[2J'");
}

BOOST_AUTO_TEST_CASE(reports_a_line_beyond_the_limit_and_goes_on) {
  const auto found =
      read("Package: a\nOther: " + std::string(300'000, 'x') + "\n\nPackage: b\nDescription: d\n",
           {.max_line_bytes = 1000, .max_stanza_bytes = 5000});
  BOOST_TEST_REQUIRE(found.findings.size() == 1U);
  BOOST_TEST(found.findings.front().line == 2U);
  BOOST_TEST(found.findings.front().reason == "a line of more than 1000 bytes");
  BOOST_TEST(found.packages == std::vector<std::string>{"b|d"});
}

BOOST_AUTO_TEST_CASE(reports_a_field_that_grows_beyond_the_limit) {
  std::string text = "Package: a\nDescription: d\n";
  for (int i = 0; i < 100; ++i) text += " " + std::string(90, 'x') + "\n";
  const auto found =
      read(text + "\nPackage: b\n", {.max_line_bytes = 1000, .max_stanza_bytes = 5000});
  BOOST_TEST_REQUIRE(found.findings.size() == 1U);
  BOOST_TEST(found.findings.front().reason == "the stanza is too large");
  BOOST_TEST(found.packages == std::vector<std::string>{"b|"});
}

BOOST_AUTO_TEST_CASE(reads_the_same_wherever_the_buffer_ends) {
  // The reader's buffer has 64 KiB; every stanza length shifts its borders through fields, lines
  // and separators.
  for (std::size_t length = 65500; length < 65560; ++length) {
    const auto found = read("Package: a\nOther: " + std::string(length, 'x') +
                            "\n\nPackage: b\nDescription: d\n e\n\nPackage: c\n");
    BOOST_TEST((found.packages == std::vector<std::string>{"a|", "b|d\n e", "c|"}));
  }
}

BOOST_AUTO_TEST_CASE(survives_any_bytes) {
  test::random_source random;
  const std::string alphabet{"Package: \n\r\t#-\0\xff\xc3\xa4x", 20};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto left = random.below(200); left > 0; --left) {
      text += alphabet[random.below(alphabet.size())];
    }
    const auto found = read(text, {.max_line_bytes = 40, .max_stanza_bytes = 100});
    BOOST_TEST(found.packages.size() + found.findings.size() <= text.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::tools
