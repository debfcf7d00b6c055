#include <quire/metagraph/stored_name.hpp>

#include <boost/test/unit_test.hpp>

using quire::errc;
using namespace quire::metagraph;

BOOST_AUTO_TEST_SUITE(stored_names)

BOOST_AUTO_TEST_CASE(are_snake_case_without_the_suffix) {
  const std::pair<const char*, const char*> examples[] = {
      {"CallNode", "call"},
      {"DependsOnEdge", "depends_on"},
      {"HTTPCallNode", "http_call"},
      {"OAuth2TokenNode", "o_auth2_token"},
      {"ABCallNode", "ab_call"},
      {"AbCallNode", "ab_call"},
      {"A_BNode", "a_b"},
      {"a__bNode", "a_b"},
      {"X1YNode", "x1_y"},
      {"callEdge", "call"},
      {"NodeNode", "node"},
      {"EdgeEdge", "edge"},
  };
  for (const auto& [entry, stored] : examples) {
    BOOST_TEST(stored_name(entry).value() == stored, entry);
  }
}

BOOST_AUTO_TEST_CASE(exist_only_for_node_and_edge_types) {
  for (const char* entry :
       {"Node", "Edge", "Config", "BaseNode", "StatusEnum", "Retry", "BlocksEdgeConstraints", ""}) {
    const auto name = stored_name(entry);
    BOOST_REQUIRE_MESSAGE(!name, entry);
    BOOST_TEST(name.error().code == errc::unknown_type);
  }
}

BOOST_AUTO_TEST_CASE(of_both_forms_are_the_same) {
  BOOST_TEST(stored_node_name("CallNode") == "call");
  BOOST_TEST(stored_node_name("call") == "call");
  BOOST_TEST(stored_edge_name("DependsOnEdge") == "depends_on");
  BOOST_TEST(stored_edge_name("depends_on") == "depends_on");
}

BOOST_AUTO_TEST_CASE(of_foreign_rows_that_are_no_entries_stay) {
  for (const char* name : {"My Node", "Node", "BaseNode", "CallEdge", "x-Node", ""}) {
    BOOST_TEST(stored_node_name(name) == name);
  }
  BOOST_TEST(stored_edge_name("CallNode") == "CallNode");
}

BOOST_AUTO_TEST_CASE(come_from_entries_whose_names_are_letters_digits_and_underscores) {
  for (const char* name : {"A", "a1_", "CallNode"}) BOOST_TEST(is_entry_name(name), name);
  for (const char* name : {"", "1a", "_a", "a-b", "a b", "ä"})
    BOOST_TEST(!is_entry_name(name), name);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(entry_kinds)

BOOST_AUTO_TEST_CASE(are_told_by_the_first_rule_that_fits) {
  BOOST_TEST((entry_kind_of("Config") == entry_kind::config));
  BOOST_TEST((entry_kind_of("BaseNode") == entry_kind::base));
  BOOST_TEST((entry_kind_of("BaseEdge") == entry_kind::base));
  BOOST_TEST((entry_kind_of("BlocksEdgeConstraints") == entry_kind::constraints));
  BOOST_TEST((entry_kind_of("BlocksEdge") == entry_kind::edge_type));
  BOOST_TEST((entry_kind_of("TicketNode") == entry_kind::node_type));
  BOOST_TEST((entry_kind_of("StatusEnum") == entry_kind::enumeration));
  BOOST_TEST((entry_kind_of("Retry") == entry_kind::other));
}

BOOST_AUTO_TEST_CASE(of_bare_suffixes_are_none) {
  for (const char* name : {"Node", "Edge", "Enum", "EdgeConstraints"}) {
    BOOST_TEST((entry_kind_of(name) == entry_kind::other), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
