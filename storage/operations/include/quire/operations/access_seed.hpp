#pragma once

#include <quire/messages/environment.hpp>
#include <quire/operations/membership.hpp>
#include <quire/sqlite/connection.hpp>

namespace quire::operations {

/// True when the file has the graph type of access control.
[[nodiscard]] result<bool> has_access(sqlite::connection& db);

/// Writes what access control begins with: the graph type with its fixed ids, its graph, and in a tenant the principal of the
/// organization with all authority, and the members as they are. It is the file as it was made, so there are no events of it.
/// Inside the caller's transaction, or in one of its own. `org` empty: the system file, where nobody holds anything yet.
[[nodiscard]] result<void> seed_access(sqlite::connection& db, const org_id& org, const membership_state& members,
                                       environment env);

}  // namespace quire::operations
