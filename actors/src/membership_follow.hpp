#pragma once

#include <quire/messages/error.hpp>
#include <quire/operations/membership.hpp>

#include <functional>
#include <memory>

namespace quire {

class tenant_core;

/// Has the tenant's writer follow the memberships in the system file, between the requests of others. Does not wait: `done`,
/// if there is one, is called once, on a thread of the engine.
void follow_memberships(const std::shared_ptr<tenant_core>& core, std::function<void(result<void>)> done);

/// Waits until the tenant has followed once, if it has not. Before anything of it is judged. Not from the engine's own actors.
[[nodiscard]] result<void> ensure_followed(const std::shared_ptr<tenant_core>& core);

/// Compares and repairs all, or only reports. Blocks.
[[nodiscard]] result<operations::membership_report> reconcile_memberships(const std::shared_ptr<tenant_core>& core,
                                                                          operations::membership_sync::how way);

}  // namespace quire
