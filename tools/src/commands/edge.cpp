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
  std::string source;
  std::string target;
  bool merge = false;
  bool only_new = false;
  bool undirected = false;
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
    what.key = edge_key{how.at[0]};
    what.type = type_name{how.type};
    what.source = node_key{how.source};
    what.target = node_key{how.target};
    what.attributes = *attributes;
    what.direction = how.undirected ? edge_direction::undirected : edge_direction::as_graph;
    return what;
  };
  upsert_edge change = fill(upsert_edge{});
  change.mode = how.merge ? upsert_mode::merge : upsert_mode::replace;
  const auto made =
      how.only_new ? tenant->create(fill(create_edge{})) : tenant->upsert(std::move(change));
  if (!made) return made.error();
  show(in.out(), *made);
  return {};
}

/// Names one edge: by key, or by row id when it has none.
struct one_edge {
  graph_arguments at;
  std::string id;

  result<void> settle(const global_options& options) {
    if (auto ok = at.settle(options); !ok) return ok.error();
    if (at[0].empty() == id.empty()) {
      return fail(errc::invalid_option, "name the edge by KEY, or by --id, not both");
    }
    return {};
  }
};

result<void> get(context& in, one_edge& which) {
  if (auto ok = which.settle(in.options()); !ok) return ok.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto in_graph = view->resolve_graph(which.at.graph());
  if (!in_graph) return in_graph.error();
  const auto found = view->find(find_edge{in_graph->id, edge_key{which.at[0]}, row_id{which.id}});
  if (!found) return found.error();
  show(in.out(), *found);
  return {};
}

result<void> remove(context& in, one_edge& which) {
  if (auto ok = which.settle(in.options()); !ok) return ok.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  const auto in_graph = in.find_graph(*tenant, which.at.graph());
  if (!in_graph) return in_graph.error();
  const auto gone =
      tenant->remove(delete_edge{in_graph->id, edge_key{which.at[0]}, row_id{which.id}});
  if (!gone) return gone.error();
  const auto& name = which.id.empty() ? which.at[0] : which.id;
  if (in.out().json()) {
    in.out().document({{"deleted", true}, {which.id.empty() ? "key" : "id", name}});
  } else {
    in.out().line("Deleted the edge '" + printable(name) + "'.");
  }
  return {};
}

struct list_arguments {
  graph_arguments at;
  row_list_options rows;
  std::string source;
  std::string target;
};

result<void> list(context& in, list_arguments& how) {
  if (auto ok = how.at.settle(in.options()); !ok) return ok.error();
  const auto options =
      how.rows.compile("edgeType", {{"sourceNodeKey", how.source}, {"targetNodeKey", how.target}});
  if (!options) return options.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto in_graph = view->resolve_graph(how.at.graph());
  if (!in_graph) return in_graph.error();
  table text{.columns = {{"KEY"}, {"TYPE"}, {"SOURCE"}, {"TARGET"}, {"ATTRIBUTES"}}, .rows = {}};
  const auto rest = each_row(
      *options, how.rows.limit(),
      [&](const list_options& page) {
        return view->list(list_edges{in_graph->id, page});
      },
      [&](const edge& e) -> result<void> {
        if (in.out().json()) {
          in.out().document(json_of(e));
        } else {
          text.rows.push_back(
              {name_of(e), e.type.get(), e.source.get(), e.target.get(), e.attributes.text()});
        }
        return {};
      });
  if (!rest) return rest.error();
  if (!in.out().json()) in.out().rows(text);
  how.rows.tell_of_more(*rest);
  return {};
}

void add_put(command_line& line, CLI::App& group) {
  auto how = std::make_shared<put_options>();
  auto& made = line.add(group, "put", "Create an edge or change its attributes",
                        "  quire --org acme edge put tickets b1 --type blocks --source t1 "
                        "--target t2\n"
                        "  quire --org acme edge put tickets b1 --type blocks --source t1 "
                        "--target t2 '{\"label\": \"since May\"}'",
                        [how](context& in) { return put(in, *how); });
  how->at.declare(made, {{"KEY", "Its name within the graph"},
                         {"JSON", "Attributes: an object, @FILE, or - for standard input", false}});
  made.add_option("--type", how->type, "Its type; may be left out when just one fits")
      ->type_name("TYPE");
  made.add_option("--source", how->source, "Key of the node it leaves")
      ->required()
      ->type_name("KEY");
  made.add_option("--target", how->target, "Key of the node it enters")
      ->required()
      ->type_name("KEY");
  auto* merge = made.add_flag("--merge", how->merge, "Change only the members given (RFC 7396)");
  made.add_flag("--new", how->only_new, "Refuse when the edge is there")->excludes(merge);
  made.add_flag("--undirected", how->undirected, "In a graph of mixed edges: without direction");
}

}  // namespace

void add_edge(command_line& line) {
  auto& group = line.group("edge", "Edges: put, get, delete, list");
  add_put(line, group);

  const auto add = [&](const char* name, const char* about, const char* examples,
                       result<void> (*run)(context&, one_edge&)) {
    auto which = std::make_shared<one_edge>();
    auto& made = line.add(group, name, about, examples,
                          [which, run](context& in) { return run(in, *which); });
    which->at.declare(made, {{"KEY", "Its name within the graph", false}});
    made.add_option("--id", which->id, "The row id of an edge without key")->type_name("ID");
  };
  add("get", "Show an edge", "  quire --org acme edge get packages bash/depends/debianutils", get);
  add("delete", "Delete an edge",
      "  quire --org acme edge delete packages bash/depends/debianutils", remove);

  auto all = std::make_shared<list_arguments>();
  auto& listed = line.add(group, "list", "List edges",
                          "  quire --org acme edge list packages --source bash\n"
                          "  quire --org acme edge list packages --type depends --target libc6 "
                          "--limit 20\n"
                          "  quire --org acme edge list packages --where '{\"attributes\": "
                          "{\"comparison\": \"=\"}}' --json",
                          [all](context& in) { return list(in, *all); });
  all->at.declare(listed, {});
  all->rows.declare(listed);
  listed.add_option("--source", all->source, "Only those that leave this node")->type_name("KEY");
  listed.add_option("--target", all->target, "Only those that enter this node")->type_name("KEY");
}

}  // namespace quire::tools
