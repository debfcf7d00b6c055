// Draft 2020-12 beside what its official suite asks: documents and URIs, vocabularies, errors,
// reshaping, and input made to do harm.

#include "support.hpp"

#include <quire/schema/reshape.hpp>

#include <map>

using quire::errc;
using quire::test::compiled;
using quire::test::parsed;
using quire::test::passes;
namespace json = boost::json;
namespace schema = quire::schema;

namespace {

schema::compile_options options() {
  schema::compile_options made;
  made.dialect = schema::dialect::draft2020_12;
  return made;
}

schema::compiled_schema draft(std::string_view text) { return compiled(text, options()); }

bool fits(std::string_view schema, std::string_view value) {
  return passes(draft(schema), parsed(value));
}

/// Documents by their URIs, and what was asked for.
struct library {
  std::map<std::string, json::value, std::less<>> documents;
  std::vector<std::string> asked;

  schema::document_source source() {
    return [this](std::string_view uri) -> const json::value* {
      asked.emplace_back(uri);
      const auto found = documents.find(uri);
      return found == documents.end() ? nullptr : &found->second;
    };
  }
};

/// `code path schema_path`, one for each error.
std::vector<std::string> places(const schema::compiled_schema& s, std::string_view value) {
  std::vector<std::string> out;
  for (const auto& e : schema::errors(s, parsed(value)))
    out.push_back(e.code + " " + e.path + " " + e.schema_path);
  return out;
}

using list = std::vector<std::string>;

quire::error refusal(std::string_view text, schema::compile_options with = options()) {
  const auto made = schema::compile(parsed(text), with);
  BOOST_TEST_REQUIRE(!made.has_value(), text << " compiles");
  return made.error();
}

void refused(std::string_view text, errc code, std::string_view pointer) {
  const auto e = refusal(text);
  BOOST_TEST(e.code == code, text << ": " << e);
  BOOST_TEST(e.details.at(0).pointer == pointer, text << ": " << e);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_draft_2020_12)

BOOST_AUTO_TEST_CASE(the_dialects_differ_where_the_standard_says_otherwise) {
  struct row {
    const char* schema;
    const char* value;
    bool in_module;
    bool in_draft;
  };
  for (const auto& r : {
           row{R"({"maxLength":1})", R"("😀")", false, true},
           row{R"({"minLength":2})", R"("😀")", true, false},
           row{R"({"contains":{"type":"null"},"minContains":0})", "[1]", false, true},
           row{R"({"multipleOf":0.1})", "0.3", false, true},
           row{R"({"format":"email"})", R"("no")", false, true},
           row{R"({"format":"no such format"})", R"("x")", false, true},
       }) {
    BOOST_TEST(passes(r.schema, r.value) == r.in_module, r.schema);
    BOOST_TEST(fits(r.schema, r.value) == r.in_draft, r.schema);
  }
  BOOST_TEST(fits(R"({"unknown":7,"title":1,"then":{"type":"null"}})", "1"));
  BOOST_TEST(schema::compile(parsed(R"({"unknown":7})")).error().code == errc::schema_invalid);
  BOOST_TEST(schema::compile(parsed(R"({"if":{}})")).error().code == errc::schema_invalid);
}

BOOST_AUTO_TEST_CASE(numbers_are_divided_as_they_are_written) {
  struct row {
    const char* divisor;
    const char* value;
    bool divides;
  };
  for (const auto& r :
       {row{"0.01", "4.35", true}, row{"0.01", "4.355", false}, row{"1e-8", "12391239123", true},
        row{"0.0001", "0.0075", true}, row{"0.0001", "0.00751", false},
        row{"3e-320", "6e-320", true}, row{"1e300", "1e305", true}, row{"7e300", "1e305", false},
        row{"1e308", "1", false}, row{"0.5", "1e308", true},
        row{"0.3", "18446744073709551615", true}, row{"2.5", "-7.5", true},
        row{"9007199254740993", "18014398509481986", true}, row{"0.1", "0", true},
        row{"1.7976931348623157e308", "5e-324", false}}) {
    const auto text = R"({"multipleOf":)" + std::string{r.divisor} + "}";
    BOOST_TEST(fits(text, r.value) == r.divides, r.value << " by " << r.divisor);
  }
  refused(R"({"multipleOf":0})", errc::schema_invalid, "/multipleOf");
}

BOOST_AUTO_TEST_CASE(values_of_keywords_are_judged_when_something_applies_them) {
  refused(R"({"items":[{}]})", errc::schema_invalid, "/items");
  refused(R"({"properties":{"a":{"type":"text"}}})", errc::schema_invalid, "/properties/a/type");
  refused(R"({"dependentRequired":{"a":["b","b"]}})", errc::schema_invalid, "/dependentRequired");
  refused(R"({"dependentRequired":{"a":7}})", errc::schema_invalid, "/dependentRequired");
  refused(R"({"dependentSchemas":[]})", errc::schema_invalid, "/dependentSchemas");
  refused(R"({"allOf":[]})", errc::schema_invalid, "/allOf");
  refused(R"({"if":7})", errc::schema_invalid, "/if");
  refused(R"({"$dynamicRef":7})", errc::schema_invalid, "/$dynamicRef");
  refused(R"x({"pattern":"(?=a)"})x", errc::schema_invalid, "/pattern");
  refused("7", errc::schema_invalid, "");
  BOOST_TEST(fits(R"({"$defs":{"unused":{"type":"text"}}})", "1"));
}

BOOST_AUTO_TEST_CASE(names_of_schemas_are_unique_and_well_formed) {
  refused(R"({"$id":"http://a/#part"})", errc::schema_invalid, "/$id");
  refused(R"({"$id":7})", errc::schema_invalid, "/$id");
  refused(R"({"$anchor":"1a"})", errc::schema_invalid, "/$anchor");
  refused(R"({"$dynamicAnchor":""})", errc::schema_invalid, "/$dynamicAnchor");
  refused(R"({"$anchor":"a","items":{"$anchor":"a"}})", errc::schema_invalid, "/items/$anchor");
  refused(R"({"$id":"http://a/","items":{"$id":"http://a/"}})", errc::schema_invalid, "/items/$id");
  BOOST_TEST(fits(R"({"$id":"http://a/#","$ref":"#b","$defs":{"x":{"$anchor":"b"}}})", "1"));
}

BOOST_AUTO_TEST_CASE(references_are_seen_from_the_base) {
  // RFC 3986, 5.4.
  const std::map<std::string, std::string> rows{
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {";x", "http://a/b/c/;x"},
      {"g;x?y#s", "http://a/b/c/g;x?y"},
      {".", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/../h", "http://a/b/c/h"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"g:h", "g:h"},
      {"urn:x:y", "urn:x:y"},
  };
  for (const auto& [reference, meant] : rows) {
    library documents;
    auto with = options();
    with.base_uri = "http://a/b/c/d;p?q";
    with.documents = documents.source();
    const auto made = schema::compile(json::object{{"$ref", reference}}, with);
    BOOST_TEST(made.error().code == errc::unresolved_reference);
    BOOST_TEST(made.error().details.at(0).pointer == "/$ref");
    BOOST_TEST(documents.asked == list{meant}, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(documents_are_handed_in_and_may_call_themselves_something_else) {
  library documents;
  documents.documents["http://a/tree"] =
      parsed(R"({"$id":"http://b/tree","type":"object","properties":{"next":{"$ref":"tree"},
                 "leaf":{"$ref":"types#/$defs/leaf"}}})");
  documents.documents["http://b/types"] = parsed(R"({"$defs":{"leaf":{"type":"integer"}}})");
  auto with = options();
  with.documents = documents.source();
  const auto s = compiled(R"({"items":{"$ref":"http://a/tree"}})", with);
  BOOST_TEST(passes(s, parsed(R"([{"next":{"leaf":1}}])")));
  BOOST_TEST(places(s, R"([{"next":{"leaf":"x"}},7])") ==
                 (list{"integer /0/next/leaf http://b/types#/$defs/leaf/type",
                       "object /1 http://a/tree#/type"}),
             boost::test_tools::per_element());
  BOOST_TEST(documents.asked == (list{"http://a/tree", "http://b/types"}),
             boost::test_tools::per_element());
  // Without a base, a relative reference names no document.
  BOOST_TEST(refusal(R"({"$ref":"types"})", with).code == errc::unresolved_reference);
  BOOST_TEST(documents.asked.size() == 2U);
  // A broken document says where.
  documents.documents["http://b/types"] = parsed(R"({"$defs":{"leaf":{"type":"leaf"}}})");
  BOOST_TEST(refusal(R"({"$ref":"http://a/tree"})", with).details.at(0).pointer ==
             "http://b/types#/$defs/leaf/type");
}

BOOST_AUTO_TEST_CASE(pointers_lead_anywhere) {
  BOOST_TEST(!fits(R"({"x":[{"y z":{"type":"null"}}],"$ref":"#/x/0/y%20z"})", "1"));
  BOOST_TEST(!fits(R"({"examples":{"a/b~":{"type":"null"}},"$ref":"#/examples/a~1b~0"})", "1"));
  // Into another resource, where references are seen from its own base.
  const auto* across =
      R"({"$id":"http://a/","$defs":{"b":{"$id":"c/","x":{"$ref":"#/y"},"y":{"type":"null"}}},
          "y":{"type":"string"},"$ref":"#/$defs/b/x"})";
  BOOST_TEST(fits(across, "null"));
  BOOST_TEST(!fits(across, R"("text")"));
  for (const auto* lost :
       {"#/x/1", "#/x/00", "#/x/-", "#/~2", "#/%zz", "#/x/0/q", "#no", "#/x/0/y/"})
    BOOST_TEST(
        refusal(json::serialize(json::object{{"x", json::array{{{"y", 1}}}}, {"$ref", lost}}))
                .code == errc::unresolved_reference,
        lost);
  refused(R"({"x":7,"$ref":"#/x"})", errc::schema_invalid, "/x");
}

BOOST_AUTO_TEST_CASE(the_metaschema_judges_schemas) {
  const auto s = draft(R"({"$ref":"https://json-schema.org/draft/2020-12/schema"})");
  BOOST_TEST(passes(s, parsed(R"({"properties":{"a":{"items":{"minimum":1}}}})")));
  BOOST_TEST(!passes(s, parsed(R"({"properties":{"a":{"items":{"minimum":"1"}}}})")));
  BOOST_TEST(
      places(s, R"({"allOf":[{"type":"text"}]})")[0] ==
      "union /allOf/0/type https://json-schema.org/draft/2020-12/meta/validation#/properties/"
      "type/anyOf");
  // It may also be the schema itself, and be embedded in another.
  const auto text =
      R"({"$id":"http://a/","$ref":"https://json-schema.org/draft/2020-12/meta/core"})";
  BOOST_TEST(fits(text, R"({"$anchor":"a","minimum":"x"})"));
  BOOST_TEST(!fits(text, R"({"$defs":{"x":{"$anchor":"1"}}})"));
}

BOOST_AUTO_TEST_CASE(a_metaschema_decides_which_keywords_count) {
  library documents;
  auto metaschema = [&](std::string_view vocabularies) {
    documents.documents["http://m/"] =
        parsed(R"({"$vocabulary":)" + std::string{vocabularies} + "}");
  };
  auto with = options();
  with.documents = documents.source();
  const std::string v = R"("https://json-schema.org/draft/2020-12/vocab/)";
  const std::string text =
      R"({"$schema":"http://m/","type":"object","properties":{"a":{"const":1}},"additionalProperties":false,
          "unevaluatedProperties":false,"format":"email"})";
  metaschema("{" + v + "core\":true," + v + "applicator\":true}");
  BOOST_TEST(passes(compiled(text, with), 7));
  BOOST_TEST(!passes(compiled(text, with), parsed(R"({"b":1})")));
  BOOST_TEST(passes(compiled(text, with), parsed(R"({"a":2})")));
  metaschema("{" + v + "core\":true," + v + "validation\":true}");
  BOOST_TEST(!passes(compiled(text, with), 7));
  BOOST_TEST(passes(compiled(text, with), parsed(R"({"b":1})")));
  metaschema("{" + v + "core\":true," + v + "format-assertion\":false}");
  BOOST_TEST(!passes(compiled(text, with), json::value("no address")));
  metaschema(R"({"http://mine/":false})");
  BOOST_TEST(passes(compiled(text, with), 7));
  metaschema(R"({"http://mine/":true})");
  BOOST_TEST(refusal(text, with).code == errc::schema_invalid);
  BOOST_TEST(refusal(text, with).details.at(0).pointer == "/$schema");
  refused(R"({"$schema":"http://json-schema.org/draft-07/schema#"})", errc::schema_invalid,
          "/$schema");
  // Other dialects may lie beside it as long as nothing applies them.
  const std::string beside =
      R"({"$defs":{"old":{"$id":"http://old/","$schema":"http://json-schema.org/draft-07/schema#"}})";
  BOOST_TEST(fits(beside + "}", "1"));
  BOOST_TEST(refusal(beside + R"(,"$ref":"http://old/"})").details.at(0).pointer ==
             "/$defs/old/$schema");
  // It counts for its own resource, not for those that others begin.
  metaschema("{" + v + "core\":true," + v + "applicator\":true}");
  const auto mixed = compiled(
      R"({"properties":{"a":{"$id":"http://x/","$schema":"http://m/","const":1},"b":{"const":1}}})",
      with);
  BOOST_TEST(passes(mixed, parsed(R"({"a":2})")));
  BOOST_TEST(!passes(mixed, parsed(R"({"b":2})")));
}

BOOST_AUTO_TEST_CASE(formats_are_asserted_on_request) {
  auto with = options();
  with.assert_formats = true;
  with.formats.emplace("even", [](std::string_view text) { return text.size() % 2 == 0; });
  for (const auto* text : {R"({"format":"even"})", R"({"format":"duration"})"}) {
    BOOST_TEST(!passes(compiled(text, with), json::value("odd")), text);
    BOOST_TEST(passes(compiled(text, options()), json::value("odd")), text);
  }
  BOOST_TEST(passes(compiled(R"({"format":"not known"})", with), json::value("odd")));
}

BOOST_AUTO_TEST_CASE(errors_say_where_in_the_schema) {
  struct row {
    const char* schema;
    const char* value;
    list found;
  };
  const row rows[] = {
      {R"({"properties":{"a/b":{"minimum":3}}})",
       R"({"a/b":1})",
       {"number_minimum /a~1b /properties/a~1b/minimum"}},
      {R"({"properties":{"a":false}})", R"({"a":1})", {"never /a /properties/a"}},
      {R"({"required":["a"],"additionalProperties":false})",
       R"({"b":1})",
       {"object_required /a /required", "object_additional /b /additionalProperties"}},
      {R"({"dependentRequired":{"a":["b","c"]}})",
       R"({"a":1,"c":1})",
       {"dependent_required /b /dependentRequired/a"}},
      {R"({"dependentSchemas":{"a":{"maxProperties":1},"b":false}})",
       R"({"a":1,"b":1})",
       {"object_max  /dependentSchemas/a/maxProperties", "never  /dependentSchemas/b"}},
      {R"({"propertyNames":{"maxLength":1}})",
       R"({"a":1,"bc":2})",
       {"property_name /bc /propertyNames"}},
      {R"({"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}})",
       R"("a")",
       {"min_length  /then/minLength"}},
      {R"({"if":{"type":"string"},"then":{"minLength":2},"else":{"minimum":2}})",
       "1",
       {"number_minimum  /else/minimum"}},
      {R"({"prefixItems":[{"type":"null"},false],"items":{"const":1}})",
       "[1,1,2]",
       {"null /0 /prefixItems/0/type", "never /1 /prefixItems/1", "literal /2 /items/const"}},
      {R"({"prefixItems":[true],"unevaluatedItems":false})",
       "[1,2,3]",
       {"unevaluated_items /1 /unevaluatedItems", "unevaluated_items /2 /unevaluatedItems"}},
      {R"({"anyOf":[{"properties":{"a":{"const":1}}},{"properties":{"b":true}}],"unevaluatedProperties":{"type":"null"}})",
       R"({"a":2,"b":3,"c":null})",
       {"null /a /unevaluatedProperties/type"}},
      {R"({"$ref":"#/$defs/x","$defs":{"x":{"enum":[]}}})", "1", {"union  /$defs/x/enum"}},
      {R"({"anyOf":[{"const":1},{"const":2}]})", "3", {"union  /anyOf"}},
      {R"({"allOf":[true,{"not":{}}]})", "3", {"never  /allOf/1", "intersect  /allOf"}},
      {R"({"$dynamicRef":"#x","$defs":{"y":{"$dynamicAnchor":"x","type":"null"}}})",
       "3",
       {"null  /$defs/y/type"}},
  };
  for (const auto& r : rows) {
    BOOST_TEST_INFO_SCOPE(r.schema);
    BOOST_TEST(places(draft(r.schema), r.value) == r.found, boost::test_tools::per_element());
  }
  schema::compile_options module;
  const auto definitions = parsed(R"({"A":{"items":[false,{"type":"null"}]}})").get_object();
  module.definitions = &definitions;
  BOOST_TEST(places(compiled(R"({"properties":{"a":{"$ref":"A"}}})", module), R"({"a":[1,2]})") ==
                 (list{"never /a/0 /$defs/A/items/0", "null /a/1 /$defs/A/items/1/type"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_evaluated_is_remembered_beyond_a_machine_word) {
  std::string value = "[";
  for (int i = 0; i < 700; ++i) value += "1,";
  const auto s = draft(
      R"({"contains":{"type":"integer"},"anyOf":[{"items":{"type":"string"}},true],"unevaluatedItems":{"type":"null"}})");
  BOOST_TEST(passes(s, parsed(value + "null]")));
  BOOST_TEST(!passes(s, parsed(value + "null,true]")));
}

BOOST_AUTO_TEST_CASE(reshaping_follows_the_rules_of_the_standard) {
  struct row {
    const char* schema;
    const char* value;
    const char* cast;
    const char* filled;
    const char* cleaned;
    const char* converted;
  };
  const row rows[] = {
      // A branch of `if`.
      {R"({"type":"object","properties":{"kind":{"type":"string"}},"required":["kind"],
           "if":{"properties":{"kind":{"const":"n"}},"required":["kind"]},
           "then":{"properties":{"v":{"type":"integer","default":3}},"required":["v"]},
           "else":{"properties":{"t":{"type":"string"}}}})",
       R"({"kind":"n","x":1})", R"({"kind":"n","v":3})", R"({"kind":"n","x":1,"v":3})",
       R"({"kind":"n"})", R"({"kind":"n","x":1})"},
      // Dependencies.
      {R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},
           "dependentRequired":{"a":["b"]},"dependentSchemas":{"a":{"properties":{"c":{"default":1}}}}})",
       R"({"a":"7","z":0})", R"({"a":0,"b":""})", R"({"a":"7","z":0,"c":1})", R"({"a":"7"})",
       R"({"a":7,"z":0})"},
      // A dynamic reference, to the outermost anchor.
      {R"({"$id":"http://a/","$ref":"list","$defs":{"number":{"$dynamicAnchor":"item","type":"integer","default":0},
           "list":{"$id":"list","type":"array","items":{"$dynamicRef":"#item"},
           "$defs":{"any":{"$dynamicAnchor":"item"}}}}})",
       R"([1,"2"])", "[1,0]", R"([1,"2"])", R"([1,"2"])", "[1,2]"},
      // Names and what is left over.
      {R"({"type":"object","properties":{"a":{"type":"null"}},"propertyNames":{"maxLength":1},"unevaluatedProperties":{"type":"integer"}})",
       R"({"a":null,"b":1,"c":"2","long":3})", R"({"a":null,"b":1,"c":0})",
       R"({"a":null,"b":1,"c":"2","long":3})", R"({"a":null,"b":1,"long":3})",
       R"({"a":null,"b":1,"c":"2","long":3})"},
  };
  for (const auto& r : rows) {
    BOOST_TEST_INFO_SCOPE(r.schema);
    const auto s = draft(r.schema);
    const auto value = parsed(r.value);
    const auto cast = schema::cast(s, value);
    BOOST_TEST_REQUIRE(cast.has_value(), cast.error());
    BOOST_TEST(cast->value == parsed(r.cast));
    BOOST_TEST(schema::check(s, cast->value));
    BOOST_TEST(schema::default_missing(s, value).value() == parsed(r.filled));
    BOOST_TEST(schema::clean(s, value).value() == parsed(r.cleaned));
    BOOST_TEST(schema::convert(s, value).value() == parsed(r.converted));
  }
  BOOST_TEST(
      schema::create(draft(R"({"type":"object","required":["a"],"properties":{"a":{"const":1}},
      "dependentRequired":{"a":["b"]},"if":{"required":["b"]},"then":{"required":["c"]}})"))
          .value() == parsed(R"({"a":1,"b":{},"c":{}})"));
  BOOST_TEST(schema::create(draft(R"({"enum":[]})")).error().code == errc::create_failed);
  BOOST_TEST(schema::create(draft(R"({"type":"array","contains":true,"minContains":0})")).value() ==
             json::array{});
}

BOOST_AUTO_TEST_CASE(cleaning_leaves_what_would_no_longer_fit) {
  for (const auto* text :
       {R"({"properties":{"a":true},"minProperties":2})",
        R"({"properties":{"a":true},"required":["b"]})",
        R"({"properties":{"a":true},"not":{"required":["a"],"maxProperties":1}})"}) {
    const auto s = draft(text);
    const auto value = parsed(R"({"a":1,"b":2})");
    BOOST_TEST(schema::check(s, schema::clean(s, value).value()), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(schema_draft_2020_12_against_hostile_input)

const list too_complex{"too_complex  "};

BOOST_AUTO_TEST_CASE(circles_that_never_descend_are_refused_or_end) {
  for (const auto* text :
       {R"({"$ref":"#"})", R"({"if":{"$ref":"#"}})", R"({"else":{"$ref":"#"},"if":false})",
        R"({"dependentSchemas":{"a":{"$ref":"#"}}})", R"({"$dynamicRef":"#"})",
        R"({"$dynamicRef":"#/allOf/0","allOf":[{"$ref":"#"}]})"}) {
    BOOST_TEST(refusal(text).code == errc::schema_invalid, text);
  }
  // Only when a value is checked does it show that this one means itself.
  const auto s = draft(
      R"({"$id":"http://a/","$dynamicAnchor":"x","$ref":"b","$defs":{"b":{"$id":"b","$dynamicRef":"#x",
          "$defs":{"c":{"$dynamicAnchor":"x"}}}}})");
  BOOST_TEST(!schema::check(s, 1));
  BOOST_TEST(places(s, "1") == too_complex, boost::test_tools::per_element());
  BOOST_TEST(!schema::check(draft(R"({"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"$id":"http://a/",
      "$dynamicAnchor":"x","$ref":"b","$defs":{"b":{"$id":"b","$dynamicRef":"#x",
      "$defs":{"c":{"$dynamicAnchor":"x"}}}}}}})"),
                            1));
  for (const auto code : {schema::create(s).error().code, schema::cast(s, 1).error().code,
                          schema::clean(s, 1).error().code, schema::convert(s, 1).error().code,
                          schema::default_missing(s, 1).error().code}) {
    BOOST_TEST(
        (code == errc::limit_exceeded || code == errc::create_failed || code == errc::cast_failed));
  }
}

BOOST_AUTO_TEST_CASE(deep_schemas_values_and_chains_end_by_their_bounds) {
  std::string deep = "true";
  for (int i = 0; i < 200; ++i) deep = R"({"not":)" + deep + "}";
  BOOST_TEST(refusal(deep).code == errc::depth_exceeded);
  json::object chain{{"a0", true}};
  for (int i = 1; i < 200; ++i)
    chain.emplace("a" + std::to_string(i),
                  json::object{{"if", {{"$ref", "#/$defs/a" + std::to_string(i - 1)}}}});
  BOOST_TEST(
      refusal(json::serialize(json::object{{"$defs", chain}, {"$ref", "#/$defs/a199"}})).code ==
      errc::depth_exceeded);
  const auto s = draft(R"({"items":{"$ref":"#"},"unevaluatedItems":false})");
  json::value v = "end";
  for (int i = 0; i < 500; ++i) v = json::array{std::move(v)};
  BOOST_TEST(schema::check(s, v));
  for (int i = 0; i < 4'000; ++i) v = json::array{std::move(v)};
  BOOST_TEST(!schema::check(s, v));
  BOOST_TEST(schema::errors(s, v).at(0).code == "too_complex");
}

BOOST_AUTO_TEST_CASE(alternatives_that_double_end_by_their_budget) {
  auto with = options();
  with.limits.max_steps = 100'000;
  json::value v = "end";
  for (int i = 0; i < 60; ++i) v = json::array{std::move(v)};
  for (
      const auto* text :
      {R"({"type":"array","anyOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}],"unevaluatedItems":false})",
       R"({"if":{"items":{"$ref":"#"}},"then":false,"else":{"items":{"$ref":"#"}}})",
       R"({"$dynamicAnchor":"x","oneOf":[{"type":"string"},{"items":{"$dynamicRef":"#x"}},{"items":{"$dynamicRef":"#x"}}]})"}) {
    const auto s = compiled(text, with);
    BOOST_TEST(!schema::check(s, v), text);
    BOOST_TEST(schema::errors(s, v).at(0).code == "too_complex", text);
  }
}

BOOST_AUTO_TEST_CASE(too_many_schemas_are_refused_wherever_they_are) {
  auto with = options();
  with.limits.max_nodes = 50;
  json::object many;
  for (int i = 0; i < 60; ++i) many.emplace("p" + std::to_string(i), json::object{});
  BOOST_TEST(refusal(json::serialize(json::object{{"properties", many}}), with).code ==
             errc::schema_too_large);
  library documents;
  documents.documents["http://a/"] = json::object{{"$defs", many}};
  with.documents = documents.source();
  BOOST_TEST(refusal(R"({"$ref":"http://a/"})", with).code == errc::schema_too_large);
}

BOOST_AUTO_TEST_CASE(long_names_above_many_schemas_and_values_do_not_fill_the_memory) {
  const std::string name(4 << 20, 'n');
  json::object many;
  for (int i = 0; i < 1'000; ++i)
    many.emplace("p" + std::to_string(i), json::object{{"minimum", 7}});
  const json::object text{{"properties", {{name, {{"properties", many}}}}}};
  for (const auto& with : {options(), schema::compile_options{}}) {
    BOOST_TEST(schema::compile(text, with).error().code == errc::schema_too_large);
    const auto s = schema::compile(
        json::object{{"additionalProperties", {{"items", {{"type", "object"}}}}}}, with);
    BOOST_TEST_REQUIRE(s.has_value());
    const json::value value = json::object{{name, json::array(1'000, json::value(1))}};
    const auto found = schema::errors(*s, value);
    BOOST_TEST(!found.empty());
    BOOST_TEST(found.size() < 100U);
    BOOST_TEST(schema::cast(*s, value).error().code == errc::limit_exceeded);
  }
}

BOOST_AUTO_TEST_CASE(odd_bytes_are_only_bytes) {
  const auto nul = std::string("a\0b", 3);
  const json::object text{{"properties", {{nul, {{"type", "null"}}}}},
                          {"propertyNames", {{"pattern", "^a" + std::string(1, '\0')}}},
                          {"dependentRequired", {{nul, {nul + "c"}}}}};
  const auto s = schema::compile(text, options());
  BOOST_TEST_REQUIRE(s.has_value());
  BOOST_TEST(schema::check(*s, json::object{{nul, nullptr}, {nul + "c", 1}}));
  BOOST_TEST(!schema::check(*s, json::object{{nul, nullptr}}));
  BOOST_TEST(!schema::check(*s, json::object{{"a", 1}}));
  // What no parser gives: half a surrogate pair, and bytes that are no UTF-8.
  for (const auto* bytes : {"\xED\xA0\x80", "\xFF", "\xC3"}) {
    BOOST_TEST(!schema::check(draft(R"({"minLength":9})"), json::value(bytes)));
    BOOST_TEST(schema::compile(json::object{{"pattern", bytes}}, options()).error().code ==
               errc::schema_invalid);
    const auto lost = schema::compile(json::object{{"$ref", bytes}}, options());
    BOOST_TEST(lost.error().code == errc::unresolved_reference);
    BOOST_TEST(
        schema::compile(json::object{{"$id", bytes}, {"$ref", "#"}}, options()).error().code ==
        errc::schema_invalid);
    auto formats = options();
    formats.assert_formats = true;
    for (const auto* name : {"hostname", "iri", "idn-email", "uri-template", "regex",
                             "json-pointer", "relative-json-pointer", "duration"}) {
      const auto f = schema::compile(json::object{{"format", name}}, formats);
      BOOST_TEST(schema::errors(*f, json::value(bytes)).empty() ==
                 schema::check(*f, json::value(bytes)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
