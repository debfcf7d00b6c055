#include <quire/metagraph/config.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

namespace json = boost::json;
using quire::errc;
using quire::metagraph::config_from_json;
using quire::metagraph::config_to_json;
using quire::metagraph::graph_config;

BOOST_AUTO_TEST_SUITE(config)

BOOST_AUTO_TEST_CASE(an_empty_config_is_a_simple_directed_graph) {
  for (const char* text : {"{}", "null", R"({"type":null,"multi":null})"}) {
    const auto config = config_from_json(json::parse(text));
    BOOST_REQUIRE(config);
    BOOST_TEST((*config == graph_config{}));
  }
  BOOST_TEST(json::serialize(config_to_json(graph_config{})) ==
             R"({"type":"directed","multi":false,"allowSelfLoops":false,"eventPayload":"keys"})");
}

BOOST_AUTO_TEST_CASE(reading_inverts_writing) {
  for (const auto type :
       {graph_config::kind::directed, graph_config::kind::undirected, graph_config::kind::mixed}) {
    for (const bool flag : {false, true}) {
      const auto config = graph_config{type, flag, !flag, flag};
      const auto again = config_from_json(config_to_json(config));
      BOOST_REQUIRE(again);
      BOOST_TEST((*again == config));
    }
  }
}

BOOST_AUTO_TEST_CASE(members_of_foreign_programs_are_passed_over) {
  BOOST_TEST(config_from_json(json::parse(R"({"multi":true,"color":"red"})"))->multi);
}

BOOST_AUTO_TEST_CASE(a_bad_member_is_named_with_what_may_stand_there) {
  const auto config = config_from_json(json::parse(R"({"type":"sideways"})"));
  BOOST_REQUIRE(!config);
  BOOST_TEST(config.error().code == errc::invalid_config);
  BOOST_TEST(config.error().details.at(0).pointer == "/type");
  BOOST_TEST(config.error().context.find("'mixed'") != std::string::npos);
  for (const char* text : {"[]", "1", R"({"multi":1})", R"({"allowSelfLoops":"no"})",
                           R"({"eventPayload":"all"})", R"({"type":1})"}) {
    BOOST_TEST(config_from_json(json::parse(text)).error().code == errc::invalid_config, text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
