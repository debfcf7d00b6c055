#pragma once

#include <memory>

#include "internal_actors.hpp"
#include "tenant_core.hpp"

namespace quire {

/// Spawns one READER of a tenant.
[[nodiscard]] reader_actor spawn_reader(caf::actor_system& system, std::shared_ptr<tenant_core> core);

/// Answers one query on a connection; shared with views.
[[nodiscard]] result<read_reply> answer(runtime::read_connection& on, const query& what);

}  // namespace quire
