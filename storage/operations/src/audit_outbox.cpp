#include <quire/operations/audit_outbox.hpp>

#include <algorithm>
#include <array>

namespace quire::operations {
namespace {

constexpr std::string_view membership_prefix = "member:";
constexpr std::string_view resource_prefix = "resource:";

constexpr std::array tables = {table::nodes, table::edges};
constexpr std::array ops = {change_op::created, change_op::updated, change_op::deleted};

}  // namespace

result<bool> audit_outbox::holds_something(const graph_id& graph, const std::string& key, sqlite::connection& db) {
  auto statement = sql_.holds.get(db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, graph);
  s.bind(2, key);
  return s.step();
}

result<std::vector<told_act>> audit_outbox::acts_of(std::span<const change_event> events, const graph_id& graph,
                                                    const org_id& org, sqlite::connection& db) {
  std::vector<told_act> acts;
  for (const auto& e : events) {
    if (e.graph != graph) continue;
    const bool edge = e.table == table::edges && !e.key.starts_with(membership_prefix);
    bool principal = e.table == table::nodes && !e.key.starts_with(resource_prefix);
    if (principal && e.op == change_op::created) {
      auto holds = holds_something(graph, e.key, db);
      if (!holds) return holds.error();
      principal = *holds;
    }
    if (!edge && !principal) continue;
    acts.push_back({.id = row_id{"acl:" + org.get() + ":" + std::to_string(e.offset.get())},
                    .action = e.op == change_op::deleted ? "acl.revoked" : "acl.granted",
                    .actor = e.actor,
                    .target = edge ? e.source.get() + "->" + e.target.get() : e.key});
  }
  return acts;
}

result<void> audit_outbox::mark(stream_offset first, sqlite::connection& db) {
  auto statement = sql_.mark.get(db);
  if (!statement) return statement.error();
  (**statement).bind(1, std::to_string(first.get()));
  return (**statement).run();
}

result<void> audit_outbox::clear(sqlite::connection& db) {
  auto statement = sql_.clear.get(db);
  if (!statement) return statement.error();
  return (**statement).run();
}

result<std::optional<stream_offset>> audit_outbox::pending(sqlite::connection& db) {
  auto statement = sql_.pending.get(db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  auto row = s.step();
  if (!row) return row.error();
  return *row ? std::optional{stream_offset{s.integer(0)}} : std::nullopt;
}

result<std::vector<told_act>> audit_outbox::read(stream_offset first, const graph_id& graph, const org_id& org,
                                                 sqlite::connection& db) {
  change_batch events;
  for (const auto t : tables) {
    for (const auto op : ops) {
      auto statement = sql_.read.get(db);
      if (!statement) return statement.error();
      auto& s = **statement;
      const sqlite::reset_guard guard{s};
      s.bind(1, change_topic(t, op));
      s.bind(2, first.get());
      while (true) {
        auto row = s.step();
        if (!row) return row.error();
        if (!*row) break;
        auto event = change_event_from_json(s.text(1));
        if (!event || event->graph != graph) continue;  // what a foreign program wrote there is no event of ours
        event->offset = stream_offset{s.integer(0)};
        events.push_back(std::move(*event));
      }
    }
  }
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
  return acts_of(events, graph, org, db);
}

std::vector<const sqlite::lazy_statement*> audit_outbox::statements() const {
  static_assert(sizeof(sql_) == 5 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.mark, &sql_.clear, &sql_.pending, &sql_.holds, &sql_.read};
}

}  // namespace quire::operations
