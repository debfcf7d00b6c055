#include "cursor.hpp"
#include "reader_state.hpp"

#include <quire/metagraph/filter.hpp>
#include <quire/metagraph/reader.hpp>

#include <algorithm>

namespace quire::metagraph {

namespace {

/// What one kind of list reads, and how it goes on after a page.
struct listing {
  std::string_view name;
  const filter_table& filters;
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

void bind_value(sqlite::statement& to, int index, const sqlite::value& v) {
  if (const auto* i = std::get_if<std::int64_t>(&v)) {
    to.bind(index, *i);
  } else if (const auto* r = std::get_if<double>(&v)) {
    to.bind(index, *r);
  } else if (const auto* t = std::get_if<std::string>(&v)) {
    to.bind(index, std::string_view{*t});
  } else {
    to.bind_null(index);
  }
}

sqlite::value read_value(sqlite::statement& row, int column) {
  switch (row.kind(column)) {
    case sqlite::column_kind::integer: return row.integer(column);
    case sqlite::column_kind::real: return row.real(column);
    case sqlite::column_kind::text: return std::string{row.text(column)};
    case sqlite::column_kind::blob:
    case sqlite::column_kind::null: break;
  }
  return {};
}

bool is_null(const sqlite::value& v) { return std::holds_alternative<std::monostate>(v); }

/// The condition for rows that come after the one with these values, in an order where NULL is
/// below everything: equal in the first terms and beyond in the next, for each term.
std::string after(const std::vector<order_term>& order, const std::vector<sqlite::value>& last,
                  std::vector<sqlite::value>& values) {
  std::string out;
  // Said once more for the first term alone, so that an index can start there.
  const auto& first = order.front();
  if (!is_null(last.front()) && (!first.descending || !first.nullable)) {
    out.append(first.sql).append(first.descending ? " <= ? AND " : " >= ? AND ");
    values.push_back(last.front());
  }
  out += "(";
  bool any = false;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto& term = order[i];
    const bool from_null = is_null(last[i]);
    if (from_null && term.descending) continue;  // NULL is the end
    out += any ? " OR (" : "(";
    any = true;
    for (std::size_t k = 0; k < i; ++k) {
      out.append(order[k].sql).append(" IS ? AND ");
      values.push_back(last[k]);
    }
    if (from_null) {
      out.append(term.sql).append(" IS NOT NULL)");
      continue;
    }
    values.push_back(last[i]);
    if (!term.descending) {
      out.append(term.sql).append(" > ?)");
    } else if (term.nullable) {
      out.append("(").append(term.sql).append(" < ? OR ").append(term.sql).append(" IS NULL))");
    } else {
      out.append(term.sql).append(" < ?)");
    }
  }
  return out.append(any ? ")" : "0)");
}

/// Reads one page; `add` takes the row that the statement is on.
template <class T, class Add>
result<page<T>> read_page(sqlite::connection& db, sqlite::statement_cache& cache,
                          const listing& what, const graph_id& graph, const list_options& options,
                          const Add& add) {
  if (auto ok = check_limit(options.limit); !ok) return in_context(ok.error(), what.name);
  auto filter = compile_filter(what.filters, options.filter, options.order);
  if (!filter) return filter.error();

  query_digest digest(what.name);
  digest.add(graph.get());
  digest.add(options.filter.text());
  digest.add(options.order.text());

  const bool usual = filter->order.empty();
  const auto& order = usual ? what.order : filter->order;
  const auto extra = usual ? what.resume_extra : std::string_view{};
  const auto place_size = order.size() + (extra.empty() ? 0U : 1U);

  std::string sql{"SELECT "};
  sql.append(what.columns);
  for (const auto& term : order) sql.append(", ").append(term.sql);
  if (!extra.empty()) sql.append(", ").append(extra);
  sql.append(" FROM ").append(what.from);
  std::vector<sqlite::value> values;
  std::string_view joint = " WHERE ";
  const auto also = [&](std::string_view condition) {
    sql.append(joint).append(condition);
    joint = " AND ";
  };
  if (!what.graph_sql.empty()) {
    also(what.graph_sql);
    sql += " = ?";
    values.emplace_back(graph.get());
  }
  if (!filter->where.empty()) {
    also(filter->where);
    std::move(filter->values.begin(), filter->values.end(), std::back_inserter(values));
  }
  if (!options.cursor.empty()) {
    auto last = decode_cursor(digest, options.cursor, place_size);
    if (!last) return in_context(last.error(), what.name);
    if (usual && !what.resume.empty()) {
      also(what.resume);
      std::move(last->begin(), last->end(), std::back_inserter(values));
    } else {
      also(after(order, *last, values));
    }
  }
  sql += " ORDER BY ";
  for (std::size_t i = 0; i < order.size(); ++i) {
    sql.append(i == 0 ? "" : ", ").append(order[i].sql).append(order[i].descending ? " DESC" : "");
  }
  sql += " LIMIT ?";
  values.emplace_back(static_cast<std::int64_t>(options.limit + 1));

  auto prepared = cache.get(db, what.name, sql);
  if (!prepared) return prepared.error();
  auto& row = **prepared;
  const sqlite::reset_guard guard{row};
  for (std::size_t i = 0; i < values.size(); ++i) {
    bind_value(row, static_cast<int>(i) + 1, values[i]);
  }
  page<T> out;
  std::vector<sqlite::value> place;
  while (true) {
    const auto more = row.step();
    if (!more) return more.error();
    if (!*more) return out;
    if (out.items.size() == options.limit) break;
    if (auto ok = add(row, out.items); !ok) return ok.error();
    if (out.items.size() < options.limit) continue;
    for (std::size_t i = 0; i < place_size; ++i) {
      place.push_back(read_value(row, what.column_count + static_cast<int>(i)));
    }
  }
  auto cursor = encode_cursor(digest, place);
  if (!cursor) return in_context(cursor.error(), what.name);
  out.next_cursor = std::move(*cursor);
  return out;
}

}  // namespace

result<page<graph>> reader::list_graphs(const list_options& options) {
  const listing what{.name = "list graphs",
                     .filters = graphs_filter_table(),
                     .columns = graph_columns.view(),
                     .column_count = graph_column_count,
                     .from = graph_tables.view(),
                     .graph_sql = {},
                     .order = {{.sql = "g.id"}},
                     .resume = {},
                     .resume_extra = {}};
  return read_page<graph>(state_->db, state_->queries, what, {}, options,
                          [this](sqlite::statement& row, auto& items) -> result<void> {
                            auto one = state_->read_graph(row);
                            if (!one) return one.error();
                            items.push_back(std::move(*one));
                            return {};
                          });
}

result<page<node>> reader::list(const list_nodes& query) {
  const listing what{.name = "list nodes",
                     .filters = nodes_filter_table(),
                     .columns = node_columns.view(),
                     .column_count = node_column_count,
                     .from = "nodes",
                     .graph_sql = "graph_id",
                     .order = {{.sql = "key"}},
                     .resume = {},
                     .resume_extra = {}};
  auto out = read_page<node>(state_->db, state_->queries, what, query.graph, query.options,
                             [&](sqlite::statement& row, auto& items) -> result<void> {
                               items.push_back(state_->read_node(row, 0, query.graph));
                               return {};
                             });
  if (out && out->items.empty()) {
    if (auto ok = state_->require_graph(query.graph); !ok) return ok.error();
  }
  return out;
}

result<page<edge>> reader::list(const list_edges& query) {
  // Anonymous edges have no key to go by, and an index is there on the source only. Within one
  // source, rows go by their rowid, which the index has too: a node with a million edges is read
  // once, not once per page. The place is kept by id, because a VACUUM may renumber rows; the
  // number serves when the edge itself is gone.
  const listing what{.name = "list edges",
                     .filters = edges_filter_table(),
                     .columns = edge_columns.view(),
                     .column_count = edge_column_count,
                     .from = "edges",
                     .graph_sql = "graph_id",
                     .order = {{.sql = "source_node_key"}, {.sql = "rowid"}},
                     .resume =
                         "(source_node_key, rowid) > (?, (SELECT coalesce(max(last.rowid), "
                         "?) FROM edges AS last WHERE last.id = ?))",
                     .resume_extra = "id"};
  auto out = read_page<edge>(state_->db, state_->queries, what, query.graph, query.options,
                             [&](sqlite::statement& row, auto& items) -> result<void> {
                               auto one = state_->read_edge(row, 0, query.graph);
                               if (!one) return one.error();
                               items.push_back(std::move(*one));
                               return {};
                             });
  if (out && out->items.empty()) {
    if (auto ok = state_->require_graph(query.graph); !ok) return ok.error();
  }
  return out;
}

}  // namespace quire::metagraph
