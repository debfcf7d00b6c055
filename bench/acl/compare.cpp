// The C++ side of `compare`: makes a policy that Cedar and Casbin can express as well, and random
// requests; writes both into a folder, with Quire's verdicts, for the other side to answer the
// same; prints {"name": "check", "ns": …}, the median time of a check.
//
// policy.json: {"roles": [{"id", "parent"?}], "users": [{"id", "roles"}], "permits": [{"role",
// "action", "doc"}]}. requests.jsonl: {"user", "action", "doc", "allowed"}.

#include "graph.hpp"

#include <quire/acl/image.hpp>
#include <quire/acl/search.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
namespace acl = quire::acl;
using namespace quire::bench;

constexpr std::uint64_t seed = 20'260'101;
constexpr std::size_t role_counts[] = {4, 16, 64, 256};  // of each depth
constexpr std::size_t users = 2'000;
constexpr std::size_t docs = 1'000;
constexpr int permits_per_role = 3;
constexpr std::size_t requests = 10'000;
constexpr std::size_t requests_per_lap = 100;  // timed together: a clock costs as much as a check
constexpr std::int64_t now = 1'767'225'600;

/// Delegations pass everything on, because the others know roles that inherit and nothing narrower.
struct policy {
  acl_graph graph;
  std::vector<place> users;
  std::vector<place> parent;  // by principal that is a role; its own place: none
};

policy make_policy(dice& d) {
  policy out;
  auto& graph = out.graph;
  graph.actions = {"read", "write", "remove"};
  const auto add = [&](acl::principal_kind kind, std::string id) {
    graph.principals.push_back({.kind = kind, .id = std::move(id), .scopes = 0});
    return static_cast<place>(graph.principals.size() - 1);
  };
  const auto delegate = [&](place from, place to) {
    acl_graph::delegation made;
    made.from = from;
    made.to = to;
    graph.delegations.push_back(std::move(made));
  };
  std::vector<place> above;
  for (const auto count : role_counts) {
    std::vector<place> level;
    for (std::size_t i = 0; i < count; ++i) {
      const auto role =
          add(acl::principal_kind::role, "role-" + std::to_string(graph.principals.size()));
      level.push_back(role);
      out.parent.push_back(above.empty() ? role : above[i * above.size() / count]);
      if (!above.empty()) delegate(out.parent.back(), role);
    }
    above = std::move(level);
  }
  const auto roles = graph.principals.size();
  for (std::size_t i = 0; i < docs; ++i)
    graph.resources.push_back({.type = "doc", .id = "doc-" + std::to_string(i)});
  for (place role = 0; role < roles; ++role) {
    std::vector<place> taken;
    for (int i = 0; i < permits_per_role; ++i) {
      const auto doc = d.below(docs);
      if (std::ranges::find(taken, doc) != taken.end()) continue;
      taken.push_back(doc);
      graph.grants.push_back(
          {.principal = role, .resource = doc, .actions = 1U << d.below(graph.actions.size())});
    }
  }
  for (std::size_t i = 0; i < users; ++i) {
    out.users.push_back(add(acl::principal_kind::account, "user-" + std::to_string(i)));
    const auto first = d.one_of(above);
    const auto second = d.one_of(above);
    delegate(first, out.users.back());
    if (second != first) delegate(second, out.users.back());
  }
  return out;
}

/// Half of them for something that a role of the user's permits, or nearly; the others for
/// anything.
question make_question(const policy& p, dice& d) {
  question q;
  q.subject = d.one_of(p.users);
  q.resource = d.below(docs);
  q.action = d.below(p.graph.actions.size());
  if (!d.percent(50)) return q;
  std::vector<place> roles;
  for (const auto& step : p.graph.delegations) {
    if (step.to == q.subject) roles.push_back(step.from);
  }
  auto role = d.one_of(roles);
  for (auto up = d.below(4); up > 0; --up) role = p.parent[role];
  std::vector<acl_graph::grant> permits;
  for (const auto& g : p.graph.grants) {
    if (g.principal == role) permits.push_back(g);
  }
  const auto& permit = d.one_of(permits);
  q.resource = permit.resource;
  if (d.percent(90)) q.action = static_cast<unsigned>(std::countr_zero(permit.actions));
  return q;
}

std::string text_of(const policy& p) {
  json::array roles;
  json::array people;
  json::array permits;
  const auto& all = p.graph.principals;
  for (place i = 0; i < p.parent.size(); ++i) {
    json::object role{{"id", all[i].id}};
    if (p.parent[i] != i) role["parent"] = all[p.parent[i]].id;
    roles.push_back(std::move(role));
  }
  std::vector<json::array> roles_of(all.size());
  for (const auto& d : p.graph.delegations) roles_of[d.to].emplace_back(all[d.from].id);
  for (const auto u : p.users) people.push_back({{"id", all[u].id}, {"roles", roles_of[u]}});
  for (const auto& g : p.graph.grants) {
    permits.push_back(
        {{"role", all[g.principal].id},
         {"action", p.graph.actions[static_cast<std::size_t>(std::countr_zero(g.actions))]},
         {"doc", p.graph.resources[g.resource].id}});
  }
  return json::serialize(json::object{{"roles", roles}, {"users", people}, {"permits", permits}});
}

/// The image of the policy's file, and a request as a caller makes it: texts in, a verdict out.
class quire_side {
 public:
  quire_side(const policy& p, const fs::path& folder) {
    const auto file = folder / "policy.db";
    const auto system = folder / "system.db";
    for (const auto* suffix : {"", "-wal", "-shm"}) {
      fs::remove(file.string() + suffix);
      fs::remove(system.string() + suffix);
    }
    active_ = everybody_active::make(p.graph, system).value();
    seeded_environment environment{seed, at_};
    const auto graph = write_file(p.graph, file, environment.get()).value();
    auto db = quire::sqlite::connection::open(file, {.mode = quire::sqlite::open_mode::read_only})
                  .value();
    image_ = acl::acl_image::build(db, graph).value();
  }

  struct asked {
    std::string subject;
    std::string action;
    std::string doc;
  };
  [[nodiscard]] bool allows(const asked& q) const {
    acl::search_request request;
    request.subject = q.subject;
    request.needs.resource_type = "doc";
    request.needs.resource_id = q.doc;
    request.needs.action = q.action;
    request.now = at_;
    return acl::search(*image_, *active_, request).value().allowed;
  }

 private:
  quire::timestamp at_{std::chrono::seconds{now}};
  std::unique_ptr<everybody_active> active_;
  std::shared_ptr<const acl::acl_image> image_;
};

/// Nanoseconds of one check, as the median of many laps; the first of the passes only warms up.
double time_of(const quire_side& quire, const std::vector<quire_side::asked>& list) {
  constexpr int passes = 20;
  std::vector<double> laps;
  std::size_t allowed = 0;
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t at = 0; at < list.size(); at += requests_per_lap) {
      const auto begin = std::chrono::steady_clock::now();
      for (std::size_t i = at; i < at + requests_per_lap; ++i)
        allowed += quire.allows(list[i]) ? 1U : 0U;
      const std::chrono::duration<double, std::nano> taken =
          std::chrono::steady_clock::now() - begin;
      if (pass > 0) laps.push_back(taken.count() / requests_per_lap);
    }
  }
  if (allowed % passes != 0) throw std::runtime_error{"verdicts changed between passes"};
  const auto middle = laps.begin() + static_cast<std::ptrdiff_t>(laps.size() / 2);
  std::nth_element(laps.begin(), middle, laps.end());
  return *middle;
}

void run(const fs::path& folder) {
  dice d{seed};
  const auto p = make_policy(d);
  const plain_judge judge{p.graph, now};
  const quire_side quire{p, folder};
  std::ofstream(folder / "policy.json") << text_of(p);
  std::ofstream out(folder / "requests.jsonl");
  std::vector<quire_side::asked> list;
  for (std::size_t i = 0; i < requests; ++i) {
    const auto q = make_question(p, d);
    list.push_back(
        {p.graph.key_of(q.subject), p.graph.actions[q.action], p.graph.resources[q.resource].id});
    const auto allowed = quire.allows(list.back());
    if (allowed != judge.ask(q).allowed)
      throw std::runtime_error{"wrong verdict on request " + std::to_string(i)};
    out << json::serialize(json::object{{"user", p.graph.principals[q.subject].id},
                                        {"action", list.back().action},
                                        {"doc", list.back().doc},
                                        {"allowed", allowed}})
        << '\n';
  }
  if (!out.flush()) throw std::runtime_error{"cannot write into " + folder.string()};
  std::cout << json::serialize(json::object{{"name", "check"}, {"ns", time_of(quire, list)}})
            << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: quire_bench_acl_compare FOLDER\n";
    return 2;
  }
  try {
    run(argv[1]);
  } catch (const std::exception& e) {
    std::cerr << "quire_bench_acl_compare: " << e.what() << '\n';
    return 1;
  }
}
