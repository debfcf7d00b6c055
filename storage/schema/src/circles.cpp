#include "compiler.hpp"

#include <algorithm>

namespace quire::schema {
namespace {

/// Calls `f` with every schema that schema `n` applies to the same value.
template <class F>
void each_in_place(const program& p, index n, F&& f) {
  if (const auto standard = p.nodes[n].standard; standard != none) {
    const auto& rules = p.standards[standard];
    for (const auto below : {rules.condition, rules.consequence, rules.alternative}) {
      if (below != none) f(below);
    }
    for (auto i = rules.dependencies.first; i < rules.dependencies.end(); ++i) {
      if (p.dependencies[i].node != none) f(p.dependencies[i].node);
    }
    if (rules.dynamic_reference != none && rules.dynamic_name == none) f(rules.dynamic_reference);
  }
  const auto logic = p.nodes[n].logic;
  if (logic == none) return;
  const auto& rules = p.logics[logic];
  if (rules.reference != none) f(rules.reference);
  if (rules.negated != none) f(rules.negated);
  for (const auto& list : {rules.all_of, rules.any_of, rules.one_of}) {
    for (auto i = list.first; i < list.end(); ++i) f(p.links[i]);
  }
}

}  // namespace

// Counts for each node, once all it applies in place are counted, how many lie below it.
std::optional<error> find_circle(const program& made, std::size_t max_depth) {
  const auto count = made.nodes.size();
  std::vector<std::uint32_t> height(count, 0);
  std::vector<std::uint32_t> waits_for(count, 0);
  std::vector<std::vector<index>> used_by(count);
  std::vector<index> ready;
  for (index n = 0; n < count; ++n) {
    each_in_place(made, n, [&](index below) {
      used_by[below].push_back(n);
      ++waits_for[n];
    });
    if (waits_for[n] == 0) ready.push_back(n);
  }
  for (std::size_t i = 0; i < ready.size(); ++i) {
    const auto n = ready[i];
    if (height[n] > max_depth) {
      return refusal(made.locations[n], "depth",
                     "references follow one another more than " + std::to_string(max_depth) +
                         " times without descending",
                     errc::depth_exceeded);
    }
    for (const auto above : used_by[n]) {
      height[above] = std::max(height[above], height[n] + 1);
      if (--waits_for[above] == 0) ready.push_back(above);
    }
  }
  if (ready.size() == count) return std::nullopt;
  // What still waits is on a circle or above one; follow it until a node comes again.
  std::vector<bool> seen(count, false);
  auto at = static_cast<index>(
      std::find_if(waits_for.begin(), waits_for.end(), [](auto n) { return n != 0; }) -
      waits_for.begin());
  while (!seen[at]) {
    seen[at] = true;
    auto next = at;
    each_in_place(made, at, [&](index below) {
      if (waits_for[below] != 0) next = below;
    });
    at = next;
  }
  return refusal(made.locations[at], "circular_reference",
                 "the schema refers to itself without descending into the value",
                 errc::schema_invalid);
}

}  // namespace quire::schema
