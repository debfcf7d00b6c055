#include "support.hpp"

#include <quire/schema/edits.hpp>
#include <quire/schema/value.hpp>

using quire::errc;
using quire::test::parsed;
namespace json = boost::json;
namespace schema = quire::schema;

namespace {

struct diff_row {
  const char* from;
  const char* to;
  const char* edits;
};

std::string edits_between(const char* from, const char* to) {
  return json::serialize(schema::edits_to_json(schema::diff(parsed(from), parsed(to))));
}

quire::result<json::value> patched(const char* from, const char* edits) {
  const auto list = schema::edits_from_json(parsed(edits));
  if (!list) return list.error();
  return schema::patch(parsed(from), *list);
}

struct patch_row {
  const char* from;
  const char* edits;
  const char* to;  // nullptr: patch_failed
};

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_edits)

BOOST_AUTO_TEST_CASE(differences_come_in_a_fixed_order) {
  for (
      const auto& row : std::vector<diff_row>{
          {R"({"x":1,"s":1,"y":{"a":1,"t":2}})", R"({"n":1,"y":{"t":3},"s":2,"m":2})",
           R"([{"type":"insert","path":"/n","value":1},{"type":"insert","path":"/m","value":2},)"
           R"({"type":"update","path":"/s","value":2},{"type":"update","path":"/y/t","value":3},)"
           R"({"type":"delete","path":"/y/a"},{"type":"delete","path":"/x"}])"},
          {"[1,2]", "[1,3,4,5]",
           R"([{"type":"update","path":"/1","value":3},{"type":"insert","path":"/2","value":4},)"
           R"({"type":"insert","path":"/3","value":5}])"},
          {"[1,2,3]", "[0]",
           R"([{"type":"update","path":"/0","value":0},{"type":"delete","path":"/2"},{"type":"delete","path":"/1"}])"},
          {"1", "{}", R"([{"type":"update","path":"","value":{}}])"},
          {R"({"a":[1]})", R"({"a":{"b":1}})",
           R"([{"type":"update","path":"/a","value":{"b":1}}])"}}) {
    BOOST_TEST(edits_between(row.from, row.to) == row.edits);
  }
}

// Differs: an object against null used to fail; now it is one update like any other change of kind.
BOOST_AUTO_TEST_CASE(null_against_an_object_or_array_is_one_update) {
  BOOST_TEST(edits_between("{}", "null") == R"([{"type":"update","path":"","value":null}])");
  BOOST_TEST(edits_between("null", R"({"a":1})") ==
             R"([{"type":"update","path":"","value":{"a":1}}])");
  BOOST_TEST(edits_between(R"({"a":[]})", R"({"a":null})") ==
             R"([{"type":"update","path":"/a","value":null}])");
}

// Differs: names used to stand in paths as they are, so that edits hit other members.
BOOST_AUTO_TEST_CASE(names_are_escaped_in_paths) {
  BOOST_TEST(
      edits_between(R"({"a/b":1,"":2,"c~d":3})", R"({"a/b":2,"":3})") ==
      R"([{"type":"update","path":"/a~1b","value":2},{"type":"update","path":"/","value":3},)"
      R"({"type":"delete","path":"/c~0d"}])");
}

BOOST_AUTO_TEST_CASE(equal_values_have_no_differences) {
  BOOST_TEST(edits_between(R"({"a":1,"b":[1e0,-0.0]})", R"({"b":[1,0],"a":1.0})") == "[]");
}

BOOST_AUTO_TEST_CASE(equality_is_of_meaning) {
  auto equal = [](const char* a, const char* b) { return schema::equal(parsed(a), parsed(b)); };
  BOOST_TEST(equal("1", "1.0"));
  BOOST_TEST(equal("1e0", "1"));
  BOOST_TEST(equal("0", "-0.0"));
  BOOST_TEST(equal("18446744073709551615", "18446744073709551615"));
  BOOST_TEST(!equal("9007199254740993", "9007199254740992.0"));
  BOOST_TEST(equal(R"({"a":1,"b":{"c":2,"d":3}})", R"({"b":{"d":3,"c":2},"a":1})"));
  BOOST_TEST(!equal("[1,2]", "[2,1]"));
  BOOST_TEST(!equal("0", "false"));
  BOOST_TEST(!equal("null", "{}"));
  BOOST_TEST(!equal(R"({"a":1})", R"({"b":1})"));
}

BOOST_AUTO_TEST_CASE(edits_are_made_in_order) {
  for (const auto& row : std::vector<patch_row>{
           {R"({"a":1})", "[]", R"({"a":1})"},
           {R"({"a":1})", R"([{"type":"update","path":"","value":[1]}])", "[1]"},
           {"1",
            R"([{"type":"update","path":"","value":{}},{"type":"insert","path":"/a","value":1}])",
            "{}"},
           {R"({"a":1})", R"([{"type":"insert","path":"/b/c/0","value":1}])",
            R"({"a":1,"b":{"c":{"0":1}}})"},
           {R"({"a":1})", R"([{"type":"delete","path":"/b"},{"type":"delete","path":"/b/c"}])",
            R"({"a":1})"},
           {R"({"a":1,"b":2,"c":3})", R"([{"type":"delete","path":"/a"}])", R"({"b":2,"c":3})"},
           {"[1,2]", R"([{"type":"insert","path":"/0","value":9}])", "[9,2]"},
           {"[1,2]", R"([{"type":"update","path":"/2","value":9}])", "[1,2,9]"},
           {"[1,2,3]", R"([{"type":"delete","path":"/1"},{"type":"delete","path":"/7"}])", "[1,3]"},
           {"[]", R"([{"type":"insert","path":"/0/a","value":1}])", R"([{"a":1}])"},
           {R"({"a/b":{"~":1}})", R"([{"type":"update","path":"/a~1b/~0","value":2}])",
            R"({"a/b":{"~":2}})"},
           {"[1]", R"([{"type":"insert","path":"/3","value":1}])", nullptr},
           {"[1]", R"([{"type":"insert","path":"/x","value":1}])", nullptr},
           {"[1]", R"([{"type":"insert","path":"/01","value":1}])", nullptr},
           {R"({"a":1})", R"([{"type":"insert","path":"/a/b","value":1}])", nullptr},
           {R"({"a":null})", R"([{"type":"delete","path":"/a/b"}])", nullptr},
           {R"({"a":1})", R"([{"type":"insert","path":"a","value":1}])", nullptr},
           {R"({"a":1})", R"([{"type":"insert","path":"/~2","value":1}])", nullptr},
           {R"({"a":1})", R"([{"type":"insert","path":"","value":1}])", nullptr},
           {R"({"a":1})", R"([{"type":"delete","path":""}])", nullptr},
           {"{}",
            R"([{"type":"insert","path":"/a","value":1},{"type":"update","path":"","value":1}])",
            nullptr}}) {
    const auto made = patched(row.from, row.edits);
    if (row.to == nullptr) {
      BOOST_TEST_REQUIRE(made.has_error(), row.edits);
      BOOST_TEST(made.error().code == errc::patch_failed);
      BOOST_TEST(made.error().details.size() == 1U);
    } else {
      BOOST_TEST_REQUIRE(made.has_value(), row.edits);
      BOOST_TEST(json::serialize(*made) == row.to);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_edits_is_refused_where_it_is_wrong) {
  for (const auto& [text, pointer] : std::vector<std::pair<const char*, const char*>>{
           {"{}", ""},
           {"[1]", "/0"},
           {R"([{"type":"delete","path":"/a"},{"type":"insert","path":"/a"}])", "/1/value"},
           {R"([{"type":"move","path":"/a"}])", "/0/type"},
           {R"([{"path":"/a"}])", "/0/type"},
           {R"([{"type":"delete","path":1}])", "/0/path"}}) {
    const auto list = schema::edits_from_json(parsed(text));
    BOOST_TEST_REQUIRE(list.has_error(), text);
    BOOST_TEST(list.error().code == errc::patch_failed);
    BOOST_TEST(list.error().details.at(0).pointer == pointer);
  }
}

BOOST_AUTO_TEST_CASE(edits_survive_their_json_form) {
  const auto made =
      schema::diff(parsed(R"({"a":1,"b":[1,2],"c":null})"), parsed(R"({"a":{},"b":[1],"d":null})"));
  const auto read = schema::edits_from_json(schema::edits_to_json(made));
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST((*read == made));
}

BOOST_AUTO_TEST_CASE(paths_are_not_followed_beyond_the_depth_of_documents) {
  std::string path;
  for (int i = 0; i < 128; ++i) path += "/a";
  BOOST_TEST(
      schema::patch(json::object{}, {{.kind = schema::edit_kind::insert, .path = path, .value = 1}})
          .has_value());
  const auto deep = schema::patch(
      json::object{}, {{.kind = schema::edit_kind::insert, .path = path + "/a", .value = 1}});
  BOOST_TEST_REQUIRE(deep.has_error());
  BOOST_TEST(deep.error().context.find("128 steps") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
