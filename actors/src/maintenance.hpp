#pragma once

#include <quire/evolution/report.hpp>
#include <quire/messages/error.hpp>
#include <quire/operations/tenant_store.hpp>
#include <quire/sqlite/connection.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace quire {

class tenant_core;

/// Runs work of the engine's own in the tenant's writer, between the requests of others, and waits until it is durable.
/// Waits too while too much is in flight. Not from the engine's own actors. Fails with what the work says, `engine_closed`,
/// `storage_*`, `commit_unknown`.
[[nodiscard]] result<void> run_in_writer(const std::shared_ptr<tenant_core>& core, operations::maintenance work);

/// As `run_in_writer`, without waiting for the answer: what is returned does, and is called once.
[[nodiscard]] std::function<result<void>()> submit_to_writer(const std::shared_ptr<tenant_core>& core,
                                                             operations::maintenance work);

/// Runs `body` with a read connection of the tenant outside any transaction: each statement sees what is committed then.
[[nodiscard]] result<void> run_on_reader(const std::shared_ptr<tenant_core>& core,
                                         const std::function<result<void>(sqlite::connection&)>& body);

enum class ensuring { once, again };

/// Ensures the engine's system types in the tenant; `once`: unless this engine did so before, then there are no reports.
/// Blocks.
[[nodiscard]] result<std::vector<evolution::evolution_report>> ensure_system_types(
    const std::shared_ptr<tenant_core>& core, ensuring how);

}  // namespace quire
