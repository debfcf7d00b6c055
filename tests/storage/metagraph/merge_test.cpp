#include "module_fixture.hpp"

#include <quire/metagraph/merge.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/value.hpp>

#include <boost/test/unit_test.hpp>

using quire::errc;
using namespace quire::metagraph;
using quire::test::json;

namespace {

struct merge_case {
  const char* base;
  const char* type;
  const char* merged;
};

std::string text(const boost::json::value& value) { return boost::json::serialize(value); }

void check_all(std::initializer_list<merge_case> cases) {
  for (const auto& one : cases) {
    const auto base = json(one.base);
    const auto merged = merge_schemas(base, json(one.type));
    BOOST_REQUIRE_MESSAGE(merged, one.base << " with " << one.type << ": " << merged.error());
    BOOST_TEST(text(*merged) == text(json(one.merged)), one.base << " with " << one.type);
    BOOST_TEST(text(merge_schemas(base, *merged).value()) == text(*merged), "twice " << one.type);
  }
}

void refuses(const char* base, const char* type) {
  const auto merged = merge_schemas(json(base), json(type));
  BOOST_REQUIRE_MESSAGE(!merged, base << " with " << type);
  BOOST_TEST(merged.error().code == errc::merge_conflict);
  BOOST_TEST(!merged.error().details.empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(merging_schemas)

BOOST_AUTO_TEST_CASE(takes_a_property_of_one_side_as_it_is) {
  check_all({{"{'type':'object','properties':{'a':{'type':'string'}}}",
              "{'type':'object','properties':{'b':{'type':'null'}}}",
              "{'type':'object','properties':{'b':{'type':'null'},'a':{'type':'string'}}}"}});
}

BOOST_AUTO_TEST_CASE(takes_equal_schemas_once_and_the_other_side_of_an_empty_one) {
  check_all({{"{'type':'string','maxLength':3}", "{'maxLength':3,'type':'string'}",
              "{'maxLength':3,'type':'string'}"},
             {"{}", "{'type':'string'}", "{'type':'string'}"},
             {"{'type':'string'}", "{}", "{'type':'string'}"},
             {"true", "{'type':'string'}", "{'type':'string'}"}});
}

BOOST_AUTO_TEST_CASE(keeps_the_literals_that_pass) {
  check_all(
      {{"{'type':'string'}", "{'const':'a'}", "{'const':'a'}"},
       {"{'const':'a'}", "{'type':'string'}", "{'const':'a'}"},
       {"{'type':'string'}", "{'enum':['a',1,'b']}", "{'enum':['a','b']}"},
       {"{'maxLength':1}", "{'anyOf':[{'const':'a'},{'const':'bb'},{'const':2}]}",
        "{'anyOf':[{'const':'a'},{'const':2}]}"},
       {"{'type':'string'}", "{'anyOf':[{'const':'a','title':'A'},{'const':1}],'default':'a'}",
        "{'default':'a','const':'a','title':'A'}"},
       {"{'enum':['a','b',1]}", "{'enum':['b','c',1.0]}", "{'enum':['b',1.0]}"},
       {"{'anyOf':[{'const':'a'},{'const':null}]}", "{'enum':[null,'a',true]}",
        "{'enum':[null,'a']}"}});
}

BOOST_AUTO_TEST_CASE(refuses_literals_of_which_none_passes) {
  refuses("{'type':'string'}", "{'const':1}");
  refuses("{'enum':[1,2]}", "{'const':3}");
  refuses("{'maxLength':1}", "{'anyOf':[{'const':'aa'},{'const':'bb'}]}");
}

BOOST_AUTO_TEST_CASE(takes_the_tighter_bound_of_one_kind) {
  check_all({{"{'type':'string','minLength':2,'maxLength':9}",
              "{'type':'string','minLength':3,'maxLength':10}",
              "{'type':'string','minLength':3,'maxLength':9}"},
             {"{'type':'number','minimum':1,'exclusiveMaximum':9007199254740993}",
              "{'type':'number','minimum':0.5,'exclusiveMaximum':9007199254740994}",
              "{'type':'number','minimum':1,'exclusiveMaximum':9007199254740993}"},
             {"{'type':'array','uniqueItems':true,'minItems':1}", "{'type':'array','maxItems':4}",
              "{'type':'array','maxItems':4,'uniqueItems':true,'minItems':1}"},
             {"{'type':'array','uniqueItems':true}", "{'type':'array','uniqueItems':false}",
              "{'type':'array','uniqueItems':true}"}});
}

BOOST_AUTO_TEST_CASE(keeps_two_patterns_and_two_formats_as_all_of) {
  check_all({{"{'type':'string','pattern':'a'}", "{'type':'string','pattern':'b','title':'T'}",
              "{'title':'T','allOf':[{'type':'string','pattern':'b'},"
              "{'type':'string','pattern':'a'}]}"},
             {"{'type':'string','format':'date'}", "{'type':'string','format':'time'}",
              "{'allOf':[{'type':'string','format':'time'},{'type':'string','format':'date'}]}"},
             {"{'type':'string','pattern':'a'}", "{'type':'string','pattern':'a','minLength':1}",
              "{'type':'string','pattern':'a','minLength':1}"},
             {"{'type':'integer','multipleOf':2}", "{'type':'integer','multipleOf':3}",
              "{'allOf':[{'type':'integer','multipleOf':3},{'type':'integer','multipleOf':2}]}"}});
}

BOOST_AUTO_TEST_CASE(goes_into_objects_and_arrays) {
  check_all(
      {{"{'type':'object','properties':{'a':{'type':'object','properties':{'x':{'type':'number'}}}}"
        ","
        "'required':['a']}",
        "{'type':'object','properties':{'a':{'type':'object','properties':{'x':{'type':'integer'}},"
        "'required':['x']}},'required':['b']}",
        "{'type':'object','properties':{'a':{'type':'object','properties':{'x':{'type':'integer'}},"
        "'required':['x']}},'required':['b','a']}"},
       {"{'type':'array','items':{'type':'string'}}",
        "{'type':'array','items':{'type':'string','maxLength':5}}",
        "{'type':'array','items':{'type':'string','maxLength':5}}"},
       {"{'type':'array','items':[{'type':'string'},{'type':'number'}],'additionalItems':false,"
        "'minItems':2,'maxItems':2}",
        "{'type':'array','items':[{'const':'k'},{'type':'integer'}],'additionalItems':false,"
        "'minItems':2,'maxItems':2}",
        "{'type':'array','items':[{'const':'k'},{'type':'integer'}],'additionalItems':false,"
        "'minItems':2,'maxItems':2}"}});
}

BOOST_AUTO_TEST_CASE(refuses_different_kinds_but_takes_the_integer_of_integer_and_number) {
  check_all(
      {{"{'type':'number'}", "{'type':'integer'}", "{'type':'integer'}"},
       {"{'type':'integer'}", "{'type':'number','minimum':0}", "{'type':'integer','minimum':0}"},
       {"{'type':['string','null']}", "{'type':['null','number']}", "{'type':'null'}"},
       {"{'type':['integer','string']}", "{'type':['number','string']}",
        "{'type':['integer','string']}"}});
  refuses("{'type':'string'}", "{'type':'integer'}");
  refuses("{'type':'array','items':{'type':'string'}}", "{'type':'array','items':{'type':'null'}}");
  const auto nested =
      merge_schemas(json("{'type':'object','properties':{'a/b':{'type':'string'}}}"),
                    json("{'type':'object','properties':{'a/b':{'type':'null'}}}"));
  BOOST_TEST(nested.error().details.at(0).pointer == "/properties/a~1b");
}

BOOST_AUTO_TEST_CASE(says_anything_else_as_all_of_both) {
  check_all({{"{'type':'string'}", "{'anyOf':[{'type':'string'},{'type':'null'}]}",
              "{'allOf':[{'anyOf':[{'type':'string'},{'type':'null'}]},{'type':'string'}]}"},
             {"{'$ref':'#/$defs/A'}", "{'$ref':'#/$defs/B'}",
              "{'allOf':[{'$ref':'#/$defs/B'},{'$ref':'#/$defs/A'}]}"},
             {"{'type':'string'}", "{'allOf':[{'minLength':1},{'type':'string'}]}",
              "{'allOf':[{'minLength':1},{'type':'string'}]}"}});
}

BOOST_AUTO_TEST_CASE(keeps_a_property_optional_only_if_both_sides_do) {
  check_all({{"{'type':'object','properties':{'a':{}},'required':['a']}",
              "{'type':'object','properties':{'a':{}}}",
              "{'type':'object','properties':{'a':{}},'required':['a']}"}});
}

BOOST_AUTO_TEST_CASE(closes_the_object_after_the_properties_are_joined) {
  check_all({{"{'type':'object','properties':{'label':{'type':'string'}}}",
              "{'type':'object','properties':{'a':{}},'additionalProperties':false}",
              "{'type':'object','properties':{'a':{},'label':{'type':'string'}},"
              "'additionalProperties':false}"},
             {"{'type':'object','additionalProperties':false}",
              "{'type':'object','properties':{'a':{}},'additionalProperties':{'type':'null'}}",
              "{'type':'object','properties':{'a':{}},'additionalProperties':false}"}});
}

BOOST_AUTO_TEST_CASE(holds_properties_of_one_side_against_the_additional_ones_of_the_other) {
  check_all({{"{'type':'object','properties':{'n':{'type':'number'},'label':{'type':'string'}}}",
              "{'type':'object','additionalProperties':{'type':'integer'}}",
              "{'type':'object','additionalProperties':{'type':'integer'},"
              "'properties':{'n':{'type':'integer'},'label':{'not':{}}}}"},
             {"{'type':'object','additionalProperties':{'type':'string'}}",
              "{'type':'object','additionalProperties':{'type':'null'}}",
              "{'type':'object','additionalProperties':false}"},
             {"{'type':'object','properties':{'x_a':{'type':'string'}}}",
              "{'type':'object','patternProperties':{'^x_':{}},"
              "'additionalProperties':{'type':'integer'}}",
              "{'type':'object','patternProperties':{'^x_':{}},"
              "'additionalProperties':{'type':'integer'},"
              "'properties':{'x_a':{'type':'string'}}}"}});
  refuses("{'type':'object','properties':{'label':{'type':'string'}},'required':['label']}",
          "{'type':'object','additionalProperties':{'type':'integer'}}");
  // Objects without 'x' pass both, so 'a' must not be forbidden as a whole.
  refuses("{'type':'object','properties':{'a':{'type':'object','properties':{'x':{'const':1}}}}}",
          "{'type':'object','additionalProperties':{'type':'object',"
          "'properties':{'x':{'const':2}}}}");
}

BOOST_AUTO_TEST_CASE(lets_the_annotations_of_the_type_win) {
  check_all({{"{'type':'string','title':'Base','description':'b','default':'x'}",
              "{'title':'Type','type':'string','default':'y'}",
              "{'title':'Type','type':'string','default':'y','description':'b'}"}});
}

BOOST_AUTO_TEST_CASE(tries_literals_against_what_references_mean) {
  const auto definitions = json("{'Short':{'type':'string','maxLength':1}}").as_object();
  const auto merged =
      merge_schemas(json("{'$ref':'#/$defs/Short'}"), json("{'enum':['a','bb']}"), &definitions);
  BOOST_TEST(text(merged.value()) == R"({"enum":["a"]})");
}

BOOST_AUTO_TEST_CASE(ends_at_the_depth_limit) {
  std::string deep = "{'type':'null'}";
  std::string other = "{}";
  for (int i = 0; i < 200; ++i) {
    deep = "{'items':" + deep + "}";
    other = "{'maxItems':1,'items':" + other + "}";
  }
  auto parsed = [](std::string s) {
    std::replace(s.begin(), s.end(), '\'', '"');
    boost::json::parse_options options;
    options.max_depth = 1'000;
    return boost::json::parse(s, {}, options);
  };
  BOOST_TEST(merge_schemas(parsed(deep), parsed(other)).error().code == errc::depth_exceeded);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(merging_types)

BOOST_AUTO_TEST_CASE(flattens_all_of_into_one_object) {
  const auto merged = merge_type(
      built_in_base(), json("{'allOf':[{'type':'object','properties':{'a':{'type':'string'}}},"
                            "{'type':'object','properties':{'a':{'maxLength':2},'b':{}},"
                            "'required':['b']}],'title':'T'}"));
  BOOST_TEST(text(merged.value()) ==
             text(json("{'title':'T','type':'object','properties':{'a':{'type':'string',"
                       "'maxLength':2},'b':{},'label':{'type':'string'},"
                       "'tags':{'type':'array','items':{'type':'string'}}},'required':['b']}")));
  BOOST_TEST(text(merge_type(built_in_base(), *merged).value()) == text(*merged));
}

BOOST_AUTO_TEST_CASE(closes_a_flattened_intersection_without_unevaluated_properties) {
  const auto merged = merge_type(
      json("{'type':'object'}"),
      json("{'allOf':[{'type':'object','properties':{'a':{}}}],'unevaluatedProperties':false}"));
  BOOST_TEST(text(merged.value()) ==
             text(json("{'type':'object','properties':{'a':{}},'additionalProperties':false}")));
}

BOOST_AUTO_TEST_CASE(merges_every_member_of_a_union) {
  for (const std::string keyword : {"anyOf", "oneOf"}) {
    const auto merged = merge_type(json("{'type':'object','properties':{'l':{'type':'string'}}}"),
                                   json("{'title':'U','" + keyword +
                                        "':[{'type':'object','properties':{'k':{'const':1}}},"
                                        "{'type':'object','properties':{'k':{'const':2}}}]}"));
    BOOST_TEST(
        text(merged.value()) ==
        text(json("{'" + keyword +
                  "':[{'type':'object','properties':{'k':{'const':1},'l':{'type':'string'}}},"
                  "{'type':'object','properties':{'k':{'const':2},'l':{'type':'string'}}}],"
                  "'title':'U'}")));
  }
}

BOOST_AUTO_TEST_CASE(is_idempotent_with_unions_on_both_sides) {
  const auto base = json(
      "{'anyOf':[{'type':'object','properties':{'k':{'const':1}},'required':['k']},"
      "{'type':'object','properties':{'k':{'const':2}},'required':['k']}]}");
  const auto type = json(
      "{'anyOf':[{'type':'object','properties':{'a':{'type':'string'}}},"
      "{'type':'object','properties':{'k':{'const':2},'b':{'type':'null'}}}]}");
  const auto merged = merge_type(base, type);
  BOOST_REQUIRE(merged);
  BOOST_TEST(text(merge_type(base, *merged).value()) == text(*merged));
  BOOST_TEST(merged->at("anyOf").as_array().size() == 3U);
}

BOOST_AUTO_TEST_CASE(leaves_out_pairs_of_alternatives_that_nothing_could_pass) {
  const auto merged = merge_type(
      json("{'type':'object'}"),
      json("{'allOf':[{'anyOf':[{'type':'object','properties':{'k':{'const':1}},'required':['k']},"
           "{'type':'object','properties':{'k':{'const':2}},'required':['k']}]},"
           "{'anyOf':[{'type':'object','properties':{'k':{'const':2}}},"
           "{'type':'object','properties':{'k':{'const':3}}}]}]}"));
  BOOST_TEST(text(merged.value()) ==
             text(json("{'type':'object','properties':{'k':{'const':2}},'required':['k']}")));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_object_schema) {
  for (const char* type :
       {"{'type':'string'}", "{}", "{'const':1}", "{'type':['object','null']}", "true",
        "{'anyOf':[{'type':'object','properties':{}},{'type':'null'}]}",
        "{'allOf':[{'type':'array'}]}", "{'anyOf':[]}", "{'title':'only words'}"}) {
    const auto merged = merge_type(built_in_base(), json(type));
    BOOST_REQUIRE_MESSAGE(!merged, type);
    BOOST_TEST(merged.error().code == errc::schema_invalid, type);
  }
}

BOOST_AUTO_TEST_CASE(refuses_unions_that_multiply) {
  std::string members;
  for (int i = 0; i < 40; ++i) {
    members += (i == 0 ? "" : ",") + ("{'type':'object','properties':{'p" + std::to_string(i)) +
               "':{'type':'null'}}}";
  }
  const auto merged = merge_type(
      built_in_base(), json("{'allOf':[{'anyOf':[" + members + "]},{'anyOf':[" + members + "]}]}"));
  BOOST_TEST(merged.error().code == errc::schema_too_large);
}

BOOST_AUTO_TEST_SUITE_END()
