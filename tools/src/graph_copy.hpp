#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/messages/rows.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>

namespace quire::tools {

/// How a copy differs from the rows it is compared with.
struct copy_differences {
  std::uint64_t nodes = 0;  ///< rows compared
  std::uint64_t edges = 0;
  std::uint64_t missing = 0;  ///< rows the copy lacks
  std::uint64_t extra = 0;    ///< in the copy only
  std::uint64_t unequal = 0;  ///< attributes or ends differ
  std::string first;          ///< says what the first one is

  [[nodiscard]] bool none() const { return missing + extra + unequal == 0; }
};

/// A graph rebuilt from its change events and nothing else. The graph type must say `eventPayload:
/// full`. Change events do not carry the type of a node or edge, so types are not compared. Not
/// thread-safe.
class graph_copy {
 public:
  explicit graph_copy(graph_id graph) : graph_(std::move(graph)) {}

  /// Applies the next event. Fails with `malformed_event` when it does not fit what came before: a
  /// second creation, a change of what is not there, an edge without its ends, a number that does
  /// not grow.
  [[nodiscard]] result<void> apply(const change_event& e);

  /// Compares one row and ticks it off. Every row of the graph once, then `finish`.
  void compare(const node& row);
  void compare(const edge& row);
  /// What no row was compared with is extra.
  [[nodiscard]] copy_differences finish();

  [[nodiscard]] std::size_t nodes() const { return nodes_.size(); }
  [[nodiscard]] std::size_t edges() const { return edges_.size(); }

 private:
  struct node_state {
    document attributes;
    bool compared = false;
  };
  struct edge_state {
    node_key source;
    node_key target;
    document attributes;
    bool compared = false;
  };
  result<void> apply_node(const change_event& e);
  result<void> apply_edge(const change_event& e);
  void differs(std::uint64_t copy_differences::*counter, std::string what);

  graph_id graph_;
  change_seq last_;
  std::unordered_map<std::string, node_state> nodes_;
  std::unordered_map<std::string, edge_state> edges_;  ///< by key, or `#` and the row id
  copy_differences found_;
};

}  // namespace quire::tools
