#include "allocations.hpp"
#include "support.hpp"

#include <quire/schema/edits.hpp>
#include <quire/schema/reshape.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <optional>

using quire::test::compiled;
using quire::test::parsed;
namespace json = boost::json;
namespace schema = quire::schema;

BOOST_AUTO_TEST_SUITE(schema_memory)

BOOST_AUTO_TEST_CASE(a_passing_check_allocates_nothing) {
  const auto s = compiled(
      R"({"$defs":{"Tag":{"enum":["x","y"]}},"type":"object","required":["id","at"],"properties":{
    "id":{"type":"string","pattern":"^[a-z][a-z0-9-]{2,40}$"},"at":{"format":"date-time"},"n":{"type":"number","multipleOf":0.5},
    "tags":{"type":"array","items":{"$ref":"Tag"},"uniqueItems":true},"many":{"uniqueItems":true},
    "u":{"anyOf":[{"type":"string"},{"type":"object","properties":{"k":{"const":"v"}}}]},
    "all":{"allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}],"unevaluatedProperties":false}},
    "patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false})");
  json::array many;
  for (int i = 0; i < 200; ++i) many.emplace_back(i);
  auto value = parsed(
      R"({"id":"ticket-1","at":"2024-02-29T12:00:00Z","n":1.5,"tags":["x","y"],"u":{"k":"v"},"all":{"a":1,"b":2},
                          "x-own":"text"})");
  value.get_object()["many"] = many;
  const auto before = quire::test::allocations();
  const bool passed = schema::check(s, value);
  const auto after = quire::test::allocations();
  BOOST_TEST(passed);
  BOOST_TEST(after == before);
  BOOST_TEST(before > 0U);
}

BOOST_AUTO_TEST_CASE(nor_does_one_by_the_rules_of_draft_2020_12) {
  schema::compile_options options;
  options.dialect = schema::dialect::draft2020_12;
  const auto s = compiled(
      R"({"$id":"http://a/","$dynamicAnchor":"node","type":"object","properties":{"kind":{"type":"string"},
    "list":{"prefixItems":[{"type":"string"}],"contains":{"type":"integer"},"unevaluatedItems":{"type":"null"}},
    "next":{"$ref":"tree"}},"if":{"properties":{"kind":{"const":"a"}}},"then":{"properties":{"v":{"multipleOf":0.01}}},
    "else":{"required":["w"]},"dependentRequired":{"v":["kind"]},"dependentSchemas":{"v":{"properties":{"u":true}}},
    "anyOf":[{"properties":{"u":{"type":"integer"}}},{"required":["kind"]}],
    "propertyNames":{"maxLength":40},"unevaluatedProperties":false,
    "$defs":{"t":{"$id":"tree","$dynamicAnchor":"node","items":{"$dynamicRef":"#node"}}}})",
      options);
  const auto value = parsed(
      R"({"kind":"a","list":["x",1,2,null,3],"v":4.35,"u":7,"next":[{"kind":"b","w":1,"list":["y",0]}]})");
  const auto open = parsed(
      R"({"kind":"a","list":["x",1,2,null,3],"v":4.35,"u":7,"next":[{"kind":"a","v":1,"list":["y",0]}]})");
  const auto before = quire::test::allocations();
  const bool first = schema::check(s, value);  // `w` is named by nothing
  const bool second = schema::check(s, open);
  const auto after = quire::test::allocations();
  BOOST_TEST((!first && second));
  BOOST_TEST(after == before);
}

// Copies of Boost.JSON values go on using the memory of their original unless told otherwise.
BOOST_AUTO_TEST_CASE(results_outlive_the_documents_they_come_from) {
  std::optional<json::monotonic_resource> memory(std::in_place);
  auto in_document = [&](std::string_view text) {
    return json::parse(text, json::storage_ptr{&*memory});
  };
  schema::compiled_schema s;
  schema::edit_list edits;
  std::vector<schema::value_error> errors;
  std::vector<json::value> results;
  {
    const auto text = in_document(
        R"({"type":"object","properties":{"s":{"enum":["one","two"]},"c":{"const":{"k":["deep"]}},
      "d":{"type":"string","default":"a default value that is long"}},"required":["s","d"]})");
    const auto value = in_document(
        R"({"s":"three","x":{"long member name":["a text that needs memory of its own"]}})");
    s = schema::compile(text).value();
    errors = schema::errors(s, value);
    edits = schema::diff(in_document(R"({"a":[1]})"), value);
    results.push_back(
        schema::patch(value, schema::edits_from_json(
                                 in_document(R"([{"type":"insert","path":"/n","value":["x"]}])"))
                                 .value())
            .value());
    results.push_back(schema::patch(value, {{.path = "", .value = value}}).value());
    results.push_back(schema::cast(s, value).value().value);
    results.push_back(
        schema::cast(schema::compiled_schema(schema::compile(true).value()), value).value().value);
    results.push_back(schema::default_missing(s, value).value());
    results.push_back(schema::create(s).value());
    results.push_back(schema::clean(s, value).value());
    results.push_back(schema::convert(s, value).value());
  }
  memory.reset();
  for (auto& result : results) {
    BOOST_TEST(result.storage().get() == json::storage_ptr{}.get());
    result.as_object()["added"] = json::serialize(result);
  }
  for (auto& e : errors) BOOST_TEST(e.value.storage().get() == json::storage_ptr{}.get());
  for (auto& e : edits) BOOST_TEST(e.value.storage().get() == json::storage_ptr{}.get());
  BOOST_TEST(schema::check(s, parsed(R"({"s":"two","c":{"k":["deep"]},"d":""})")));
}

BOOST_AUTO_TEST_SUITE_END()
