#include "list_text.hpp"

#include "reader_state.hpp"

#include <algorithm>
#include <iterator>

namespace quire::metagraph {

namespace {

bool is_null(const sqlite::sql_value& v) { return std::holds_alternative<std::monostate>(v); }

/// The condition for rows that come after the one with these values, in an order where NULL is
/// below everything: equal in the first terms and beyond in the next, for each term.
std::string after(const std::vector<order_term>& order, const std::vector<sqlite::sql_value>& last,
                  std::vector<sqlite::sql_value>& values) {
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

}  // namespace

listing graphs_listing() {
  return {.name = "list graphs",
          .filters = &graphs_filter_table(),
          .columns = graph_columns.view(),
          .column_count = graph_column_count,
          .from = graph_tables.view(),
          .graph_sql = {},
          .order = {{.sql = "g.id"}},
          .resume = {},
          .resume_extra = {}};
}

listing nodes_listing() {
  return {.name = "list nodes",
          .filters = &nodes_filter_table(),
          .columns = node_columns.view(),
          .column_count = node_column_count,
          .from = "nodes",
          .graph_sql = "graph_id",
          .order = {{.sql = "key"}},
          .resume = {},
          .resume_extra = {}};
}

listing edges_listing() {
  // Anonymous edges have no key to go by, and an index is there on the source only. Within one
  // source, rows go by their rowid, which the index has too: a node with a million edges is read
  // once, not once per page. The place is kept by id, because a VACUUM may renumber rows; the
  // number serves when the edge itself is gone.
  return {.name = "list edges",
          .filters = &edges_filter_table(),
          .columns = edge_columns.view(),
          .column_count = edge_column_count,
          .from = "edges",
          .graph_sql = "graph_id",
          .order = {{.sql = "source_node_key"}, {.sql = "rowid"}},
          .resume =
              "(source_node_key, rowid) > (?, (SELECT coalesce(max(last.rowid), ?) FROM "
              "edges AS last WHERE last.id = ?))",
          .resume_extra = "id"};
}

result<list_text> write_list(const listing& what, const graph_id& graph,
                             const list_options& options, const index_lookup& has_index) {
  if (auto ok = check_limit(options.limit); !ok) return in_context(ok.error(), what.name);
  auto filter = compile_filter(*what.filters, options.filter, options.order);
  if (!filter) return filter.error();

  list_text out{.sql = "SELECT ", .values = {}, .digest = query_digest{what.name}, .place_size = 0};
  out.digest.add(graph.get());
  out.digest.add(options.filter.text());
  out.digest.add(options.order.text());

  const bool usual = filter->order.empty();
  const auto& order = usual ? what.order : filter->order;
  out.place_size = order.size();
  out.sql.append(what.columns);
  for (const auto& term : order) out.sql.append(", ").append(term.sql);
  if (usual && !what.resume_extra.empty()) {
    out.sql.append(", ").append(what.resume_extra);
    ++out.place_size;
  }
  out.sql.append(" FROM ").append(what.from);

  std::string_view joint = " WHERE ";
  const auto also = [&](std::string_view condition) {
    out.sql.append(joint).append(condition);
    joint = " AND ";
  };
  const auto take = [&](std::vector<sqlite::sql_value>& values) {
    std::move(values.begin(), values.end(), std::back_inserter(out.values));
  };
  if (!what.graph_sql.empty()) {
    also(what.graph_sql);
    out.sql += " = ?";
    out.values.emplace_back(graph.get());
  }
  if (!filter->where.empty()) {
    also(filter->where);
    take(filter->values);
  }
  if (!options.cursor.empty()) {
    auto last = decode_cursor(out.digest, options.cursor, out.place_size);
    if (!last) return in_context(last.error(), what.name);
    if (usual && !what.resume.empty()) {
      also(what.resume);
      take(*last);
    } else {
      also(after(order, *last, out.values));
    }
  }
  // Without statistics SQLite goes by the order and filters on the way, however few rows pass. The
  // unary plus takes the order's index away where another one leads to the rows.
  bool by_filter = filter->selective;
  for (std::size_t i = 0; usual && !by_filter && i < filter->equal_members.size(); ++i) {
    const auto indexed = has_index(filter->equal_members[i]);
    if (!indexed) return indexed.error();
    by_filter = *indexed;
  }
  const std::string_view before_term = usual && by_filter ? "+" : "";
  out.sql += " ORDER BY ";
  for (std::size_t i = 0; i < order.size(); ++i) {
    out.sql.append(i == 0 ? "" : ", ").append(before_term).append(order[i].sql);
    if (order[i].descending) out.sql += " DESC";
  }
  out.sql += " LIMIT ?";
  out.values.emplace_back(static_cast<std::int64_t>(options.limit + 1));
  return out;
}

}  // namespace quire::metagraph
