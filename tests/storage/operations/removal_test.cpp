#include "fixture.hpp"

#include <quire/metagraph/graph_writer.hpp>

namespace quire::operations {
namespace {

/// A store with a graph too large to be removed in one commit, filled behind the writer's back.
struct large_graph : one_tenant {
  static constexpr std::int64_t nodes = metagraph::graph_writer::max_removed_rows + 500;

  large_graph() {
    written(*store, request(new_graph("large", "simple")));
    BOOST_REQUIRE(store->connection().execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
        std::to_string(nodes) +
        ") INSERT INTO nodes (id, graph_id, key, attributes, node_type) SELECT 'id' || i, 'large', "
        "'k' || i, '{\"n\":1}', 'item' FROM n"));
    BOOST_REQUIRE(store->connection().execute(
        "INSERT INTO edges (id, graph_id, source_node_key, target_node_key, edge_type) SELECT 'e' || "
        "id, 'large', key, 'k1', 'link' FROM nodes WHERE graph_id = 'large' LIMIT 1200"));
  }

  /// Removes one part, as the writer's actor does between requests.
  void remove_part() {
    BOOST_REQUIRE(store->begin());
    BOOST_REQUIRE(store->remove_part());
    BOOST_REQUIRE(store->commit());
  }
  void remove_all_parts() {
    while (store->has_parts_to_remove().value()) remove_part();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(a_graph_too_large_for_one_commit, large_graph)

BOOST_AUTO_TEST_CASE(is_archived_at_once_and_goes_in_parts_with_one_event) {
  const auto reply = written(*store, request(delete_graph{graph_id{"large"}}));
  const auto* row = std::get_if<graph>(&reply.outcomes.front().row);
  BOOST_REQUIRE(row != nullptr);
  BOOST_TEST(row->status == graph_status::archived);
  BOOST_TEST(refusal(*store, request(new_node("large", "late"))) == errc::graph_archived);

  int parts = 0;
  while (store->has_parts_to_remove().value()) {
    const auto before = std::stoll(value("SELECT count(*) FROM nodes WHERE graph_id = 'large'"));
    remove_part();
    const auto after = std::stoll(value("SELECT count(*) FROM nodes WHERE graph_id = 'large'"));
    BOOST_TEST(before - after <= metagraph::graph_writer::part_rows);
    ++parts;
  }
  BOOST_TEST(parts > 40);
  BOOST_TEST(value("SELECT count(*) FROM graphs WHERE id = 'large'") == "0");
  BOOST_TEST(value("SELECT count(*) FROM edges WHERE graph_id = 'large'") == "0");
  BOOST_TEST(value("SELECT count(*) FROM nodes WHERE graph_id = 'g'") == "2");
  BOOST_TEST(value("SELECT count(*) FROM _honker_stream WHERE topic = 'graphs:deleted'") == "1");
  BOOST_TEST(value("SELECT count(*) FROM _honker_stream WHERE topic = 'nodes:deleted'") == "0");
  BOOST_TEST(value("SELECT count(*) FROM _quire_meta WHERE key LIKE 'removal:%'") == "0");
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(goes_on_after_the_file_was_closed_in_the_middle) {
  written(*store, request(delete_graph{graph_id{"large"}}));
  remove_part();
  store.reset();
  store = open();
  BOOST_TEST(store->has_parts_to_remove().value());
  remove_all_parts();
  BOOST_TEST(value("SELECT count(*) FROM graphs WHERE id = 'large'") == "0");
  BOOST_TEST(!store->has_parts_to_remove().value());
}

BOOST_AUTO_TEST_CASE(cannot_come_back_and_may_be_asked_to_go_again) {
  written(*store, request(delete_graph{graph_id{"large"}}));
  update_graph back{.id = graph_id{"large"}};
  back.set_status = true;
  back.status = graph_status::active;
  BOOST_TEST(refusal(*store, request(back)) == errc::graph_archived);
  const auto before = store->last_seq();
  BOOST_TEST(!written(*store, request(delete_graph{graph_id{"large"}})).outcomes.front().changed);
  BOOST_TEST(store->last_seq() == before);
  remove_all_parts();
  BOOST_TEST(refusal(*store, request(delete_graph{graph_id{"large"}})) == errc::not_found);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::operations
