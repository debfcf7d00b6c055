#include "graph_copy.hpp"

#include <quire/messages/ids.hpp>

namespace quire::tools {

namespace {

/// Equal in meaning; equal text is the quick and usual case.
bool same(const document& a, const document& b) {
  return a == b || (a && b && a.value() == b.value());
}

error misfit(const change_event& e, std::string_view why) {
  return fail(errc::malformed_event,
              "change " + std::to_string(e.seq.get()) + ", " + std::string{to_string(e.table)} +
                  ":" + std::string{to_string(e.op)} + " '" +
                  printable(e.key.empty() ? e.id.get() : e.key) + "': " + std::string{why});
}

std::string edge_name(const std::string& key, const row_id& id) {
  return key.empty() ? "#" + id.get() : key;
}

}  // namespace

result<void> graph_copy::apply(const change_event& e) {
  if (e.seq <= last_) return misfit(e, "its number does not follow " + std::to_string(last_.get()));
  last_ = e.seq;
  if (e.graph != graph_) return {};
  switch (e.table) {
    case table::nodes: return apply_node(e);
    case table::edges: return apply_edge(e);
    default: return {};
  }
}

result<void> graph_copy::apply_node(const change_event& e) {
  const auto found = nodes_.find(e.key);
  if (e.op == change_op::created) {
    if (found != nodes_.end()) return misfit(e, "it was created before");
    nodes_.emplace(e.key, node_state{e.attributes});
    return {};
  }
  if (found == nodes_.end()) return misfit(e, "it was never created");
  if (e.op == change_op::deleted)
    nodes_.erase(found);
  else
    found->second.attributes = e.attributes;
  return {};
}

result<void> graph_copy::apply_edge(const change_event& e) {
  const auto name = edge_name(e.key, e.id);
  const auto found = edges_.find(name);
  if (e.op == change_op::created) {
    if (found != edges_.end()) return misfit(e, "it was created before");
    if (!nodes_.contains(e.source.get()) || !nodes_.contains(e.target.get())) {
      return misfit(e, "one of its ends was never created");
    }
    edges_.emplace(name, edge_state{e.source, e.target, e.attributes});
    return {};
  }
  if (found == edges_.end()) return misfit(e, "it was never created");
  if (e.op == change_op::deleted)
    edges_.erase(found);
  else
    found->second.attributes = e.attributes;
  return {};
}

void graph_copy::differs(std::uint64_t copy_differences::*counter, std::string what) {
  ++(found_.*counter);
  if (found_.first.empty()) found_.first = std::move(what);
}

void graph_copy::compare(const node& row) {
  ++found_.nodes;
  const auto found = nodes_.find(row.key.get());
  const auto name = "node '" + printable(row.key.get()) + "'";
  if (found == nodes_.end())
    return differs(&copy_differences::missing, name + " is not in the copy");
  found->second.compared = true;
  if (!same(found->second.attributes, row.attributes)) {
    differs(&copy_differences::unequal, name + " has other attributes in the copy");
  }
}

void graph_copy::compare(const edge& row) {
  ++found_.edges;
  const auto found = edges_.find(edge_name(row.key.get(), row.id));
  const auto name = "edge '" + printable(edge_name(row.key.get(), row.id)) + "'";
  if (found == edges_.end())
    return differs(&copy_differences::missing, name + " is not in the copy");
  found->second.compared = true;
  if (found->second.source != row.source || found->second.target != row.target ||
      !same(found->second.attributes, row.attributes)) {
    differs(&copy_differences::unequal, name + " has other ends or attributes in the copy");
  }
}

copy_differences graph_copy::finish() {
  for (const auto& [key, state] : nodes_) {
    if (!state.compared) {
      differs(&copy_differences::extra, "node '" + printable(key) + "' is only in the copy");
    }
  }
  for (const auto& [key, state] : edges_) {
    if (!state.compared) {
      differs(&copy_differences::extra, "edge '" + printable(key) + "' is only in the copy");
    }
  }
  return found_;
}

}  // namespace quire::tools
