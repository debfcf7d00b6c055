// A person lets an agent work for her for a while, that agent lets another one help with less, and
// she takes everything back in the middle of it. docs/access-control.md tells the story slowly.
//
//   delegation [FOLDER]

#include <quire/acl/explain.hpp>
#include <quire/quire.hpp>

#include <atomic>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using tenant = quire::tenant<quire::access::checked>;

/// Stands still until it is moved, so that the example need not wait for what expires.
class story_clock final : public quire::clock {
 public:
  [[nodiscard]] quire::timestamp now() const override {
    return std::chrono::sys_days{2027y / 1 / 4} + minutes_.load();
  }
  void pass(std::chrono::minutes time) { minutes_ = minutes_.load() + time; }
  [[nodiscard]] quire::row_time in(std::chrono::minutes time) const {
    return std::chrono::floor<std::chrono::seconds>(now() + time);
  }

 private:
  std::atomic<std::chrono::minutes> minutes_{9h};
};

/// Writes a note and says what became of it.
void write(tenant as, const std::string& who, const std::string& key) {
  const auto done =
      as.create(quire::create_node{.graph = quire::graph_id{"notes"},
                                   .key = quire::node_key{key},
                                   .attributes = quire::document::from({{"text", "by " + who}})});
  std::cout << who << " writes '" << key << "': " << (done ? "done" : to_string(done.error().code))
            << '\n';
}

/// Who may do what, as the graph of access control says now.
void print(quire::access_graph access, const std::vector<quire::acl::principal_id>& all) {
  const std::vector<std::string> scopes{"nodes:read", "nodes:write", "acl:write", "graphs:write"};
  std::cout << std::setw(13) << "";
  for (const auto& scope : scopes) std::cout << std::right << std::setw(13) << scope;
  std::cout << '\n';
  for (const auto& who : all) {
    std::cout << "  " << std::left << std::setw(11) << who.id << std::right;
    for (const auto& scope : scopes) {
      const bool may = access.check({.who = who, .needs = {.required_scopes = {scope}}}).value();
      std::cout << std::setw(13) << (may ? "yes" : "-");
    }
    std::cout << '\n';
  }
}

/// Why somebody may write nodes, or not.
void explain(quire::access_graph access, const quire::acl::principal_id& who) {
  const auto why = access.explain({.who = who, .needs = {.required_scopes = {"nodes:write"}}});
  std::cout << quire::acl::explain(why.value());
}

}  // namespace

int main(int argc, char** argv) {
  story_clock clock;
  auto engine =
      quire::engine::open({.dir = argc > 1 ? argv[1] : "delegation-data",
                           .env = {.time = &clock, .random = quire::system_environment().random}})
          .value();
  const quire::org_id acme{"acme"};

  // The program that embeds the engine knows its people and makes keys for agents.
  auto people = engine.system(quire::access::open{});
  const auto join = [&](const std::string& name) {
    return people.create_account({.email = name + "@example.org", .id = quire::account_id{name}})
        .value()
        .id;
  };
  const auto ada = join("ada");
  const auto coordinator = join("coordinator");
  const auto worker = join("worker");
  engine.create_tenant({.id = acme, .owner_email = "ada@example.org"}).value();
  const auto coordinator_key = people.issue_key({.owner = coordinator, .name = "planning"}).value();
  const auto worker_key = people.issue_key({.owner = worker, .name = "typing"}).value();

  // Ada has logged in by means of the program's own. She owns the organization, so she may do all.
  const auto ada_here =
      engine.authenticate(quire::known_account{ada}, acme, {.lifetime = 8h}).value();
  auto as_ada = engine.tenant(ada_here).value();
  as_ada
      .define(quire::graph_type_name{"notes"},
              R"({"NoteNode": {"type": "object", "properties": {"text": {"type": "string"}}}})")
      .value();
  as_ada
      .create(quire::create_graph{
          .id = quire::graph_id{"notes"}, .name = "notes", .type = quire::graph_type_name{"notes"}})
      .value();

  // She hands a part of it to the coordinator, for an hour.
  const auto me = ada_here.principal();
  const quire::acl::principal_id to_coordinator{.id = coordinator.get()};
  const quire::acl::principal_id to_worker{.id = worker.get()};
  const quire::delegation from_ada{
      .from = me,
      .to = to_coordinator,
      .scopes = {"nodes:read", "nodes:write", "edges:write", "acl:write"},
      .expires_at = clock.in(60min)};
  as_ada.access().delegate(from_ada).value();

  // The coordinator shows its key and hands on less, for less time, and not to be handed on again.
  const auto coordinator_here =
      engine.authenticate(quire::presented_key{coordinator_key.text.reveal()}, acme).value();
  auto as_coordinator = engine.tenant(coordinator_here).value();
  quire::delegation help{.from = to_coordinator,
                         .to = to_worker,
                         .scopes = {"nodes:read", "nodes:write"},
                         .narrowable = false,
                         .expires_at = clock.in(10min)};
  as_coordinator.access().delegate(help).value();
  std::cout << "at the start\n";
  print(as_ada.access(), {me, to_coordinator, to_worker});

  // Nobody hands on what they do not hold.
  help.scopes.push_back("graphs:write");
  const auto too_much = as_coordinator.access().delegate(help);
  std::cout << "the coordinator hands on more than it has: " << too_much.error().code << '\n';
  help.scopes.pop_back();

  // The worker works. Its session is asked anew at every request, so time alone ends what it may.
  const auto worker_here =
      engine.authenticate(quire::presented_key{worker_key.text.reveal()}, acme).value();
  auto as_worker = engine.tenant(worker_here).value();
  write(as_worker, "worker", "draft");
  const auto refused = as_worker.remove(quire::delete_graph{quire::graph_id{"notes"}});
  std::cout << "worker removes the graph: " << refused.error().code << '\n';
  clock.pass(11min);
  std::cout << "eleven minutes later\n";
  write(as_worker, "worker", "late");
  // It hears no more than that. Who holds acl:explain may ask why.
  explain(as_ada.access(), to_worker);
  help.expires_at = clock.in(10min);
  as_coordinator.access().delegate(help).value();
  std::cout << "the coordinator asks it to go on\n";
  write(as_worker, "worker", "again");

  // Ada changes her mind. What the coordinator handed on came from her: it is gone with it, and
  // nobody has to tell the worker, end its session or take its key.
  as_ada.access().revoke(me, to_coordinator).value();
  std::cout << "ada takes it back\n";
  write(as_worker, "worker", "too late");
  write(as_coordinator, "coordinator", "too late as well");
  write(as_ada, "ada", "mine");
  print(as_ada.access(), {me, to_coordinator, to_worker});
  explain(as_ada.access(), to_worker);

  // Operations of the program's own are decided by the same graph, with words of its own.
  as_ada.access()
      .grant({.to = to_worker, .resource_type = "invoice", .resource_id = "42", .actions = {"pay"}})
      .value();
  for (const auto* id : {"41", "42"}) {
    const bool may = as_ada.access()
                         .check({.who = to_worker,
                                 .needs = {.resource_type = "invoice", .resource_action = "pay"},
                                 .resource_id = id})
                         .value();
    std::cout << "worker pays invoice " << id << ": " << (may ? "yes" : "no") << '\n';
  }
  const auto payable = as_ada.access().resources_of(to_worker, "invoice", "pay").value();
  std::cout << "it may pay:";
  for (const auto& invoice : payable.items) std::cout << ' ' << invoice;
  std::cout << '\n';
}
