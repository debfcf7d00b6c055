#include "reader_state.hpp"
#include "type_spelling.hpp"

#include <quire/metagraph/cursor.hpp>
#include <quire/metagraph/reader.hpp>

#include <limits>

namespace quire::metagraph {

namespace {

constexpr int first_edge_column = 1;
constexpr int first_node_column = first_edge_column + edge_column_count;
constexpr std::int64_t before_all_rows = std::numeric_limits<std::int64_t>::min();

/// Where a page ends: in which walk, at which edge.
struct place {
  std::size_t walk = 0;
  std::int64_t rowid = before_all_rows;
  std::string id;
};

query_digest digest_of(const find_neighbors& query) {
  query_digest out("neighbours");
  out.add(query.graph.get());
  out.add(query.key.get());
  out.add(static_cast<std::int64_t>(query.direction));
  out.add(static_cast<std::int64_t>(query.edge_types.size()));
  for (const auto& t : query.edge_types) out.add(t.get());
  for (const auto& t : query.node_types) out.add(t.get());
  return out;
}

result<place> place_of(const std::vector<sqlite::sql_value>& values) {
  const auto* walk = std::get_if<std::int64_t>(&values[0]);
  const auto* rowid = std::get_if<std::int64_t>(&values[1]);
  const auto* id = std::get_if<std::string>(&values[2]);
  if (walk == nullptr || rowid == nullptr || id == nullptr || *walk < 0 || *walk > 1) {
    return fail(errc::invalid_cursor, "the cursor names no place among neighbours");
  }
  return place{.walk = static_cast<std::size_t>(*walk), .rowid = *rowid, .id = *id};
}

}  // namespace

result<page<neighbor>> reader::neighbors(const find_neighbors& query) {
  if (auto ok = check_limit(query.limit); !ok) return in_context(ok.error(), "list neighbours");
  if (auto ok = check_types(query.edge_types); !ok) return ok.error();
  if (auto ok = check_types(query.node_types); !ok) return ok.error();
  auto& s = *state_;
  if (auto ok = s.look_for_pending(query.graph); !ok) return ok.error();
  const auto anchor = s.open_graph(query.graph);
  if (!anchor) return anchor.error();

  place last;
  if (!query.cursor.empty()) {
    const auto values = decode_cursor(digest_of(query), query.cursor, 3);
    if (!values) return in_context(values.error(), "list neighbours");
    auto at = place_of(*values);
    if (!at) return at.error();
    last = std::move(*at);
    // A VACUUM may have renumbered the edges; the number serves when the edge itself is gone.
    auto found = s.sql.edge_place.get(s.db);
    if (!found) return found.error();
    const sqlite::reset_guard guard{**found};
    (*found)->bind_view(1, last.id);
    const auto there = (*found)->step();
    if (!there) return there.error();
    if (*there) last.rowid = (*found)->integer(0);
  }

  const auto pair = walks_of(query.direction);
  const auto edge_types = type_spellings(query.edge_types, type_role::edge);
  const auto node_types = type_spellings(query.node_types, type_role::node);
  page<neighbor> out;
  bool more_follow = false;
  for (auto w = last.walk; w < walks_needed(query.direction, anchor->directed()); ++w) {
    const auto kind = static_cast<std::size_t>(w == 0 ? pair.first : pair.second);
    auto prepared = [&]() -> result<sqlite::statement*> {
      if (edge_types.empty() && node_types.empty()) return s.sql.neighbors[kind].get(s.db);
      std::string sql = open_neighbor_texts[kind];
      // The unary plus keeps the index of a type from being preferred to that of the end.
      if (!edge_types.empty()) sql += " AND +e.edge_type IN " + marks(edge_types.size());
      if (!node_types.empty()) sql += " AND +n.node_type IN " + marks(node_types.size());
      sql += neighbor_order.view();
      return s.queries.get(s.db, "list neighbours by type", sql);
    }();
    if (!prepared) return prepared.error();
    auto& row = **prepared;
    const sqlite::reset_guard guard{row};
    row.bind_view(1, query.graph.get());
    row.bind_view(2, query.key.get());
    row.bind(3, w == last.walk ? last.rowid : before_all_rows);
    int parameter = 4;
    for (const auto& t : edge_types) row.bind_view(parameter++, t);
    for (const auto& t : node_types) row.bind_view(parameter++, t);
    while (true) {
      const auto there = row.step();
      if (!there) return there.error();
      if (!*there) break;
      if (out.items.size() == query.limit) {
        more_follow = true;
        break;
      }
      auto joined = s.read_edge(row, first_edge_column, query.graph);
      if (!joined) return joined.error();
      out.items.push_back(
          {.node = s.read_node(row, first_node_column, query.graph), .edge = std::move(*joined)});
      if (out.items.size() == query.limit) {
        last = {.walk = w, .rowid = row.integer(0), .id = out.items.back().edge.id.get()};
      }
    }
    if (more_follow) break;
  }
  if (out.items.empty() && query.cursor.empty()) {
    const auto there = s.has_node(query.graph, query.key);
    if (!there) return there.error();
    if (!*there) return s.no_node(query.graph, query.key);
  }
  if (!more_follow) return out;
  const std::array<sqlite::sql_value, 3> values{static_cast<std::int64_t>(last.walk), last.rowid,
                                                std::move(last.id)};
  auto cursor = encode_cursor(digest_of(query), values);
  if (!cursor) return cursor.error();
  out.next_cursor = std::move(*cursor);
  return out;
}

}  // namespace quire::metagraph
