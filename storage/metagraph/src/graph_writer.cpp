#include "row_checks.hpp"

#include <quire/metagraph/graph_writer.hpp>

namespace quire::metagraph {
namespace {

std::string about(const graph_id& id) { return "graph '" + printable(id.get()) + "'"; }

constexpr std::size_t max_name_bytes = 255;

result<void> check_name(const std::string& name) {
  if (name.size() > max_name_bytes || !is_valid_key(name)) {
    return fail(errc::invalid_name, "graph name '" + printable(name) +
                                        "': 1 to 255 bytes of UTF-8 without control characters");
  }
  return {};
}

void bind_or_null(sqlite::statement& s, int index, const std::string& text) {
  if (text.empty()) {
    s.bind_null(index);
  } else {
    s.bind(index, text);
  }
}

result<void> run_on(sqlite::lazy_statement& sql, const std::string& id, sqlite::connection& db) {
  auto statement = sql.get(db);
  if (!statement) return statement.error();
  (**statement).bind(1, id);
  return (**statement).run();
}

}  // namespace

result<void> graph_writer::tell(change_op what, const graph_id& id, write_context& in) {
  change_event e;
  e.table = table::graphs;
  e.op = what;
  e.id = row_id{id.get()};
  e.at = in.now;
  e.actor = in.actor;
  return in.changes.append(std::move(e));
}

result<outcome> graph_writer::apply(const create_graph& op, write_context& in) {
  if (auto ok = check_name(op.name); !ok) return ok.error();
  if (auto ok = check_metadata(op.metadata); !ok) return ok.error();
  if (auto ok = check_row_id(op.id.get()); !ok) return ok.error();
  if (auto ok = check_text("description", op.description); !ok) return ok.error();
  // Logical ids of other rows.
  if (auto ok = check_row_id(op.owner); !ok) return in_context(ok.error(), "owner");
  if (auto ok = check_row_id(op.project); !ok) return in_context(ok.error(), "project");
  auto type = in.types.find_type(op.type);
  if (!type && type.error().code == errc::not_found) {
    return fail(errc::unknown_type, "graph '" + printable(op.name) + "': there is no graph type '" +
                                        printable(op.type.get()) + "'; define it first");
  }
  if (!type) return type.error();
  if (auto ok = in.types.check_settled(op.type); !ok)
    return in_context(ok.error(), "graph '" + printable(op.name) + "'");
  const auto id = op.id.get().empty() ? graph_id{in.ids.next().get()} : op.id;
  {
    auto statement = sql_.insert.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind(1, id);
    s.bind(2, op.metadata ? op.metadata.text() : "{}");
    s.bind(3, in.seconds());
    s.bind(4, op.type);
    s.bind(5, op.name);
    s.bind(6, op.description);
    bind_or_null(s, 7, op.owner);
    bind_or_null(s, 8, op.project);
    s.bind(9, to_string(op.status));
    if (auto ok = s.run(); !ok) {
      if (ok.error().code != errc::unique_violation) return ok.error();
      return fail(errc::duplicate_key, about(id) + " exists already");
    }
  }
  in.types.forget();
  if (auto ok = tell(change_op::created, id, in); !ok) return ok.error();
  outcome made{.row = {}, .created = true, .changed = true};
  if (in.want_rows) {
    auto row = reader{in.db}.find_graph(id);
    if (!row) return row.error();
    made.row = std::move(*row);
  }
  return made;
}

result<outcome> graph_writer::apply(const update_graph& op, write_context& in) {
  auto stored = reader{in.db}.find_graph(op.id);
  if (!stored) return stored.error();
  if (!op.name.empty()) {
    if (auto ok = check_name(op.name); !ok) return ok.error();
  }
  if (auto ok = check_text("description", op.description); !ok) return ok.error();
  if (auto ok = check_metadata(op.metadata); !ok) return ok.error();
  auto wanted = *stored;
  if (!op.name.empty()) wanted.name = op.name;
  if (!op.description.empty()) wanted.description = op.description;
  if (op.metadata && !same_meaning(stored->metadata, op.metadata)) wanted.metadata = op.metadata;
  if (op.set_status) wanted.status = op.status;
  outcome made;
  if (wanted == *stored) {
    if (in.want_rows) made.row = std::move(*stored);
    return made;
  }
  if (auto ok = in.types.check_settled(stored->type); !ok)
    return in_context(ok.error(), about(op.id));
  if (stored->status == graph_status::archived && wanted.status != graph_status::archived) {
    auto going = is_being_removed(op.id, in);
    if (!going) return going.error();
    if (*going)
      return fail(errc::graph_archived, about(op.id) + " is being removed; it cannot come back");
  }
  // Nothing can check an untyped graph, so it stays out of use for good.
  if (wanted.status != graph_status::archived && wanted.type.get().empty()) {
    return fail(errc::graph_untyped,
                about(op.id) + " has lost its graph type; it can only be archived or deleted");
  }
  auto statement = sql_.update.get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind(1, op.id);
  s.bind(2, wanted.name);
  s.bind(3, wanted.description);
  s.bind(4, wanted.metadata ? wanted.metadata.text() : "{}");
  s.bind(5, to_string(wanted.status));
  s.bind(6, in.seconds());
  if (auto ok = s.run(); !ok) return ok.error();
  in.types.forget();
  if (auto ok = tell(change_op::updated, op.id, in); !ok) return ok.error();
  made.changed = true;
  wanted.updated_at = row_time{std::chrono::seconds{in.seconds()}};
  if (in.want_rows) made.row = std::move(wanted);
  return made;
}

result<outcome> graph_writer::apply(const delete_graph& op, write_context& in) {
  auto stored = reader{in.db}.find_graph(op.id);
  if (!stored) return stored.error();
  if (auto ok = in.types.check_settled(stored->type); !ok)
    return in_context(ok.error(), about(op.id));
  std::int64_t edges = 0;
  {
    auto statement = sql_.count_rows.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    s.bind(1, op.id);
    s.bind(2, max_removed_rows + 1);
    auto row = s.step();
    if (!row) return row.error();
    edges = s.integer(1);
    if (s.integer(0) + edges > max_removed_rows) return begin_removal(std::move(*stored), in);
  }
  // Edges first: cascading from each node would look every edge up twice.
  for (auto* step : {&sql_.remove_edges, &sql_.remove_nodes}) {
    auto statement = step->get(in.db);
    if (!statement) return statement.error();
    (**statement).bind(1, op.id);
    (**statement).bind(2, max_removed_rows);
    if (auto ok = (**statement).run(); !ok) return ok.error();
  }
  for (auto* step : {&sql_.remove, &sql_.end_removal}) {
    if (auto ok = run_on(*step, op.id.get(), in.db); !ok) return ok.error();
  }
  in.types.forget();
  if (auto ok = tell(change_op::deleted, op.id, in); !ok) return ok.error();
  return outcome{.row = removed{.id = row_id{op.id.get()}, .key = stored->name, .edges = edges},
                 .created = false,
                 .changed = true};
}

result<outcome> graph_writer::begin_removal(graph stored, write_context& in) {
  if (auto ok = run_on(sql_.mark_removal, stored.id.get(), in.db); !ok) return ok.error();
  outcome made{.row = {}, .created = false, .changed = stored.status != graph_status::archived};
  if (made.changed) {
    auto statement = sql_.archive.get(in.db);
    if (!statement) return statement.error();
    (**statement).bind(1, stored.id);
    (**statement).bind(2, in.seconds());
    if (auto ok = (**statement).run(); !ok) return ok.error();
    in.types.forget();
    if (auto ok = tell(change_op::updated, stored.id, in); !ok) return ok.error();
    stored.status = graph_status::archived;
    stored.updated_at = row_time{std::chrono::seconds{in.seconds()}};
  }
  if (in.want_rows) made.row = std::move(stored);
  return made;
}

result<bool> graph_writer::is_being_removed(const graph_id& id, write_context& in) {
  auto statement = sql_.is_removed.get(in.db);
  if (!statement) return statement.error();
  const sqlite::reset_guard guard{**statement};
  (**statement).bind(1, id);
  return (**statement).step();
}

result<std::string> graph_writer::next_removal(sqlite::connection& db) {
  auto statement = sql_.next_removal.get(db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  auto row = s.step();
  if (!row) return row.error();
  return *row ? std::string{s.text(0)} : std::string{};
}

result<bool> graph_writer::has_parts(sqlite::connection& db) {
  auto id = next_removal(db);
  if (!id) return id.error();
  return !id->empty();
}

result<void> graph_writer::remove_part(write_context& in) {
  auto id = next_removal(in.db);
  if (!id) return id.error();
  if (id->empty()) return {};
  for (auto* step : {&sql_.remove_edges, &sql_.remove_nodes}) {
    auto statement = step->get(in.db);
    if (!statement) return statement.error();
    (**statement).bind(1, *id);
    (**statement).bind(2, part_rows);
    if (auto ok = (**statement).run(); !ok) return ok.error();
    if (in.db.changes() > 0) return {};
  }
  for (auto* step : {&sql_.remove, &sql_.end_removal}) {
    if (auto ok = run_on(*step, *id, in.db); !ok) return ok.error();
  }
  in.types.forget();
  return tell(change_op::deleted, graph_id{*id}, in);
}

std::vector<const sqlite::lazy_statement*> graph_writer::statements() const {
  std::vector<const sqlite::lazy_statement*> all{
      &sql_.insert,       &sql_.update,  &sql_.count_rows,   &sql_.remove_edges,
      &sql_.remove_nodes, &sql_.archive, &sql_.mark_removal, &sql_.next_removal,
      &sql_.end_removal,  &sql_.remove,  &sql_.is_removed};
  static_assert(sizeof(sql_) == 11 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::metagraph
