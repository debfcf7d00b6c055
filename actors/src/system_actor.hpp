#pragma once

#include <quire/operations/system_store.hpp>

#include <memory>

#include "internal_actors.hpp"

namespace quire {

/// Spawns SYSTEM around an open system file.
[[nodiscard]] system_actor spawn_system(caf::actor_system& system, std::unique_ptr<operations::system_store> file);

}  // namespace quire
