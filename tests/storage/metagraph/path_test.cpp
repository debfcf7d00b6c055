#include "reader_fixture.hpp"

#include <quire/test/seed.hpp>

#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>
#include <optional>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

struct arrow {
  std::size_t source;
  std::size_t target;
  bool undirected;
  std::string type;
};

struct path_fixture : file_fixture {
  path_fixture() { free_graph(); }

  std::string found(const find_path& q) {
    const auto p = read.shortest_path(q);
    return p ? keys(p->nodes) : to_string(p.error());
  }

  void chain(int length) {
    for (int i = 0; i <= length; ++i) node(("n" + std::to_string(i)).c_str());
    for (int i = 0; i < length; ++i) {
      edge(("n" + std::to_string(i)).c_str(), ("n" + std::to_string(i + 1)).c_str());
    }
  }
};

bool passes(const arrow& a, std::size_t from, std::size_t to, direction d) {
  const bool forward = a.source == from && a.target == to;
  const bool backward = a.source == to && a.target == from;
  if (d == direction::both || a.undirected) return forward || backward;
  return d == direction::out ? forward : backward;
}

/// Number of edges of a shortest path, the slow and plain way.
std::optional<std::size_t> distance(std::size_t nodes, const std::vector<arrow>& arrows,
                                    std::size_t from, std::size_t to, direction d,
                                    const std::string& type) {
  std::map<std::size_t, std::size_t> depth{{from, 0}};
  std::deque<std::size_t> queue{from};
  while (!queue.empty()) {
    const auto at = queue.front();
    queue.pop_front();
    if (at == to) return depth[at];
    for (std::size_t next = 0; next < nodes; ++next) {
      if (depth.count(next) != 0) continue;
      for (const auto& a : arrows) {
        if ((type.empty() || a.type == type) && passes(a, at, next, d)) {
          depth[next] = depth[at] + 1;
          queue.push_back(next);
          break;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(shortest_path, path_fixture)

BOOST_AUTO_TEST_CASE(agrees_with_a_plain_search_on_random_graphs) {
  quire::test::random_source random(11);
  for (int round = 0; round < 12; ++round) {
    const auto count = 2 + random.below(24);
    const auto name = "r" + std::to_string(round);
    graph(name.c_str());
    sql("BEGIN");
    for (std::size_t i = 0; i < count; ++i) {
      node(std::to_string(i).c_str(), "{}", "thing", name.c_str());
    }
    std::vector<arrow> arrows;
    for (auto n = random.below(count * 3); n > 0; --n) {
      arrows.push_back({random.below(count), random.below(count), random.chance(0.2),
                        random.chance(0.7) ? "joins" : "owns"});
      const auto& a = arrows.back();
      edge(std::to_string(a.source).c_str(), std::to_string(a.target).c_str(), a.undirected,
           a.type.c_str(), name.c_str());
    }
    sql("COMMIT");
    for (int i = 0; i < 60; ++i) {
      const auto from = random.below(count);
      const auto to = random.below(count);
      const auto d = static_cast<direction>(random.below(3));
      const std::string type = random.chance(0.5) ? "" : "joins";
      auto q = path_between(std::to_string(from), std::to_string(to), d);
      q.graph = graph_id{name};
      if (!type.empty()) q.edge_types = {type_name{type}};
      const auto wanted = distance(count, arrows, from, to, d, type);
      const auto p = read.shortest_path(q);
      BOOST_TEST_CONTEXT("seed " << random.used() << " round " << round << ": " << from << " to "
                                 << to << " direction " << static_cast<int>(d) << " " << type) {
        BOOST_REQUIRE(p);
        if (!wanted) {
          BOOST_TEST(p->nodes.empty());
          BOOST_TEST(p->edges.empty());
          continue;
        }
        BOOST_REQUIRE(p->nodes.size() == *wanted + 1);
        BOOST_REQUIRE(p->edges.size() == *wanted);
        BOOST_TEST(p->nodes.front().key == q.from);
        BOOST_TEST(p->nodes.back().key == q.to);
        for (std::size_t k = 0; k < p->edges.size(); ++k) {
          const auto& e = p->edges[k];
          const arrow a{std::stoul(e.source.get()), std::stoul(e.target.get()), e.undirected,
                        e.type.get()};
          BOOST_TEST(passes(a, std::stoul(p->nodes[k].key.get()),
                            std::stoul(p->nodes[k + 1].key.get()), d));
          BOOST_TEST((type.empty() || a.type == type));
        }
        if (*wanted == 0) continue;
        q.max_depth = *wanted - 1;
        BOOST_TEST(read.shortest_path(q)->nodes.empty());
        q.max_depth = *wanted;
        BOOST_TEST(read.shortest_path(q)->nodes.size() == *wanted + 1);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(directions_are_followed) {
  chain(3);
  BOOST_TEST(found(path_between("n0", "n3")) == "n0 n1 n2 n3");
  BOOST_TEST(found(path_between("n3", "n0")) == "");
  BOOST_TEST(found(path_between("n3", "n0", direction::in)) == "n3 n2 n1 n0");
  BOOST_TEST(found(path_between("n3", "n0", direction::both)) == "n3 n2 n1 n0");
}

BOOST_AUTO_TEST_CASE(types_are_taken_in_either_form) {
  chain(1);
  sql("UPDATE edges SET edge_type = 'depends_on'");
  auto q = path_between("n0", "n1");
  q.edge_types = {type_name{"DependsOnEdge"}};
  BOOST_TEST(found(q) == "n0 n1");
  q.edge_types = {type_name{"owns"}};
  BOOST_TEST(found(q) == "");
  q.edge_types.assign(reader::max_types + 1, type_name{"x"});
  BOOST_TEST(read.shortest_path(q).error().code == errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(from_a_node_to_itself_is_that_node) {
  chain(1);
  edge("n0", "n0");
  const auto p = read.shortest_path(path_between("n0", "n0"));
  BOOST_REQUIRE(p);
  BOOST_TEST(keys(p->nodes) == "n0");
  BOOST_TEST(p->edges.empty());
}

BOOST_AUTO_TEST_CASE(unknown_ends_are_named) {
  chain(1);
  BOOST_TEST(found(path_between("x", "n0")) == "not_found: no node 'x' in graph 'g'");
  BOOST_TEST(found(path_between("n0", "x")) == "not_found: no node 'x' in graph 'g'");
  BOOST_TEST(found(path_between("x", "x")) == "not_found: no node 'x' in graph 'g'");
  auto q = path_between("n0", "n1");
  q.graph = graph_id{"h"};
  BOOST_TEST(found(q) == "not_found: no graph 'h' in this file");
}

BOOST_AUTO_TEST_CASE(too_many_visits_are_refused) {
  chain(10);
  auto q = path_between("n0", "n10");
  q.max_visited = 5;
  BOOST_TEST(read.shortest_path(q).error().code == errc::limit_exceeded);
  q.max_visited = 11;
  BOOST_TEST(read.shortest_path(q)->nodes.size() == 11U);
}

BOOST_AUTO_TEST_CASE(depth_bounds_the_path) {
  chain(5);
  auto q = path_between("n0", "n5");
  q.max_depth = 4;
  BOOST_TEST(found(q) == "");
  q.max_depth = 5;
  BOOST_TEST(found(q) == "n0 n1 n2 n3 n4 n5");
}

BOOST_AUTO_TEST_CASE(a_directed_graph_type_is_followed_as_such) {
  graph_type("d", R"({"type": "directed"})");
  sql("UPDATE graphs SET graph_type_id = 'type-d'");
  chain(2);
  BOOST_TEST(found(path_between("n0", "n2")) == "n0 n1 n2");
  BOOST_TEST(found(path_between("n2", "n0")) == "");
  BOOST_TEST(found(path_between("n2", "n0", direction::both)) == "n2 n1 n0");
}

BOOST_AUTO_TEST_CASE(a_path_over_an_edge_without_its_end_is_damage) {
  chain(3);
  sql("PRAGMA foreign_keys = OFF");
  sql("DELETE FROM nodes WHERE key = 'n1'");
  BOOST_TEST(read.shortest_path(path_between("n0", "n3")).error().code == errc::storage_corrupt);
}

BOOST_AUTO_TEST_SUITE_END()
