#pragma once

#include <quire/messages/queries.hpp>
#include <quire/metagraph/cursor.hpp>
#include <quire/metagraph/filter.hpp>
#include <quire/sqlite/value.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace quire::metagraph {

/// What one kind of list reads, and how it goes on after a page. All texts are constants.
struct listing {
  std::string_view name;
  const filter_table* filters;
  std::string_view columns;
  int column_count;
  std::string_view from;
  std::string_view graph_sql;     ///< column of the graph's id; empty: all rows of the file
  std::vector<order_term> order;  ///< without any asked for
  /// Condition for rows after the last values of `order` and `resume_extra`, when it needs another
  /// form than the usual.
  std::string_view resume;
  std::string_view resume_extra;  ///< a further column that `resume` needs
};

[[nodiscard]] listing graphs_listing();
[[nodiscard]] listing nodes_listing();
[[nodiscard]] listing edges_listing();

/// One page as a statement: the listing's columns, then the `place_size` values that tell where a
/// page ends; one row more than the page has, if there is one.
struct list_text {
  std::string sql;
  std::vector<sqlite::sql_value> values;
  query_digest digest;
  std::size_t place_size = 0;
};

/// Tells whether a member's expression has an attribute index.
using index_lookup = std::function<result<bool>(std::string_view expression)>;

/// Fails as lists do: `filter_unsupported`, `invalid_cursor`, `invalid_option`, `limit_exceeded`.
[[nodiscard]] result<list_text> write_list(const listing& what, const graph_id& graph,
                                           const list_options& options,
                                           const index_lookup& has_index);

}  // namespace quire::metagraph
