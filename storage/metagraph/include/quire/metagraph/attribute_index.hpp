#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>

#include <string>
#include <string_view>

namespace quire::metagraph {

/// Lets a connection live with attribute indexes. SQLite 3.40 takes its own JSON functions for
/// unsafe in the schema of a file that is not trusted: there a connection without this call can
/// neither make such an index nor read a file that has one (`malformed database schema`). It puts
/// functions of the same values in their place, for which each row that is filtered by a member
/// costs a few microseconds more. To be called on every connection of such a file, readers too,
/// right after opening; the connection must not be moved afterwards.
result<void> allow_attribute_indexes(sqlite::connection& db);

/// Makes an index of (graph, value of a member of the attributes) unless it exists; filters on that
/// member then use it. `pointer` is a member name or a JSON pointer. Needs a connection that may
/// write and was given to `allow_attribute_indexes`; reads the whole table, so it belongs into a
/// transaction of its own.
/// @returns the index's name, made of the table and a hash of the indexed expression.
/// Fails with `invalid_option` (a table other than nodes and edges), `filter_unsupported` (a name
/// that filters refuse), `limit_exceeded`, `storage_*`.
[[nodiscard]] result<std::string> ensure_attribute_index(sqlite::connection& db, table rows,
                                                         std::string_view pointer);

}  // namespace quire::metagraph
