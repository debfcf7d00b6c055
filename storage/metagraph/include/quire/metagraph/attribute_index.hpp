#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>

#include <string>
#include <string_view>

namespace quire::metagraph {

/// Makes an index of (graph, value of a member of the attributes) unless it exists; filters on that
/// member then use it. `pointer` is a member name or a JSON pointer. Needs a connection that may
/// write; reads the whole table, so it belongs into a transaction of its own.
/// @returns the index's name, made of the table and a hash of the indexed expression.
/// Fails with `invalid_option` (a table other than nodes and edges), `filter_unsupported` (a name
/// that filters refuse), `limit_exceeded`, `storage_*`.
[[nodiscard]] result<std::string> ensure_attribute_index(sqlite::connection& db, table rows,
                                                         std::string_view pointer);

}  // namespace quire::metagraph
