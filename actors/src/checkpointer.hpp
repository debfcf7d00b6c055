#pragma once

#include <memory>

#include "internal_actors.hpp"
#include "tenant_core.hpp"

namespace quire {

[[nodiscard]] checkpointer_actor spawn_checkpointer(caf::actor_system& system);

}  // namespace quire
