#include "support.hpp"

using quire::errc;
using quire::test::compiled;
using quire::test::parsed;
namespace schema = quire::schema;

namespace {

/// The error of a schema that must not compile.
quire::error refused(std::string_view text, const schema::compile_options& options = {}) {
  auto made = schema::compile(parsed(text), options);
  BOOST_TEST_REQUIRE(made.has_error(), std::string{text});
  BOOST_TEST_REQUIRE(made.error().details.size() == 1U);
  return made.error();
}

struct refusal_row {
  const char* schema;
  errc code;
  const char* pointer;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_compile)

BOOST_AUTO_TEST_CASE(unknown_keywords_are_refused_where_they_stand) {
  for (const auto& row : std::vector<refusal_row>{
           {R"({"minlength":1})", errc::schema_invalid, "/minlength"},
           {R"({"properties":{"a/b":{"if":{}}}})", errc::schema_invalid, "/properties/a~1b/if"},
           {R"({"anyOf":[{},{"items":{"propertyNames":{}}}]})", errc::schema_invalid,
            "/anyOf/1/items/propertyNames"},
           {R"({"$defs":{"A":{"$anchor":"x"}}})", errc::schema_invalid, "/$defs/A/$anchor"}}) {
    const auto e = refused(row.schema);
    BOOST_TEST(e.code == row.code);
    BOOST_TEST(e.details[0].pointer == row.pointer);
    BOOST_TEST(e.details[0].code == "unknown_keyword");
    BOOST_TEST(e.context.find("no keyword") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(annotations_are_taken_and_mean_nothing) {
  const auto s = compiled(
      R"({"title":1,"description":"d","default":3,"examples":[],"$id":"T","$schema":"s","$comment":"c",
                              "x-own":{"anything":1},"type":"string"})");
  BOOST_TEST(schema::check(s, "text"));
  BOOST_TEST(!schema::check(s, 1));
}

BOOST_AUTO_TEST_CASE(bad_values_of_keywords_are_refused_where_they_stand) {
  for (const auto* text : {R"({"type":"text"})",
                           R"({"type":[]})",
                           R"({"type":["string","string"]})",
                           R"({"type":1})",
                           R"({"properties":[]})",
                           R"({"required":"a"})",
                           R"({"required":["a","a"]})",
                           R"({"required":[1]})",
                           R"({"minLength":-1})",
                           R"({"minLength":1.5})",
                           R"({"maxItems":"1"})",
                           R"({"minimum":"1"})",
                           R"({"multipleOf":0})",
                           R"({"multipleOf":-2})",
                           R"({"uniqueItems":1})",
                           R"({"pattern":1})",
                           R"({"format":1})",
                           R"({"enum":[]})",
                           R"({"enum":1})",
                           R"({"anyOf":[]})",
                           R"({"anyOf":{}})",
                           R"({"allOf":[]})",
                           R"({"oneOf":[]})",
                           R"({"prefixItems":[]})",
                           R"({"$ref":1})",
                           R"({"$defs":[]})",
                           R"({"patternProperties":[]})",
                           R"({"additionalItems":false})"}) {
    const auto e = refused(text);
    BOOST_TEST(e.code == errc::schema_invalid, text);
    const auto keyword = std::string{parsed(text).get_object().begin()->key()};
    BOOST_TEST(e.details[0].pointer == "/" + keyword, text);
    BOOST_TEST(e.details[0].code == "keyword_value", text);
    BOOST_TEST(e.context.find(keyword) != std::string::npos, text);
  }
  BOOST_TEST(refused("1").details[0].pointer.empty());
  BOOST_TEST(refused(R"({"not":[]})").details[0].pointer == "/not");
  BOOST_TEST(refused(R"({"properties":{"a":1}})").details[0].pointer == "/properties/a");
  BOOST_TEST(refused(R"({"items":{},"additionalItems":{}})").details[0].pointer ==
             "/additionalItems");
  BOOST_TEST(refused(R"({"prefixItems":[{}],"items":[{}]})").details[0].pointer == "/items");
}

BOOST_AUTO_TEST_CASE(unresolved_references_are_refused_where_they_stand) {
  for (const auto* target : {"Nowhere", "#/$defs/Nowhere", "#", "", "#/properties/a",
                             "#/$defs/A/items", "http://x/y", "#/$defs/%zz", "#/$defs/~2"}) {
    const auto e =
        refused(R"({"$defs":{"A":{}},"properties":{"a":{"$ref":")" + std::string{target} + "\"}}}");
    BOOST_TEST(e.code == errc::unresolved_reference, target);
    BOOST_TEST(e.details[0].pointer == "/properties/a/$ref");
    BOOST_TEST(e.context.find("#/$defs/Name") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(names_in_references_are_unescaped) {
  compiled(R"({"$defs":{"a/b":{},"c~d":{},"e f":{},"g%":{}},
               "allOf":[{"$ref":"#/$defs/a~1b"},{"$ref":"#/$defs/c~0d"},{"$ref":"#/$defs/e%20f"},{"$ref":"g%"}]})");
}

BOOST_AUTO_TEST_CASE(errors_inside_definitions_of_the_host_point_into_them) {
  const auto entries =
      parsed(R"({"Good":{"$ref":"Bad"},"Bad":{"type":"text"},"Unused":{"type":"text"}})");
  schema::compile_options options;
  options.definitions = &entries.get_object();
  BOOST_TEST(refused(R"({"$ref":"Good"})", options).details[0].pointer == "/$defs/Bad/type");
  compiled(R"({"type":"string"})", options);
}

BOOST_AUTO_TEST_CASE(references_that_never_descend_are_refused) {
  for (const auto* text :
       {R"({"$defs":{"A":{"$ref":"A"}},"$ref":"A"})",
        R"({"$defs":{"A":{"$ref":"B"},"B":{"allOf":[{},{"$ref":"A"}]}},"items":{"$ref":"A"}})",
        R"({"$defs":{"A":{"anyOf":[{"type":"null"},{"not":{"$ref":"A"}}]}},"$ref":"A"})",
        R"({"$defs":{"A":{"oneOf":[{"$ref":"A"}]}}})"}) {
    const auto e = refused(text);
    BOOST_TEST(e.code == errc::schema_invalid, text);
    BOOST_TEST(e.details[0].code == "circular_reference");
    BOOST_TEST(e.details[0].pointer.starts_with("/$defs/"), e.details[0].pointer);
  }
  compiled(R"({"$defs":{"A":{"anyOf":[{"type":"null"},{"items":{"$ref":"A"}}]}},"$ref":"A"})");
}

BOOST_AUTO_TEST_CASE(depth_and_number_of_schemas_are_bounded) {
  auto nested = [](int n) {
    std::string text = "{}";
    for (int i = 1; i < n; ++i) text = R"({"items":)" + text + "}";
    return text;
  };
  compiled(nested(128));
  BOOST_TEST(refused(nested(129)).code == errc::depth_exceeded);
  std::string chain = R"({"$defs":{"A0":{})";
  for (int i = 1; i < 200; ++i)
    chain += ",\"A" + std::to_string(i) + R"(":{"$ref":"A)" + std::to_string(i - 1) + "\"}";
  const auto e = refused(chain + "}}");
  BOOST_TEST(e.code == errc::depth_exceeded);
  BOOST_TEST(e.details[0].pointer.starts_with("/$defs/A"));
  schema::compile_options few;
  few.limits.max_nodes = 10;
  BOOST_TEST(refused(R"({"prefixItems":[{},{},{},{},{},{},{},{},{},{}]})", few).code ==
             errc::schema_too_large);
}

BOOST_AUTO_TEST_SUITE_END()
