#pragma once

#include "sql_text.hpp"

#include <quire/messages/queries.hpp>

#include <array>
#include <cstddef>

namespace quire::metagraph {

/// Ways along the index of one end of edges, at the node ?2 of graph ?1. Numbered as the texts.
enum class walk : std::uint8_t {
  source = 0,
  target = 1,
  source_undirected = 2,  ///< undirected edges only; without loops, which the other walk meets
  target_undirected = 3,
  target_no_loops = 4,
};
inline constexpr std::size_t walk_count = 5;

/// The two walks of a direction; every edge is met by one of them only. In a directed graph the
/// second one is needed for `both` only.
struct walk_pair {
  walk first;
  walk second;
};

[[nodiscard]] constexpr walk_pair walks_of(direction d) {
  switch (d) {
    case direction::out: return {walk::source, walk::target_undirected};
    case direction::in: return {walk::target, walk::source_undirected};
    case direction::both: break;
  }
  return {walk::source, walk::target_no_loops};
}

[[nodiscard]] constexpr std::size_t walks_needed(direction d, bool directed_graph) {
  return directed_graph && d != direction::both ? 1 : 2;
}

inline constexpr sql_part walk_undirected =
    " AND e.undirected = 1 AND e.source_node_key <> e.target_node_key";
inline constexpr sql_part walk_no_loops = " AND e.source_node_key <> e.target_node_key";

/// `head`, the column of the other end, `middle`, the conditions of the walk, `tail`.
template <sql_part Head, sql_part Middle, sql_part Tail>
inline constexpr std::array<const char*, walk_count> walk_texts{
    sql_text<Head, "e.target_node_key", Middle, " AND e.source_node_key = ?2", Tail>,
    sql_text<Head, "e.source_node_key", Middle, " AND e.target_node_key = ?2", Tail>,
    sql_text<Head, "e.target_node_key", Middle, " AND e.source_node_key = ?2", walk_undirected,
             Tail>,
    sql_text<Head, "e.source_node_key", Middle, " AND e.target_node_key = ?2", walk_undirected,
             Tail>,
    sql_text<Head, "e.source_node_key", Middle, " AND e.target_node_key = ?2", walk_no_loops, Tail>,
};

// Neighbours. Column 0 is the edge's rowid, then come the edge and the node. Edges come in the
// order of the index (graph, end, rowid), so nothing is sorted and a page costs what it shows.
inline constexpr sql_part neighbor_head =
    "SELECT e.rowid, e.id, e.key, e.edge_type, e.source_node_key, e.target_node_key, e.undirected, "
    "e.attributes, e.metadata, e.created_at, e.updated_at, n.id, n.key, n.node_type, n.attributes, "
    "n.metadata, n.created_at, n.updated_at FROM edges AS e CROSS JOIN nodes AS n "
    "ON n.graph_id = ?1 AND n.key = ";
inline constexpr sql_part neighbor_middle = " WHERE e.graph_id = ?1 AND e.rowid > ?3";
inline constexpr sql_part neighbor_order = " ORDER BY e.rowid";

// Steps of a search: the edge's rowid and the key of its other end.
inline constexpr sql_part step_head = "SELECT e.rowid, ";
inline constexpr sql_part step_middle = " FROM edges AS e WHERE e.graph_id = ?1";

/// With the order, and without it for conditions to be added.
inline constexpr auto neighbor_texts = walk_texts<neighbor_head, neighbor_middle, neighbor_order>;
inline constexpr auto open_neighbor_texts = walk_texts<neighbor_head, neighbor_middle, "">;
inline constexpr auto step_texts = walk_texts<step_head, step_middle, "">;

}  // namespace quire::metagraph
