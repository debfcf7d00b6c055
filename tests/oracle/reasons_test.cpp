// Each reason for which answers may differ, in the smallest case: what the original says (`node
// ask.mjs` tells), that Quire says otherwise, and that this very reason explains it.
#include "reasons.hpp"

#include <quire/schema/reshape.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

namespace json = boost::json;
namespace oracle = quire::oracle;
namespace schema = quire::schema;

namespace {

/// One case. Of a difference, `schema` is the value to go to, or the edits.
struct row {
  std::string reason;
  std::string operation;
  const char* schema;
  const char* value;
  const char* theirs;
  const char* definitions = nullptr;
};

oracle::verdict compared(const row& r) {
  const auto text = json::parse(r.schema);
  const auto value = json::parse(r.value);
  const auto theirs = json::parse(r.theirs);
  if (r.operation == "diff")
    return oracle::compare_diff(value, text, schema::diff(value, text), theirs);
  if (r.operation == "patch") {
    const auto edits = schema::edits_from_json(text).value();
    return oracle::compare_patch(value, edits, schema::patch(value, edits), theirs.as_object());
  }
  const auto definitions =
      r.definitions == nullptr ? json::object{} : json::parse(r.definitions).as_object();
  auto options = oracle::options_with_formats();
  options.definitions = &definitions;
  const auto s = schema::compile(text, options).value();
  const oracle::question asked{text, &definitions, value};
  if (r.operation == "check") return oracle::compare_check(asked, schema::check(s, value), theirs);
  if (r.operation == "errors")
    return oracle::compare_errors(asked, schema::errors(s, value), theirs);
  const auto made = [&]() -> quire::result<json::value> {
    if (r.operation == "create") return schema::create(s);
    if (r.operation == "default") return schema::default_missing(s, value);
    if (r.operation == "clean") return schema::clean(s, value);
    if (r.operation == "convert") return schema::convert(s, value);
    auto cast = schema::cast(s, value);
    return cast ? quire::result<json::value>{cast->value}
                : quire::result<json::value>{cast.error()};
  }();
  return oracle::compare_result(r.operation, asked, made, theirs.as_object());
}

const std::vector<row> rows{
    {"large_integers", "check", R"({"type":"integer","minimum":9007199254740993})",
     "9007199254740992", "true"},
    {"built_in_format", "check", R"({"type":"string","format":"date"})", R"("2024-02-29")",
     "false"},
    {"characters_of_patterns", "check", R"({"type":"string","pattern":"^.$"})", R"("😀")", "false"},
    {"unevaluated_names", "check",
     R"({"allOf":[{"type":"object","patternProperties":{"^x-":{}}}],"unevaluatedProperties":false})",
     R"({"x-own":1})", "false"},
    {"undefined_admitted", "check",
     R"({"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{}]}},"required":["a"]})",
     "{}", "true"},
    {"original_throws", "check",
     R"({"allOf":[{"type":"object","properties":{}}],"unevaluatedProperties":false})", "null",
     R"({"fails":"TypeError"})"},
    {"missing_told_once", "errors",
     R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})", "{}",
     R"([[45,"/a","Expected required property",true],[54,"/a","Expected string",true]])"},
    {"one_of", "errors", R"({"oneOf":[{"type":"string"},{"type":"null"}]})", "1",
     R"([[31,"","Expected kind 'OneOf'"]])"},
    {"unevaluated_path_not_escaped", "errors",
     R"({"allOf":[{"type":"object","properties":{"a":{"type":"null"}}}],"unevaluatedProperties":false})",
     R"({"b/c":1})", R"([[28,"/b/c","Unexpected property"]])"},
    {"unevaluated_tells_all", "errors",
     R"({"allOf":[{"type":"object","properties":{"a":{"type":"null"}}}],
         "unevaluatedProperties":{"type":"string","minLength":2,"pattern":"b"}})",
     R"({"k":"a"})", R"([[52,"/k","Expected string length greater or equal to 2"]])"},
    {"record_tells_all", "errors",
     R"({"type":"object","patternProperties":{"^n":{}},"additionalProperties":false})",
     R"({"a":1,"b":2})", R"([[42,"/a","Unexpected property"]])"},
    {"integer_names_first", "errors",
     R"({"type":"object","properties":{},"additionalProperties":false})", R"({"b":1,"7":2})",
     R"([[42,"/7","Unexpected property"],[42,"/b","Unexpected property"]])"},
    {"integer_names_first", "diff", R"({"a":3,"7":4})", R"({"a":2,"7":1})",
     R"([{"type":"update","path":"/7","value":4},{"type":"update","path":"/a","value":3}])"},
    {"invalid_result", "create", R"({"type":"integer","maximum":-5})", "null",
     R"({"r":0,"bad":true})"},
    {"invalid_result", "cast", R"({"type":"integer","maximum":-5})", R"("")",
     R"({"r":0,"bad":true})"},
    {"not_json", "cast", R"({"type":"object","properties":{"a":{}},"required":["a"]})", "{}",
     R"({"odd":true,"same":true})"},
    {"duplicates_removed", "cast",
     R"({"type":"array","items":{"type":"array"},"uniqueItems":true})", "[[1],[1]]",
     R"({"fails":"ValueCastError"})"},
    {"record_without_match", "cast",
     R"({"type":"object","patternProperties":{"^n":{"type":"string","format":"upper"}},"additionalProperties":false})",
     R"({"m":1})", R"({"fails":"ValueCreateError"})"},
    {"record_without_match", "convert",
     R"({"type":"object","patternProperties":{"^n":{"type":"integer"}}})", R"({"m":"1"})",
     R"({"r":{"m":1}})"},
    {"list_into_object", "cast",
     R"({"type":"object","properties":{"a":{"type":"integer"}},"default":{"a":5}})", "[]",
     R"({"r":{}})"},
    {"list_into_object", "clean",
     R"({"type":"object","patternProperties":{"^(.*)$":{"type":"object"}}})", R"([{"a":1}])",
     R"({"r":[{}]})"},
    {"bad_default", "cast", R"({"type":"array","items":{"type":"null"},"default":[1]})", "0",
     R"({"r":[null]})"},
    {"flat_intersection", "cast",
     R"({"allOf":[{"type":"object","properties":{"a":{"type":"integer"}}},
                  {"type":"object","properties":{"b":{"type":"string"}}}]})",
     R"({"a":1,"b":2})", R"({"r":{}})"},
    {"intersection_created", "create",
     R"({"anyOf":[{"allOf":[{"type":"object","properties":{}},{"type":"string"}]},{"type":"string"}]})",
     "null", R"({"fails":"ValueCreateError"})"},
    {"default_between_references", "create", R"({"$ref":"A"})", "null", R"({"r":""})",
     R"({"A":{"$ref":"B","default":"x"},"B":{"type":"string"}})"},
    {"intersection_joined_deeply", "clean",
     R"({"allOf":[{"type":"object","properties":{"o":{"type":"object","properties":{"a":{}}}}},
                  {"type":"object","properties":{"o":{"type":"object","properties":{"b":{}}}}}]})",
     R"({"o":{"a":1,"b":2}})", R"({"r":{"o":{"b":2}}})"},
    {"intersection_of_lists", "clean", R"({"allOf":[{"type":"array"}]})", "[1]",
     R"({"r":{"0":1}})"},
    {"intersection_of_lists", "default", R"({"allOf":[{"type":"array"}]})", "[1]",
     R"({"r":{"0":1}})"},
    {"default_of_another_kind", "default", R"({"type":"object","properties":{},"default":{"a":1}})",
     "[]", R"({"r":{"a":1}})"},
    {"list_with_default", "default", R"({"type":["array","null"],"default":[1,2]})", "[3]",
     R"({"r":[3,2]})"},
    {"null_is_no_list", "convert", R"({"type":"array"})", "null", R"({"r":[null]})"},
    {"whole_without_loss", "convert", R"({"type":"integer"})", R"("3.7")", R"({"r":3})"},
    {"words_are_no_numbers", "convert", R"({"type":"number"})", R"("true")", R"({"r":1})"},
    {"names_not_escaped", "diff", "{}", R"({"a/b":1})", R"([{"type":"delete","path":"/a/b"}])"},
    {"names_not_escaped", "patch", R"([{"type":"delete","path":"/~"}])", R"({"~":{"x":1}})",
     R"({"r":{}})"},
    {"object_against_null", "diff", R"({"a":null})", R"({"a":{}})", R"({"fails":"TypeError"})"},
    {"empty_list_taken_for_object", "diff", R"({"a":[]})", R"({"a":{}})", "[]"},
    {"edit_leads_nowhere", "patch", R"([{"type":"insert","path":"/3","value":1}])", "[]",
     R"({"odd":true,"r":[null,null,null,1]})"},
    {"null_not_deleted", "patch", R"([{"type":"delete","path":"/a"}])", R"({"a":null})",
     R"({"r":{"a":null}})"},
};

/// Answers that nothing explains, each close to one above.
const std::vector<row> wrong{
    {"", "check", R"({"type":"integer","minimum":3})", "2", "true"},
    {"", "check", R"({"type":"string","format":"upper"})", R"("A")", "false"},
    {"", "check", R"({"type":"string","pattern":"^.$"})", R"("a")", "false"},
    {"", "check",
     R"({"allOf":[{"type":"object","properties":{"a":{}}}],"unevaluatedProperties":false})",
     R"({"a":1})", "false"},
    {"", "check", R"({"type":"object","properties":{"a":{"type":"null"}},"required":["a"]})", "{}",
     "true"},
    {"", "errors", R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})",
     "{}", "[]"},
    {"", "errors", R"({"type":"object","properties":{},"additionalProperties":false})",
     R"({"b":1,"a":2})", R"([[42,"/a","Unexpected property"],[42,"/b","Unexpected property"]])"},
    {"", "cast", R"({"type":"integer","maximum":-5})", R"("")", R"({"r":0})"},
    {"", "cast", R"({"type":"array","items":{"type":"integer"},"uniqueItems":true})", "[1,1]",
     R"({"fails":"ValueCastError"})"},
    {"", "cast", R"({"type":"object","properties":{"a":{"type":"integer"}}})", R"({"a":"","b":1})",
     R"({"r":{"a":0,"b":1}})"},
    {"", "create", R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "null", R"({"r":null})"},
    {"", "clean", R"({"type":"object","properties":{"a":{}}})", R"({"a":1,"b":2})",
     R"({"same":true})"},
    {"", "default", R"({"type":"object","properties":{"a":{"default":1}}})", "{}",
     R"({"same":true})"},
    {"", "convert", R"({"type":"integer"})", R"("3")", R"({"same":true})"},
    {"", "convert", R"({"type":"object","patternProperties":{"^n":{"type":"integer"}}})",
     R"({"n":"1"})", R"({"same":true})"},
    {"", "diff", "{}", R"({"a":1})", R"([{"type":"delete","path":"/b"}])"},
    {"", "patch", R"([{"type":"delete","path":"/a"}])", R"({"a":1})", R"({"r":{"a":1}})"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(oracle_reasons)

BOOST_AUTO_TEST_CASE(each_explains_its_case_alone) {
  for (const auto& r : rows) {
    const auto found = compared(r);
    BOOST_TEST(found.unexplained.empty(), r.reason << ": " << found.unexplained);
    BOOST_TEST(found.reasons.size() == 1U, r.reason);
    BOOST_TEST(found.reasons.contains(r.reason),
               r.reason << ", not " << (found.reasons.empty() ? "none" : *found.reasons.begin()));
  }
}

BOOST_AUTO_TEST_CASE(each_that_there_is_has_a_case) {
  for (const auto& reason : oracle::all_reasons()) {
    const bool has_case = std::any_of(rows.begin(), rows.end(),
                                      [&](const row& r) { return r.reason == reason.name; });
    BOOST_TEST(has_case, reason.name);
    BOOST_TEST(!reason.why.empty(), reason.name);
  }
  for (const auto& r : rows) {
    const auto all = oracle::all_reasons();
    BOOST_TEST(
        std::any_of(all.begin(), all.end(), [&](const auto& x) { return x.name == r.reason; }),
        r.reason);
  }
}

BOOST_AUTO_TEST_CASE(none_explains_answers_that_are_simply_wrong) {
  for (const auto& r : wrong) {
    const auto found = compared(r);
    BOOST_TEST(!found.unexplained.empty(),
               r.operation << " by " << r.schema << " of " << r.value << ": "
                           << (found.reasons.empty() ? "" : *found.reasons.begin()));
  }
}

BOOST_AUTO_TEST_SUITE_END()
