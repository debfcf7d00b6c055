#pragma once

#include <quire/messages/environment.hpp>
#include <quire/messages/rows.hpp>
#include <quire/messages/session.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace quire {

enum class direction : std::uint8_t { out = 0, in = 1, both = 2 };

/// What to list. `filter` and `order` are JSON as in the operations: `{"nodeType": "package", "attributes":
/// {"section": "admin", "/size": {"gt": 10}}}` and `[{"/size": "desc"}, {"key": "asc"}]`; empty: none.
struct list_options {
  document filter{};
  document order{};
  std::size_t limit = 100;  ///< 1 to limits::max_page
  std::string cursor{};       ///< of the page before; empty: from the start
};

struct find_node {
  graph_id graph{};
  node_key key{};
};

/// By `key`, or by `id`.
struct find_edge {
  graph_id graph{};
  edge_key key{};
  row_id id{};
};

struct list_nodes {
  graph_id graph{};
  list_options options{};
};

struct list_edges {
  graph_id graph{};
  list_options options{};
};

/// Edges at a node with the nodes at their other ends. Types empty: all.
struct find_neighbors {
  graph_id graph{};
  node_key key{};
  quire::direction direction = quire::direction::out;
  std::vector<type_name> edge_types{};
  std::vector<type_name> node_types{};
  std::size_t limit = 100;
  std::string cursor{};
};

struct neighbor {
  quire::node node{};
  quire::edge edge{};
  friend bool operator==(const neighbor&, const neighbor&) = default;
};

/// Shortest path by number of edges, found breadth first from both ends.
struct find_path {
  graph_id graph{};
  node_key from{};
  node_key to{};
  quire::direction direction = quire::direction::out;
  std::vector<type_name> edge_types{};
  std::size_t max_depth = 64;
  std::size_t max_visited = 1'000'000;  ///< above: `limit_exceeded`
};

/// The nodes from `from` to `to`; empty when there is no path. `edges[i]` joins `nodes[i]` and `nodes[i + 1]`.
struct path {
  std::vector<node> nodes{};
  std::vector<edge> edges{};
  friend bool operator==(const path&, const path&) = default;
};

/// Counts of a graph at one moment.
struct graph_stat {
  std::int64_t nodes = 0;
  std::int64_t edges = 0;
  std::map<std::string, std::int64_t> nodes_by_type{};
  std::map<std::string, std::int64_t> edges_by_type{};
  change_seq seq{};
  friend bool operator==(const graph_stat&, const graph_stat&) = default;
};

struct stat_graph {
  graph_id graph{};
};

using query = std::variant<find_node, find_edge, list_nodes, list_edges, find_neighbors, find_path, stat_graph>;

/// Asks a READER. Answer: read_reply with the alternative that belongs to the query, from one snapshot at least as fresh
/// as `at_least`.
struct read_request {
  static constexpr int version = 1;
  session_ref session{};
  timestamp deadline = timestamp::max();
  change_seq at_least{};
  quire::query query{};
};

struct read_reply {
  static constexpr int version = 1;
  std::variant<std::monostate, node, edge, page<node>, page<edge>, page<neighbor>, path, graph_stat> value{};
};

}  // namespace quire
