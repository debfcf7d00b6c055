#include "reader_fixture.hpp"

#include <quire/messages/limits.hpp>
#include <quire/test/seed.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace quire;
using namespace quire::metagraph;
using namespace quire::metagraph::test;

namespace {

struct list_fixture : file_fixture {
  list_fixture() { free_graph(); }

  /// Rows in one transaction, `n0` onwards; `size` has few values, so that orders have ties.
  void many_nodes(int count) {
    sql("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < "
        "CAST(?1 AS INTEGER)) INSERT INTO nodes (id, graph_id, key, attributes, node_type) "
        "SELECT 'id' || (i * 7919 % 10007), 'g', 'n' || i, CASE i % 5 WHEN 0 THEN '{}' "
        "ELSE json_object('size', i % 50) END, 'thing' FROM n",
        {std::to_string(count).c_str()});
  }

  void many_edges(int count) {
    sql("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < "
        "CAST(?1 AS INTEGER)) INSERT INTO edges (id, graph_id, source_node_key, target_node_key, "
        "edge_type) SELECT 'id' || (i * 7919 % 10007), 'g', 'n' || (i % 3), 'n' || (i % 11), "
        "'joins' FROM n",
        {std::to_string(count).c_str()});
  }

  std::set<std::string> ids_of(const char* table) {
    auto made = writer.prepare("test", std::string{"SELECT id FROM "} + table);
    BOOST_REQUIRE(made);
    std::set<std::string> out;
    while (*made->step()) out.emplace(made->text(0));
    return out;
  }
};

/// Reads all pages; `between` runs after each.
template <class Query, class Between>
std::vector<std::string> read_all(reader& read, Query query, const Between& between) {
  std::vector<std::string> out;
  while (true) {
    const auto page = read.list(query);
    BOOST_REQUIRE_MESSAGE(page, page.error().context);
    for (const auto& row : page->items) out.push_back(row.id.get());
    if (page->next_cursor.empty()) return out;
    BOOST_REQUIRE(page->items.size() == query.options.limit);
    query.options.cursor = page->next_cursor;
    between();
  }
}

void check_pages(const std::vector<std::string>& shown, const std::set<std::string>& at_start,
                 const std::set<std::string>& at_end) {
  const std::set<std::string> unique(shown.begin(), shown.end());
  BOOST_TEST(unique.size() == shown.size());  // none twice
  std::vector<std::string> stayed;
  std::set_intersection(at_start.begin(), at_start.end(), at_end.begin(), at_end.end(),
                        std::back_inserter(stayed));
  BOOST_TEST(std::includes(unique.begin(), unique.end(), stayed.begin(), stayed.end()));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(list, list_fixture)

BOOST_AUTO_TEST_CASE(paging_through_changing_nodes_shows_each_once_and_misses_none) {
  many_nodes(10'000);
  quire::test::random_source random(7);
  for (const auto* order : {"", R"([{"/size": "asc"}])", R"([{"/size": "desc"}, {"key": "desc"}])",
                            R"([{"createdAt": "asc"}])"}) {
    BOOST_TEST_CONTEXT("order " << order << ", seed " << random.used()) {
      const auto at_start = ids_of("nodes");
      int made = 0;
      list_nodes query{graph_id{"g"}, {}};
      query.options.limit = 500;
      if (*order != '\0') query.options.order = doc(order);
      const auto shown = read_all(read, query, [&] {
        sql("BEGIN");
        for (int i = 0; i < 20; ++i) {
          const auto key = std::string{order} + "new" + std::to_string(made++) + "-" +
                           std::to_string(random.below(1'000'000));
          node(key.c_str(), R"({"size": 7})");
          sql("DELETE FROM nodes WHERE key = 'n' || ?1",
              {std::to_string(random.below(10'000)).c_str()});
        }
        sql("COMMIT");
      });
      check_pages(shown, at_start, ids_of("nodes"));
    }
  }
}

BOOST_AUTO_TEST_CASE(paging_through_changing_edges_shows_each_once_and_misses_none) {
  many_nodes(20);
  many_edges(10'000);
  quire::test::random_source random(8);
  const auto at_start = ids_of("edges");
  list_edges query{graph_id{"g"}, {}};
  query.options.limit = 300;
  int page = 0;
  const auto shown = read_all(read, query, [&] {
    sql("BEGIN");
    for (int i = 0; i < 20; ++i) {
      edge(("n" + std::to_string(random.below(20))).c_str(), "n1");
      sql("DELETE FROM edges WHERE id = 'id' || ?1",
          {std::to_string(random.below(10'007)).c_str()});
    }
    sql("COMMIT");
    if (++page == 9) BOOST_REQUIRE(writer.vacuum());
  });
  check_pages(shown, at_start, ids_of("edges"));
}

BOOST_AUTO_TEST_CASE(a_page_goes_on_after_its_last_row_was_deleted) {
  for (const auto* key : {"a", "b", "c"}) node(key);
  for (int i = 0; i < 3; ++i) edge("a", "b");
  list_edges query{graph_id{"g"}, {}};
  query.options.limit = 1;
  query.options.cursor = read.list(query)->next_cursor;
  sql("DELETE FROM edges WHERE id = 'edge-1'");
  query.options.limit = 5;
  const auto rest = read.list(query);
  BOOST_REQUIRE(rest);
  BOOST_REQUIRE(rest->items.size() == 2U);
  BOOST_TEST(rest->items[0].id == row_id{"edge-2"});
  BOOST_TEST(rest->next_cursor.empty());
}

BOOST_AUTO_TEST_CASE(pages_of_a_full_size_end_without_a_cursor) {
  for (const auto* key : {"a", "b"}) node(key);
  list_nodes query{graph_id{"g"}, {}};
  query.options.limit = 2;
  const auto page = read.list(query);
  BOOST_REQUIRE(page);
  BOOST_TEST(page->items.size() == 2U);
  BOOST_TEST(page->next_cursor.empty());
}

BOOST_AUTO_TEST_CASE(every_order_of_every_kind_of_value_pages_to_the_whole) {
  quire::test::random_source random(9);
  const std::vector<const char*> values{"{}",
                                        R"({"v": null})",
                                        R"({"v": 1})",
                                        R"({"v": 1.0})",
                                        R"({"v": true})",
                                        R"({"v": -2.5})",
                                        R"({"v": "a"})",
                                        R"({"v": ""})",
                                        R"({"v": [1]})",
                                        R"({"v": 9007199254740993})",
                                        R"({"v": 9007199254740992})",
                                        "torn"};
  for (int i = 0; i < 60; ++i) {
    const auto key = "k" + std::to_string(i);
    node(key.c_str(), values[random.below(values.size())], random.chance(0.3) ? nullptr : "thing");
  }
  for (const auto* order :
       {R"([{"/v": "asc"}])", R"([{"/v": "desc"}])", R"([{"nodeType": "asc"}, {"/v": "desc"}])",
        R"([{"nodeType": "desc"}, {"/v": "asc"}, {"key": "desc"}])", R"([{"id": "desc"}])"}) {
    list_nodes query{graph_id{"g"}, {}};
    query.options.order = doc(order);
    query.options.limit = 1000;
    const auto whole = read_all(read, query, [] {});
    BOOST_TEST(whole.size() == 60U);
    for (const std::size_t limit : {1, 7, 59}) {
      query.options.limit = limit;
      BOOST_TEST(read_all(read, query, [] {}) == whole, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cursor_of_another_query_is_refused) {
  graph("other");
  for (const auto* key : {"a", "b", "c"}) node(key);
  const list_nodes first{graph_id{"g"}, pages_of(1)};
  const auto cursor = read.list(first)->next_cursor;
  BOOST_REQUIRE(!cursor.empty());
  std::vector<list_nodes> others(4, first);
  others[0].graph = graph_id{"other"};
  others[1].options.filter = doc(R"({"key": "a"})");
  others[2].options.order = doc(R"([{"key": "desc"}])");
  others[3].options.order = doc(R"([{"key": "asc"}])");
  for (auto& q : others) {
    q.options.cursor = cursor;
    const auto found = read.list(q);
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code == errc::invalid_cursor);
    BOOST_TEST(found.error().context.find("another query") != std::string::npos);
  }
  list_edges edges{graph_id{"g"}, {}};
  edges.options.cursor = cursor;
  BOOST_TEST(read.list(edges).error().code == errc::invalid_cursor);
  list_nodes longer = first;
  longer.options.cursor = cursor;
  longer.options.limit = 2;
  BOOST_TEST(read.list(longer).has_value());
}

BOOST_AUTO_TEST_CASE(a_damaged_cursor_is_refused) {
  for (const auto* key : {"a", "b", "c"}) node(key);
  list_nodes query{graph_id{"g"}, pages_of(1)};
  const auto cursor = read.list(query)->next_cursor;
  const auto code = [&](std::string text) {
    query.options.cursor = std::move(text);
    const auto found = read.list(query);
    return found ? errc::none : found.error().code;
  };
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    auto changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(code(changed) == errc::invalid_cursor);
    if (i != 0) BOOST_TEST(code(cursor.substr(0, i)) == errc::invalid_cursor);
  }
  for (const auto* text : {"A", "!", "AAAA", "é", "====", "a b"}) {
    BOOST_TEST(code(text) == errc::invalid_cursor, text);
  }
  BOOST_TEST(code(cursor + "A") == errc::invalid_cursor);
  BOOST_TEST(code(std::string(1U << 20U, 'A')) == errc::invalid_cursor);
}

BOOST_AUTO_TEST_CASE(limits_are_from_1_to_the_largest_page) {
  for (const std::size_t bad : {std::size_t{0}, limits::max_page + 1}) {
    BOOST_TEST(read.list(list_nodes{graph_id{"g"}, pages_of(bad)}).error().code ==
               errc::invalid_option);
    BOOST_TEST(read.list_graphs(pages_of(bad)).error().code == errc::invalid_option);
  }
  BOOST_TEST(read.list(list_nodes{graph_id{"g"}, pages_of(limits::max_page)}).has_value());
}

BOOST_AUTO_TEST_CASE(a_value_too_long_for_a_cursor_is_said) {
  node("a", (R"({"v": ")" + std::string(100'000, 'x') + "\"}").c_str());
  node("b", R"({"v": "y"})");
  list_nodes query{graph_id{"g"}, pages_of(1)};
  query.options.order = doc(R"([{"/v": "asc"}])");
  BOOST_TEST(read.list(query).error().code == errc::limit_exceeded);
  query.options.limit = 2;
  BOOST_TEST(read.list(query).has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_graph_has_an_empty_page_and_a_missing_one_is_not_found) {
  const auto page = read.list(list_nodes{graph_id{"g"}, {}});
  BOOST_REQUIRE(page);
  BOOST_TEST(page->items.empty());
  BOOST_TEST(read.list(list_nodes{graph_id{"h"}, {}}).error().code == errc::not_found);
  BOOST_TEST(read.list(list_edges{graph_id{"h"}, {}}).error().code == errc::not_found);
}

BOOST_AUTO_TEST_CASE(lists_show_one_graph_only) {
  graph("other");
  node("a");
  node("b", "{}", "thing", "other");
  BOOST_TEST(keys(read.list(list_nodes{graph_id{"g"}, {}})->items) == "a");
  list_nodes query{graph_id{"g"}, {}};
  query.options.filter = doc(R"({"graphId": "other"})");
  BOOST_TEST(read.list(query)->items.empty());
}

BOOST_AUTO_TEST_CASE(graphs_are_listed_by_filter_and_in_pages) {
  graph_type("calls", "{}");
  graph("h", "calls", "beta", "archived");
  graph("i", "calls", "alpha");
  sql("UPDATE graphs SET metadata = '{\"rank\": 3}' WHERE id = 'h'");
  const auto ids = [&](const list_options& options) {
    std::string out;
    const auto page = read.list_graphs(options);
    if (!page) return to_string(page.error());
    for (const auto& g : page->items) out += g.id.get() + " ";
    return out;
  };
  BOOST_TEST(ids({}) == "g h i ");
  list_options options;
  options.limit = 2;
  options.cursor = read.list_graphs(options)->next_cursor;
  BOOST_TEST(ids(options) == "i ");
  options = {};
  options.filter = doc(R"({"graphType": "calls", "status": {"ne": "archived"}})");
  BOOST_TEST(ids(options) == "i ");
  options.filter = doc(R"({"ownerId": null, "metadata": {"rank": {"gt": 2}}})");
  BOOST_TEST(ids(options) == "h ");
  options.filter = {};
  options.order = doc(R"([{"graphType": "desc"}, {"name": "asc"}])");
  BOOST_TEST(ids(options) == "i h g ");
}

BOOST_AUTO_TEST_SUITE_END()
