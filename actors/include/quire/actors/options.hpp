#pragma once

#include <quire/acl/scopes.hpp>
#include <quire/actors/evolution.hpp>
#include <quire/messages/environment.hpp>

#include <caf/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace quire {

/// What a write is safe from once it is answered.
enum class write_safety : std::uint8_t {
  power_loss,     ///< one fsync per commit; many requests share a commit
  process_crash,  ///< no fsync per commit: a power cut may take the last commits, data and events together
};

/// How many requests may wait at once, and how many bytes they may hold. Beyond it: `storage_busy`, at once.
struct in_flight_limits {
  std::size_t requests{};
  std::size_t bytes{};
};

/// How much one commit may gather.
struct group_limits {
  std::size_t requests = 512;
  std::size_t bytes = 8U << 20U;
  std::chrono::microseconds time{5000};
};

/// Everything `engine::open` can be told. Every member but `dir` has a default that suits a server.
struct engine_options {
  /// The data folder; made when absent. One engine per process and folder is enough, several are safe.
  std::filesystem::path dir{};
  write_safety safety = write_safety::power_loss;
  environment env = system_environment();

  in_flight_limits per_tenant{.requests = 4096, .bytes = 64U << 20U};
  in_flight_limits in_all{.requests = 65536, .bytes = 512U << 20U};
  group_limits group{};

  /// Worker threads of the engine's own actor system; 0: four per core and at least eight.
  std::size_t threads = 0;
  /// Connections per tenant file for views and readers.
  std::size_t max_readers = 4;
  /// Actors per open tenant that answer read requests.
  std::size_t reader_actors = 2;
  /// A tenant without requests for this long closes its file; the next request opens it again.
  std::chrono::milliseconds idle{60'000};
  /// Tenant files open at once; 0: from the process's limit of descriptors.
  std::size_t max_open_tenants = 0;
  /// Page cache of all files together.
  std::size_t cache_bytes = 256U << 20U;
  /// Above the soft size of a write-ahead log a checkpoint runs aside; above the hard one writes get `storage_busy`.
  std::size_t wal_soft_bytes = 40U << 20U;
  std::size_t wal_hard_bytes = 1U << 30U;
  /// A view older than this answers `view_expired`.
  std::chrono::milliseconds max_view_age{60'000};
  /// How long a blocking call waits for its answer when the call does not say.
  std::chrono::milliseconds timeout{30'000};
  /// Recent events kept in memory per tenant, for subscribers that keep up.
  std::size_t ring_events = 1024;
  std::size_t ring_bytes = 1U << 20U;
  /// Graph types that every tenant has; their scope is `system`, so no request can redefine or delete them. Each is ensured
  /// when this engine first uses a tenant, and by `migrate_all`: `engine::tenant` answers once that is done, and with its
  /// error when it fails.
  std::vector<declared_type> system_types{};
  /// How scopes are compared: as whole texts, or `nodes:*` covers `nodes:read`.
  acl::scope_mode scope_mode = acl::scope_mode::exact;
  /// Name of an SQLite VFS; empty: the default one.
  std::string vfs{};
  /// Run in this actor system, which must outlive the engine, instead of one of the engine's own. Its threads are not the
  /// engine's: a blocking call from an actor of it is not recognised as `would_deadlock`.
  caf::actor_system* host = nullptr;
};

}  // namespace quire
