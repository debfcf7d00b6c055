#pragma once

#include <quire/actors/subscription.hpp>

#include <algorithm>

namespace quire {

/// True when a subscriber asked for everything.
[[nodiscard]] inline bool wants_all(const subscribe_options& o) {
  return o.tables.empty() && o.ops.empty() && o.graph.get().empty();
}

[[nodiscard]] inline bool wants(const subscribe_options& o, const change_event& e) {
  auto listed = [](const auto& list, auto x) { return list.empty() || std::find(list.begin(), list.end(), x) != list.end(); };
  if (!listed(o.tables, e.table) || !listed(o.ops, e.op)) return false;
  if (o.graph.get().empty() || e.graph == o.graph) return true;
  return e.table == table::graphs && e.id.get() == o.graph.get();  // the graph itself
}

}  // namespace quire
