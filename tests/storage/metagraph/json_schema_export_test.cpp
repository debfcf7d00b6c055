#include "module_fixture.hpp"

#include <quire/metagraph/json_schema_export.hpp>
#include <quire/metagraph/stored_name.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>

#include <boost/test/unit_test.hpp>

using quire::document;
using quire::errc;
using quire::type_name;
using namespace quire::metagraph;
using quire::test::json;

namespace {

quire::graph_type rows_with(std::initializer_list<std::pair<const char*, const char*>> types) {
  quire::graph_type rows;
  rows.name = quire::graph_type_name{"exported"};
  for (const auto& [name, schema] : types) {
    rows.node_types.push_back(
        {.id = {},
         .name = type_name{name},
         .schema = document::trusted(boost::json::serialize(json(std::string{schema})))});
  }
  return rows;
}

/// Does the value fit the definition of the exported document?
bool fits(const document& exported, const std::string& name, const char* value) {
  boost::json::object reference;
  reference["$ref"] = "#/$defs/" + name;
  quire::schema::compile_options options;
  options.definitions = &exported.value().at("$defs").as_object();
  return quire::schema::check(quire::schema::compile(reference, options).value(), json(value));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_schema_export)

BOOST_AUTO_TEST_CASE(is_one_document_with_config_and_constraints) {
  const auto view = quire::test::view_of(
      "{'HTTPCallNode':{'type':'object','properties':{'n':{'type':'integer'}}},"
      "'DependsOnEdge':{'type':'object'},'DependsOnEdgeConstraints':{'type':'object',"
      "'properties':{'edgeType':{'const':'depends_on'},"
      "'allowedTargetTypes':{'default':['http_call']}}}}");
  const auto exported = export_json_schema(*view).value();
  const auto& whole = exported.value().as_object();
  BOOST_TEST(whole.at("$schema").as_string() == "https://json-schema.org/draft/2020-12/schema");
  BOOST_TEST(whole.at("$id").as_string() == "test-graph");
  BOOST_TEST(whole.at("$defs").as_object().size() == 2U);
  BOOST_TEST(whole.at("$defs").as_object().contains("HttpCallNode"));
  BOOST_TEST(whole.at("$defs").as_object().contains("DependsOnEdge"));
  BOOST_TEST(boost::json::serialize(whole.at("x-quire")) ==
             R"({"config":{"type":"directed","multi":false,"allowSelfLoops":false,)"
             R"("eventPayload":"keys"},"constraints":[{"edgeType":"depends_on",)"
             R"("allowedTargetTypes":["http_call"]}]})");
  BOOST_TEST(export_json_schema(*view).value().text() == exported.text());
}

BOOST_AUTO_TEST_CASE(names_types_so_that_they_lead_back_to_the_stored_name) {
  const auto exported = export_json_schema(rows_with({{"o_auth2_token", "{'type':'object'}"},
                                                      {"a_b", "{'type':'object'}"},
                                                      {"My Node", "{'type':'object'}"}}))
                            .value();
  const auto& definitions = exported.value().at("$defs").as_object();
  BOOST_TEST(stored_name(std::string{definitions.begin()->key()}).value() == "o_auth2_token");
  BOOST_TEST(stored_name(std::string{(definitions.begin() + 1)->key()}).value() == "a_b");
  BOOST_TEST(definitions.contains("My NodeNode"));
}

BOOST_AUTO_TEST_CASE(shares_circular_definitions) {
  const auto view = quire::test::view_of(
      "{'ANode':{'type':'object','properties':{'a':{'$ref':'ANode'},'t':{'$ref':'Tree'}}},"
      "'BNode':{'type':'object','properties':{'t':{'$ref':'Tree'}}},"
      "'Tree':{'type':'object','properties':{'t':{'$ref':'Tree'}},'additionalProperties':false}}");
  const auto exported = export_json_schema(*view).value();
  BOOST_TEST(exported.value().at("$defs").as_object().size() == 3U);
  BOOST_TEST(fits(exported, "ANode", "{'t':{'t':{}},'a':{'t':{}}}"));
  BOOST_TEST(!fits(exported, "ANode", "{'a':{'t':{'x':1}}}"));
  BOOST_TEST(!fits(exported, "BNode", "{'t':{'x':1}}"));
}

BOOST_AUTO_TEST_CASE(renames_definitions_that_mean_different_things) {
  const char* of_a =
      "{'type':'object','properties':{'t':{'$ref':'T'}},'$defs':{'T':{'type':'object',"
      "'properties':{'t':{'$ref':'T'}},'additionalProperties':false}}}";
  const char* of_b =
      "{'type':'object','properties':{'t':{'$ref':'#/$defs/T'}},'$defs':{'T':{'type':'array',"
      "'items':{'$ref':'#/$defs/T'}}}}";
  const auto exported = export_json_schema(rows_with({{"a", of_a}, {"b", of_b}})).value();
  BOOST_TEST(exported.value().at("$defs").as_object().size() == 4U);
  BOOST_TEST(fits(exported, "ANode", "{'t':{'t':{}}}"));
  BOOST_TEST(!fits(exported, "ANode", "{'t':[]}"));
  BOOST_TEST(fits(exported, "BNode", "{'t':[[]]}"));
  BOOST_TEST(!fits(exported, "BNode", "{'t':{}}"));
}

BOOST_AUTO_TEST_CASE(normalizes_wrappers_and_keeps_broken_schemas_as_stored) {
  const auto exported =
      export_json_schema(rows_with({{"w",
                                     "{'$defs':{'K':{'type':'object','required':['k'],'$id':'K'}},"
                                     "'$ref':'K'}"},
                                    {"all", "{'$defs':{'K':true},'$ref':'K'}"},
                                    {"broken", "{'type':'object','nonsense':1}"}}))
          .value();
  const auto& definitions = exported.value().at("$defs").as_object();
  BOOST_TEST(boost::json::serialize(definitions.at("WNode")) ==
             R"({"type":"object","required":["k"]})");
  BOOST_TEST(boost::json::serialize(definitions.at("AllNode")) == "{}");
  BOOST_TEST(definitions.at("BrokenNode").as_object().contains("nonsense"));
}

BOOST_AUTO_TEST_CASE(of_rows_is_that_of_their_module) {
  const auto module =
      quire::test::compile("{'ANode':{'type':'object','properties':{'a':{'$ref':'ANode'}}}}")
          .value();
  BOOST_TEST(export_json_schema(quire::test::rows_of(module)).value().text() ==
             export_json_schema(*graph_type_view::from_module(module).value()).value().text());
}

BOOST_AUTO_TEST_SUITE_END()
