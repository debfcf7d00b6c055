#include "reader_fixture.hpp"

#include <quire/messages/limits.hpp>
#include <quire/metagraph/filter.hpp>

#include <boost/test/unit_test.hpp>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

struct filter_fixture : file_fixture {
  filter_fixture() { free_graph(); }

  /// Keys of the nodes in order; or the error.
  std::string listed(const list_options& options) {
    const auto found = read.list(list_nodes{graph_id{"g"}, options});
    return found ? keys(found->items) : to_string(found.error());
  }
  std::string passing(std::string_view filter) { return listed(options_of(filter)); }
  std::string ordered(std::string_view order) { return listed(options_of({}, order)); }

  /// One node for each kind of value of member `v`, named after it.
  void kinds() {
    node("absent", "{}");
    node("array", R"({"v": [1]})");
    node("big", R"({"v": 9007199254740993})");
    node("broken", "{v:");
    node("false", R"({"v": false})");
    node("null", R"({"v": null})");
    node("object", R"({"v": {"x": 1}})");
    node("one", R"({"v": 1})");
    node("one-real", R"({"v": 1.0})");
    node("text", R"({"v": "1"})");
    node("text-b", R"({"v": "b"})");
    node("true", R"({"v": true})");
    node("two", R"({"v": 2.5})");
  }
};

errc code_of(std::string_view filter, std::string_view order = {}) {
  const auto made = compile_filter(nodes_filter_table(), filter.empty() ? document{} : doc(filter),
                                   order.empty() ? document{} : doc(order));
  return made ? errc::none : made.error().code;
}

std::string context_of(std::string_view filter, std::string_view order = {}) {
  const auto made = compile_filter(nodes_filter_table(), filter.empty() ? document{} : doc(filter),
                                   order.empty() ? document{} : doc(order));
  return made ? "" : made.error().context;
}

bool mentions(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(filter, filter_fixture)

BOOST_AUTO_TEST_CASE(equality_of_members_is_typed) {
  kinds();
  BOOST_TEST(passing(R"({"attributes": {"v": 1}})") == "one one-real");
  BOOST_TEST(passing(R"({"attributes": {"v": 1.0}})") == "one one-real");
  BOOST_TEST(passing(R"({"attributes": {"v": true}})") == "true");
  BOOST_TEST(passing(R"({"attributes": {"v": false}})") == "false");
  BOOST_TEST(passing(R"({"attributes": {"v": "1"}})") == "text");
  BOOST_TEST(passing(R"({"attributes": {"v": {"eq": "b"}}})") == "text-b");
  BOOST_TEST(passing(R"({"attributes": {"v": "[1]"}})") == "");
}

BOOST_AUTO_TEST_CASE(large_integers_are_told_apart) {
  kinds();
  BOOST_TEST(passing(R"({"attributes": {"v": 9007199254740993}})") == "big");
  BOOST_TEST(passing(R"({"attributes": {"v": 9007199254740992}})") == "");
  BOOST_TEST(passing(R"({"attributes": {"v": {"gt": 9007199254740992}}})") == "big");
}

BOOST_AUTO_TEST_CASE(null_is_absent_or_null_and_exists_sees_null) {
  kinds();
  BOOST_TEST(passing(R"({"attributes": {"v": null}})") == "absent broken null");
  BOOST_TEST(passing(R"({"attributes": {"v": {"ne": null}}})") ==
             "array big false object one one-real text text-b true two");
  BOOST_TEST(passing(R"({"attributes": {"v": {"exists": false}}})") == "absent broken");
  BOOST_TEST(passing(R"({"attributes": {"v": {"exists": true}}})") ==
             "array big false null object one one-real text text-b true two");
}

BOOST_AUTO_TEST_CASE(ne_is_the_complement_of_eq) {
  kinds();
  BOOST_TEST(passing(R"({"attributes": {"v": {"ne": 1}}})") ==
             "absent array big broken false null object text text-b true two");
  BOOST_TEST(passing(R"({"attributes": {"v": {"ne": true}}})") ==
             "absent array big broken false null object one one-real text text-b two");
}

BOOST_AUTO_TEST_CASE(order_of_members_holds_within_one_kind) {
  kinds();
  BOOST_TEST(passing(R"({"attributes": {"v": {"gt": 1}}})") == "big two");
  BOOST_TEST(passing(R"({"attributes": {"v": {"gte": 1}}})") == "big one one-real two");
  BOOST_TEST(passing(R"({"attributes": {"v": {"lt": 2.5}}})") == "one one-real");
  BOOST_TEST(passing(R"({"attributes": {"v": {"lte": 2.5}}})") == "one one-real two");
  BOOST_TEST(passing(R"({"attributes": {"v": {"gt": "1"}}})") == "text-b");
  BOOST_TEST(passing(R"({"attributes": {"v": {"lte": "b"}}})") == "text text-b");
  BOOST_TEST(passing(R"({"attributes": {"v": {"lt": true}}})") == "false");
  BOOST_TEST(passing(R"({"attributes": {"v": {"gt": 1, "lt": 3}}})") == "two");
}

BOOST_AUTO_TEST_CASE(in_takes_values_of_all_kinds) {
  kinds();
  BOOST_TEST(passing(R"({"attributes": {"v": {"in": [1, "b", false, null]}}})") ==
             "absent broken false null one one-real text-b");
  BOOST_TEST(passing(R"({"attributes": {"v": {"in": [2.5, 7]}}})") == "two");
  BOOST_TEST(passing(R"({"attributes": {"v": {"in": []}}})") == "");
}

BOOST_AUTO_TEST_CASE(pointers_reach_into_objects_and_arrays) {
  node("a", R"({"error": {"code": "TIMEOUT"}, "tags": ["x", "y"]})");
  node("b", R"({"error": {"code": "OTHER"}, "tags": {"1": "y"}})");
  BOOST_TEST(passing(R"({"attributes": {"/error/code": "TIMEOUT"}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"/tags/1": "y"}})") == "a b");
  BOOST_TEST(passing(R"({"attributes": {"/tags/0": {"exists": false}}})") == "b");
  BOOST_TEST(passing(R"({"attributes": {"/tags/99999999999999999999": null}})") == "a b");
}

BOOST_AUTO_TEST_CASE(names_are_names_and_no_paths) {
  node("a", R"({"a.b": 1, "a[0]": 2, "it's": 3, "a/b": 4, "m~n": 5, "": 6, "0": 7, "$": 8})");
  node("b", R"({"a": {"b": 1}})");
  BOOST_TEST(passing(R"({"attributes": {"a.b": 1}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"a[0]": 2}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"it's": 3}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"/a~1b": 4}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"a/b": 4}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"/m~0n": 5}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"/": 6}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"0": 7}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"$": 8}})") == "a");
}

BOOST_AUTO_TEST_CASE(a_name_with_a_quote_is_refused) {
  for (const auto* filter : {R"({"attributes": {"a\"b": 1}})", R"({"attributes": {"/x/a\"": 1}})",
                             R"({"attributes": {"a\\b": 1}})", R"({"attributes": {"a\u0000": 1}})",
                             R"({"attributes": {"": 1}})", R"({"attributes": {"/a~2": 1}})"}) {
    BOOST_TEST(code_of(filter) == errc::filter_unsupported, filter);
  }
  BOOST_TEST(code_of({}, R"([{"/a\"": "asc"}])") == errc::filter_unsupported);
}

BOOST_AUTO_TEST_CASE(columns_are_compared_in_their_own_kind) {
  node("a", "{}", "thing");
  node("b", "{}", nullptr);
  node("c", "{}", "part");
  sql("UPDATE nodes SET created_at = 300 WHERE key = 'c'");
  BOOST_TEST(passing(R"({"key": "b"})") == "b");
  BOOST_TEST(passing(R"({"key": {"in": ["a", "c"]}})") == "a c");
  BOOST_TEST(passing(R"({"key": {"gt": "a", "lte": "c"}})") == "b c");
  BOOST_TEST(passing(R"({"id": "node-g-a"})") == "a");
  BOOST_TEST(passing(R"({"createdAt": {"gte": 200}})") == "c");
  BOOST_TEST(passing(R"({"createdAt": 100.0})") == "a b");
  BOOST_TEST(passing(R"({"nodeType": null})") == "b");
  BOOST_TEST(passing(R"({"nodeType": {"exists": true}})") == "a c");
  BOOST_TEST(passing(R"({"nodeType": {"ne": "thing"}})") == "b c");
  BOOST_TEST(passing(R"({"nodeType": {"in": ["thing", null]}})") == "a b");
  BOOST_TEST(passing(R"({"nodeType": "part", "key": "a"})") == "");
}

BOOST_AUTO_TEST_CASE(types_are_named_in_stored_and_in_entry_form) {
  node("foreign", "{}", "HttpCallNode");
  node("ours", "{}", "http_call");
  for (const auto* name : {"http_call", "HttpCallNode", "HTTPCallNode"}) {
    BOOST_TEST(passing(R"({"nodeType": ")" + std::string{name} + R"("})") == "foreign ours", name);
  }
}

BOOST_AUTO_TEST_CASE(metadata_is_filtered_like_attributes) {
  node("a");
  node("b");
  sql("UPDATE nodes SET metadata = '{\"_x.y\": 1}' WHERE key = 'a'");
  sql("UPDATE nodes SET metadata = NULL WHERE key = 'b'");
  BOOST_TEST(passing(R"({"metadata": {"_x.y": 1}})") == "a");
  BOOST_TEST(passing(R"({"metadata": {"_x.y": null}})") == "b");
}

BOOST_AUTO_TEST_CASE(edges_have_columns_of_their_own) {
  for (const auto* key : {"a", "b", "c"}) node(key);
  edge("a", "b");
  edge("b", "c", true, "DependsOnEdge");
  const auto ids = [&](std::string_view filter) {
    const auto found = read.list(list_edges{graph_id{"g"}, options_of(filter)});
    if (!found) return to_string(found.error());
    std::string out;
    for (const auto& e : found->items) out += e.id.get() + " ";
    return out;
  };
  BOOST_TEST(ids(R"({"sourceNodeKey": "a"})") == "edge-1 ");
  BOOST_TEST(ids(R"({"targetNodeKey": "c"})") == "edge-2 ");
  BOOST_TEST(ids(R"({"undirected": true})") == "edge-2 ");
  BOOST_TEST(ids(R"({"undirected": {"ne": true}})") == "edge-1 ");
  BOOST_TEST(ids(R"({"edgeType": "depends_on"})") == "edge-2 ");
  BOOST_TEST(ids(R"({"key": null})") == "edge-1 edge-2 ");
  BOOST_TEST(mentions(ids(R"({"undirected": 1})"), "filter_unsupported"));
}

BOOST_AUTO_TEST_CASE(what_is_unknown_is_named_and_what_exists_is_listed) {
  BOOST_TEST(code_of(R"({"colour": 1})") == errc::filter_unsupported);
  BOOST_TEST(mentions(context_of(R"({"colour": 1})"), "'colour'"));
  BOOST_TEST(mentions(context_of(R"({"colour": 1})"), "nodeType"));
  BOOST_TEST(mentions(context_of(R"({"key": {"like": "x"}})"), "'like'"));
  BOOST_TEST(mentions(context_of(R"({"key": {"like": "x"}})"), "exists"));
  BOOST_TEST(mentions(context_of({}, R"([{"colour": "asc"}])"), "'colour'"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_compared_is_refused) {
  for (const auto* filter :
       {R"([])", R"("x")", R"({"key": 1})", R"({"key": true})", R"({"createdAt": "now"})",
        R"({"key": [1]})", R"({"key": {}})", R"({"key": {"eq": {"a": 1}}})",
        R"({"key": {"gt": null}})", R"({"key": {"in": "a"}})", R"({"key": {"in": [1]}})",
        R"({"key": {"in": [["a"]]}})", R"({"key": {"exists": 1}})", R"({"attributes": "x"})",
        R"({"attributes": null})", R"({"attributes": {"a": {"b": 1}}})",
        R"({"attributes": {"a": [1]}})", R"({"nodeType": 7})"}) {
    BOOST_TEST(code_of(filter) == errc::filter_unsupported, filter);
  }
  for (const auto* order :
       {R"({})", R"(["key"])", R"([{"key": "up"}])", R"([{"key": 1}])", R"([{}])",
        R"([{"key": "asc", "id": "asc"}])", R"([{"attributes": "asc"}])"}) {
    BOOST_TEST(code_of({}, order) == errc::filter_unsupported, order);
  }
}

BOOST_AUTO_TEST_CASE(hostile_sizes_are_refused) {
  std::string many = R"({"attributes": {"v": {"in": [0)";
  for (int i = 1; i <= 1000; ++i) many += "," + std::to_string(i);
  BOOST_TEST(code_of(many + "]}}}") == errc::limit_exceeded);

  std::string wide = R"({"attributes": {"m0": 1)";
  for (int i = 1; i <= 64; ++i) wide += ", \"m" + std::to_string(i) + "\": 1";
  BOOST_TEST(code_of(wide + "}}") == errc::limit_exceeded);

  std::string far;
  for (int i = 0; i < 40; ++i) far += "/x";
  BOOST_TEST(code_of(R"({"attributes": {")" + far + R"(": 1}})") == errc::limit_exceeded);
  BOOST_TEST(code_of(R"({"attributes": {"/0/1/2/3": 1}})") == errc::limit_exceeded);
  BOOST_TEST(code_of(R"({"attributes": {")" + std::string(600, 'n') + R"(": 1}})") ==
             errc::limit_exceeded);

  std::string order = R"([{"key": "asc"})";
  for (int i = 0; i < 8; ++i) order += R"(, {"key": "asc"})";
  BOOST_TEST(code_of({}, order + "]") == errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_json_is_named_as_such) {
  const auto made =
      compile_filter(nodes_filter_table(), document::trusted(std::string(200, '[')), {});
  BOOST_REQUIRE(!made);
  BOOST_TEST(made.error().code == errc::depth_exceeded);
  const auto torn = compile_filter(nodes_filter_table(), document::trusted("{\"key\""), {});
  BOOST_REQUIRE(!torn);
  BOOST_TEST(torn.error().code == errc::payload_not_json);
}

BOOST_AUTO_TEST_CASE(the_largest_filter_allowed_still_runs) {
  kinds();
  std::string wide = R"({"attributes": {)";
  for (int i = 0; i < 63; ++i) {
    wide += "\"/it's/" + std::to_string(i) + "/1/2/m" + std::to_string(i) + "\": {\"ne\": 1}, ";
  }
  BOOST_TEST(passing(wide + R"("v": true}})") == "true");
}

BOOST_AUTO_TEST_CASE(values_never_become_sql) {
  node("a", R"({"v": "x'); DROP TABLE nodes; --"})");
  BOOST_TEST(passing(R"({"attributes": {"v": "x'); DROP TABLE nodes; --"}})") == "a");
  BOOST_TEST(passing(R"({"attributes": {"v'); DROP TABLE nodes; --": 1}})") == "");
  BOOST_TEST(passing("{}") == "a");
}

BOOST_AUTO_TEST_CASE(order_puts_absent_first_then_numbers_then_texts) {
  kinds();
  BOOST_TEST(ordered(R"([{"/v": "asc"}, {"key": "asc"}])") ==
             "absent broken null false one one-real true two big text array text-b object");
  BOOST_TEST(ordered(R"([{"attributes": {"v": "desc"}}, {"key": "asc"}])") ==
             "object text-b array text big two one one-real true false absent broken null");
}

BOOST_AUTO_TEST_CASE(ties_end_with_the_id) {
  node("b");
  node("a");
  sql("UPDATE nodes SET id = 'z' WHERE key = 'a'");
  BOOST_TEST(ordered(R"([{"createdAt": "asc"}])") == "b a");
  BOOST_TEST(ordered(R"([{"createdAt": "asc"}, {"key": "desc"}])") == "b a");
  BOOST_TEST(ordered(R"([{"id": "desc"}])") == "a b");
}

BOOST_AUTO_TEST_SUITE_END()
