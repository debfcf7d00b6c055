#pragma once

#include <quire/messages/error.hpp>
#include <quire/messages/ids.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

namespace quire::acl {

/// Finds the graph that decides about a file: the only one of type `acl` that is not archived and
/// belongs to no project. Fails with `acl_graph_missing` when there is none or several,
/// `storage_*`.
[[nodiscard]] result<graph_id> find_acl_graph(sqlite::connection& db);

/// What it runs, so that a test can look at the plan.
[[nodiscard]] sqlite::lazy_statement acl_graph_statement() noexcept;

}  // namespace quire::acl
