// A graph type at version 1, with rows, becomes version 4: what a program does about it when it
// starts. docs/evolution.md explains each step.
//
//   evolution MODULE-1 MODULE-4 [FOLDER]      the modules are tickets-1.json and tickets-4.json

#include <quire/quire.hpp>

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

using tenant = quire::tenant<quire::access::open>;

quire::define_graph_type tickets(const char* file) {
  std::ifstream in{file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return {.name = quire::graph_type_name{"tickets"},
          .module = quire::document::parse(text).value()};
}

/// A tenant as a program of version 1 left it.
tenant tenant_at_version_1(quire::engine& engine, const std::string& id,
                           const quire::define_graph_type& module) {
  engine.create_tenant({.id = quire::org_id{id}, .owner_email = "root@example.org"}).value();
  auto made = engine.tenant(quire::org_id{id}, quire::access::open{}).value();
  made.ensure(module, 1).value();
  made.create(quire::create_graph{.id = quire::graph_id{"board"},
                                  .name = "board",
                                  .type = quire::graph_type_name{"tickets"}})
      .value();
  for (const auto* effort : {"3", "1.5", "8"}) {
    made.create(quire::create_node{
                    .graph = quire::graph_id{"board"},
                    .key = quire::node_key{std::string{"t"} + effort},
                    .attributes = quire::document::from(
                        {{"name", std::string{"ticket of "} + effort}, {"effort", effort}})})
        .value();
  }
  return made;
}

void print(const char* when, const quire::evolution_report& report) {
  std::cout << when << ": " << report.action << " from " << report.from << " to " << report.to
            << ", unchanged " << report.rows.unchanged << ", added " << report.rows.added
            << ", lossy " << report.rows.lossy << ", failed " << report.rows.failed << '\n';
}

void print(const tenant& in) {
  auto page = in.view().value().list(quire::list_nodes{.graph = quire::graph_id{"board"}}).value();
  for (const auto& node : page.items) {
    std::cout << "  " << node.key << " " << node.attributes.text() << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "evolution MODULE-1 MODULE-4 [FOLDER]\n";
    return 2;
  }
  const auto version_1 = tickets(argv[1]);
  const auto version_4 = tickets(argv[2]);
  auto engine = quire::engine::open({.dir = argc > 3 ? argv[3] : "evolution-data"}).value();
  auto acme = tenant_at_version_1(engine, "acme", version_1);
  auto globex = tenant_at_version_1(engine, "globex", version_1);
  auto initech = tenant_at_version_1(engine, "initech", version_1);

  // The same version cannot mean something else.
  std::cout << "version 1 again: " << acme.ensure(version_4, 1).error().code << '\n';

  // A higher version may, if no value is lost: the refusal names each that would be.
  const auto refused = acme.ensure(version_4, 4);
  std::cout << "version 4 without steps: " << refused.error().code << '\n';
  for (const auto& detail : refused.error().details) {
    std::cout << "  " << detail.pointer << ": " << detail.code << '\n';
  }

  quire::evolution_options options;
  options.migrations["ticket"]
      .rename("/name", "/title")
      .convert("/effort")
      .set("/priority", "normal");
  // A dry run says what would become of the rows, and writes nothing.
  options.dry_run = true;
  const auto plan = acme.ensure(version_4, 4, options).value();
  print("dry run", plan);
  for (const auto& change : plan.changes) {
    std::cout << "  " << change.severity << " " << change.type << " " << change.path << ": "
              << change.reason << '\n';
  }
  options.dry_run = false;

  // A program that ends in the middle leaves a migration that the next one takes up.
  bool enough = false;
  options.batch_rows = 2;
  options.on_progress = [&](const quire::evolution::progress& now) {
    enough = now.at == quire::evolution::progress::phase::migrating && now.rows_done >= 2;
  };
  options.stop = [&] { return enough; };
  std::cout << "stopped: " << acme.ensure(version_4, 4, options).error().code << '\n';
  std::cout << "in progress: " << acme.migration(version_4.name).value()->rows << " rows done\n";
  std::cout << "a write meanwhile: "
            << acme.create(quire::create_node{.graph = quire::graph_id{"board"},
                                              .key = quire::node_key{"late"},
                                              .attributes = quire::document::empty_object()})
                   .error()
                   .code
            << '\n';
  options.on_progress = {};
  options.stop = {};
  print("again", acme.ensure(version_4, 4, options).value());
  print(acme);

  // Without steps, losses may be allowed; what is lost is kept aside until it is dropped.
  auto module = version_1;
  module.module = quire::document::parse(R"({
    "TicketNode": {"type": "object", "required": ["name"], "additionalProperties": false,
                   "properties": {"name": {"type": "string"}, "effort": {"type": "number"}}},
    "BlocksEdge": {"type": "object", "properties": {}}})")
                      .value();
  quire::evolution_options lossy;
  lossy.allow_lossy = true;
  print("with losses", globex.ensure(module, 4, lossy).value());
  std::cout << "backups dropped: " << globex.drop_evolution_backups(version_1.name).value() << '\n';

  // Rows may follow when they are read and written, if all that is new has a default.
  module.module = quire::document::parse(R"({
    "TicketNode": {"type": "object", "required": ["name", "priority"], "additionalProperties": false,
                   "properties": {"name": {"type": "string"}, "effort": {"type": "string"},
                                  "priority": {"type": "string", "default": "normal"}}},
    "BlocksEdge": {"type": "object", "properties": {}}})")
                      .value();
  quire::evolution_options lazy;
  lazy.lazy = true;
  print("lazy", initech.ensure(module, 4, lazy).value());
  std::cout << "pending: " << initech.count_pending(version_1.name).value() << '\n';
  std::cout << "written: " << initech.migrate_pending(version_1.name).value() << '\n';

  // All tenants: one that refuses does not keep the others.
  initech
      .create(quire::create_node{
          .graph = quire::graph_id{"board"},
          .key = quire::node_key{"vague"},
          .attributes = quire::document::from(
              {{"name", "a vague one"}, {"effort", "large"}, {"priority", "low"}})})
      .value();
  for (const auto& one : engine.ensure_everywhere(version_4, 6, {.evolution = options}).value()) {
    std::cout << one.org << ": " << (one.failure.code == quire::errc::none ? "done" : "refused")
              << '\n';
  }
}
