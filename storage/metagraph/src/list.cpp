#include "attribute_index_name.hpp"
#include "list_text.hpp"
#include "reader_state.hpp"

#include <quire/metagraph/cursor.hpp>
#include <quire/metagraph/reader.hpp>

namespace quire::metagraph {

namespace {

void bind_value(sqlite::statement& to, int index, const sqlite::sql_value& v) {
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

sqlite::sql_value read_value(sqlite::statement& row, int column) {
  switch (row.kind(column)) {
    case sqlite::column_kind::integer: return row.integer(column);
    case sqlite::column_kind::real: return row.real(column);
    case sqlite::column_kind::text: return std::string{row.text(column)};
    case sqlite::column_kind::blob:
    case sqlite::column_kind::null: break;
  }
  return {};
}

/// Reads one page; `read` makes a value of the row that the statement is on.
template <class T, class Read>
result<page<T>> read_page(reader_state& state, const listing& what, const graph_id& graph,
                          const list_options& options, const Read& read) {
  const auto text =
      write_list(what, graph, options, [&](std::string_view expression) -> result<bool> {
        return state.has_index(attribute_index_name(what.from, expression));
      });
  if (!text) return text.error();
  auto prepared = state.queries.get(state.db, what.name, text->sql);
  if (!prepared) return prepared.error();
  auto& row = **prepared;
  const sqlite::reset_guard guard{row};
  for (std::size_t i = 0; i < text->values.size(); ++i) {
    bind_value(row, static_cast<int>(i) + 1, text->values[i]);
  }
  page<T> out;
  std::vector<sqlite::sql_value> place;
  while (true) {
    const auto more = row.step();
    if (!more) return more.error();
    if (!*more) return out;
    if (out.items.size() == options.limit) break;
    result<T> one = read(row);
    if (!one) return one.error();
    out.items.push_back(std::move(*one));
    if (out.items.size() < options.limit) continue;
    for (std::size_t i = 0; i < text->place_size; ++i) {
      place.push_back(read_value(row, what.column_count + static_cast<int>(i)));
    }
  }
  auto cursor = encode_cursor(text->digest, place);
  if (!cursor) return in_context(cursor.error(), what.name);
  out.next_cursor = std::move(*cursor);
  return out;
}

/// As `read_page`, and the graph must exist: asked only when nothing was found in it.
template <class T, class Read>
result<page<T>> read_page_of_graph(reader_state& state, const listing& what, const graph_id& graph,
                                   const list_options& options, const Read& read) {
  auto out = read_page<T>(state, what, graph, options, read);
  if (out && out->items.empty()) {
    if (auto ok = state.require_graph(graph); !ok) return ok.error();
  }
  return out;
}

}  // namespace

result<page<graph>> reader::list_graphs(const list_options& options) {
  return read_page<graph>(*state_, graphs_listing(), {}, options,
                          [this](sqlite::statement& row) { return state_->read_graph(row); });
}

result<page<node>> reader::list(const list_nodes& query) {
  if (auto ok = state_->look_for_pending(query.graph); !ok) return ok.error();
  return read_page_of_graph<node>(
      *state_, nodes_listing(), query.graph, query.options,
      [&](sqlite::statement& row) { return state_->read_node(row, 0, query.graph); });
}

result<page<edge>> reader::list(const list_edges& query) {
  if (auto ok = state_->look_for_pending(query.graph); !ok) return ok.error();
  return read_page_of_graph<edge>(
      *state_, edges_listing(), query.graph, query.options,
      [&](sqlite::statement& row) { return state_->read_edge(row, 0, query.graph); });
}

}  // namespace quire::metagraph
