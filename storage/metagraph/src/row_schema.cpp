#include "references.hpp"
#include "rows.hpp"

#include <quire/messages/limits.hpp>
#include <quire/metagraph/row_schema.hpp>

#include <utility>

namespace quire::metagraph {

namespace json = boost::json;

result<json::object> normal_row_schema(const json::object& schema) {
  json::object alone;
  alone.emplace("", schema);  // a name that nothing can refer to
  reference_graph graph;
  if (auto ok = graph.read(alone); !ok) return ok.error();
  graph.find_circles();
  expansion_budget budget{.row = limits::max_document_bytes, .total = limits::max_document_bytes};
  reference_graph::inliner content;
  content = [&](std::size_t position) { return graph.expand(position, budget, content); };
  auto whole = content(0);
  if (!whole) return whole.error();
  if (whole->is_bool()) {
    // A reference may lead to `true` or `false`, which no row can be.
    const bool anything = whole->get_bool();
    whole->emplace_object();
    if (!anything) whole->get_object()["not"].emplace_object();
  }
  return row_writer(graph, content).finish(std::move(whole->get_object()));
}

}  // namespace quire::metagraph
