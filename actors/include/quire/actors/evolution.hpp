#pragma once

#include <quire/evolution/migration_writer.hpp>
#include <quire/evolution/report.hpp>
#include <quire/messages/ids.hpp>
#include <quire/messages/requests.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// How graph types change over time: see docs/evolution.md.
namespace quire {

using evolution::evolution_options;
using evolution::evolution_report;
using evolution::migration_state;
using evolution::row_migration;

/// A graph type that a program was built for.
struct declared_type {
  define_graph_type definition{};
  std::int64_t version = 1;  ///< 1 or even; after 1 comes 4
  evolution_options options{};
};

/// What became of one tenant when a definition went through all of them.
struct tenant_evolution {
  org_id org{};
  /// The tenant has no such graph type, and it was not to be made.
  bool absent = false;
  evolution_report report{};
  error failure{};  ///< code `none`: all is well
};

struct fleet_options {
  evolution_options evolution{};
  /// Defines the type in tenants that lack it; else they are passed over.
  bool define_absent = false;
  /// Called in the calling thread after each tenant.
  std::function<void(const tenant_evolution&)> on_tenant{};
};

}  // namespace quire
