#include "../rows.hpp"
#include "commands.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace quire::tools {

namespace {

/// What walks along edges have in common.
struct walk_options {
  graph_arguments at;
  std::string direction = "out";
  std::vector<std::string> edge_types;

  void declare(CLI::App& app) {
    app.add_option("--direction", direction, "Which edges to follow: out, in or both")
        ->check(CLI::IsMember({"out", "in", "both"}))
        ->type_name("DIRECTION")
        ->capture_default_str();
    app.add_option("--type", edge_types, "Only edges of this type; may be given several times")
        ->allow_extra_args(false)
        ->type_name("TYPE");
  }
};

std::vector<type_name> types_of(const std::vector<std::string>& names) {
  std::vector<type_name> out;
  for (const auto& name : names) out.emplace_back(name);
  return out;
}

struct neighbors_options : walk_options {
  std::vector<std::string> node_types;
  std::size_t limit = limits::default_page;
};

result<void> neighbors(context& in, neighbors_options& how) {
  if (auto ok = how.at.settle(in.options()); !ok) return ok.error();
  const auto direction = direction_argument(how.direction);
  if (!direction) return direction.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto in_graph = view->resolve_graph(how.at.graph());
  if (!in_graph) return in_graph.error();
  find_neighbors query;
  query.graph = in_graph->id;
  query.key = node_key{how.at[0]};
  query.direction = *direction;
  query.edge_types = types_of(how.edge_types);
  query.node_types = types_of(how.node_types);
  table text{.columns = {{"NODE"}, {"TYPE"}, {""}, {"EDGE TYPE"}, {"EDGE"}, {"ATTRIBUTES"}},
             .rows = {}};
  std::size_t left = how.limit;
  do {
    query.limit = std::min(left, limits::max_page);
    const auto page = view->neighbors(query);
    if (!page) return page.error();
    for (const auto& x : page->items) {
      if (in.out().json()) {
        in.out().document(json_of(x));
      } else {
        const bool leaves = x.edge.source == query.key;
        text.rows.push_back({x.node.key.get(), x.node.type.get(),
                             x.edge.undirected ? "--"
                             : leaves          ? "->"
                                               : "<-",
                             x.edge.type.get(), name_of(x.edge), x.edge.attributes.text()});
      }
    }
    left -= std::min(left, page->items.size());
    query.cursor = page->next_cursor;
  } while (left != 0 && !query.cursor.empty());
  if (!in.out().json()) in.out().rows(text);
  if (!query.cursor.empty()) std::cerr << "There are more: give a larger --limit.\n";
  return {};
}

struct path_options : walk_options {
  std::size_t max_depth = find_path{}.max_depth;
};

result<void> shortest_path(context& in, path_options& how) {
  if (auto ok = how.at.settle(in.options()); !ok) return ok.error();
  const auto direction = direction_argument(how.direction);
  if (!direction) return direction.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto in_graph = view->resolve_graph(how.at.graph());
  if (!in_graph) return in_graph.error();
  const auto found = view->shortest_path({.graph = in_graph->id,
                                          .from = node_key{how.at[0]},
                                          .to = node_key{how.at[1]},
                                          .direction = *direction,
                                          .edge_types = types_of(how.edge_types),
                                          .max_depth = how.max_depth});
  if (!found) return found.error();
  if (found->nodes.empty()) {
    return fail(errc::not_found, "no path from '" + printable(how.at[0]) + "' to '" +
                                     printable(how.at[1]) + "' within " +
                                     std::to_string(how.max_depth) +
                                     " steps; try --direction both or another --type");
  }
  if (in.out().json()) {
    in.out().document(json_of(*found));
    return {};
  }
  in.out().line(printable(found->nodes.front().key.get()));
  for (std::size_t i = 0; i < found->edges.size(); ++i) {
    const auto& edge = found->edges[i];
    const bool forward = edge.source == found->nodes[i].key;
    in.out().line((edge.undirected ? "  -- "
                   : forward       ? "  -> "
                                   : "  <- ") +
                  printable(found->nodes[i + 1].key.get()) + "  [" + printable(edge.type.get()) +
                  "]");
  }
  return {};
}

}  // namespace

void add_walk(command_line& line) {
  auto near = std::make_shared<neighbors_options>();
  auto& nearby = line.add(line.root(), "neighbors", "List the nodes next to a node",
                          "  quire --org acme neighbors packages bash\n"
                          "  quire --org acme neighbors packages libc6 --direction in "
                          "--type depends --type pre_depends --limit 1000",
                          [near](context& in) { return neighbors(in, *near); });
  near->at.declare(nearby, {{"KEY", "The node"}});
  near->declare(nearby);
  nearby
      .add_option("--node-type", near->node_types,
                  "Only nodes of this type; may be given several times")
      ->allow_extra_args(false)
      ->type_name("TYPE");
  nearby.add_option("--limit", near->limit, "At most so many")
      ->check(CLI::PositiveNumber)
      ->type_name("N")
      ->capture_default_str();

  auto far = std::make_shared<path_options>();
  auto& path = line.add(line.root(), "path", "Find a shortest path between two nodes",
                        "  quire --org acme path packages bash libc6\n"
                        "  quire --org acme path packages bash libc6 --type depends "
                        "--type pre_depends\n"
                        "  quire --org acme path packages libc6 bash --direction in",
                        [far](context& in) { return shortest_path(in, *far); });
  far->at.declare(path, {{"FROM", "Key of the first node"}, {"TO", "Key of the last node"}});
  far->declare(path);
  path.add_option("--max-depth", far->max_depth, "Give up beyond so many steps")
      ->check(CLI::PositiveNumber)
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace quire::tools
