#pragma once

#include <quire/acl/lists.hpp>
#include <quire/messages/ids.hpp>
#include <quire/metagraph/cursor.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/value.hpp>

#include <span>
#include <vector>

namespace quire::acl {

/// Checks the limit. `kind` and `texts` tell one list from another, besides graph and mode.
[[nodiscard]] result<metagraph::query_digest> digest_of(std::string_view kind,
                                                        const graph_id& graph,
                                                        std::span<const std::string_view> texts,
                                                        const list_request& request);

/// Where a page begins: the state that the cursor was made in, and `count` values.
struct list_place {
  change_seq made_at{};
  std::vector<sqlite::sql_value> values{};
};
/// Fails with `invalid_cursor`.
[[nodiscard]] result<list_place> place_of(const metagraph::query_digest& list,
                                          std::string_view cursor, std::size_t count);
[[nodiscard]] result<std::string> cursor_of(const metagraph::query_digest& list, list_place place);

[[nodiscard]] error list_changed();
/// Nothing in the graph changed after `made_at`, up to `now`, the state of the connection; else
/// `invalid_cursor`.
[[nodiscard]] result<void> check_unchanged(sqlite::connection& db, const graph_id& graph,
                                           change_seq made_at, change_seq now);

}  // namespace quire::acl
