#include "../rows.hpp"
#include "commands.hpp"
#include "listing.hpp"

#include <chrono>
#include <memory>
#include <thread>

namespace quire::tools {

namespace {

struct create_options {
  graph_arguments at;
  std::string type;
  std::string description;
};

result<void> create(context& in, create_options& how) {
  if (auto ok = how.at.settle(in.options()); !ok) return ok.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  create_graph what;
  what.name = how.at.graph();
  what.type = graph_type_name{how.type};
  what.description = how.description;
  const auto made = tenant->create(std::move(what));
  if (!made) return made.error();
  show(in.out(), *made);
  return {};
}

result<void> list(context& in) {
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  table text{.columns = {{"GRAPH"}, {"TYPE"}, {"STATUS"}, {"ID"}, {"CREATED"}}, .rows = {}};
  auto done = each_graph(*view, [&](const graph& g) -> result<void> {
    if (in.out().json()) in.out().document(json_of(g));
    text.rows.push_back({g.name, g.type.get(), std::string{to_string(g.status)}, g.id.get(),
                         text_of(g.created_at)});
    return {};
  });
  if (!done) return done;
  if (!in.out().json()) in.out().rows(text);
  return {};
}

result<void> stat(context& in, graph_arguments& at) {
  if (auto ok = at.settle(in.options()); !ok) return ok.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto found = view->resolve_graph(at.graph());
  if (!found) return found.error();
  const auto counts = view->stat(found->id);
  if (!counts) return counts.error();
  if (in.out().json()) {
    in.out().document(json_of(*counts));
    return {};
  }
  in.out().fields({{"graph", found->name},
                   {"type", found->type.get()},
                   {"status", std::string{to_string(found->status)}},
                   {"seq", std::to_string(counts->seq.get())},
                   {"nodes", std::to_string(counts->nodes)},
                   {"edges", std::to_string(counts->edges)}});
  table text{.columns = {{"TYPE"}, {"KIND"}, {"COUNT", table::align::right}}, .rows = {}};
  for (const auto& [type, count] : counts->nodes_by_type) {
    text.rows.push_back({type, "node", std::to_string(count)});
  }
  for (const auto& [type, count] : counts->edges_by_type) {
    text.rows.push_back({type, "edge", std::to_string(count)});
  }
  in.out().rows(text);
  return {};
}

result<void> archive(context& in, graph_arguments& at) {
  if (auto ok = at.settle(in.options()); !ok) return ok.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  const auto found = in.find_graph(*tenant, at.graph());
  if (!found) return found.error();
  update_graph what;
  what.id = found->id;
  what.set_status = true;
  what.status = graph_status::archived;
  const auto made = tenant->update(std::move(what));
  if (!made) return made.error();
  show(in.out(), *made);
  return {};
}

/// A large graph goes in parts. Whoever stops waiting leaves the rest to whoever opens the tenant next.
result<void> wait_until_gone(const quire::tenant<access::open>& tenant, const graph_id& id) {
  constexpr std::chrono::milliseconds pause{50};
  while (true) {
    auto view = tenant.view();
    if (!view) return view.error();
    auto found = view->find_graph(id);
    if (!found) return found.error().code == errc::not_found ? result<void>{} : result<void>{found.error()};
    std::this_thread::sleep_for(pause);
  }
}

result<void> remove(context& in, graph_arguments& at) {
  if (auto ok = at.settle(in.options()); !ok) return ok.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  const auto found = in.find_graph(*tenant, at.graph());
  if (!found) return found.error();
  if (auto going = tenant->remove(delete_graph{found->id}); !going) return going.error();
  if (auto gone = wait_until_gone(*tenant, found->id); !gone) return gone.error();
  if (in.out().json()) {
    in.out().document({{"deleted", true}, {"id", found->id.get()}, {"name", found->name}});
  } else {
    in.out().line("Deleted the graph '" + printable(found->name) + "' and all in it.");
  }
  return {};
}

}  // namespace

void add_graph(command_line& line) {
  auto& group = line.group("graph", "Graphs: create, count, archive, delete");
  auto how = std::make_shared<create_options>();
  auto& made = line.add(group, "create", "Create a graph of a type",
                        "  quire --org acme graph create packages --type package-graph",
                        [how](context& in) { return create(in, *how); });
  how->at.declare(made, {});
  made.add_option("--type", how->type, "Its graph type; 'quire type list' shows them")
      ->required()
      ->type_name("TYPE");
  made.add_option("--description", how->description, "What it is for")->type_name("TEXT");
  line.add(group, "list", "List the graphs", "  quire --org acme graph list", list);

  const auto add = [&](const char* name, const char* about, const char* examples,
                       result<void> (*run)(context&, graph_arguments&)) {
    auto at = std::make_shared<graph_arguments>();
    at->declare(
        line.add(group, name, about, examples, [at, run](context& in) { return run(in, *at); }),
        {});
  };
  add("stat", "Count nodes and edges by type",
      "  quire --org acme graph stat packages\n  quire --org acme graph stat packages --json",
      stat);
  add("archive", "Make a graph read-only", "  quire --org acme graph archive packages", archive);
  add("delete", "Delete a graph and all in it", "  quire --org acme graph delete packages", remove);
}

}  // namespace quire::tools
