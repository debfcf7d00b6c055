#include "../evolution_text.hpp"
#include "../rows.hpp"
#include "commands.hpp"
#include "listing.hpp"

#include <memory>

namespace quire::tools {

namespace {

struct define_options {
  std::string name;
  std::string module;
  std::string description;
};

/// A refused definition, with the commands that lead on.
error with_ways_out(error e, tenant<access::open>& in, const define_graph_type& what,
                    const std::string& module) {
  if (e.code != errc::breaking_change) return e;
  const auto as_given = printable(what.name.get()) + " " +
                        (module.starts_with('@') ? printable(module) : std::string{"MODULE"});
  evolution_options look;
  look.dry_run = true;
  const auto plan = in.ensure(what, 0, look);
  if (!plan) return e;
  const bool harmless = worst(plan->changes) != evolution::change_class::breaking;
  e.context += harmless ? "; no stored value stands against it: 'quire type migrate " + as_given +
                              " --version " + std::to_string(plan->to) + "' stores it"
                        : "; 'quire type plan " + as_given + " --version " +
                              std::to_string(next_version(plan->from)) +
                              "' shows what a migration would do";
  return e;
}

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
  const auto made = tenant->define(what);
  if (!made) return with_ways_out(made.error(), *tenant, what, how.module);
  show(in.out(), *made);
  return {};
}

/// How many rows the graphs of a type have.
result<std::uint64_t> rows_of(view& in, const graph_type_name& type) {
  std::uint64_t rows = 0;
  auto done = each_graph(in, [&](const graph& g) -> result<void> {
    if (g.type != type) return {};
    const auto counts = in.stat(g.id);
    if (!counts) return counts.error();
    rows += static_cast<std::uint64_t>(counts->nodes + counts->edges);
    return {};
  });
  if (!done) return done.error();
  return rows;
}

result<void> show_one(context& in, const std::string& name) {
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const graph_type_name type{name};
  const auto found = view->find_graph_type(type);
  if (!found) return found.error();
  const auto running = tenant->migration(type);
  if (!running) return running.error();
  if (!*running) {
    show(in.out(), *found);
    return {};
  }
  const auto& state = **running;
  const auto rows = rows_of(*view, type);
  if (!rows) return rows.error();
  if (in.out().json()) {
    auto with_state = json_of(*found);
    with_state["migration"] = {{"from", state.from},
                               {"to", state.target},
                               {"startedAt", text_of(state.started)},
                               {"rowsDone", state.rows},
                               {"rowsInAll", *rows}};
    in.out().document(with_state);
  } else {
    show(in.out(), *found);
    in.out().line("Migration in progress: " + std::to_string(state.rows) + " of ~" +
                  count_of(*rows, "row") + ", from version " + std::to_string(state.from) + " to " +
                  std::to_string(state.target) + ", begun " + text_of(state.started) +
                  "; 'quire type migrate' with that module goes on.");
  }
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
  add_type_evolution(line, group);
}

}  // namespace quire::tools
