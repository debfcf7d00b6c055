// Stored rows in the form in which definitions are compared.
#include "support.hpp"

#include <quire/schema/value.hpp>

using namespace quire;
using namespace quire::evolution;
using namespace quire::evolution::test;
namespace json = boost::json;

namespace {

graph_type foreign(std::string_view node_name, std::string_view schema) {
  graph_type out;
  out.name = graph_type_name{"work"};
  out.config = doc("{'type': 'directed', 'theirs': 1}");
  out.node_types.push_back({{}, type_name{std::string{node_name}}, doc(schema)});
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stored_definitions)

BOOST_AUTO_TEST_CASE(rows_of_quire_come_back_as_they_were_projected) {
  const auto* const entries =
      "{'Config': {'type': 'object', 'properties': {'type': {'const': 'mixed'}}}, 'StatusEnum': "
      "{'anyOf': [{'const': 'open'}, {'const': 'done'}]}, 'Tree': {'type': 'object', 'properties': "
      "{'children': {'type': 'array', 'items': {'$ref': 'Tree'}}}}, 'TicketNode': {'type': "
      "'object', 'title': 'T', 'properties': {'status': {'$ref': 'StatusEnum', 'default': 'open'}, "
      "'tree': {'$ref': 'Tree'}}, 'required': ['status'], 'additionalProperties': false}, "
      "'HTTPCallNode': {'allOf': [{'type': 'object', 'properties': {'url': {'type': 'string'}}}, "
      "{'type': 'object', 'properties': {'next': {'$ref': 'HTTPCallNode'}}}]}, 'EitherNode': "
      "{'anyOf': [{'type': 'object', 'properties': {'a': {'type': 'string'}}}, {'type': 'object', "
      "'properties': {'b': {'type': 'string'}}}]}, 'BlocksEdge': {'type': 'object'}, "
      "'BlocksEdgeConstraints': {'type': 'object', 'properties': {'edgeType': {'const': "
      "'BlocksEdge'}, 'allowedSourceTypes': {'type': 'array', 'default': ['ticket']}}}}";
  const auto projected = projection(entries);
  const auto stored = stored_definition(rows_of(projected));
  BOOST_REQUIRE_MESSAGE(stored, (stored ? "" : to_string(stored.error())));
  for (std::size_t i = 0; i < projected.node_types.size(); ++i) {
    BOOST_TEST(json::serialize(stored->node_types[i].schema) ==
               json::serialize(projected.node_types[i].schema));
  }
  BOOST_TEST((*stored == projected));
  BOOST_TEST(classify(*stored, projected).empty());
}

BOOST_AUTO_TEST_CASE(random_modules_come_back_as_they_were_projected) {
  quire::test::random_source from{41};
  generator make{from};
  std::size_t modules = 0;
  for (std::size_t i = 0; i < 3'000; ++i) {
    make.references = true;
    json::object entries{{"R", make.schema(2)}, {"S", make.object_schema(2)}};
    entries["ANode"] = make.object_schema(3);
    entries["BNode"] = make.object_schema(2);
    entries["LinkEdge"] =
        json::object{{"type", "object"},
                     {"properties", {{"r", {{"$ref", "#/$defs/R"}}}, {"s", {{"$ref", "S"}}}}}};
    const auto made = metagraph::compile_module("work", entries);
    if (!made) continue;
    ++modules;
    const auto projected = metagraph::project_module(*made).value();
    const auto stored = stored_definition(rows_of(projected));
    BOOST_TEST_REQUIRE(stored.has_value(), json::serialize(entries) << " seed " << from.used());
    BOOST_TEST_REQUIRE((*stored == projected), json::serialize(entries) << " seed " << from.used());
  }
  BOOST_TEST(modules > 300U);
}

BOOST_AUTO_TEST_CASE(foreign_forms_are_no_change) {
  const auto declared = projection(
      "{'StatusEnum': {'enum': ['open', 'done']}, 'TicketNode': {'type': 'object', 'properties': "
      "{'status': {'$ref': 'StatusEnum'}}, 'required': ['status']}}");
  // Entry names, definitions beside the schema, a wrapper, `$id`, and no base merged in.
  const auto rows = foreign(
      "TicketNode",
      "{'$id': 'TicketNode', 'type': 'object', 'required': ['status'], 'properties': {'status': "
      "{'$defs': {'StatusEnum': {'enum': ['open', 'done']}}, '$ref': 'StatusEnum'}}}");
  const auto stored = stored_definition(rows);
  BOOST_REQUIRE_MESSAGE(stored, (stored ? "" : to_string(stored.error())));
  BOOST_TEST(stored->node_types[0].name == "ticket");
  BOOST_TEST(told(classify(*stored, declared)).empty());
}

BOOST_AUTO_TEST_CASE(of_two_rows_of_one_type_the_one_in_stored_form_counts) {
  auto rows = foreign("TicketNode", "{'type': 'object', 'minProperties': 1}");
  rows.node_types.push_back(
      {{}, type_name{"ticket"}, doc("{'type': 'object', 'maxProperties': 2}")});
  const auto stored = stored_definition(rows).value();
  BOOST_TEST_REQUIRE(stored.node_types.size() == 1U);
  BOOST_TEST(stored.node_types[0].schema.contains("maxProperties"));
}

BOOST_AUTO_TEST_CASE(what_contradicts_the_base_stays_and_is_told) {
  const auto stored =
      stored_definition(foreign("a",
                                "{'type': 'object', 'properties': {'label': {'type': "
                                "'integer'}}}"))
          .value();
  const auto found = classify(stored, projection("{'ANode': {'type': 'object'}}"));
  BOOST_TEST(worst(found) == change_class::breaking);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_an_error_that_names_the_type) {
  const auto code = [](const graph_type& rows) {
    const auto stored = stored_definition(rows);
    if (stored) return errc::none;
    BOOST_TEST(stored.error().context.find("work") != std::string::npos);
    return stored.error().code;
  };
  BOOST_TEST(code(foreign("a", "5")) == errc::schema_invalid);
  BOOST_TEST(code(foreign("a", "{'properties': {'x': {'$ref': 'Nothing'}}}")) ==
             errc::unresolved_reference);
  auto rows = foreign("a", "{'type': 'object'}");
  rows.config = doc("{'type': 'sideways'}");
  BOOST_TEST(code(rows) == errc::invalid_config);
}

BOOST_AUTO_TEST_SUITE_END()
