#include <quire/events/change_reader.hpp>

#include <array>
#include <unordered_set>

namespace quire::events {
namespace {

constexpr std::array tables{table::graph_types,
                            table::node_types,
                            table::edge_types,
                            table::graphs,
                            table::nodes,
                            table::edges,
                            table::accounts,
                            table::organizations,
                            table::organization_members,
                            table::api_keys,
                            table::peer_credentials,
                            table::audit_logs};
constexpr std::array ops{change_op::created, change_op::updated, change_op::deleted};

const std::unordered_set<std::string_view>& change_topics() {
  static const auto names = [] {
    std::unordered_set<std::string_view> made;
    for (const auto t : tables) {
      for (const auto op : ops) made.insert(change_topic(t, op).get());
    }
    return made;
  }();
  return names;
}

error at_offset(error e, std::int64_t offset) {
  return in_context(std::move(e), "stream offset " + std::to_string(offset));
}

}  // namespace

result<std::optional<change_reader::found_row>> change_reader::first_at_or_after(
    std::int64_t offset) {
  // One index probe per topic, so that long stretches of other topics cost nothing.
  std::optional<found_row> best;
  for (const auto name : change_topics()) {
    auto statement = sql_.next_of_topic.get(db_);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    s.bind_view(1, name);
    s.bind(2, offset);
    auto row = s.step();
    if (!row) return row.error();
    if (!*row || (best && best->offset < s.integer(0))) continue;
    auto event = change_event_from_json(s.text(1));
    if (!event) return at_offset(event.error(), s.integer(0));
    best = found_row{.offset = s.integer(0), .seq = event->seq.get()};
  }
  return best;
}

result<std::int64_t> change_reader::offset_before(change_seq after) {
  if (known_offset_ != 0 && after == known_seq_) return known_offset_;
  if (after.get() <= 0) return 0;
  std::int64_t low = 0;
  std::int64_t high = 0;
  {
    auto statement = sql_.bounds.get(db_);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    auto row = s.step();
    if (!row) return row.error();
    low = s.integer(0);
    high = s.integer(1) + 1;  // beyond the last
  }
  // Find the least offset from which on all numbers are above `after`.
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    auto found = first_at_or_after(middle);
    if (!found) return found.error();
    if (!found->has_value() || (*found)->seq > after.get()) {
      high = middle;
    } else {
      low = (*found)->offset + 1;
    }
  }
  return low - 1;
}

result<change_batch> change_reader::read(change_seq after, std::size_t limit) {
  auto from = offset_before(after);
  if (!from) return from.error();
  auto statement = sql_.page.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, *from);
  change_batch out;
  while (out.size() < limit) {
    auto row = s.step();
    if (!row) return row.error();
    if (!*row) break;
    if (!change_topics().contains(s.text(1))) continue;
    auto event = change_event_from_json(s.text(2));
    if (!event) return at_offset(event.error(), s.integer(0));
    if (event->seq <= after) continue;
    event->offset = stream_offset{s.integer(0)};
    out.push_back(std::move(*event));
  }
  if (!out.empty()) {
    known_seq_ = out.back().seq;
    known_offset_ = out.back().offset.get();
  }
  return out;
}

result<change_seq> change_reader::last() {
  auto statement = sql_.last.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  auto row = s.step();
  if (!row) return row.error();
  return change_seq{*row ? s.integer(0) : 0};
}

result<std::optional<change_seq>> change_reader::first() {
  auto found = first_at_or_after(0);
  if (!found) return found.error();
  if (!found->has_value()) return std::optional<change_seq>{};
  return std::optional{change_seq{(*found)->seq}};
}

std::vector<const sqlite::lazy_statement*> change_reader::statements() const {
  std::vector<const sqlite::lazy_statement*> all{&sql_.next_of_topic, &sql_.bounds, &sql_.page,
                                                 &sql_.last};
  static_assert(sizeof(sql_) == 4 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::events
