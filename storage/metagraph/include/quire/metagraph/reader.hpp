#pragma once

#include <quire/messages/error.hpp>
#include <quire/messages/queries.hpp>
#include <quire/messages/rows.hpp>
#include <quire/sqlite/connection.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace quire::metagraph {

class graph_type_view;
struct reader_state;

/// The compiled type of a graph; may answer null. It may read from the same connection, but not
/// through the same reader.
using type_lookup = std::function<result<std::shared_ptr<const graph_type_view>>(const graph_id&)>;

/// What a reader asks of the graphs it reads; `lookups_in` of catalog.hpp has both. What is empty
/// is not asked.
struct graph_lookups {
  /// Asked only for rows whose type is NULL, that is, written by a foreign program. When it fails
  /// the type stays unknown.
  type_lookup infer{};
  /// Asked once for each query of nodes or edges, so it has to be quick. Null unless the graph's
  /// type is evolved lazily (pending.hpp): then the type that rows are brought up to. When it fails
  /// the query fails.
  type_lookup pending{};
};

/// Answers everything that is asked of the metagraph tables of one file. Never writes.
///
/// Belongs to one connection, which must outlive it and must not be moved meanwhile; one thread at
/// a time. Statements are prepared when first needed; those of filters are kept in a cache of
/// bounded size. Each call answers from one snapshot: that of the transaction that is open on the
/// connection, else one of its own.
///
/// Documents come as trusted text and are parsed by whoever asks for their value. A type that is
/// NULL in its row is inferred when `infer` knows the graph's type and exactly one type fits, else
/// it is empty; types written in entry form (`CallNode`) are answered in stored form (`call`).
///
/// Where a type is evolved lazily, nodes and edges are answered in their current form, whatever
/// form is stored. Filters, orders and cursors go by what is stored: a member that a row has yet to
/// get is absent to them.
///
/// Common failures: `not_found` (the graph, or what is named), `storage_*`.
class reader {
 public:
  explicit reader(sqlite::connection& db, graph_lookups ask = {});
  reader(reader&&) noexcept;
  reader& operator=(reader&&) noexcept;
  ~reader();

  [[nodiscard]] result<node> find(const find_node& query);
  /// Exactly one of key and id is given, else `invalid_option`.
  [[nodiscard]] result<edge> find(const find_edge& query);
  [[nodiscard]] result<graph> find_graph(const graph_id& id);
  /// The graph with this id, else the only graph of this name. Of several the one that is not
  /// archived, when there is exactly one; otherwise `conflict`, listing ids.
  [[nodiscard]] result<graph> resolve_graph(std::string_view id_or_name);
  [[nodiscard]] result<graph_type> find_graph_type(const graph_type_name& name);
  /// Is the graph's type evolved lazily? False when there is no such graph, or no type.
  [[nodiscard]] result<bool> is_lazy(const graph_id& id);
  /// All of them with their node and edge types, by name.
  [[nodiscard]] result<std::vector<graph_type>> list_graph_types();

  // Lists. Filters and orders: filter.hpp. Without `order`, graphs come by id, nodes by key, edges
  // by the key of their source. A cursor remembers the place in that order, not rows: paging shows
  // no row twice and misses none that was there at the start, unless what it is ordered by changes
  // on the way. Also fail with `filter_unsupported`, `invalid_cursor` (of another query, or
  // damaged), `invalid_option` (limit), `limit_exceeded` (a filter too large).
  [[nodiscard]] result<page<graph>> list_graphs(const list_options& options);
  [[nodiscard]] result<page<node>> list(const list_nodes& query);
  [[nodiscard]] result<page<edge>> list(const list_edges& query);

  /// Edges at a node, oldest first, with the nodes at their other ends. Undirected edges count both
  /// ways, a self-loop once. In a graph whose type says `directed` no edge is undirected, whatever
  /// its row says. Type names are taken in stored and in entry form. An edge whose other end lacks
  /// is left out. Also fails with `invalid_cursor`, `invalid_option` (limit), `limit_exceeded`
  /// (more than `max_types` type names).
  [[nodiscard]] result<page<neighbor>> neighbors(const find_neighbors& query);

  /// A shortest path by number of edges: from both ends, level by level, one copy of each visited
  /// key in memory. No path within `max_depth` edges: an empty path. From a node to itself: that
  /// node. Also fails with `limit_exceeded` when more than `max_visited` nodes were visited.
  [[nodiscard]] result<path> shortest_path(const find_path& query);

  /// Rows whose type is NULL are counted under the empty name. Reads two whole indexes of the
  /// graph.
  [[nodiscard]] result<graph_stat> stat(const stat_graph& query);

  /// Number of the last change of this file; 0 when there was none.
  [[nodiscard]] result<change_seq> last_seq();

  /// Bound on the type names of one query.
  static constexpr std::size_t max_types = 100;

 private:
  std::unique_ptr<reader_state> state_;
};

}  // namespace quire::metagraph
