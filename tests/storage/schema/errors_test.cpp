#include "support.hpp"

#include <map>

using quire::test::compiled;
using quire::test::parsed;
using quire::test::told;
namespace json = boost::json;
namespace schema = quire::schema;
using lines = std::vector<std::string>;

namespace {

struct error_row {
  const char* schema;
  const char* value;
  lines expected;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_errors)

BOOST_AUTO_TEST_CASE(every_rule_has_its_code_and_text) {
  const std::vector<error_row> rows{
      {R"({"type":"array"})", "1", {"array  Expected array"}},
      {R"({"minItems":2})",
       "[1]",
       {"array_min_items  Expected array length to be greater or equal to 2"}},
      {R"({"maxItems":1})",
       "[1,2]",
       {"array_max_items  Expected array length to be less or equal to 1"}},
      {R"({"uniqueItems":true})", "[1,1]", {"array_unique  Expected array elements to be unique"}},
      {R"({"contains":{"type":"null"}})",
       "[1]",
       {"array_contains  Expected array to contain at least one matching value"}},
      {R"({"contains":{"type":"null"},"minContains":2})",
       "[null]",
       {"array_min_contains  Expected array to contain at least 2 matching values"}},
      {R"({"contains":{"type":"null"},"maxContains":1})",
       "[null,null]",
       {"array_max_contains  Expected array to contain no more than 1 matching values"}},
      {R"({"type":"boolean"})", "1", {"boolean  Expected boolean"}},
      {R"({"type":"integer"})", "1.5", {"integer  Expected integer"}},
      {R"({"type":"integer","exclusiveMaximum":1})",
       "1",
       {"integer_exclusive_maximum  Expected integer to be less than 1"}},
      {R"({"type":"integer","exclusiveMinimum":1})",
       "1",
       {"integer_exclusive_minimum  Expected integer to be greater than 1"}},
      {R"({"type":"integer","maximum":1})",
       "2",
       {"integer_maximum  Expected integer to be less or equal to 1"}},
      {R"({"type":"integer","minimum":1})",
       "0",
       {"integer_minimum  Expected integer to be greater or equal to 1"}},
      {R"({"type":"integer","multipleOf":2})",
       "3",
       {"integer_multiple_of  Expected integer to be a multiple of 2"}},
      {R"({"type":"number"})", "\"\"", {"number  Expected number"}},
      {R"({"type":"number","exclusiveMaximum":1.5})",
       "2",
       {"number_exclusive_maximum  Expected number to be less than 1.5"}},
      {R"({"type":"number","exclusiveMinimum":1e21})",
       "1",
       {"number_exclusive_minimum  Expected number to be greater than 1e+21"}},
      {R"({"maximum":0.1})", "2", {"number_maximum  Expected number to be less or equal to 0.1"}},
      {R"({"type":"number","minimum":-1e-7})",
       "-1",
       {"number_minimum  Expected number to be greater or equal to -1e-7"}},
      {R"({"type":"number","multipleOf":0.01})",
       "0.015",
       {"number_multiple_of  Expected number to be a multiple of 0.01"}},
      {R"({"const":"v"})", "1", {"literal  Expected 'v'"}},
      {R"({"const":12.50})", "1", {"literal  Expected 12.5"}},
      {R"({"const":true})", "1", {"literal  Expected true"}},
      {R"({"not":{"type":"string"}})", "\"\"", {"not  Value should not match"}},
      {R"({"not":{}})", "1", {"never  Never"}},
      {"false", "1", {"never  Never"}},
      {R"({"type":"null"})", "1", {"null  Expected null"}},
      {R"({"additionalProperties":false})",
       R"({"a":1})",
       {"object_additional /a Unexpected property"}},
      {R"({"required":["a"]})", "{}", {"object_required /a Expected required property"}},
      {R"({"type":"object"})", "[]", {"object  Expected object"}},
      {R"({"minProperties":2})",
       R"({"a":1})",
       {"object_min  Expected object to have at least 2 properties"}},
      {R"({"maxProperties":1})",
       R"({"a":1,"b":1})",
       {"object_max  Expected object to have no more than 1 properties"}},
      {R"({"format":"odd"})", "\"\"", {"format_unknown  Unknown format 'odd'"}},
      {R"({"format":"date"})", "\"\"", {"format  Expected string to match 'date' format"}},
      {R"({"maxLength":1})", "\"ab\"", {"max_length  Expected string length less or equal to 1"}},
      {R"({"minLength":1})", "\"\"", {"min_length  Expected string length greater or equal to 1"}},
      {R"({"pattern":"^a+$"})", "\"b\"", {"pattern  Expected string to match '^a+$'"}},
      {R"({"type":"string"})", "1", {"string  Expected string"}},
      {R"({"type":"array","items":[{"type":"null"}],"minItems":1,"maxItems":1})",
       "[]",
       {"tuple_length  Expected tuple to have 1 elements"}},
      {R"({"type":"array","items":[{"type":"null"}],"minItems":1,"maxItems":1})",
       "{}",
       {"tuple  Expected tuple"}},
      {R"({"anyOf":[{"type":"null"},{"type":"string"}]})", "1", {"union  Expected union value"}},
      {R"({"oneOf":[{"type":"null"},{"type":"string"}]})", "1", {"union  Expected union value"}},
      {R"({"enum":[1,"a"]})", "2", {"union  Expected union value"}},
      {R"({"anyOf":[{"const":1},{"const":"a"}]})", "2", {"union  Expected union value"}},
      {R"({"type":["string","null"]})", "2", {"union  Expected union value"}},
      {R"({"allOf":[{"type":"string"}]})",
       "1",
       {"string  Expected string", "intersect  Expected all values to match"}},
      {R"({"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false})",
       R"({"a":1,"b":2})",
       {"unevaluated /b Unexpected property"}},
  };
  for (const auto& row : rows) {
    BOOST_TEST(told(row.schema, row.value) == row.expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(codes_carry_their_numbers) {
  const std::map<std::string, int> numbers{{"array_contains", 0},
                                           {"array_max_contains", 1},
                                           {"array_max_items", 2},
                                           {"array_min_contains", 3},
                                           {"array_min_items", 4},
                                           {"array_unique", 5},
                                           {"array", 6},
                                           {"boolean", 14},
                                           {"integer_exclusive_maximum", 22},
                                           {"integer_exclusive_minimum", 23},
                                           {"integer_maximum", 24},
                                           {"integer_minimum", 25},
                                           {"integer_multiple_of", 26},
                                           {"integer", 27},
                                           {"unevaluated", 28},
                                           {"intersect", 29},
                                           {"literal", 32},
                                           {"never", 33},
                                           {"not", 34},
                                           {"null", 35},
                                           {"number_exclusive_maximum", 36},
                                           {"number_exclusive_minimum", 37},
                                           {"number_maximum", 38},
                                           {"number_minimum", 39},
                                           {"number_multiple_of", 40},
                                           {"number", 41},
                                           {"object_additional", 42},
                                           {"object_max", 43},
                                           {"object_min", 44},
                                           {"object_required", 45},
                                           {"object", 46},
                                           {"format_unknown", 49},
                                           {"format", 50},
                                           {"max_length", 51},
                                           {"min_length", 52},
                                           {"pattern", 53},
                                           {"string", 54},
                                           {"tuple_length", 56},
                                           {"tuple", 57},
                                           {"union", 62}};
  for (const auto& [code, number] : numbers) BOOST_TEST(schema::error_number(code) == number, code);
  BOOST_TEST(schema::error_number("too_complex") == -1);
  BOOST_TEST(schema::error_number("") == -1);
}

BOOST_AUTO_TEST_CASE(
    an_object_tells_missing_then_unexpected_then_properties_in_the_order_of_the_schema) {
  const lines expected{"object_required /need Expected required property",
                       "object_additional /extra Unexpected property",
                       "object_additional /more Unexpected property", "string /a Expected string",
                       "integer /b~1c Expected integer"};
  BOOST_TEST(
      told(
          R"({"type":"object","properties":{"a":{"type":"string"},"need":{},"b/c":{"type":"integer"}},
                      "required":["need"],"additionalProperties":false})",
          R"({"extra":1,"b/c":"x","a":1,"more":2})") == expected,
      boost::test_tools::per_element());
}

// Differs: programs before told a missing property twice, once more for its kind, which said
// nothing new.
BOOST_AUTO_TEST_CASE(missing_properties_are_told_in_the_order_of_required) {
  BOOST_TEST(told(R"({"properties":{"a":{},"b":{},"c":{}},"required":["c","a"]})", "{}") ==
             (std::vector<std::string>{"object_required /c Expected required property",
                                       "object_required /a Expected required property"}));
}

BOOST_AUTO_TEST_CASE(a_record_tells_of_the_names_it_knows_first) {
  BOOST_TEST(told(R"({"type":"object","patternProperties":{"^n":{"type":"integer"}},
                      "additionalProperties":false})",
                  R"({"m":1,"n":""})") ==
             (std::vector<std::string>{"integer /n Expected integer",
                                       "object_additional /m Unexpected property"}));
}

BOOST_AUTO_TEST_CASE(another_literal_is_told_once_whatever_its_kind) {
  BOOST_TEST(told(R"({"type":"string","const":"a"})", "1") ==
             std::vector<std::string>{"literal  Expected 'a'"});
  BOOST_TEST(told(R"({"type":"string","const":1})", "1") ==
             std::vector<std::string>{"string  Expected string"});
}

BOOST_AUTO_TEST_CASE(a_count_of_matches_is_told_of_when_it_was_asked_for) {
  BOOST_TEST(told(R"({"contains":{"type":"null"},"minContains":1})", "[]").size() == 2U);
  BOOST_TEST(told(R"({"contains":{"type":"null"}})", "[]").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_schema_that_nothing_fits_is_no_ban_on_members) {
  BOOST_TEST(told(R"({"type":"object","additionalProperties":{"not":{}}})", R"({"a":1})") ==
             std::vector<std::string>{"never /a Never"});
  BOOST_TEST(told(R"({"type":"object","additionalProperties":false})", R"({"a":1})") ==
             std::vector<std::string>{"object_additional /a Unexpected property"});
}

BOOST_AUTO_TEST_CASE(a_missing_property_is_told_once) {
  const lines expected{"object_required /a Expected required property"};
  BOOST_TEST(told(R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})",
                  "{}") == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_union_gives_one_error_and_an_intersection_those_of_its_members_first) {
  const lines expected{"string /a Expected string", "object_required /b Expected required property",
                       "intersect  Expected all values to match"};
  BOOST_TEST(
      told(
          R"({"allOf":[{"properties":{"a":{"type":"string"}}},{"required":["b"]}],"unevaluatedProperties":false})",
          R"({"a":1,"z":1})") == expected,
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(paths_lead_through_arrays_records_and_references) {
  const lines expected{"integer /list/1/~0n Expected integer", "null /rec/q Expected null"};
  BOOST_TEST(told(R"({"$defs":{"N":{"properties":{"~n":{"type":"integer"}}}},"properties":{
                      "list":{"items":{"$ref":"N"}},"rec":{"patternProperties":{"^q":{"type":"null"}}}}})",
                  R"({"list":[{"~n":1},{"~n":"x"}],"rec":{"q":1,"r":2}})") == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(values_are_given_with_the_errors_and_null_for_a_missing_one) {
  const auto found =
      schema::errors(compiled(R"({"required":["m"],"properties":{"a":{"type":"string"}}})"),
                     parsed(R"({"a":[1]})"));
  BOOST_TEST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0].value.is_null());
  BOOST_TEST(found[1].value == parsed("[1]"));
}

BOOST_AUTO_TEST_CASE(no_more_errors_than_asked_for) {
  const auto s = compiled(R"({"items":{"type":"string"}})");
  json::array many(5'000, json::value(1));
  BOOST_TEST(schema::errors(s, many).size() == 1'000U);
  BOOST_TEST(schema::errors(s, many, 3).size() == 3U);
  BOOST_TEST(schema::errors(s, many, 0).size() == 1U);  // empty means that it passes
}

BOOST_AUTO_TEST_CASE(errors_become_json_and_results) {
  const auto found = schema::errors(compiled(R"({"type":"string"})"), 1);
  BOOST_TEST(
      json::value(schema::errors_to_json(found)) ==
      parsed(R"([{"type":54,"code":"string","path":"","schemaPath":"/type",
        "message":"Expected string","value":1}])"));
  const auto e = schema::validation_error(found, "node 'n'");
  BOOST_TEST(e.code == quire::errc::validation_failed);
  BOOST_TEST(e.context == "node 'n'");
  BOOST_TEST_REQUIRE(e.details.size() == 1U);
  BOOST_TEST(e.details[0].message == "Expected string");
}

BOOST_AUTO_TEST_SUITE_END()
