#include "module_fixture.hpp"

#include <quire/metagraph/validation.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <vector>

using namespace quire::metagraph;
using quire::test::json;

namespace {

/// The blocks of JSON in the page about modules.
std::vector<std::string> shown() {
  std::ifstream file(QUIRE_MODULE_DOCUMENT);
  const std::string page(std::istreambuf_iterator<char>{file}, {});
  const std::string fence = "```json\n";
  std::vector<std::string> blocks;
  for (auto at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    at += fence.size();
    const auto end = page.find("```", at);
    blocks.push_back(page.substr(at, end - at));
  }
  return blocks;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(page_about_modules)

BOOST_AUTO_TEST_CASE(shows_a_module_that_does_what_the_page_says) {
  const auto blocks = shown();
  BOOST_REQUIRE(blocks.size() == 2U);
  const auto entries = entries_of(quire::document::parse(blocks[0]).value());
  const auto module = compile_module("tickets", entries.value()).value();
  const auto rows = project_module(module).value();
  BOOST_REQUIRE(rows.node_types.size() == 2U);
  BOOST_TEST(boost::json::serialize(rows.node_types[0].schema) ==
             boost::json::serialize(boost::json::parse(blocks[1])));
  BOOST_TEST(rows.edge_types.at(0).name == "assigned_to");
  BOOST_TEST(rows.edge_types.at(0).targets == std::vector<std::string>{"person"});

  const auto view = graph_type_view::from_module(module).value();
  const auto valid = [&](const char* attributes) {
    return validate_node(*view, "ticket", json(attributes)).value().valid;
  };
  BOOST_TEST(valid("{'status':'open','owner':'ann'}"));
  BOOST_TEST(!valid("{'status':'open'}"));
  BOOST_TEST(!valid("{'status':'open','owner':'ann','size':3}"));
}

BOOST_AUTO_TEST_SUITE_END()
