#pragma once

#include "graph.hpp"

#include <quire/messages/id_maker.hpp>

#include <memory>

// The tenant that checks are measured in: one organization, roles four deep, people in several
// groups, agents that hand work on, resources that departments, groups and people have rights on.
namespace quire::bench {

/// How many ways lead back from the subject: `one`, as a chain alone, or `several`, as it comes: a
/// person is in four groups on average, a third of the roles below others have two above them.
enum class paths : std::uint8_t { one, several };

/// What is asked, sorted by how far the answer is.
struct questions {
  int steps = 0;  ///< of the shortest chain; denied: of the longest walk
  bool allowed = false;
  double visited = 0;  ///< principals looked at by a breadth-first search, on average
  std::vector<question> list;
};

/// Of 500,000 edges 20,000 are memberships and about 170,000
/// delegations; the others are rights on 100,000 resources.
class tenant {
 public:
  /// `edges`: how many, exactly; at least 50,000. `now`: Unix seconds; some delegations have
  /// expired.
  tenant(std::size_t edges, std::uint64_t seed, std::int64_t now);

  tenant(const tenant&) = delete;
  tenant& operator=(const tenant&) = delete;

  [[nodiscard]] const acl_graph& graph() const { return graph_; }
  [[nodiscard]] const plain_judge& judge() const { return *judge_; }

  /// Different questions whose answer is `allowed` by a chain of so many steps: 1 (a service with a
  /// right of the organization's), 4 (a person with a right of a department's), 8 (an agent at the
  /// end of three others with one). Denied ones come from the same subjects; what they lack is
  /// nowhere behind them, and the walk goes one step further, to the organization, but for 1.
  [[nodiscard]] questions ask(int steps, bool allowed, paths way, std::size_t count) const;

  /// A person who may read at least `count` resources by way of a department.
  [[nodiscard]] place reader_of_many() const { return people_.front(); }
  /// A delegation that is followed by many questions: a group's to a person.
  [[nodiscard]] const acl_graph::delegation& some_delegation() const;

  static constexpr unsigned read_nodes = 0;  ///< the scope asked for
  static constexpr unsigned read = 0;        ///< the action asked for

 private:
  place add(acl::principal_kind kind, std::string id, mask scopes);
  void delegate(place from, place to, mask scopes);
  void grant(place to, place resource, mask actions);
  void make_roles(std::size_t groups);
  void make_people(std::size_t count);
  void make_agents(std::size_t trees);
  void make_services(std::size_t count);
  void make_resources(std::size_t count);
  [[nodiscard]] mask handed_on(unsigned chance_of_reading);
  [[nodiscard]] place climb(place from, dice& d, int steps) const;

  dice dice_;
  seeded_environment environment_;
  id_maker ids_;
  acl_graph graph_;
  std::int64_t now_;
  place organization_ = 0;
  std::vector<place> roles_[4];  // departments, divisions, teams, groups
  std::vector<place> people_;
  std::vector<place> services_;
  std::vector<place> tools_;  // the agents at the end
  std::unordered_set<std::uint64_t> pairs_;
  std::vector<std::vector<place>> grants_of_;      // by principal: resources
  std::vector<std::vector<place>> delegators_of_;  // by principal
  std::unique_ptr<plain_judge> judge_;
};

}  // namespace quire::bench
