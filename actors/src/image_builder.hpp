#pragma once

#include "internal_actors.hpp"

namespace quire {

/// Spawns IMAGER in a thread of its own: it reads whole graphs, which takes as long as it takes.
[[nodiscard]] image_builder_actor spawn_image_builder(caf::actor_system& system);

/// Has the image of the tenant built, unless that is under way.
void want_image(tenant_core& core);

}  // namespace quire
