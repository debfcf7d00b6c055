#include "module_fixture.hpp"

#include <quire/metagraph/validation.hpp>
#include <quire/test/seed.hpp>

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

using quire::document;
using quire::errc;
using quire::type_name;
using namespace quire::metagraph;
using quire::test::json;
using quire::test::mentions;

namespace {

const std::string calls = R"({
  'KindEnum': {'enum': ['sync', 'async']},
  'Span': {'type': 'object', 'properties': {'inner': {'$ref': 'Span'}, 'ms': {'type': 'number'}},
           'required': ['ms']},
  'CallNode': {'type': 'object', 'properties': {'kind': {'$ref': 'KindEnum'},
               'span': {'$ref': 'Span'}}, 'required': ['kind']},
  'HostNode': {'type': 'object', 'properties': {'ip': {'type': 'string', 'format': 'ipv4'}},
               'required': ['ip'], 'additionalProperties': false},
  'RunsOnEdge': {'type': 'object', 'properties': {'weight': {'type': 'integer', 'minimum': 0}}},
  'RunsOnEdgeConstraints': {'type': 'object', 'properties': {
    'edgeType': {'const': 'RunsOnEdge'}, 'allowedSourceTypes': {'default': ['call']},
    'allowedTargetTypes': {'default': ['host']}}},
  'NotesEdge': {'type': 'object', 'properties': {'text': {'type': 'string'}},
                'required': ['text']}
})";

quire::graph_type foreign(const char* node_name, const char* schema) {
  quire::graph_type rows;
  rows.name = quire::graph_type_name{"Foreign Type"};
  rows.node_types.push_back(
      {.id = {},
       .name = type_name{node_name},
       .schema = document::trusted(boost::json::serialize(json(std::string{schema})))});
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(views)

BOOST_AUTO_TEST_CASE(find_types_in_both_forms) {
  const auto view = quire::test::view_of(calls);
  BOOST_TEST(view->name() == "test-graph");
  BOOST_REQUIRE(view->find_node_type("call") != nullptr);
  BOOST_TEST(view->find_node_type("CallNode") == view->find_node_type("call"));
  BOOST_TEST(view->find_edge_type("RunsOnEdge") == view->find_edge_type("runs_on"));
  BOOST_TEST(view->find_node_type("runs_on") == nullptr);
  BOOST_TEST(view->find_node_type("RunsOnEdge") == nullptr);
  BOOST_TEST(view->find_edge_type("") == nullptr);
  BOOST_TEST(view->node_types().size() == 2U);
  BOOST_TEST(view->edge_types()[0].name == "runs_on");
}

BOOST_AUTO_TEST_CASE(read_rows_of_foreign_programs) {
  const auto view = graph_type_view::from_rows(foreign("CallNode",
                                                       "{'$defs':{'K':{'const':1}},'type':'object',"
                                                       "'properties':{'k':{'$ref':'K'}}}"))
                        .value();
  BOOST_REQUIRE(view->find_node_type("call") != nullptr);
  BOOST_TEST(view->find_node_type("call")->name == "call");
  BOOST_TEST(validate_node(*view, "CallNode", json("{'k':1}")).value().valid);
  BOOST_TEST(!validate_node(*view, "call", json("{'k':2}")).value().valid);
}

BOOST_AUTO_TEST_CASE(prefer_the_row_in_stored_form) {
  auto rows = foreign("CallNode", "{'type':'object','required':['a']}");
  rows.node_types.push_back(rows.node_types[0]);
  rows.node_types[1].name = type_name{"call"};
  rows.node_types[1].schema = document::trusted(R"({"type":"object"})");
  const auto view = graph_type_view::from_rows(rows).value();
  BOOST_TEST(view->node_types().size() == 1U);
  BOOST_TEST(validate_node(*view, "call", json("{}")).value().valid);
}

BOOST_AUTO_TEST_CASE(live_with_types_that_do_not_compile) {
  for (const char* schema : {"{'type':'object','nonsense':1}", "[]", "{'$ref':'Gone'}"}) {
    auto rows = foreign("bad", schema);
    rows.node_types.push_back(
        {.id = {}, .name = type_name{"good"}, .schema = document::trusted(R"({"type":"object"})")});
    const auto view = graph_type_view::from_rows(rows).value();
    BOOST_TEST(validate_node(*view, "good", json("{}")).value().valid);
    const auto verdict = validate_node(*view, "bad", json("{}"));
    BOOST_REQUIRE(!verdict);
    BOOST_TEST(verdict.error().code == errc::schema_invalid);
    BOOST_TEST(mentions(verdict.error(), "'bad'"));
    BOOST_TEST(infer_node_type(*view, json("{}")).value()->name == "good");
  }
}

BOOST_AUTO_TEST_CASE(refuse_a_bad_config) {
  auto rows = foreign("a", "{'type':'object'}");
  rows.config = document::trusted(R"({"multi":7})");
  BOOST_TEST(graph_type_view::from_rows(rows).error().code == errc::invalid_config);
}

BOOST_AUTO_TEST_CASE(give_the_same_verdicts_from_a_module_and_from_its_rows) {
  const auto module = quire::test::compile(calls).value();
  const auto direct = graph_type_view::from_module(module).value();
  const auto stored = graph_type_view::from_rows(quire::test::rows_of(module)).value();
  BOOST_TEST((direct->config() == stored->config()));
  quire::test::random_source random(3);
  const char* values[] = {"'sync'",
                          "'async'",
                          "'x'",
                          "1",
                          "0",
                          "-1",
                          "null",
                          "'10.0.0.1'",
                          "{'ms':1}",
                          "{'ms':1,'inner':{'ms':'x'}}",
                          "{'ms':2,'inner':{'ms':3}}",
                          "[]",
                          "['t']",
                          "2.5"};
  const char* names[] = {"kind", "span", "ip", "label", "tags", "weight", "text", "other"};
  const char* types[] = {"call", "host", "CallNode", "none"};
  std::size_t valid = 0;
  for (int i = 0; i < 4'000; ++i) {
    boost::json::object attributes;
    for (const char* name : names) {
      if (random.chance(0.25)) attributes[name] = json(values[random.below(std::size(values))]);
    }
    const boost::json::value value(attributes);
    const auto* type = types[random.below(std::size(types))];
    const auto a = validate_node(*direct, type, value);
    const auto b = validate_node(*stored, type, value);
    BOOST_REQUIRE_EQUAL(a.has_value(), b.has_value());
    if (a) {
      valid += a->valid ? 1 : 0;
      BOOST_REQUIRE((a->errors == b->errors));
      BOOST_REQUIRE_EQUAL(a->valid, a->errors.empty());
    } else {
      BOOST_REQUIRE(a.error() == b.error());
    }
    const char* edge = random.chance(0.5) ? "runs_on" : "notes";
    const auto* source = types[random.below(std::size(types))];
    const auto* target = types[random.below(std::size(types))];
    const auto d = validate_edge(*direct, edge, value, source, target).value();
    const auto e = validate_edge(*stored, edge, value, source, target).value();
    BOOST_REQUIRE((d.errors == e.errors));
  }
  BOOST_TEST(valid > 20U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(validation)

BOOST_AUTO_TEST_CASE(gives_all_that_is_wrong_with_attributes) {
  const auto view = quire::test::view_of(calls);
  const auto bad =
      validate_node(*view, "call", json("{'label':1,'span':{'inner':{'ms':1}}}")).value();
  BOOST_TEST(!bad.valid);
  BOOST_REQUIRE(bad.errors.size() == 3U);
  BOOST_TEST(bad.errors[0].code == "object_required");
  BOOST_TEST(bad.errors[0].path == "/kind");
  BOOST_TEST(validate_node(*view, "call", json("{'kind':'sync','more':1}")).value().valid);
}

BOOST_AUTO_TEST_CASE(of_an_unknown_type_is_the_programs_mistake) {
  const auto view = quire::test::view_of(calls);
  const auto node = validate_node(*view, "planet", json("{}"));
  BOOST_TEST(node.error().code == errc::unknown_type);
  BOOST_TEST(mentions(node.error(), "'test-graph'"));
  BOOST_TEST(mentions(node.error(), "'call', 'host'"));
  BOOST_TEST(validate_edge(*view, "call", json("{}"), {}, {}).error().code == errc::unknown_type);
}

BOOST_AUTO_TEST_CASE(holds_ends_against_the_constraints) {
  const auto view = quire::test::view_of(calls);
  const auto verdict = [&](std::optional<std::string_view> source,
                           std::optional<std::string_view> target) {
    return validate_edge(*view, "runs_on", json("{'weight':1}"), source, target).value();
  };
  BOOST_TEST(verdict("call", "host").valid);
  BOOST_TEST(verdict("CallNode", "HostNode").valid);
  BOOST_TEST(verdict("host", "call").errors.size() == 2U);
  const auto unknown = verdict(std::nullopt, "host");
  BOOST_REQUIRE(!unknown.valid);
  BOOST_TEST(unknown.errors.at(0).code == "constraint_violation");
  BOOST_TEST(unknown.errors.at(0).path == "");
  BOOST_TEST(validate_edge(*view, "notes", json("{'text':'t'}"), "host", {}).value().valid);
  BOOST_TEST(
      validate_edge(*view, "runs_on", json("{'weight':-1}"), "call", {}).value().errors.size() ==
      2U);
}

BOOST_AUTO_TEST_CASE(of_ends_says_what_may_stand_there) {
  const auto view = quire::test::view_of(calls);
  const auto* type = view->find_edge_type("runs_on");
  BOOST_TEST(check_ends(*view, *type, "call", "host").has_value());
  BOOST_TEST(check_ends(*view, *type, "CallNode", "host").has_value());
  const auto refused = check_ends(*view, *type, "call", "call");
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == errc::constraint_violation);
  BOOST_TEST(mentions(refused.error(), "the target is of type 'call'; allowed are 'host'"));
  BOOST_TEST(!mentions(refused.error(), "the source"));
}

BOOST_AUTO_TEST_CASE(of_a_write_answers_an_error_with_every_finding) {
  const auto view = quire::test::view_of(calls);
  const auto* type = view->find_node_type("host");
  BOOST_TEST(check_node(*view, *type, json("{'ip':'10.0.0.1'}")).has_value());
  const auto refused = check_node(*view, *type, json("{'ip':'x','more':1}"));
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == errc::validation_failed);
  BOOST_TEST(mentions(refused.error(), "type 'host'"));
  BOOST_REQUIRE(refused.error().details.size() == 2U);
  BOOST_TEST(refused.error().details[0].pointer == "/more");
  BOOST_TEST(refused.error().details[1].pointer == "/ip");
  const auto* edge = view->find_edge_type("notes");
  BOOST_TEST(check_edge(*view, *edge, json("[]")).error().code == errc::validation_failed);
}

BOOST_AUTO_TEST_CASE(accepts_any_end_where_a_column_is_empty) {
  auto rows = quire::test::rows_of(quire::test::compile(calls).value());
  rows.edge_types[0].sources.clear();
  const auto view = graph_type_view::from_rows(rows).value();
  BOOST_TEST(validate_edge(*view, "runs_on", json("{}"), {}, "host").value().valid);
  BOOST_TEST(validate_edge(*view, "runs_on", json("{}"), "host", "host").value().valid);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(inference)

BOOST_AUTO_TEST_CASE(finds_the_one_type_that_fits) {
  const auto view = quire::test::view_of(calls);
  BOOST_TEST(infer_node_type(*view, json("{'kind':'sync'}")).value()->name == "call");
  BOOST_TEST(infer_node_type(*view, json("{'ip':'10.0.0.1'}")).value()->name == "host");
}

BOOST_AUTO_TEST_CASE(fails_with_all_findings_when_no_type_fits) {
  const auto view = quire::test::view_of(calls);
  const auto none = infer_node_type(*view, json("{'kind':'x'}"));
  BOOST_REQUIRE(!none);
  BOOST_TEST(none.error().code == errc::validation_failed);
  BOOST_TEST(none.error().details.size() == 3U);
  BOOST_TEST(none.error().details[0].message.starts_with("call: "));
  BOOST_TEST(none.error().details[1].message.starts_with("host: "));
  BOOST_TEST(infer_node_type(*quire::test::view_of("{}"), json("{}")).error().code ==
             errc::validation_failed);
}

BOOST_AUTO_TEST_CASE(asks_for_the_type_when_several_fit) {
  const auto view = quire::test::view_of("{'ANode':{'type':'object'},'BNode':{'type':'object'}}");
  const auto several = infer_node_type(*view, json("{}"));
  BOOST_REQUIRE(!several);
  BOOST_TEST(several.error().code == errc::type_required);
  BOOST_TEST(mentions(several.error(), "'a', 'b'"));
  BOOST_TEST(several.error().details.size() == 2U);
}

BOOST_AUTO_TEST_CASE(of_edges_looks_at_the_ends_too) {
  const auto view = quire::test::view_of(
      "{'ANode':{'type':'object'},'BNode':{'type':'object'},'XEdge':{'type':'object'},"
      "'YEdge':{'type':'object'},'XEdgeConstraints':{'type':'object','properties':{"
      "'edgeType':{'const':'x'},'allowedSourceTypes':{'default':['a']}}},"
      "'YEdgeConstraints':{'type':'object','properties':{"
      "'edgeType':{'const':'y'},'allowedSourceTypes':{'default':['b']}}}}");
  BOOST_TEST(infer_edge_type(*view, json("{}"), "a", "b").value()->name == "x");
  BOOST_TEST(infer_edge_type(*view, json("{}"), "BNode", "b").value()->name == "y");
  const auto none = infer_edge_type(*view, json("{}"), {}, "b");
  BOOST_TEST(none.error().code == errc::validation_failed);
  BOOST_TEST(none.error().details.at(0).code == "constraint_violation");
  BOOST_TEST(infer_edge_type(*view, json("{'label':1}"), "a", "b").error().code ==
             errc::validation_failed);
}

BOOST_AUTO_TEST_SUITE_END()
