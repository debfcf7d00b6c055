#include "support.hpp"

#include <quire/messages/document.hpp>
#include <quire/schema/edits.hpp>
#include <quire/schema/reshape.hpp>
#include <quire/schema/value.hpp>

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

/// Why a schema does not compile.
errc refusal(const json::value& text) {
  const auto made = schema::compile(text);
  return made ? errc::none : made.error().code;
}

/// The text of a document is refused before any schema sees it.
errc parsing(std::string_view text) {
  const auto made = quire::document::parse(text);
  return made ? errc::none : made.error().code;
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

BOOST_AUTO_TEST_CASE(schemas_nested_too_deep_are_refused) {
  for (const auto* keyword : {"not", "items", "additionalProperties", "contains"}) {
    json::value deep = json::object{};
    json::value deeper = json::object{};
    for (int i = 0; i < 127; ++i) deep = json::object{{keyword, std::move(deep)}};
    for (int i = 0; i < 3'000; ++i) deeper = json::object{{keyword, std::move(deeper)}};
    BOOST_TEST(refusal(deep) == errc::none, keyword);
    BOOST_TEST(refusal(deeper) == errc::depth_exceeded, keyword);
  }
  json::value list = json::object{};
  for (int i = 0; i < 3'000; ++i) list = json::object{{"allOf", {std::move(list)}}};
  BOOST_TEST(refusal(list) == errc::depth_exceeded);
}

BOOST_AUTO_TEST_CASE(chains_of_references_are_followed_only_so_far) {
  json::object chain{{"A0", {{"type", "string"}}}};
  for (int i = 1; i <= 20'000; ++i) {
    chain["A" + std::to_string(i)] = {{"$ref", "A" + std::to_string(i - 1)}};
  }
  const auto from = [&](const char* name) { return json::value{{"$defs", chain}, {"$ref", name}}; };
  BOOST_TEST(refusal(from("A20000")) == errc::depth_exceeded);
  json::object circle{{"A", {{"$ref", "B"}}}, {"B", {{"allOf", {{{"$ref", "A"}}}}}}};
  BOOST_TEST(refusal({{"$defs", circle}, {"$ref", "A"}}) == errc::schema_invalid);
  BOOST_TEST(refusal({{"$ref", "#"}}) == errc::unresolved_reference);
}

BOOST_AUTO_TEST_CASE(numbers_beyond_a_double_are_refused_in_schemas_and_values) {
  const auto long_number = "1" + std::string(400, '0');
  for (const auto& text :
       {R"({"maximum":)" + long_number + "}", R"({"multipleOf":1e400})" + std::string{},
        "[-1e400]" + std::string{}, long_number}) {
    BOOST_TEST(parsing(text) == errc::payload_not_json, text);
  }
  BOOST_TEST(parsing("1e-400") == errc::none);
  BOOST_TEST(parsing("0." + std::string(100'000, '3')) == errc::none);
}

BOOST_AUTO_TEST_CASE(divisors_of_any_size_have_a_verdict) {
  for (const auto* divisor :
       {"1e308", "1.7976931348623157e308", "18446744073709551615", "5e-324", "1e-300", "0.1"}) {
    const auto s = compiled(std::string{R"({"multipleOf":)"} + divisor + "}");
    for (const auto* value : {"1e308", "-1.7976931348623157e308", "18446744073709551615", "0",
                              "5e-324", "-9223372036854775808"}) {
      const bool verdict = passes(s, parsed(value));
      BOOST_TEST((verdict || std::string_view{value} != "0"), divisor);
    }
  }
  for (const auto* divisor : {"0", "-1", "-0.0"}) {
    BOOST_TEST(refusal({{"multipleOf", parsed(divisor)}}) == errc::schema_invalid, divisor);
  }
}

BOOST_AUTO_TEST_CASE(half_characters_are_refused) {
  for (const auto* text :
       {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"({"\ud800":1})", R"("\ud800\ud800")",
        R"({"pattern":"\udfff"})", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\xC0\xAF\""}) {
    BOOST_TEST(parsing(text) == errc::payload_not_json, text);
  }
  BOOST_TEST(parsing(R"("\ud83d\ude00")") == errc::none);
}

BOOST_AUTO_TEST_CASE(zero_characters_are_characters) {
  const auto s = compiled(
      R"({"properties":{"a\u0000b":{"pattern":"^x\u0000y$"},"a":{"const":"\u0000"}},"required":["a\u0000b"],
          "patternProperties":{"\u0000$":{"enum":["\u0000","\u0000\u0000"]}},"additionalProperties":false})");
  BOOST_TEST(passes(s, parsed(R"({"a\u0000b":"x\u0000y","a":"\u0000","c\u0000":"\u0000\u0000"})")));
  BOOST_TEST(!passes(s, parsed(R"({"a\u0000b":"x"})")));
  BOOST_TEST(!passes(s, parsed(R"({"a\u0000b":"x\u0000y","a":""})")));
  BOOST_TEST(!passes(s, parsed(R"({"a":"\u0000"})")));
  BOOST_TEST(!passes(s, parsed(R"({"a\u0000b":"x\u0000y","c\u0000":"\u0000\u0000\u0000"})")));
  BOOST_TEST(refusal({{"$defs", {{"A", true}}}, {"$ref", json::string("A\0", 2)}}) ==
             errc::unresolved_reference);
  const auto a = parsed(R"({"x\u0000":1})");
  const auto b = parsed(R"({"x":1})");
  BOOST_TEST((schema::equal(schema::patch(a, schema::diff(a, b)).value(), b)));
}

BOOST_AUTO_TEST_CASE(a_giant_enum_costs_no_more_than_its_budget) {
  json::array literals;
  for (int i = 0; i < 100'000; ++i) literals.emplace_back(json::array{i});
  schema::compile_options options;
  options.limits.max_steps = 1'000'000;
  const auto made = schema::compile({{"items", {{"enum", literals}}}}, options);
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(passes(*made, parsed("[[0],[99]]")));
  const json::value misses = json::array(1'000, json::value("x"));
  BOOST_TEST(!passes(*made, misses));
  const json::value last = json::array(1'000, json::value(json::array{99'999}));
  BOOST_TEST(told(*made, last) == too_complex, boost::test_tools::per_element());
  BOOST_TEST(schema::cast(*made, last).error().code == errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(patterns_that_grow_out_of_bounds_are_refused) {
  std::string groups(1'900, '(');
  groups += "a" + std::string(1'900, ')');
  for (const auto& pattern :
       {std::string{"(((((a{100}){100}){100}){100}){100})"}, std::string{"((a{1,1000}){1,1000})"},
        std::string{"(\\w{1,500}){1,500}"}, std::string{"a{99999999999}"}, groups,
        std::string(5'000, 'a')}) {
    BOOST_TEST(refusal({{"pattern", pattern}}) == errc::schema_invalid, pattern);
    BOOST_TEST(refusal({{"patternProperties", {{pattern, true}}}}) == errc::schema_invalid,
               pattern);
  }
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_properties_are_read_or_refused) {
  json::object open;
  json::object typed;
  json::array required;
  json::object value;
  for (int i = 0; i < 100'000; ++i) {
    const auto name = "p" + std::to_string(i);
    open.emplace(name, true);
    typed.emplace(name, json::object{{"type", "null"}});
    required.emplace_back(name);
    value.emplace(name, i);
  }
  BOOST_TEST(refusal({{"properties", typed}}) == errc::schema_too_large);
  const auto made = schema::compile(
      {{"properties", open}, {"required", required}, {"additionalProperties", false}});
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(passes(*made, value));
  value.erase("p77777");
  BOOST_TEST(!passes(*made, value));
  BOOST_TEST(schema::errors(*made, json::object{}).size() == 1'000U);
  BOOST_TEST(schema::create(*made).value().get_object().size() == 100'000U);
}

BOOST_AUTO_TEST_CASE(values_that_a_schema_wants_without_bound_are_not_made) {
  for (
      const auto* text :
      {R"({"type":"string","minLength":1000000000000})", R"({"type":"array","minItems":1e15})",
       R"({"type":"array","minItems":1000,"items":{"type":"array","minItems":1000,"items":{"type":"array","minItems":1000}}})"}) {
    const auto s = compiled(text);
    BOOST_TEST(schema::create(s).error().code == errc::limit_exceeded, text);
    BOOST_TEST(schema::cast(s, nullptr).error().code == errc::limit_exceeded, text);
  }
  const auto endless = compiled(
      R"({"$defs":{"A":{"type":"object","required":["a"],"properties":{"a":{"$ref":"A"}}}},"$ref":"A"})");
  BOOST_TEST(schema::create(endless).error().code == errc::create_failed);
  BOOST_TEST(schema::cast(endless, json::object{}).error().code == errc::cast_failed);
  const auto defaults = compiled(
      R"({"$defs":{"A":{"properties":{"a":{"$ref":"B"}}},"B":{"$ref":"A","default":{}}},"$ref":"A"})");
  BOOST_TEST(schema::default_missing(defaults, json::object{}).error().code ==
             errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(defaults_and_constants_that_come_again_and_again_are_paid_for_by_their_size) {
  const json::value big = json::object{{"a", std::string(10'000, 'x')}};
  schema::compile_options standard;
  standard.dialect = schema::dialect::draft2020_12;
  for (const auto* keyword : {"default", "const"}) {
    const auto made = schema::compile(json::object{{"type", "array"},
                                                   {"minItems", 700'000},
                                                   {"items", {{"type", "object"}, {keyword, big}}}},
                                      standard);
    BOOST_TEST_REQUIRE(made.has_value());
    BOOST_TEST(schema::create(*made).error().code == errc::limit_exceeded, keyword);
    BOOST_TEST(schema::cast(*made, json::array{}).error().code == errc::limit_exceeded, keyword);
  }
  const auto filled = schema::compile({{"items", {{"properties", {{"a", {{"default", big}}}}}}}});
  BOOST_TEST_REQUIRE(filled.has_value());
  const json::array items(100'000, json::value(json::object_kind));
  BOOST_TEST(schema::default_missing(*filled, items).error().code == errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(what_each_part_of_a_schema_reads_again_is_paid_for) {
  const auto parts = [](json::value part) {
    return json::object{{"allOf", json::array(50, {{"$ref", "Part"}})},
                        {"$defs", {{"Part", std::move(part)}}}};
  };
  const auto text = std::string(100'000, 'x');
  const json::array items(10'000, json::value(1));
  json::array different;
  for (int i = 0; i < 10'000; ++i) different.emplace_back(i);
  schema::compile_options options;
  options.limits.max_steps = 50'000;
  const auto ends = [&](const json::value& rules, const json::value& value) {
    const auto made = schema::compile(rules, options);
    BOOST_TEST_REQUIRE(made.has_value());
    BOOST_TEST(schema::check(compiled(json::serialize(rules)), value), json::serialize(rules));
    BOOST_TEST(!schema::check(*made, value), json::serialize(rules));
    const auto found = schema::errors(*made, value);
    BOOST_TEST_REQUIRE(!found.empty());
    BOOST_TEST(found.back().code == "too_complex");
  };
  ends(parts({{"minLength", 50'000}}), json::value(text));
  ends(parts({{"const", text}}), json::value(text));
  ends(parts({{"enum", {text, "y"}}}), json::value(text));
  ends(parts({{"format", "uri"}}), json::value("http://a/" + text));
  ends(parts({{"uniqueItems", true}}), different);

  const auto arrays = schema::compile(parts({{"type", "array"}}), options);
  BOOST_TEST(schema::clean(*arrays, items).error().code == errc::limit_exceeded);
  BOOST_TEST(schema::convert(*arrays, items).error().code == errc::limit_exceeded);
  const auto texts = schema::compile({{"anyOf", json::array(50, {{"type", "string"}})}}, options);
  BOOST_TEST(schema::default_missing(*texts, items).error().code == errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(text_that_looks_like_a_number_stays_text_when_none_can_be_kept) {
  const auto s = compiled(R"({"type":"number"})");
  for (const auto& text : {std::string(100'000, '9'), std::string{"1e400"},
                           std::string{"-1e999999999999"}, "1" + std::string(400, '0') + ".5"}) {
    BOOST_TEST(schema::convert(s, json::value(text)).value() == json::value(text));
  }
}

BOOST_AUTO_TEST_CASE(edits_reach_no_further_than_documents_do) {
  const json::value base = json::object{{"a", json::array{1}}};
  const auto deep = [](std::size_t steps) {
    std::string path;
    for (std::size_t i = 0; i < steps; ++i) path += "/a";
    return schema::edit_list{{.kind = schema::edit_kind::insert, .path = path, .value = 1}};
  };
  BOOST_TEST(schema::patch(json::object{}, deep(128)).has_value());
  BOOST_TEST(schema::patch(json::object{}, deep(129)).error().code == errc::patch_failed);
  for (const auto* path : {"/a/2", "/a/18446744073709551616", "/a/-1", "/a/01", "/a/", "/a/1e0",
                           "/a/0/x", "a", "/~", "/~2", "/a/-"}) {
    const schema::edit_list edits{{.kind = schema::edit_kind::insert, .path = path, .value = 1}};
    BOOST_TEST(schema::patch(base, edits).error().code == errc::patch_failed, path);
  }
}

BOOST_AUTO_TEST_SUITE_END()
