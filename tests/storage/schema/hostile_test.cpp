#include "support.hpp"

#include <quire/messages/document.hpp>

using quire::errc;
using quire::test::compiled;
using quire::test::parsed;
using quire::test::passes;
using quire::test::told;
namespace json = boost::json;
namespace schema = quire::schema;

namespace {

/// `depth` arrays around a string.
json::value nested(std::size_t depth) {
  json::value v = "end";
  for (std::size_t i = 0; i < depth; ++i) v = json::array{std::move(v)};
  return v;
}

/// `count` times the letter a, then `end`.
std::string text_of(std::size_t count, std::string_view end) {
  std::string text;
  text.resize(count, 'a');
  return text.append(end);
}

const std::vector<std::string> too_complex{
    "too_complex  Checking this value takes more than the allowed number of steps"};

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_against_hostile_input)

BOOST_AUTO_TEST_CASE(nested_repetition_is_matched_in_linear_time) {
  for (const auto* pattern : {"^(a+)+$", "^(a|aa)*b$", "(x+x+)+y", "^(.*)*$z"}) {
    const auto s = compiled(json::serialize(json::object{{"pattern", pattern}}));
    BOOST_TEST(!passes(s, json::value(text_of(100'000, "!\n"))), pattern);
  }
  const auto s = compiled(R"({"pattern":"^(a+)+$"})");
  BOOST_TEST(passes(s, json::value(std::string(100'000, 'a'))));
}

BOOST_AUTO_TEST_CASE(ten_thousand_nested_arrays_do_not_reach_a_schema) {
  BOOST_TEST(
      quire::document::parse(std::string(10'000, '[') + std::string(10'000, ']')).error().code ==
      errc::depth_exceeded);
}

BOOST_AUTO_TEST_CASE(deep_values_made_in_the_process_do_not_exhaust_the_stack) {
  const auto s = compiled(R"({"$defs":{"A":{"items":{"$ref":"A"}}},"$ref":"A"})");
  BOOST_TEST(passes(s, nested(1'000)));
  BOOST_TEST(!passes(s, nested(5'000)));
  BOOST_TEST(told(s, nested(5'000)) == too_complex, boost::test_tools::per_element());
  // A false that comes from giving up must not turn into a true.
  BOOST_TEST(!passes(compiled(R"({"$defs":{"A":{"items":{"$ref":"A"}}},"not":{"$ref":"A"}})"),
                     nested(5'000)));
}

BOOST_AUTO_TEST_CASE(alternatives_that_double_at_each_level_end_by_their_budget) {
  schema::compile_options options;
  options.limits.max_steps = 100'000;
  for (const auto* operation : {"anyOf", "oneOf"}) {
    const auto s = compiled(
        R"({"$defs":{"A":{"$ref":"B"},"B":{")" + std::string{operation} +
            R"(":[{"items":{"$ref":"A"},"type":"array"},{"items":{"$ref":"A"},"type":"array"}]}},"$ref":"A"})",
        options);
    BOOST_TEST(!passes(s, nested(100)), operation);
    BOOST_TEST(told(s, nested(100)) == too_complex, boost::test_tools::per_element());
    BOOST_TEST(!passes(s, nested(3)), operation);  // the string at the end fits none
  }
  // Chains in place double without any value.
  std::string chain = R"({"$defs":{"A0":{"type":"string"})";
  for (int i = 1; i < 60; ++i) {
    const auto below = R"({"$ref":"A)" + std::to_string(i - 1) + "\"}";
    chain += ",\"A" + std::to_string(i) + R"(":{"allOf":[)" + below + "," + below + "]}";
  }
  BOOST_TEST(told(compiled(chain + R"(},"$ref":"A59"})", options), "x") == too_complex,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(giving_up_inside_a_negation_or_a_count_is_no_pass) {
  schema::compile_options options;
  options.limits.max_steps = 50;
  const json::value many(json::array(200, json::value(1)));
  for (const auto* text : {R"({"not":{"items":{"type":"integer"}}})",
                           R"({"not":{"not":{"items":{"type":"integer"}}}})",
                           R"({"contains":{"type":"integer"},"maxContains":100})",
                           R"({"oneOf":[{"type":"array"},{"items":{"type":"integer"}}]})",
                           R"({"uniqueItems":true})", R"({"items":{"type":"integer"}})"}) {
    BOOST_TEST(!passes(compiled(text, options), many), text);
  }
}

BOOST_AUTO_TEST_CASE(matching_pays_by_the_size_of_text_and_expression) {
  schema::compile_options options;
  options.limits.max_steps = 1'000;
  const auto s = compiled(R"({"items":{"pattern":"(a|b)*c{1,500}$"}})", options);
  BOOST_TEST(!passes(s, json::array(50, json::value(text_of(10'000, "c")))));
}

BOOST_AUTO_TEST_CASE(large_unions_and_sets_of_names_are_looked_up) {
  json::array literals;
  json::object properties;
  for (int i = 0; i < 20'000; ++i) {
    literals.emplace_back("v" + std::to_string(i));
    properties.emplace("p" + std::to_string(i), json::object{{"type", "integer"}});
  }
  auto s = schema::compile(json::object{{"items", {{"enum", literals}}}});
  BOOST_TEST_REQUIRE(s.has_value());
  BOOST_TEST(passes(*s, json::value(literals)));
  s = schema::compile(json::object{{"properties", properties}, {"additionalProperties", false}});
  BOOST_TEST_REQUIRE(s.has_value());
  json::object all;
  for (const auto& member : properties) all.emplace(member.key(), 1);
  BOOST_TEST(passes(*s, all));
  all.emplace("p20000", 1);
  BOOST_TEST(!passes(*s, all));
}

BOOST_AUTO_TEST_SUITE_END()
