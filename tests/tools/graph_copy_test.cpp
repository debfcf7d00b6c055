#include "graph_copy.hpp"

#include <boost/test/unit_test.hpp>

namespace quire::tools {

namespace {

const graph_id here{"g"};

struct event_maker {
  std::int64_t seq = 0;

  change_event node(change_op op, const std::string& key, const std::string& attributes = {}) {
    change_event out;
    out.seq = change_seq{++seq};
    out.graph = here;
    out.op = op;
    out.key = key;
    if (!attributes.empty()) out.attributes = document::trusted(attributes);
    return out;
  }
  change_event edge(change_op op, const std::string& key, const std::string& source,
                    const std::string& target, const std::string& attributes = {}) {
    auto out = node(op, key, attributes);
    out.table = table::edges;
    out.source = node_key{source};
    out.target = node_key{target};
    return out;
  }
};

node node_row(const std::string& key, const std::string& attributes) {
  node out;
  out.graph = here;
  out.key = node_key{key};
  out.attributes = document::trusted(attributes);
  return out;
}

edge edge_row(const std::string& key, const std::string& source, const std::string& target,
              const std::string& attributes) {
  edge out;
  out.graph = here;
  out.key = edge_key{key};
  out.source = node_key{source};
  out.target = node_key{target};
  out.attributes = document::trusted(attributes);
  return out;
}

struct fixture {
  event_maker events;
  graph_copy copy{here};

  fixture() {
    apply(events.node(change_op::created, "a", R"({"x":1})"));
    apply(events.node(change_op::created, "b", "{}"));
    apply(events.edge(change_op::created, "e", "a", "b", R"({"y":1})"));
  }
  void apply(const change_event& e) {
    const auto done = copy.apply(e);
    BOOST_TEST(done.has_value(), done.error());
  }
  void refuses(const change_event& e) {
    const auto done = copy.apply(e);
    BOOST_TEST_REQUIRE(done.has_error());
    BOOST_TEST(done.error().code == errc::malformed_event);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(graph_copies, fixture)

BOOST_AUTO_TEST_CASE(equals_the_rows_it_was_built_from) {
  copy.compare(node_row("a", R"({ "x": 1 })"));  // equal in meaning
  copy.compare(node_row("b", "{}"));
  copy.compare(edge_row("e", "a", "b", R"({"y":1})"));
  const auto found = copy.finish();
  BOOST_TEST(found.none(), found.first);
  BOOST_TEST(found.nodes == 2U);
  BOOST_TEST(found.edges == 1U);
}

BOOST_AUTO_TEST_CASE(follows_updates_and_deletions) {
  apply(events.node(change_op::updated, "a", R"({"x":2})"));
  apply(events.edge(change_op::deleted, "e", "a", "b"));
  apply(events.node(change_op::deleted, "b"));
  copy.compare(node_row("a", R"({"x":2})"));
  BOOST_TEST(copy.finish().none());
}

BOOST_AUTO_TEST_CASE(names_rows_it_lacks_and_rows_it_has_too_many) {
  copy.compare(node_row("a", R"({"x":1})"));
  copy.compare(node_row("c", "{}"));
  copy.compare(edge_row("e", "a", "b", R"({"y":1})"));
  const auto found = copy.finish();
  BOOST_TEST(found.missing == 1U);
  BOOST_TEST(found.extra == 1U);
  BOOST_TEST(found.first == "node 'c' is not in the copy");
}

BOOST_AUTO_TEST_CASE(sees_other_attributes_and_other_ends) {
  copy.compare(node_row("a", R"({"x":"1"})"));
  copy.compare(node_row("b", "{}"));
  copy.compare(edge_row("e", "b", "a", R"({"y":1})"));
  const auto found = copy.finish();
  BOOST_TEST(found.unequal == 2U);
  BOOST_TEST(found.first == "node 'a' has other attributes in the copy");
}

BOOST_AUTO_TEST_CASE(passes_over_other_graphs) {
  auto other = events.node(change_op::created, "a", "{}");
  other.graph = graph_id{"another"};
  apply(other);
  BOOST_TEST(copy.nodes() == 2U);
}

BOOST_AUTO_TEST_CASE(refuses_events_that_contradict_what_came_before) {
  refuses(events.node(change_op::created, "a", "{}"));
  refuses(events.node(change_op::updated, "c", "{}"));
  refuses(events.node(change_op::deleted, "c"));
  refuses(events.edge(change_op::created, "e", "a", "b", "{}"));
  refuses(events.edge(change_op::created, "f", "a", "c", "{}"));
  refuses(events.edge(change_op::deleted, "f", "a", "b"));
}

BOOST_AUTO_TEST_CASE(refuses_numbers_that_do_not_grow) {
  auto again = events.node(change_op::created, "c", "{}");
  again.seq = change_seq{3};
  refuses(again);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::tools
