#include "change_span.hpp"

#include <quire/events/change_reader.hpp>

#include <iterator>
#include <string>
#include <utility>

namespace quire::acl {
namespace {

constexpr std::int64_t max_events = 50'000;
constexpr std::size_t events_at_once = 1'000;

}  // namespace

bool concerns(const change_event& e, const graph_id& graph) noexcept {
  return (e.table == table::nodes || e.table == table::edges) && e.graph == graph;
}

bool follow_on(std::span<const change_event> events, change_seq after, change_seq last) noexcept {
  return static_cast<std::int64_t>(events.size()) == last.get() - after.get() &&
         (events.empty() ||
          (events.front().seq.get() == after.get() + 1 && events.back().seq == last));
}

result<change_batch> events_between(sqlite::connection& db, change_seq after, change_seq last) {
  change_batch out;
  if (last.get() - after.get() <= max_events) {
    events::change_reader from(db);
    for (auto at = after; at < last;) {
      auto more = from.read(at, events_at_once);
      if (!more) return more.error();
      if (more->empty()) break;
      at = more->back().seq;
      std::move(more->begin(), more->end(), std::back_inserter(out));
    }
  }
  if (!follow_on(out, after, last)) {
    return fail(errc::view_expired, "changes " + std::to_string(after.get() + 1) + " to " +
                                        std::to_string(last.get()) +
                                        " are not all in the stream, or too many; read anew");
  }
  return out;
}

}  // namespace quire::acl
