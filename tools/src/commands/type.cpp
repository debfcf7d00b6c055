#include "../rows.hpp"
#include "commands.hpp"

#include <memory>

namespace quire::tools {

namespace {

struct define_options {
  std::string name;
  std::string module;
  std::string description;
};

result<void> define(context& in, const define_options& how) {
  auto text = text_argument(how.module);
  if (!text) return text.error();
  auto module = document::parse_object(*text);
  if (!module) return in_context(module.error(), "the module of '" + how.name + "'");
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  define_graph_type what;
  what.name = graph_type_name{how.name};
  what.module = std::move(*module);
  what.description = how.description;
  const auto made = tenant->define(std::move(what));
  if (!made) return made.error();
  show(in.out(), *made);
  return {};
}

result<void> show_one(context& in, const std::string& name) {
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto found = view->find_graph_type(graph_type_name{name});
  if (!found) return found.error();
  show(in.out(), *found);
  return {};
}

result<void> list(context& in) {
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto all = view->list_graph_types();
  if (!all) return all.error();
  table text{.columns = {{"TYPE"},
                         {"VERSION", table::align::right},
                         {"SCOPE"},
                         {"NODE TYPES", table::align::right},
                         {"EDGE TYPES", table::align::right},
                         {"DESCRIPTION"}},
             .rows = {}};
  for (const auto& type : *all) {
    if (in.out().json()) in.out().document(json_of(type));
    text.rows.push_back({type.name.get(), std::to_string(type.version),
                         std::string{to_string(type.scope)}, std::to_string(type.node_types.size()),
                         std::to_string(type.edge_types.size()), type.description});
  }
  if (!in.out().json()) in.out().rows(text);
  return {};
}

}  // namespace

void add_type(command_line& line) {
  auto& group = line.group("type", "Graph types: what nodes and edges may look like");
  auto how = std::make_shared<define_options>();
  auto& made = line.add(group, "define", "Define a graph type by its module",
                        "  quire --org acme type define package-graph @package-graph.json\n"
                        "  generate-module | quire --org acme type define tickets -",
                        [how](context& in) { return define(in, *how); });
  made.add_option("TYPE", how->name, "Its name: a-z, 0-9 and -")->required()->type_name("");
  made.add_option("MODULE", how->module,
                  "JSON Schemas by name, as {\"$defs\": {...}}: the text, @FILE, or - for "
                  "standard input")
      ->required()
      ->type_name("");
  made.add_option("--description", how->description, "What it is for")->type_name("TEXT");

  auto name = std::make_shared<std::string>();
  line.add(group, "show", "Show a graph type with its schemas",
           "  quire --org acme type show package-graph\n"
           "  quire --org acme type show package-graph --json",
           [name](context& in) { return show_one(in, *name); })
      .add_option("TYPE", *name, "Its name")
      ->required()
      ->type_name("");
  line.add(group, "list", "List the graph types", "  quire --org acme type list", list);
}

}  // namespace quire::tools
