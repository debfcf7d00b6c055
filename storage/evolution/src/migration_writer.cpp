#include "migration_state.hpp"
#include "refusals.hpp"

#include <quire/evolution/definition_writer.hpp>
#include <quire/evolution/migration_writer.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/metagraph/reader.hpp>

namespace quire::evolution {
namespace {

namespace json = boost::json;

error conflict(const graph_type_name& name, std::string_view why) {
  return fail(errc::conflict, about(name) + ": " + std::string{why});
}

}  // namespace

struct migration_writer::stored_marks {
  row_id id;
  std::int64_t version = 1;
  json::object metadata;
  evolution_marks marks;
};

result<migration_writer::stored_marks> migration_writer::load(const graph_type_name& name,
                                                              metagraph::write_context& in) {
  auto statement = sql_.load.get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, name);
  auto row = s.step();
  if (!row) return row.error();
  if (!*row) return fail(errc::not_found, "no " + about(name) + " in this file");
  stored_marks out{
      .id = row_id{std::string{s.text(0)}}, .version = s.integer(1), .metadata = {}, .marks = {}};
  const auto metadata = document::trusted(std::string{s.text(2)});
  if (const auto* object = metadata.value().if_object())
    out.metadata = json::object(*object, json::storage_ptr{});
  auto marks = marks_from(metadata.value());
  if (!marks) return in_context(marks.error(), about(name));
  out.marks = std::move(*marks);
  return out;
}

result<void> migration_writer::store(const stored_marks& marks, metagraph::write_context& in) {
  auto metadata = marks.metadata;
  if (marks.marks.running) {
    metadata[state_member] = to_json(*marks.marks.running);
  } else {
    metadata.erase(state_member);
  }
  if (marks.marks.lazy) {
    metadata[lazy_member] = true;
  } else {
    metadata.erase(lazy_member);
  }
  auto statement = sql_.store.get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind(1, marks.id);
  s.bind(2, marks.version);
  s.bind(3, json_text(metadata));
  s.bind(4, in.seconds());
  return s.run();
}

result<void> migration_writer::begin(const graph_type_name& name, std::int64_t expected,
                                     std::int64_t target, const metagraph::row_projection& to,
                                     std::vector<std::string> stepped,
                                     metagraph::write_context& in) {
  auto marks = load(name, in);
  if (!marks) return marks.error();
  const bool stateless = !marks->marks.running && marks->version == target - 1;
  if (is_in_progress(marks->version) && !stateless) return being_migrated(name, marks->version);
  // Nothing would tell readers of pending rows any more.
  if (marks->marks.lazy) return conflict(name, "rows of it are pending again; look again");
  if (marks->version != expected) {
    return conflict(name, "it was changed to version " + std::to_string(marks->version) +
                              " meanwhile; look again");
  }
  marks->marks.running = migration_state{.from = marks->version,
                                         .target = target,
                                         .started = in.now,
                                         .digest = digest_of(to),
                                         .at = {},
                                         .rows = 0,
                                         .changed = 0,
                                         .stepped = std::move(stepped)};
  marks->version = target - 1;
  in.types.forget();
  if (auto ok = store(*marks, in); !ok) return ok.error();
  return tell_updated(marks->id, in);
}

result<void> migration_writer::apply(const graph_type_name& name, const migration_batch& batch,
                                     metagraph::write_context& in) {
  auto marks = load(name, in);
  if (!marks) return marks.error();
  auto& running = marks->marks.running;
  if (!running) return conflict(name, "its migration has ended meanwhile");
  if (running->at != batch.from) return conflict(name, "somebody else goes on with its migration");
  for (const auto& row : batch.changes) {
    auto written = write(row, in);
    if (!written) return written.error();
    if (!*written) {
      return conflict(name, std::string{row.part == part::node_type ? "node" : "edge"} + " row '" +
                                printable(row.id.get()) +
                                "' was changed by another program meanwhile");
    }
  }
  running->at = batch.to;
  running->rows += batch.rows;
  running->changed += batch.changes.size();
  return store(*marks, in);
}

result<void> migration_writer::finish(const graph_type_name& name,
                                      const metagraph::row_projection& to,
                                      metagraph::write_context& in) {
  auto marks = load(name, in);
  if (!marks) return marks.error();
  const auto running = std::exchange(marks->marks.running, std::nullopt);
  if (!running) return conflict(name, "its migration has ended meanwhile");
  if (!running->at.at_end || running->digest != digest_of(to))
    return conflict(name, "its migration is not at its end");
  if (auto ok = store(*marks, in); !ok) return ok.error();
  metagraph::reader stored_types{in.db};
  auto stored = stored_types.find_graph_type(name);
  if (!stored) return stored.error();
  return types_.replace(*stored, to, running->target, in);
}

result<void> migration_writer::abandon(const graph_type_name& name, metagraph::write_context& in) {
  auto marks = load(name, in);
  if (!marks) return marks.error();
  const auto running = std::exchange(marks->marks.running, std::nullopt);
  if (!running) return fail(errc::not_found, about(name) + " is not being migrated");
  if (running->at != row_cursor{}) {
    return conflict(name, "rows were migrated already, so there is no way back; ensure version " +
                              std::to_string(running->target) + " to finish");
  }
  marks->version = running->from;
  in.types.forget();
  if (auto ok = store(*marks, in); !ok) return ok.error();
  return tell_updated(marks->id, in);
}

result<void> migration_writer::rewrite(const graph_type_name& name,
                                       const metagraph::row_projection& expected,
                                       std::int64_t version, bool lazy,
                                       const metagraph::row_projection& to,
                                       metagraph::write_context& in) {
  auto marks = load(name, in);
  if (!marks) return marks.error();
  if (is_in_progress(marks->version)) return being_migrated(name, marks->version);
  metagraph::reader stored_types{in.db};
  auto stored = stored_types.find_graph_type(name);
  if (!stored) return stored.error();
  auto before = stored_definition(*stored);
  if (!before) return before.error();
  if (!classify(*before, expected).empty())
    return conflict(name, "its definition was changed meanwhile; look again");
  if (lazy) {
    marks->marks.lazy = true;
    if (auto ok = store(*marks, in); !ok) return ok.error();
  }
  return types_.replace(*stored, to, version, in);
}

result<std::uint64_t> migration_writer::write_rows(const std::vector<row_change>& changes,
                                                   metagraph::write_context& in) {
  std::uint64_t count = 0;
  for (const auto& row : changes) {
    auto written = write(row, in);
    if (!written) return written.error();
    count += static_cast<std::uint64_t>(*written);
  }
  return count;
}

result<void> migration_writer::end_lazy(const graph_type_name& name, metagraph::write_context& in) {
  auto marks = load(name, in);
  if (!marks) return marks.error();
  if (!marks->marks.lazy) return {};
  marks->marks.lazy = false;
  in.types.forget();
  return store(*marks, in);
}

result<bool> migration_writer::write(const row_change& row, metagraph::write_context& in) {
  const bool is_node = row.part == part::node_type;
  const bool stays = row.new_type.empty();
  auto& nodes = stays ? sql_.node : sql_.retyped_node;
  auto& edges = stays ? sql_.edge : sql_.retyped_edge;
  auto statement = (is_node ? nodes : edges).get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, row.id);
  s.bind_view(2, row.expected);
  s.bind_view(3, row.attributes.text());
  s.bind_view(4, row.metadata.text());
  s.bind(5, in.seconds());
  s.bind_view(6, row.expected_metadata);
  if (!stays) s.bind_view(7, row.new_type);
  auto found = s.step();
  if (!found || !*found) return found;
  change_event e;
  e.table = is_node ? table::nodes : table::edges;
  e.op = change_op::updated;
  e.graph = graph_id{std::string{s.text(0)}};
  e.key = s.text(1);
  if (e.key.empty()) e.id = row.id;
  if (!is_node) {
    e.source = node_key{std::string{s.text(2)}};
    e.target = node_key{std::string{s.text(3)}};
  }
  e.at = in.now;
  e.actor = in.actor;
  auto graph = in.types.find(e.graph);
  if (!graph) return graph.error();
  if ((**graph).type && (**graph).type->config().full_events) e.attributes = row.attributes;
  if (auto ok = in.changes.append(std::move(e)); !ok) return ok.error();
  return true;
}

result<void> migration_writer::tell_updated(const row_id& id, metagraph::write_context& in) {
  change_event e;
  e.table = table::graph_types;
  e.op = change_op::updated;
  e.id = id;
  e.at = in.now;
  e.actor = in.actor;
  return in.changes.append(std::move(e));
}

std::vector<const sqlite::lazy_statement*> migration_writer::statements() const {
  std::vector<const sqlite::lazy_statement*> all{
      &sql_.load, &sql_.store, &sql_.node, &sql_.retyped_node, &sql_.edge, &sql_.retyped_edge};
  static_assert(sizeof(sql_) == 6 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::evolution
