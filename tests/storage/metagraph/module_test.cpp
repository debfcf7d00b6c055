#include "module_fixture.hpp"

#include <quire/messages/limits.hpp>
#include <quire/metagraph/merge.hpp>
#include <quire/metagraph/module.hpp>
#include <quire/metagraph/validation.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using quire::document;
using quire::errc;
using namespace quire::metagraph;
using quire::test::json;
using quire::test::mentions;
using quire::test::project;

namespace {

/// The error of a module that must not compile; always names graph type, entry and a pointer.
quire::error refusal(const std::string& module) {
  const auto compiled = quire::test::compile(module);
  BOOST_REQUIRE_MESSAGE(!compiled, module);
  const auto& e = compiled.error();
  BOOST_TEST(mentions(e, "graph type 'test-graph', entry '"), e);
  BOOST_REQUIRE_MESSAGE(!e.details.empty(), e);
  BOOST_TEST(e.details.front().pointer.starts_with('/'), e);
  return e;
}

std::string text(const boost::json::value& value) { return boost::json::serialize(value); }

const std::string tickets = R"({
  'Config': {'type': 'object', 'properties': {'type': {'const': 'directed'}}},
  'StatusEnum': {'anyOf': [{'const': 'open'}, {'const': 'done'}]},
  'TicketNode': {'type': 'object', 'properties': {'status': {'$ref': 'StatusEnum'}},
                 'required': ['status']},
  'BlocksEdge': {'type': 'object', 'properties': {}},
  'BlocksEdgeConstraints': {'type': 'object', 'properties': {
    'edgeType': {'const': 'BlocksEdge'},
    'allowedSourceTypes': {'type': 'array', 'items': {'type': 'string'}, 'default': ['ticket']},
    'allowedTargetTypes': {'type': 'array', 'items': {'type': 'string'}, 'default': ['ticket']}}}
})";

std::string with_edge_constraints(const std::string& properties) {
  return "{'TicketNode':{'type':'object'},'BlocksEdge':{'type':'object'},"
         "'BlocksEdgeConstraints':{'type':'object','properties':{" +
         properties + "}}}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(modules)

BOOST_AUTO_TEST_CASE(become_rows) {
  const auto rows = project(tickets);
  BOOST_TEST(text(rows.config) ==
             R"({"type":"directed","multi":false,"allowSelfLoops":false,"eventPayload":"keys"})");
  BOOST_REQUIRE(rows.node_types.size() == 1U);
  BOOST_TEST(rows.node_types[0].name == "ticket");
  BOOST_TEST(text(rows.node_types[0].schema) ==
             text(json("{'type':'object','properties':{'status':{'anyOf':[{'const':'open'},"
                       "{'const':'done'}]},'label':{'type':'string'},'tags':{'type':'array',"
                       "'items':{'type':'string'}}},'required':['status']}")));
  BOOST_REQUIRE(rows.edge_types.size() == 1U);
  BOOST_TEST(rows.edge_types[0].name == "blocks");
  BOOST_TEST(rows.edge_types[0].sources == std::vector<std::string>{"ticket"});
  BOOST_TEST(rows.edge_types[0].targets == std::vector<std::string>{"ticket"});
}

BOOST_AUTO_TEST_CASE(are_read_from_both_forms_of_document) {
  const auto bare = document::from(json(tickets));
  const auto wrapped = document::from(
      json("{'$defs':" + tickets + ",'$schema':'s','$id':'i','title':'t','$ref':'TicketNode'}"));
  BOOST_TEST(text(entries_of(bare).value()) == text(json(tickets)));
  BOOST_TEST(text(entries_of(wrapped).value()) == text(json(tickets)));
  for (const char* bad :
       {"[]", "1", "{'$defs':[]}", "{'$defs':{},'TicketNode':{}}", "{'$defs':{},'x-quire':{}}"}) {
    BOOST_TEST(entries_of(document::from(json(bad))).error().code == errc::schema_invalid, bad);
  }
  BOOST_TEST(entries_of(document{}).error().code == errc::schema_invalid);
}

BOOST_AUTO_TEST_CASE(may_be_empty) {
  const auto rows = project("{}");
  BOOST_TEST(rows.node_types.empty());
  BOOST_TEST(rows.config.at("type").as_string() == "directed");
}

BOOST_AUTO_TEST_CASE(keep_name_and_entries) {
  const auto module = quire::test::compile(tickets).value();
  BOOST_TEST(module.name() == "test-graph");
  BOOST_TEST(text(module.entries()) == text(json(tickets)));
}

BOOST_AUTO_TEST_CASE(refuse_entry_names_of_another_form) {
  for (const char* name : {"1Node", "my-Node", "", "a b", "_xNode", "x/yNode"}) {
    BOOST_TEST(refusal("{'" + std::string{name} + "':{'type':'object'}}").code ==
               errc::invalid_name);
  }
}

BOOST_AUTO_TEST_CASE(refuse_entries_that_are_no_schemas) {
  for (const char* entry : {"1", "[]", "true", "null", "'x'"}) {
    BOOST_TEST(refusal("{'TicketNode':" + std::string{entry} + "}").code == errc::schema_invalid);
  }
}

BOOST_AUTO_TEST_CASE(point_to_the_keyword_that_is_wrong) {
  const auto e = refusal("{'TicketNode':{'type':'object','properties':{'a':{'minimal':1}}}}");
  BOOST_TEST(e.code == errc::schema_invalid);
  BOOST_TEST(e.details[0].pointer == "/TicketNode/properties/a/minimal");
  BOOST_TEST(mentions(e, "entry 'TicketNode'"));
}

BOOST_AUTO_TEST_CASE(are_checked_where_no_row_reaches) {
  const auto e = refusal("{'UnusedEnum':{'enum':[]}}");
  BOOST_TEST(e.code == errc::schema_invalid);
  BOOST_TEST(e.details[0].pointer == "/UnusedEnum/enum");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(classification)

BOOST_AUTO_TEST_CASE(gives_config_bases_constraints_enums_and_shared_types_no_row) {
  const auto rows = project(
      "{'Config':{'type':'object'},'BaseNode':{'type':'object'},'BaseEdge':{'type':'object'},"
      "'ANode':{'type':'object','properties':{'r':{'$ref':'Retry'}}},'LinksEdge':{'type':'object'},"
      "'LinksEdgeConstraints':{'type':'object','properties':{'edgeType':{'const':'links'},"
      "'allowedSourceTypes':{'default':['a']}}},'KindEnum':{'const':1},"
      "'Retry':{'type':'object'}}");
  BOOST_REQUIRE(rows.node_types.size() == 1U);
  BOOST_TEST(rows.node_types[0].name == "a");
  BOOST_REQUIRE(rows.edge_types.size() == 1U);
  BOOST_TEST(rows.edge_types[0].name == "links");
  BOOST_TEST(rows.edge_types[0].sources == std::vector<std::string>{"a"});
  BOOST_TEST(rows.edge_types[0].targets.empty());
}

BOOST_AUTO_TEST_CASE(refuses_a_bare_name_that_nobody_refers_to) {
  const auto e = refusal("{'RetryConfig':{'type':'object'}}");
  BOOST_TEST(e.code == errc::unclassified_entry);
  BOOST_TEST(e.details[0].pointer == "/RetryConfig");
}

BOOST_AUTO_TEST_CASE(does_not_count_a_reference_by_the_entry_itself) {
  BOOST_TEST(refusal("{'Tree':{'type':'object','properties':{'t':{'$ref':'Tree'}}}}").code ==
             errc::unclassified_entry);
  BOOST_TEST(refusal("{'Tree':{'type':'object','properties':{'t':{'$defs':{'Inner':"
                     "{'$ref':'Tree'}},'$ref':'Inner'}}}}")
                 .code == errc::unclassified_entry);
}

BOOST_AUTO_TEST_CASE(takes_bare_names_that_refer_to_one_another_as_shared) {
  BOOST_TEST(project("{'A':{'type':'object','properties':{'b':{'$ref':'B'}}},"
                     "'B':{'type':'object','properties':{'a':{'$ref':'A'}}}}")
                 .node_types.empty());
}

BOOST_AUTO_TEST_CASE(refuses_names_that_are_only_a_suffix) {
  for (const char* name : {"Node", "Edge", "Enum", "EdgeConstraints"}) {
    BOOST_TEST(refusal("{'" + std::string{name} + "':{'type':'object'}}").code ==
               errc::unclassified_entry);
  }
  BOOST_TEST(refusal("{'Node':{'type':'object'},'ANode':{'type':'object','properties':"
                     "{'n':{'$ref':'Node'}}}}")
                 .code == errc::unclassified_entry);
}

BOOST_AUTO_TEST_CASE(refuses_two_entries_with_one_stored_name) {
  const auto e = refusal("{'ABCallNode':{'type':'object'},'AbCallNode':{'type':'object'}}");
  BOOST_TEST(e.code == errc::duplicate_type_name);
  BOOST_TEST(mentions(e, "'ABCallNode'"));
  BOOST_TEST(mentions(e, "'AbCallNode'"));
  BOOST_TEST(
      project("{'CallNode':{'type':'object'},'CallEdge':{'type':'object'}}").node_types.size() ==
      1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(references)

BOOST_AUTO_TEST_CASE(are_accepted_in_every_form) {
  const char* forms[] = {"{'$ref':'StatusEnum'}", "{'$ref':'#/$defs/StatusEnum'}",
                         "{'$defs':{'StatusEnum':{'const':'open','$id':'StatusEnum'}},"
                         "'$ref':'StatusEnum'}"};
  for (const auto* form : forms) {
    const auto rows = project(
        "{'StatusEnum':{'const':'open','$id':'StatusEnum'},'ANode':{'$id':'ANode',"
        "'type':'object','properties':{'s':" +
        std::string{form} + "}}}");
    BOOST_TEST(text(rows.node_types[0].schema.at("properties").at("s")) == R"({"const":"open"})",
               form);
    BOOST_TEST(text(rows.node_types[0].schema).find("$") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(may_point_forward_and_carry_annotations) {
  const auto rows = project(
      "{'ANode':{'type':'object','properties':{'s':{'$ref':'SEnum','title':'Mine'}}},"
      "'SEnum':{'const':'open','title':'Theirs','description':'d'}}");
  BOOST_TEST(text(rows.node_types[0].schema.at("properties").at("s")) ==
             R"({"const":"open","title":"Mine","description":"d"})");
}

BOOST_AUTO_TEST_CASE(hold_together_with_what_stands_beside_them) {
  const auto rows = project(
      "{'ANode':{'type':'object','properties':{'s':{'$ref':'SEnum','maxLength':1}}},"
      "'SEnum':{'enum':['a','bb']}}");
  BOOST_TEST(text(rows.node_types[0].schema.at("properties").at("s")) ==
             R"({"allOf":[{"enum":["a","bb"]},{"maxLength":1}]})");
}

BOOST_AUTO_TEST_CASE(to_unknown_entries_are_refused) {
  const char* modules[] = {
      "{'ANode':{'type':'object','properties':{'s':{'$ref':'Gone'}}}}",
      "{'ANode':{'type':'object','properties':{'s':{'$ref':'#/definitions/ANode'}}}}",
      "{'ANode':{'type':'object','properties':{'s':{'$defs':{'X':{'$ref':'Gone'}},'$ref':'X'}}}}",
      "{'Config':{'$ref':'Gone'}}"};
  for (const auto* module : modules) {
    const auto e = refusal(module);
    BOOST_TEST(e.code == errc::unresolved_reference, module);
    BOOST_TEST(e.details[0].pointer.ends_with("/$ref"), e.details[0].pointer);
  }
}

BOOST_AUTO_TEST_CASE(to_entries_in_a_circle_stay_as_definitions_of_the_row) {
  const auto rows = project(
      "{'TreeNode':{'type':'object','properties':{'kids':{'type':'array','items':"
      "{'$ref':'Tree'}}}},'Tree':{'type':'object','properties':{'kids':{'type':'array',"
      "'items':{'$ref':'Tree'}},'kind':{'$ref':'KindEnum'}},'required':['kind']},"
      "'KindEnum':{'const':'k'},'PlainNode':{'type':'object'}}");
  const auto& tree = rows.node_types[0].schema;
  BOOST_TEST(text(tree.at("properties").at("kids")) ==
             R"({"type":"array","items":{"$ref":"#/$defs/Tree"}})");
  BOOST_REQUIRE(tree.at("$defs").as_object().size() == 1U);
  BOOST_TEST(text(tree.at("$defs").at("Tree").at("properties").at("kind")) == R"({"const":"k"})");
  BOOST_TEST(!rows.node_types[1].schema.contains("$defs"));

  const auto view = quire::test::view_of(
      "{'TreeNode':{'type':'object','properties':{'kids':{'type':'array','items':"
      "{'$ref':'TreeNode'}}},'additionalProperties':false}}");
  BOOST_TEST(
      validate_node(*view, "tree", json("{'kids':[{'kids':[],'label':'x'}]}")).value().valid);
  const auto bad = validate_node(*view, "tree", json("{'kids':[{'kids':[{'x':1}]}]}")).value();
  BOOST_REQUIRE(!bad.valid);
  BOOST_TEST(bad.errors.at(0).path == "/kids/0/kids/0/x");
}

BOOST_AUTO_TEST_CASE(to_a_type_mean_the_type_with_its_base) {
  const auto view = quire::test::view_of(
      "{'BaseNode':{'type':'object','properties':{'owner':{'type':'string'}},'required':['owner']},"
      "'ANode':{'type':'object','properties':{'b':{'$ref':'BNode'}}},'BNode':{'type':'object'}}");
  BOOST_TEST(!validate_node(*view, "a", json("{'owner':'o','b':{}}")).value().valid);
  BOOST_TEST(validate_node(*view, "a", json("{'owner':'o','b':{'owner':'p'}}")).value().valid);
}

BOOST_AUTO_TEST_CASE(may_lead_from_a_base_to_a_type) {
  const auto view = quire::test::view_of(
      "{'BaseNode':{'type':'object','properties':{'parent':{'$ref':'ANode'}}},"
      "'ANode':{'type':'object','properties':{'n':{'type':'integer'}}}}");
  BOOST_TEST(validate_node(*view, "a", json("{'parent':{'parent':{'n':1}}}")).value().valid);
  BOOST_TEST(!validate_node(*view, "a", json("{'parent':{'parent':{'n':'x'}}}")).value().valid);
}

BOOST_AUTO_TEST_CASE(to_base_entries_work_without_local_ones) {
  const auto view = quire::test::view_of(
      "{'ANode':{'type':'object','properties':{'b':{'$ref':'BaseNode'},'c':{'$ref':'Config'}}}}");
  BOOST_TEST(!validate_node(*view, "a", json("{'b':{'label':1}}")).value().valid);
  BOOST_TEST(!validate_node(*view, "a", json("{'c':{'type':'no'}}")).value().valid);
}

BOOST_AUTO_TEST_CASE(inside_wrappers_mean_the_wrapper_first) {
  const auto view = quire::test::view_of(
      "{'X':{'type':'string'},'ANode':{'type':'object','properties':{'outer':{'$ref':'X'},"
      "'inner':{'$defs':{'X':{'type':'object','properties':{'x':{'$ref':'X'}}}},'$ref':'X'}}},"
      "'X_2':{'type':'object','properties':{'x':{'$ref':'X_2'},'y':{'$ref':'X'}}},"
      "'BNode':{'type':'object','properties':{'x':{'$ref':'X_2'}}}}");
  BOOST_TEST(validate_node(*view, "a", json("{'outer':'s','inner':{'x':{'x':{}}}}")).value().valid);
  BOOST_TEST(!validate_node(*view, "a", json("{'inner':{'x':{'x':'s'}}}")).value().valid);
  BOOST_TEST(validate_node(*view, "b", json("{'x':{'x':{'y':'s'}}}")).value().valid);
}

BOOST_AUTO_TEST_CASE(keep_properties_that_are_called_like_keywords) {
  const auto rows = project(
      "{'ANode':{'type':'object','properties':{'$id':{'type':'string'},'$ref':{'type':'null'},"
      "'$defs':{'$ref':'KEnum'}},'required':['$id']},'KEnum':{'const':1}}");
  const auto& properties = rows.node_types[0].schema.at("properties").as_object();
  BOOST_TEST(text(properties.at("$id")) == R"({"type":"string"})");
  BOOST_TEST(text(properties.at("$ref")) == R"({"type":"null"})");
  BOOST_TEST(text(properties.at("$defs")) == R"({"const":1})");
}

BOOST_AUTO_TEST_CASE(in_place_circles_are_refused) {
  BOOST_TEST(refusal("{'ANode':{'$ref':'ANode'}}").code == errc::schema_invalid);
  BOOST_TEST(refusal("{'ANode':{'allOf':[{'$ref':'B'}]},'B':{'anyOf':[{'$ref':'ANode'}]}}").code ==
             errc::schema_invalid);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bases)

BOOST_AUTO_TEST_CASE(demand_their_fields_of_every_node_type) {
  const auto view = quire::test::view_of(
      "{'BaseNode':{'type':'object','properties':{'owner':{'type':'string'}},'required':['owner']},"
      "'ANode':{'type':'object'},'BNode':{'type':'object','properties':{'x':{}},"
      "'additionalProperties':false},'CNode':{'anyOf':[{'type':'object','required':['k']},"
      "{'type':'object','required':['l']}]},'LEdge':{'type':'object'}}");
  for (const char* type : {"a", "b", "c"}) {
    BOOST_TEST(!validate_node(*view, type, json("{'k':1}")).value().valid, type);
  }
  BOOST_TEST(validate_node(*view, "a", json("{'owner':'o'}")).value().valid);
  BOOST_TEST(validate_node(*view, "b", json("{'owner':'o','label':'l','tags':[]}")).value().valid);
  BOOST_TEST(validate_node(*view, "c", json("{'owner':'o','l':1}")).value().valid);
  BOOST_TEST(validate_edge(*view, "l", json("{}"), {}, {}).value().valid);
}

BOOST_AUTO_TEST_CASE(only_narrow_the_built_in_one) {
  const auto e = refusal("{'BaseNode':{'type':'object','properties':{'label':{'type':'number'}}}}");
  BOOST_TEST(e.code == errc::merge_conflict);
  BOOST_TEST(e.details[0].pointer == "/BaseNode/properties/label");
  const auto rows = project(
      "{'BaseEdge':{'type':'object','properties':{'label':{'maxLength':9}}},"
      "'LEdge':{'type':'object','properties':{'label':{'minLength':1}}}}");
  BOOST_TEST(text(rows.edge_types[0].schema.at("properties").at("label")) ==
             R"({"minLength":1,"type":"string","maxLength":9})");
}

BOOST_AUTO_TEST_CASE(conflict_with_types_by_name) {
  const auto e = refusal("{'ANode':{'type':'object','properties':{'tags':{'type':'string'}}}}");
  BOOST_TEST(e.code == errc::merge_conflict);
  BOOST_TEST(e.details[0].pointer == "/ANode/properties/tags");
}

BOOST_AUTO_TEST_CASE(refuse_types_that_are_no_objects) {
  BOOST_TEST(refusal("{'ANode':{'type':'string'}}").code == errc::schema_invalid);
  BOOST_TEST(refusal("{'AEdge':{}}").code == errc::schema_invalid);
  BOOST_TEST(refusal("{'BaseNode':{'type':'array'}}").code == errc::schema_invalid);
}

BOOST_AUTO_TEST_CASE(merged_into_a_row_change_nothing_again) {
  const auto rows = project(tickets);
  const auto& schema = rows.node_types[0].schema;
  BOOST_TEST(text(merge_type(built_in_base(), schema).value()) == text(schema));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(configs_of_modules)

BOOST_AUTO_TEST_CASE(give_any_part_by_const_or_default) {
  const auto rows = project(
      "{'Config':{'type':'object','properties':{'type':{'anyOf':[{'const':'directed'},"
      "{'const':'mixed'}],'default':'mixed'},'multi':{'type':'boolean','const':true},"
      "'eventPayload':{'const':'full'},'allowSelfLoops':{'type':'boolean'}}}}");
  BOOST_TEST(text(rows.config) ==
             R"({"type":"mixed","multi":true,"allowSelfLoops":false,"eventPayload":"full"})");
}

BOOST_AUTO_TEST_CASE(may_refer_to_entries) {
  BOOST_TEST(project("{'Config':{'allOf':[{'$ref':'Shared'}]},'Shared':{'type':'object',"
                     "'properties':{'multi':{'$ref':'YesEnum'}}},'YesEnum':{'const':true}}")
                 .config.at("multi")
                 .as_bool());
}

BOOST_AUTO_TEST_CASE(that_are_bad_are_refused) {
  const char* configs[] = {
      "{'type':'string'}",
      "{'type':'object','properties':{'type':{'const':'sideways'}}}",
      "{'type':'object','properties':{'multi':{'const':'yes'}}}",
      "{'type':'object','properties':{'multi':{'type':'string'}}}",
      "{'type':'object','properties':{'type':{'enum':['mixed','undirected']}}}",
      "{'type':'object','properties':{'type':{'default':'mixed','const':'directed'}}}",
      "{'type':'object','properties':{'speed':{'const':1}}}",
      "{'type':'object','properties':{'multi':{'const':true,'nonsense':1}}}",
      "{'anyOf':[{'type':'object','properties':{}},{'type':'object','required':['a']}]}"};
  for (const auto* config : configs) {
    const auto e = refusal("{'Config':" + std::string{config} + "}");
    BOOST_TEST(e.code == errc::invalid_config, config);
    BOOST_TEST(e.details[0].pointer.starts_with("/Config"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(edge_constraints)

BOOST_AUTO_TEST_CASE(take_names_in_both_forms_from_default_or_const) {
  for (const char* type : {"BlocksEdge", "blocks"}) {
    const auto rows =
        project(with_edge_constraints("'edgeType':{'const':'" + std::string{type} +
                                      "'},'allowedSourceTypes':{'default':['TicketNode','ticket']},"
                                      "'allowedTargetTypes':{'const':['ticket']}"));
    BOOST_TEST(rows.edge_types[0].sources == std::vector<std::string>{"ticket"});
    BOOST_TEST(rows.edge_types[0].targets == std::vector<std::string>{"ticket"});
  }
}

BOOST_AUTO_TEST_CASE(that_are_missing_allow_any_type) {
  const auto rows = project(with_edge_constraints(
      "'edgeType':{'default':'blocks'},'allowedTargetTypes':{'default':['ticket']}"));
  BOOST_TEST(rows.edge_types[0].sources.empty());
  BOOST_TEST(project("{'AEdge':{'type':'object'}}").edge_types[0].targets.empty());
}

BOOST_AUTO_TEST_CASE(must_name_an_edge_type) {
  for (const char* type : {"'edgeType':{'const':'Gone'},", "'edgeType':{'const':1},",
                           "'edgeType':{'type':'string'},", "'edgeType':{'const':'ticket'},", ""}) {
    const auto e = refusal(
        with_edge_constraints(std::string{type} + "'allowedSourceTypes':{'default':['ticket']}"));
    BOOST_TEST(e.code == errc::unknown_edge_type, type);
    BOOST_TEST(e.details[0].pointer == "/BlocksEdgeConstraints/properties/edgeType");
  }
}

BOOST_AUTO_TEST_CASE(must_name_node_types) {
  for (const char* name : {"Gone", "blocks", "BlocksEdge", "StatusEnum"}) {
    const auto e = refusal(
        with_edge_constraints("'edgeType':{'const':'blocks'},'allowedTargetTypes':{'default':['" +
                              std::string{name} + "']}"));
    BOOST_TEST(e.code == errc::unknown_node_type, name);
    BOOST_TEST(e.details[0].pointer == "/BlocksEdgeConstraints/properties/allowedTargetTypes");
  }
}

BOOST_AUTO_TEST_CASE(must_limit_something) {
  for (const char* ends :
       {"", ",'allowedSourceTypes':{'default':[]}", ",'allowedSourceTypes':{'type':'array'}",
        ",'allowedSourceTypes':{'default':['ticket']},'allowedTargetTypes':{'const':[]}"}) {
    BOOST_TEST(
        refusal(with_edge_constraints("'edgeType':{'const':'blocks'}" + std::string{ends})).code ==
            errc::empty_constraints,
        ends);
  }
}

BOOST_AUTO_TEST_CASE(must_be_lists_of_names_and_nothing_else) {
  for (const char* ends :
       {"'allowedSourceTypes':{'default':'ticket'}", "'allowedSourceTypes':{'default':[1]}",
        "'allowedSourceTypes':{'default':['ticket']},'maxOutgoing':{'const':1}"}) {
    BOOST_TEST(
        refusal(with_edge_constraints("'edgeType':{'const':'blocks'}," + std::string{ends})).code ==
            errc::schema_invalid,
        ends);
  }
}

BOOST_AUTO_TEST_CASE(of_one_edge_type_stand_in_one_entry) {
  const std::string limits =
      "{'type':'object','properties':{'edgeType':{'const':'a'},"
      "'allowedSourceTypes':{'default':['t']}}}";
  BOOST_TEST(refusal("{'TNode':{'type':'object'},'AEdge':{'type':'object'},'AEdgeConstraints':" +
                     limits + ",'BEdgeConstraints':" + limits + "}")
                 .code == errc::duplicate_type_name);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(projection)

BOOST_AUTO_TEST_CASE(gives_equal_bytes_for_equal_modules) {
  const auto bytes = [](const row_projection& rows) {
    std::string out = text(rows.config);
    for (const auto& row : rows.node_types) out += row.name + text(row.schema);
    for (const auto& row : rows.edge_types) {
      out += row.name + text(row.schema);
      for (const auto& name : row.sources) out += name;
    }
    return out;
  };
  BOOST_TEST(bytes(project(tickets)) == bytes(project(tickets)));
  BOOST_TEST((project(tickets) == project(tickets)));
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_the_entries) {
  const auto rows = project(
      "{'ZNode':{'type':'object'},'BEdge':{'type':'object'},'ANode':{'type':'object'},"
      "'AEdge':{'type':'object'},'MNode':{'type':'object'}}");
  BOOST_TEST(rows.node_types[0].name == "z");
  BOOST_TEST(rows.node_types[1].name == "a");
  BOOST_TEST(rows.node_types[2].name == "m");
  BOOST_TEST(rows.edge_types[0].name == "b");
  BOOST_TEST(rows.edge_types[1].name == "a");
}

BOOST_AUTO_TEST_CASE(gives_a_row_no_definition_it_does_not_reach) {
  const auto rows = project(
      "{'A':{'type':'object','properties':{'a':{'$ref':'A'}}},"
      "'B':{'type':'object','properties':{'b':{'$ref':'B'},'a':{'$ref':'A'}}},"
      "'XNode':{'type':'object','properties':{'a':{'$ref':'A'}}},"
      "'YNode':{'type':'object','properties':{'b':{'$ref':'B'}}},'ZNode':{'type':'object'}}");
  BOOST_TEST(rows.node_types[0].schema.at("$defs").as_object().size() == 1U);
  BOOST_TEST(rows.node_types[0].schema.at("$defs").as_object().contains("A"));
  BOOST_TEST(rows.node_types[1].schema.at("$defs").as_object().size() == 2U);
  BOOST_TEST(!rows.node_types[2].schema.contains("$defs"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hostile_modules)

BOOST_AUTO_TEST_CASE(that_double_at_every_step_end_in_an_error) {
  std::string module = "{'ANode':{'type':'object','properties':{'p':{'$ref':'S0'}}}";
  for (int i = 0; i < 60; ++i) {
    const auto next = "{'$ref':'S" + std::to_string(i + 1) + "'}";
    module += ",'S" + std::to_string(i) + "':{'type':'object','properties':{'l':" + next +
              ",'r':" + next + "}}";
  }
  BOOST_TEST(refusal(module + ",'S60':{'type':'null'}}").code == errc::schema_too_large);
}

BOOST_AUTO_TEST_CASE(that_make_a_row_too_large_are_refused) {
  std::string words;
  while (words.size() < quire::limits::max_type_schema_bytes) words += "0123456789";
  const auto e = refusal("{'ANode':{'type':'object','description':'" + words + "'}}");
  BOOST_TEST(e.code == errc::schema_too_large);
  BOOST_TEST(mentions(e, "entry 'ANode'"));
}

BOOST_AUTO_TEST_CASE(whose_rows_together_are_too_large_are_refused) {
  const std::string words(200'000, 'w');
  std::string module = "{'Shared':{'type':'string','description':'" + words + "'}";
  for (int i = 0; i < 400; ++i) {
    module +=
        ",'T" + std::to_string(i) + "Node':{'type':'object','properties':{'p':{'$ref':'Shared'}}}";
  }
  BOOST_TEST(refusal(module + "}").code == errc::schema_too_large);
}

BOOST_AUTO_TEST_CASE(with_thousands_of_entries_compile) {
  std::string module = "{'KindEnum':{'enum':['a','b']}";
  for (int i = 0; i < 3'000; ++i) {
    module += ",'T" + std::to_string(i) +
              "Node':{'type':'object','properties':{'k':{'$ref':'KindEnum'}}}";
  }
  BOOST_TEST(project(module + "}").node_types.size() == 3'000U);
}

BOOST_AUTO_TEST_CASE(with_long_chains_of_references_end_in_an_error) {
  std::string module = "{'ANode':{'type':'object','properties':{'p':{'$ref':'S0'}}}";
  for (int i = 0; i < 20'000; ++i) {
    module += ",'S" + std::to_string(i) + "':{'$ref':'S" + std::to_string(i + 1) + "'}";
  }
  BOOST_TEST(refusal(module + ",'S20000':{'type':'null'}}").code == errc::depth_exceeded);
}

BOOST_AUTO_TEST_CASE(with_long_chains_of_objects_end_in_an_error) {
  std::string module = "{'ANode':{'type':'object','properties':{'p':{'$ref':'S0'}}}";
  for (int i = 0; i < 20'000; ++i) {
    module += ",'S" + std::to_string(i) + "':{'type':'object','properties':{'p':{'$ref':'S" +
              std::to_string(i + 1) + "'}}}";
  }
  BOOST_TEST(refusal(module + ",'S20000':{'type':'null'}}").code == errc::depth_exceeded);
}

BOOST_AUTO_TEST_CASE(with_one_great_circle_end_in_an_error) {
  std::string module = "{'ANode':{'type':'object','properties':{'p':{'$ref':'S0'}}}";
  for (int i = 0; i < 20'000; ++i) {
    module += ",'S" + std::to_string(i) + "':{'type':'object','properties':{'p':{'$ref':'S" +
              std::to_string((i + 1) % 20'000) + "'}}}";
  }
  BOOST_TEST(refusal(module + "}").code == errc::schema_too_large);
}

BOOST_AUTO_TEST_CASE(with_rows_deeper_than_documents_may_be_are_refused) {
  // Each level of schemas is two levels of JSON.
  std::string deep = "{'type':'null'}";
  for (int i = 0; i < 70; ++i) deep = "{'properties':{'p':" + deep + "}}";
  std::replace(deep.begin(), deep.end(), '\'', '"');
  boost::json::parse_options options;
  options.max_depth = 1'000;
  boost::json::object entries;
  entries["ANode"] = boost::json::parse(deep, {}, options);
  const auto compiled = compile_module("test-graph", std::move(entries));
  BOOST_REQUIRE(!compiled);
  BOOST_TEST(compiled.error().code == errc::depth_exceeded);
}

BOOST_AUTO_TEST_CASE(with_wrappers_in_wrappers_are_refused) {
  std::string schema = "{'type':'null'}";
  for (int i = 0; i < 10; ++i) {
    schema = "{'$defs':{'W" + std::to_string(i) + "':" + schema + "},'$ref':'W" +
             std::to_string(i) + "'}";
  }
  BOOST_TEST(refusal("{'ANode':{'type':'object','properties':{'p':" + schema + "}}}").code ==
             errc::depth_exceeded);
}

BOOST_AUTO_TEST_CASE(with_control_characters_in_references_give_printable_errors) {
  const auto e = refusal("{'ANode':{'type':'object','properties':{'p':{'$ref':'a\\u0007b'}}}}");
  BOOST_TEST(e.context.find('\a') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
