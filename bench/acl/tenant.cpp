#include "tenant.hpp"

#include <algorithm>
#include <stdexcept>

namespace quire::bench {
namespace {

constexpr mask table_scopes = 0b1111'1111'1111;  // read and write of six tables
constexpr mask all_scopes = 0b111'1111'1111'1111;
constexpr mask member_scopes = 0b1101'0001'0000;  // graphs and types, to read
constexpr mask read_only = 1;
constexpr mask read_write = 3;

}  // namespace

tenant::tenant(std::size_t edges, std::uint64_t seed, std::int64_t now)
    : dice_(seed),
      environment_(seed, timestamp{std::chrono::seconds{now}}),
      ids_(environment_.get()),
      now_(now) {
  graph_.scopes = {"nodes:read",      "nodes:write",       "edges:read",       "edges:write",
                   "graphs:read",     "graphs:write",      "node_types:write", "edge_types:write",
                   "node_types:read", "graph_types:write", "edge_types:read",  "graph_types:read",
                   "acl:write",       "acl:admin",         "acl:explain"};
  graph_.actions = {"read", "write"};
  organization_ = add(acl::principal_kind::org, "acme", all_scopes);
  add(acl::principal_kind::role, "member", member_scopes);
  make_roles(edges / 50);
  make_people(edges / 25);
  make_agents(edges / 100);
  make_services(edges / 500);
  make_resources(edges / 5);
  while (graph_.edges() < edges)
    grant(dice_.one_of(people_), dice_.below(graph_.resources.size()), read_only);
  judge_ = std::make_unique<plain_judge>(graph_, now);
  grants_of_.resize(graph_.principals.size());
  delegators_of_.resize(graph_.principals.size());
  for (const auto& g : graph_.grants) grants_of_[g.principal].push_back(g.resource);
  for (const auto& d : graph_.delegations) delegators_of_[d.to].push_back(d.from);
}

place tenant::add(acl::principal_kind kind, std::string id, mask scopes) {
  graph_.principals.push_back({.kind = kind, .id = std::move(id), .scopes = scopes});
  return static_cast<place>(graph_.principals.size() - 1);
}

/// One ordered pair carries one edge: a second one is left out.
void tenant::delegate(place from, place to, mask scopes) {
  if (!pairs_.insert((std::uint64_t{from} << 32U) | to).second) return;
  acl_graph::delegation made;
  made.from = from;
  made.to = to;
  made.scopes = scopes;
  graph_.delegations.push_back(std::move(made));
}

void tenant::grant(place to, place resource, mask actions) {
  // Resources are numbered apart from principals.
  if (!pairs_.insert((std::uint64_t{to} << 32U) | 0x8000'0000U | resource).second) return;
  graph_.grants.push_back({.principal = to, .resource = resource, .actions = actions});
}

/// Some of the scopes of the tables; reading nodes, which is what is asked for, with the chance
/// given.
mask tenant::handed_on(unsigned chance_of_reading) {
  mask out = dice_.percent(chance_of_reading) ? 1U : 0U;
  for (unsigned i = 1; i < 12; ++i) out |= dice_.percent(60) ? 1U << i : 0U;
  return out;
}

void tenant::make_roles(std::size_t groups) {
  const std::size_t sizes[] = {10, std::max<std::size_t>(groups / 100, 10),
                               std::max<std::size_t>(groups / 10, 10), groups};
  const char* const names[] = {"department", "division", "team", "group"};
  for (unsigned level = 0; level < 4; ++level) {
    for (std::size_t i = 0; i < sizes[level]; ++i) {
      // Departments hold what they hand on; the others hold the right to read, for rights of their
      // own.
      const auto role =
          add(acl::principal_kind::role, std::string{names[level]} + "-" + std::to_string(i),
              level == 0 ? table_scopes : read_only);
      roles_[level].push_back(role);
      if (level == 0) {
        delegate(organization_, role, table_scopes);
        continue;
      }
      delegate(roles_[level - 1][i % sizes[level - 1]], role, handed_on(95));
      if (dice_.percent(30)) delegate(dice_.one_of(roles_[level - 1]), role, handed_on(70));
    }
  }
}

void tenant::make_people(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto person =
        add(acl::principal_kind::account, ids_.next().get(), i % 10 == 0 ? read_only : 0);
    people_.push_back(person);
    const auto level = i % 1000 == 1 ? membership_level::admin : membership_level::member;
    graph_.memberships.push_back({.account = person, .org = organization_, .level = level});
    for (auto groups = 1 + dice_.below(7); groups > 0; --groups) {
      delegate(dice_.one_of(roles_[3]), person, handed_on(90));
      auto& made = graph_.delegations.back();
      const auto fate = dice_.below(100);
      if (fate < 2) made.expires_at = now_ - 3600 - fate;
      if (fate >= 2 && fate < 20) made.expires_at = now_ + 86'400 * fate;
    }
  }
}

/// A person has a coordinator, that has two implementers, each with two helpers, each with a tool.
void tenant::make_agents(std::size_t trees) {
  const auto agent = [&](place of, unsigned chance) {
    const auto made = add(acl::principal_kind::account, ids_.next().get(), 0);
    delegate(of, made, handed_on(chance));
    return made;
  };
  for (std::size_t i = 0; i < trees; ++i) {
    const auto coordinator = agent(people_[i * (people_.size() / trees)], 98);
    for (int implementers = 0; implementers < 2; ++implementers) {
      const auto implementer = agent(coordinator, 98);
      for (int helpers = 0; helpers < 2; ++helpers) {
        const auto helper = agent(implementer, 95);
        const auto tool = agent(helper, 90);
        graph_.delegations.back().narrowable = dice_.percent(70);
        tools_.push_back(tool);
      }
    }
  }
}

void tenant::make_services(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    services_.push_back(add(acl::principal_kind::service, ids_.next().get(), 0));
    delegate(organization_, services_.back(), handed_on(100));
  }
}

void tenant::make_resources(std::size_t count) {
  for (place i = 0; i < count; ++i) {
    graph_.resources.push_back({.type = "doc", .id = ids_.next().get()});
    if (i % 100 == 0) grant(organization_, i, read_only);
    grant(roles_[0][i % roles_[0].size()], i, read_only);
    grant(dice_.one_of(roles_[3]), i, read_write);
    grant(dice_.one_of(people_), i, read_write);
  }
  // Some people and agents hand on the right to a few resources only.
  for (auto& d : graph_.delegations) {
    if (graph_.principals[d.from].kind != acl::principal_kind::account || !dice_.percent(4))
      continue;
    d.resources.emplace();
    for (int k = 0; k < 3; ++k) d.resources->emplace_back(dice_.below(count), read_only);
    std::ranges::sort(*d.resources);
    const auto [first, last] = std::ranges::unique(*d.resources);
    d.resources->erase(first, last);
  }
}

/// A principal so many delegations before this one, or the last there is.
place tenant::climb(place from, dice& d, int steps) const {
  for (; steps > 0 && !delegators_of_[from].empty(); --steps) from = d.one_of(delegators_of_[from]);
  return from;
}

questions tenant::ask(int steps, bool allowed, paths way, std::size_t count) const {
  const auto& subjects = steps == 1 ? services_ : steps == 4 ? people_ : tools_;
  const auto walked = allowed || steps == 1 ? steps : steps + 1;
  dice d{static_cast<std::uint64_t>(steps * 2 + (allowed ? 1 : 0))};
  questions out{.steps = walked, .allowed = allowed, .visited = 0, .list = {}};
  std::size_t visited = 0;
  for (std::size_t tried = 0; out.list.size() < count; ++tried) {
    if (tried > count * 1000) throw std::runtime_error{"the tenant has too few such questions"};
    question q{.subject = d.one_of(subjects), .scope = read_nodes, .resource = 0, .action = read};
    q.resource = d.below(graph_.resources.size());
    if (allowed) {
      const auto root = climb(q.subject, d, steps);
      if (grants_of_[root].empty()) continue;
      q.resource = d.one_of(grants_of_[root]);
    }
    const auto answer = judge_->ask(q);
    if (answer.allowed != allowed || answer.steps != walked) continue;
    if (way == paths::one && answer.visited != walked + 1) continue;
    visited += static_cast<std::size_t>(answer.visited);
    out.list.push_back(q);
  }
  out.visited = static_cast<double>(visited) / static_cast<double>(count);
  return out;
}

const acl_graph::delegation& tenant::some_delegation() const {
  const auto found = std::ranges::find_if(
      graph_.delegations, [&](const auto& d) { return d.to == people_.front() && !d.expires_at; });
  if (found == graph_.delegations.end())
    throw std::runtime_error{"the first person is in no group"};
  return *found;
}

}  // namespace quire::bench
