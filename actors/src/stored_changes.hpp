#pragma once

#include <quire/events/change_reader.hpp>

#include <cstddef>

namespace quire {

/// Some change events read back from a file, and the number behind them: `end` is beyond `after`, also where rows between
/// have been trimmed.
struct stored_changes {
  change_batch events;
  change_seq end;
};

/// What follows `after`, for a reader who knows that changes after it were committed. `file_replaced` when the file does
/// not know them.
[[nodiscard]] inline result<stored_changes> read_changes(events::change_reader& from, change_seq after, std::size_t limit) {
  auto found = from.read(after, limit);
  if (!found) return found.error();
  if (!found->empty()) {
    const auto end = found->back().seq;
    return stored_changes{.events = std::move(*found), .end = end};
  }
  auto last = from.last();
  if (!last) return last.error();
  if (*last <= after) {
    return fail(errc::file_replaced, "changes after " + std::to_string(after.get()) +
                                         " were committed, but the file ends at " + std::to_string(last->get()) +
                                         "; has it been replaced?");
  }
  return stored_changes{.events = {}, .end = *last};
}

}  // namespace quire
