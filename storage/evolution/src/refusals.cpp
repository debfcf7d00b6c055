#include "refusals.hpp"

#include <algorithm>

namespace quire::evolution {
namespace {

constexpr std::size_t max_details = 100;

std::string subject(const change& c) {
  if (c.part == part::config) return "config";
  return std::string{c.part == part::node_type ? "node type '" : "edge type '"} + c.type + "'";
}

}  // namespace

std::string about(const graph_type_name& name) {
  return "graph type '" + printable(name.get()) + "'";
}

result<void> check_may_change(const graph_type& stored, type_scope scope) {
  if (stored.scope == type_scope::system && scope != type_scope::system) {
    return fail(errc::graph_type_protected,
                about(stored.name) + " belongs to the engine and cannot be changed");
  }
  return {};
}

error being_migrated(const graph_type_name& name, std::int64_t version) {
  return fail(errc::migration_in_progress,
              about(name) + " is on its way to version " + std::to_string(version + 1) +
                  "; ensure that version with the same module to finish the migration");
}

error breaking(const graph_type_name& name, std::span<const change> changes) {
  auto e = fail(errc::breaking_change,
                about(name) +
                    ": the new definition breaks the stored one; declare a higher version "
                    "to migrate, or define it under a new name");
  bool only_unsettled = true;
  for (const auto& c : changes) {
    if (c.severity != change_class::breaking) continue;
    only_unsettled = only_unsettled && c.needs_scan;
    if (e.details.size() == max_details) continue;
    auto message = subject(c) + ": " + c.reason;
    if (c.needs_scan) message += " (stored values have to be looked at first)";
    e.details.push_back({.code = c.kind, .pointer = c.path, .message = std::move(message)});
  }
  if (only_unsettled) {
    e.context = about(name) +
                ": whether the new definition fits what is stored needs a look at all rows; ensure "
                "it instead of defining it";
  }
  return e;
}

}  // namespace quire::evolution
