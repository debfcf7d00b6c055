#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/sqlite/connection.hpp>

#include <span>

namespace quire::acl {

/// Does the event say that something in the graph changed?
[[nodiscard]] bool concerns(const change_event& e, const graph_id& graph) noexcept;

/// Are these all the events after `after`, up to `last`?
[[nodiscard]] bool follow_on(std::span<const change_event> events, change_seq after,
                             change_seq last) noexcept;

/// All events after `after` up to `last`, from the stream. Fails with `view_expired` when some were
/// trimmed, or when there are so many that reading the graph is quicker.
[[nodiscard]] result<change_batch> events_between(sqlite::connection& db, change_seq after,
                                                  change_seq last);

}  // namespace quire::acl
