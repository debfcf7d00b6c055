#include <quire/test/seed.hpp>
#include <quire/tools/import/relations.hpp>

#include <boost/test/unit_test.hpp>

namespace quire::tools {

namespace {

std::vector<relation> good(std::string_view field) {
  auto found = parse_relations(field);
  BOOST_TEST_REQUIRE(found.has_value(), field << ": " << found.error());
  return *found;
}

std::string reason(std::string_view field) {
  const auto found = parse_relations(field);
  BOOST_TEST_REQUIRE(found.has_error(), field);
  BOOST_TEST(found.error().code == errc::invalid_option);
  return found.error().context;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(relations)

BOOST_AUTO_TEST_CASE(reads_everything_a_relation_can_have) {
  const auto found = good("a (>= 1:2.0) [amd64 !i386] <!nocheck> <cross> | b:any, c");
  BOOST_TEST_REQUIRE(found.size() == 3U);
  relation a;
  a.name = "a";
  a.comparison = ">=";
  a.version = "1:2.0";
  a.architectures = {"amd64", "!i386"};
  a.profiles = {"!nocheck", "cross"};
  BOOST_TEST((found[0] == a));
  relation b;
  b.name = "b";
  b.architecture = "any";
  b.position = 1;
  BOOST_TEST((found[1] == b));
  relation c;
  c.name = "c";
  c.group = 1;
  BOOST_TEST((found[2] == c));
}

BOOST_AUTO_TEST_CASE(needs_no_spaces_and_takes_newlines) {
  const auto found = good("a(<<1~)|b,\n c ( = 2-1 )");
  BOOST_TEST_REQUIRE(found.size() == 3U);
  BOOST_TEST(found[0].comparison == "<<");
  BOOST_TEST(found[0].version == "1~");
  BOOST_TEST(found[2].version == "2-1");
  BOOST_TEST(found[2].group == 1U);
}

BOOST_AUTO_TEST_CASE(reads_the_old_comparisons_as_dpkg_does) {
  BOOST_TEST(good("a (< 1)").front().comparison == "<=");
  BOOST_TEST(good("a (> 1)").front().comparison == ">=");
}

BOOST_AUTO_TEST_CASE(passes_over_empty_requirements) {
  BOOST_TEST(good("").empty());
  BOOST_TEST(good("  \n ").empty());
  const auto found = good(", a,, b ,");
  BOOST_TEST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[1].group == 1U);
}

BOOST_AUTO_TEST_CASE(says_what_it_expected) {
  BOOST_TEST(reason("a |").find("an alternative after the bar") != std::string::npos);
  BOOST_TEST(reason("a |, b").find("an alternative after the bar") != std::string::npos);
  BOOST_TEST(reason("| a").find("a package name") != std::string::npos);
  BOOST_TEST(reason("a b").find("a comma or a bar") != std::string::npos);
  BOOST_TEST(reason("a (>= 1").find("a closing parenthesis") != std::string::npos);
  BOOST_TEST(reason("a (1)").find("one of << <= = >= >>") != std::string::npos);
  BOOST_TEST(reason("a (=>1)").find("one of << <= = >= >>") != std::string::npos);
  BOOST_TEST(reason("a (>= )").find("a version") != std::string::npos);
  BOOST_TEST(reason("a (= 1) (= 2)").find("only one version") != std::string::npos);
  BOOST_TEST(reason("a [amd64").find("a closing bracket") != std::string::npos);
  BOOST_TEST(reason("a [am/d64]").find("an architecture") != std::string::npos);
  BOOST_TEST(reason("a <nocheck").find("a closing angle bracket") != std::string::npos);
  BOOST_TEST(reason("a:").find("an architecture after the colon") != std::string::npos);
  BOOST_TEST(reason("-a").find("a package name") != std::string::npos);
  BOOST_TEST(reason("\x1b[31m").find("\\x1b") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bounds_names_and_versions) {
  BOOST_TEST(is_package_name(std::string(128, 'a')));
  BOOST_TEST(!is_package_name(std::string(129, 'a')));
  BOOST_TEST(is_version(std::string(128, '1')));
  BOOST_TEST(!is_version(std::string(129, '1')));
  BOOST_TEST(!is_architecture(std::string(33, 'a')));
}

BOOST_AUTO_TEST_CASE(orders_versions_as_dpkg_does) {
  const std::vector<std::string> ascending{
      "0~~",   "0~~a",     "0~",      "0",       "0a",      "0.0",    "1.0~rc1-1",
      "1.0-1", "1.0-1+b1", "1.0-1.1", "1.0-2",   "1.0-10",  "1.0a-1", "1.0+dfsg-1",
      "1.1-1", "1.10-1",   "2-1",     "1:0.1-1", "1:0.2-1", "10:0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      const int order = compare_versions(ascending[i], ascending[j]);
      BOOST_TEST((i < j    ? order < 0
                  : i == j ? order == 0
                           : order > 0),
                 ascending[i] << " against " << ascending[j] << " gives " << order);
    }
  }
}

BOOST_AUTO_TEST_CASE(finds_versions_equal_that_are_written_differently) {
  BOOST_TEST(compare_versions("1.00", "1.0") == 0);
  BOOST_TEST(compare_versions("0:1.0", "1.0") == 0);
  BOOST_TEST(compare_versions("1.0-0", "1.0") == 0);
}

BOOST_AUTO_TEST_CASE(survives_any_text) {
  test::random_source random;
  const std::string_view alphabet = "ab1 ,|:()[]<>=!~.\n\x1b\xff";
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (auto left = random.below(40); left > 0; --left) {
      text += alphabet[random.below(alphabet.size())];
    }
    const auto found = parse_relations(text);
    if (!found) continue;
    for (const auto& r : *found) BOOST_TEST(is_package_name(r.name));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::tools
