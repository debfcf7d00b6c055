#pragma once

#include <quire/evolution/change.hpp>
#include <quire/messages/error.hpp>
#include <quire/messages/rows.hpp>

#include <span>
#include <string>

// Why a definition does not become what it asks for; shared by all that may refuse one.
namespace quire::evolution {

/// `graph type 'tickets'`.
[[nodiscard]] std::string about(const graph_type_name& name);

/// `graph_type_protected` when the stored type belongs to the engine and `scope` does not.
[[nodiscard]] result<void> check_may_change(const graph_type& stored, type_scope scope);

/// `migration_in_progress`.
[[nodiscard]] error being_migrated(const graph_type_name& name, std::int64_t version);

/// `breaking_change`, with a detail for each change that is; those that only a scan could settle
/// say so.
[[nodiscard]] error breaking(const graph_type_name& name, std::span<const change> changes);

}  // namespace quire::evolution
