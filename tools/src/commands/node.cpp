#include "../rows.hpp"
#include "commands.hpp"
#include "listing.hpp"
#include "row_options.hpp"

#include <memory>

namespace quire::tools {

namespace {

struct put_options {
  graph_arguments at;
  std::string type;
  bool merge = false;
  bool only_new = false;
};

result<void> put(context& in, put_options& how) {
  if (auto ok = how.at.settle(in.options()); !ok) return ok.error();
  auto attributes = attributes_argument(how.at[1]);
  if (!attributes) return attributes.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  const auto in_graph = in.find_graph(*tenant, how.at.graph());
  if (!in_graph) return in_graph.error();
  const auto fill = [&](auto what) {
    what.graph = in_graph->id;
    what.key = node_key{how.at[0]};
    what.type = type_name{how.type};
    what.attributes = *attributes;
    return what;
  };
  upsert_node change = fill(upsert_node{});
  change.mode = how.merge ? upsert_mode::merge : upsert_mode::replace;
  const auto made =
      how.only_new ? tenant->create(fill(create_node{})) : tenant->upsert(std::move(change));
  if (!made) return made.error();
  show(in.out(), *made);
  return {};
}

result<void> get(context& in, graph_arguments& at) {
  if (auto ok = at.settle(in.options()); !ok) return ok.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto in_graph = view->resolve_graph(at.graph());
  if (!in_graph) return in_graph.error();
  const auto found = view->find(find_node{in_graph->id, node_key{at[0]}});
  if (!found) return found.error();
  show(in.out(), *found);
  return {};
}

result<void> remove(context& in, graph_arguments& at) {
  if (auto ok = at.settle(in.options()); !ok) return ok.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  const auto in_graph = in.find_graph(*tenant, at.graph());
  if (!in_graph) return in_graph.error();
  const auto gone = tenant->remove(delete_node{in_graph->id, node_key{at[0]}});
  if (!gone) return gone.error();
  if (in.out().json()) {
    in.out().document({{"deleted", true}, {"key", at[0]}, {"edges", gone->edges}});
  } else {
    in.out().line("Deleted the node '" + printable(at[0]) + "' and " + std::to_string(gone->edges) +
                  " edges at it.");
  }
  return {};
}

struct list_arguments {
  graph_arguments at;
  row_list_options rows;
};

result<void> list(context& in, list_arguments& how) {
  if (auto ok = how.at.settle(in.options()); !ok) return ok.error();
  const auto options = how.rows.compile("nodeType", {});
  if (!options) return options.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto in_graph = view->resolve_graph(how.at.graph());
  if (!in_graph) return in_graph.error();
  table text{.columns = {{"KEY"}, {"TYPE"}, {"ATTRIBUTES"}}, .rows = {}};
  const auto rest = each_row(
      *options, how.rows.limit(),
      [&](const list_options& page) {
        return view->list(list_nodes{in_graph->id, page});
      },
      [&](const node& n) -> result<void> {
        if (in.out().json()) {
          in.out().document(json_of(n));
        } else {
          text.rows.push_back({n.key.get(), n.type.get(), n.attributes.text()});
        }
        return {};
      });
  if (!rest) return rest.error();
  if (!in.out().json()) in.out().rows(text);
  how.rows.tell_of_more(*rest);
  return {};
}

}  // namespace

void add_node(command_line& line) {
  auto& group = line.group("node", "Nodes: put, get, delete, list");
  auto how = std::make_shared<put_options>();
  auto& made =
      line.add(group, "put", "Create a node or change its attributes",
               "  quire --org acme node put tickets t1 --type ticket '{\"status\": \"open\"}'\n"
               "  quire --org acme node put tickets t1 --merge '{\"status\": \"done\"}'\n"
               "  quire --org acme node put tickets t2 --type ticket --new @t2.json",
               [how](context& in) { return put(in, *how); });
  how->at.declare(made, {{"KEY", "Its name within the graph"},
                         {"JSON", "Attributes: an object, @FILE, or - for standard input", false}});
  made.add_option("--type", how->type, "Its type; may be left out when just one fits")
      ->type_name("TYPE");
  auto* merge = made.add_flag("--merge", how->merge, "Change only the members given (RFC 7396)");
  made.add_flag("--new", how->only_new, "Refuse when the node is there")->excludes(merge);

  const auto add = [&](const char* name, const char* about, const char* examples,
                       result<void> (*run)(context&, graph_arguments&)) {
    auto at = std::make_shared<graph_arguments>();
    at->declare(
        line.add(group, name, about, examples, [at, run](context& in) { return run(in, *at); }),
        {{"KEY", "Its name within the graph"}});
  };
  add("get", "Show a node",
      "  quire --org acme node get packages bash\n"
      "  quire --org acme --graph packages node get bash --json",
      get);
  add("delete", "Delete a node and its edges", "  quire --org acme node delete packages bash",
      remove);

  auto all = std::make_shared<list_arguments>();
  auto& listed = line.add(
      group, "list", "List nodes",
      "  quire --org acme node list packages --type virtual_package --limit 20\n"
      "  quire --org acme node list packages --where '{\"attributes\": {\"section\": \"admin\"}}'\n"
      "  quire --org acme node list packages --all --json",
      [all](context& in) { return list(in, *all); });
  all->at.declare(listed, {});
  all->rows.declare(listed);
}

}  // namespace quire::tools
