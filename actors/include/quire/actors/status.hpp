#pragma once

#include <quire/evolution/report.hpp>
#include <quire/messages/error.hpp>
#include <quire/messages/ids.hpp>

#include <cstdint>
#include <vector>

namespace quire {

/// Numbers of one tenant since the engine opened.
struct tenant_status {
  org_id org;
  bool open = false;             ///< its file is open now
  change_seq seq;                ///< last change known to be committed
  std::uint64_t requests = 0;    ///< write requests answered
  std::uint64_t failed = 0;      ///< of these, with an error
  std::uint64_t commits = 0;
  std::uint64_t busy = 0;        ///< refused because too much was in flight
  std::uint64_t foreign_commits = 0;  ///< commits of other processes noticed
  std::size_t in_flight = 0;     ///< requests admitted and not answered
  std::size_t in_flight_bytes = 0;
  std::size_t subscribers = 0;
  std::size_t views = 0;
  std::uint64_t wal_bytes = 0;
};

/// What `engine::migrate_all` found in one tenant file.
struct tenant_migration {
  org_id org;
  std::int64_t from_version = 0;  ///< schema version before
  std::int64_t to_version = 0;    ///< and now
  std::vector<evolution::evolution_report> types;  ///< of `engine_options::system_types`, in order
  error failure;                  ///< code `none`: all is well
};

/// A moment's picture of an engine; cheap, from any thread.
struct engine_status {
  /// Refused requests that got no row in the audit trail, because there were too many.
  std::uint64_t refusals_not_recorded = 0;
  std::size_t threads = 0;
  std::size_t open_tenants = 0;
  std::size_t in_flight = 0;
  std::size_t in_flight_bytes = 0;
  std::vector<tenant_status> tenants;  ///< those used since the engine opened
};

}  // namespace quire
