#include "row_checks.hpp"
#include "row_update.hpp"

#include <quire/metagraph/edge_writer.hpp>
#include <quire/metagraph/pending.hpp>
#include <quire/metagraph/validation.hpp>

namespace quire::metagraph {
namespace {

std::string about(const graph_id& g, const edge_key& k, const node_key& from, const node_key& to) {
  return "edge '" + printable(k.get()) + "' from '" + printable(from.get()) + "' to '" +
         printable(to.get()) + "' in graph '" + printable(g.get()) + "'";
}

std::string about(const edge& e) { return about(e.graph, e.key, e.source, e.target); }

std::optional<std::string_view> known(const std::string& type) {
  return type.empty() ? std::nullopt : std::optional<std::string_view>{type};
}

change_event event_of(change_op op, const edge& e, const write_context& in) {
  change_event made;
  made.table = table::edges;
  made.op = op;
  made.graph = e.graph;
  if (e.key.get().empty()) {
    made.id = e.id;
  } else {
    made.key = e.key.get();
  }
  made.source = e.source;
  made.target = e.target;
  made.at = in.now;
  made.actor = in.actor;
  return made;
}

result<bool> stored_direction(const graph_type_view& view, edge_direction wanted) {
  using kind = graph_config::kind;
  switch (view.config().type) {
    case kind::directed:
      if (wanted == edge_direction::undirected) {
        return fail(errc::direction_mismatch,
                    "graph type '" + printable(view.name()) + "' takes directed edges only");
      }
      return false;
    case kind::undirected:
      if (wanted == edge_direction::directed) {
        return fail(errc::direction_mismatch,
                    "graph type '" + printable(view.name()) + "' takes undirected edges only");
      }
      return true;
    case kind::mixed: return wanted == edge_direction::undirected;
  }
  return false;
}

}  // namespace

void edge_writer::forget() {
  for (auto& end : ends_) end.key = node_key{};
}

result<edge_writer::end_node> edge_writer::find_end(const graph_id& g, const node_key& k,
                                                    const graph_type_view& view,
                                                    write_context& in) {
  auto& slot = ends_[std::hash<node_key>{}(k) % ends_.size()];
  if (slot.key == k && slot.graph == g) return slot.node;
  end_node found;
  bool remember = false;
  {
    auto statement = sql_.end.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    s.bind_view(1, g.get());
    s.bind_view(2, k.get());
    auto row = s.step();
    if (!row) return row.error();
    found.exists = *row;
    if (*row && s.is_null(0)) {
      // Written by a foreign program: its type is what its attributes say, when they say one thing
      // only.
      const auto attributes = document::trusted(std::string{s.text(1)});
      if (auto type = infer_node_type(view, attributes.value())) found.type = (**type).name;
      // Not remembered: an update of the attributes may say another.
    } else if (*row) {
      remember = true;
      const auto* type = view.find_node_type(s.text(0));
      found.type = type != nullptr ? type->name : std::string{s.text(0)};
    }
  }
  if (remember) slot = {.graph = g, .key = k, .node = found};
  return found;
}

result<bool> edge_writer::has_parallel(const create_edge& op, bool undirected, write_context& in) {
  // Walking the edges of one end is cheap unless it is a hub; then the other end is asked.
  static constexpr std::int64_t few = 256;
  enum class finding : std::uint8_t { none, parallel, too_many };
  auto walk = [&](sqlite::lazy_statement& sql, const node_key& at, const node_key& from,
                  const node_key& to, std::int64_t limit) -> result<finding> {
    auto statement = sql.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    s.bind_view(1, op.graph.get());
    s.bind_view(2, at.get());
    s.bind(3, limit);
    std::int64_t seen = 0;
    while (true) {
      auto row = s.step();
      if (!row) return row.error();
      if (!*row) return seen == limit ? finding::too_many : finding::none;
      ++seen;
      if (s.text(0) == from.get() && s.text(1) == to.get() && (s.integer(2) != 0) == undirected)
        return finding::parallel;
    }
  };
  auto search = [&](const node_key& from, const node_key& to) -> result<bool> {
    auto found = walk(sql_.at_source, from, from, to, few);
    if (found && *found == finding::too_many) found = walk(sql_.at_target, to, from, to, few);
    if (found && *found == finding::too_many) {
      found = walk(sql_.at_source, from, from, to, std::numeric_limits<std::int64_t>::max());
    }
    if (!found) return found.error();
    return *found == finding::parallel;
  };
  auto found = search(op.source, op.target);
  if (found && !*found && undirected && op.source != op.target)
    found = search(op.target, op.source);
  return found;
}

result<bool> edge_writer::key_taken(const create_edge& op, write_context& in) {
  auto statement = sql_.key.get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, op.graph);
  s.bind(2, op.key);
  return s.step();
}

result<void> edge_writer::insert(const create_edge& op, const row_id& id, const edge_type& type,
                                 const document& attributes, bool undirected, write_context& in) {
  auto statement = (in.edges_have_type_id ? sql_.insert_with_type_id : sql_.insert).get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind_view(1, id.get());
  s.bind_view(2, op.metadata ? std::string_view{op.metadata.text()} : std::string_view{"{}"});
  s.bind(3, in.seconds());
  s.bind_view(4, op.graph.get());
  if (op.key.get().empty()) {
    s.bind_null(5);
  } else {
    s.bind_view(5, op.key.get());
  }
  s.bind_view(6, op.source.get());
  s.bind_view(7, op.target.get());
  s.bind_view(8, attributes.text());
  s.bind(9, undirected ? 1 : 0);
  s.bind_view(10, type.name);
  return s.run();
}

result<outcome> edge_writer::apply(const create_edge& op, write_context& in) {
  auto graph = in.types.find_writable(op.graph);
  if (!graph) return graph.error();
  const auto view = (**graph).type;
  if (!op.key.get().empty()) {
    if (auto ok = check_key("edge", op.key.get()); !ok) return ok.error();
  }
  if (auto ok = check_key("source node", op.source.get()); !ok) return ok.error();
  if (auto ok = check_key("target node", op.target.get()); !ok) return ok.error();
  if (auto ok = check_row_id(op.id.get()); !ok) return ok.error();
  if (auto ok = check_metadata(op.metadata); !ok) return ok.error();
  const auto& attributes = op.attributes ? op.attributes : no_attributes();
  if (auto ok = check_size(attributes); !ok) return ok.error();
  auto name = [&] { return about(op.graph, op.key, op.source, op.target); };

  const edge_type* type = nullptr;
  if (!op.type.get().empty()) {
    type = view->find_edge_type(op.type.get());
    if (type == nullptr) {
      return fail(errc::unknown_type, name() + ": graph type '" + printable(view->name()) +
                                          "' has no edge type '" + printable(op.type.get()) + "'");
    }
  }
  auto source = find_end(op.graph, op.source, *view, in);
  if (!source) return source.error();
  auto target = find_end(op.graph, op.target, *view, in);
  if (!target) return target.error();
  if (type == nullptr && source->exists && target->exists) {
    auto inferred =
        infer_edge_type(*view, attributes.value(), known(source->type), known(target->type));
    if (!inferred) return in_context(inferred.error(), name());
    type = *inferred;
  }
  if (!source->exists || !target->exists) {
    return fail(errc::missing_endpoint,
                name() + ": node '" + printable((source->exists ? op.target : op.source).get()) +
                    "' does not exist");
  }
  if (auto ok = check_ends(*view, *type, known(source->type), known(target->type)); !ok) {
    return in_context(ok.error(), name());
  }
  auto undirected = stored_direction(*view, op.direction);
  if (!undirected) return in_context(undirected.error(), name());
  if (op.source == op.target && !view->config().allow_self_loops) {
    return fail(errc::self_loop,
                name() + ": graph type '" + printable(view->name()) + "' allows no self-loops");
  }
  if (!view->config().multi) {
    auto parallel = has_parallel(op, *undirected, in);
    if (!parallel) return parallel.error();
    if (*parallel) {
      return fail(errc::parallel_edge, name() +
                                           ": these nodes are joined already, and graph type '" +
                                           printable(view->name()) + "' allows no parallel edges");
    }
  }
  if (auto ok = check_edge(*view, *type, attributes.value()); !ok) {
    if (!op.key.get().empty()) {
      auto taken = key_taken(op, in);
      if (!taken) return taken.error();
      if (*taken) return fail(errc::duplicate_key, name() + " exists already");
    }
    return in_context(ok.error(), name());
  }
  const auto id = op.id.get().empty() ? in.ids.next() : op.id;
  if (auto ok = insert(op, id, *type, attributes, *undirected, in); !ok) {
    if (ok.error().code != errc::unique_violation) return ok.error();
    auto taken = key_taken(op, in);
    if (!taken) return taken.error();
    return fail(errc::duplicate_key, *taken ? name() + " exists already"
                                            : "row id '" + printable(id.get()) + "' is taken");
  }
  const row_time at{std::chrono::seconds{in.seconds()}};
  edge row{.id = id,
           .graph = op.graph,
           .key = op.key,
           .type = type_name{type->name},
           .source = op.source,
           .target = op.target,
           .undirected = *undirected,
           .attributes = attributes,
           .metadata = op.metadata ? op.metadata : no_attributes(),
           .created_at = at,
           .updated_at = at};
  auto e = event_of(change_op::created, row, in);
  if (view->config().full_events) e.attributes = attributes;
  if (auto ok = in.changes.append(std::move(e)); !ok) return ok.error();
  outcome made{.row = {}, .created = true, .changed = true};
  if (in.want_rows) made.row = std::move(row);
  return made;
}

result<edge> edge_writer::load(const graph_id& g, const edge_key& k, const row_id& id,
                               write_context& in) {
  if (k.get().empty() == id.get().empty()) {
    return fail(errc::invalid_option,
                "an edge is named by its key or by its id, by exactly one of them");
  }
  const bool by_key = !k.get().empty();
  auto statement = (by_key ? sql_.load_by_key : sql_.load_by_id).get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, g);
  s.bind(2, by_key ? k.get() : id.get());
  auto row = s.step();
  if (!row) return row.error();
  if (!*row) {
    return fail(errc::not_found, "there is no edge '" + printable(by_key ? k.get() : id.get()) +
                                     "' in graph '" + printable(g.get()) + "'");
  }
  return edge{.id = row_id{std::string{s.text(0)}},
              .graph = g,
              .key = edge_key{std::string{s.text(4)}},
              .type = type_name{std::string{s.text(9)}},
              .source = node_key{std::string{s.text(5)}},
              .target = node_key{std::string{s.text(6)}},
              .undirected = s.integer(8) != 0,
              .attributes = document::trusted(std::string{s.text(7)}),
              .metadata = document::trusted(std::string{s.text(1)}),
              .created_at = row_time{std::chrono::seconds{s.integer(2)}},
              .updated_at = row_time{std::chrono::seconds{s.integer(3)}}};
}

result<outcome> edge_writer::change(edge stored, bool pending, document attributes,
                                    const document& metadata, const graph_entry& graph,
                                    write_context& in) {
  const auto& view = *graph.type;
  outcome made;
  const bool same = !pending && same_meaning(stored.attributes, attributes) &&
                    (!metadata || same_meaning(stored.metadata, metadata));
  if (!same) {
    const auto* type = view.find_edge_type(stored.type.get());
    if (type == nullptr) {
      auto source = find_end(stored.graph, stored.source, view, in);
      if (!source) return source.error();
      auto target = find_end(stored.graph, stored.target, view, in);
      if (!target) return target.error();
      auto inferred =
          infer_edge_type(view, attributes.value(), known(source->type), known(target->type));
      if (!inferred) return in_context(inferred.error(), about(stored));
      type = *inferred;
    }
    if (auto ok = check_edge(view, *type, attributes.value()); !ok)
      return in_context(ok.error(), about(stored));
    auto e = event_of(change_op::updated, stored, in);
    if (view.config().full_events) e.attributes = attributes;
    if (auto ok = update_row(stored, {.attributes = std::move(attributes), .metadata = metadata},
                             sql_.update, std::move(e), in);
        !ok) {
      return ok.error();
    }
    made.changed = true;
  }
  if (in.want_rows) made.row = std::move(stored);
  return made;
}

result<outcome> edge_writer::apply(const update_edge& op, write_context& in) {
  auto graph = in.types.find_writable(op.graph);
  if (!graph) return graph.error();
  if (auto ok = check_metadata(op.metadata); !ok) return ok.error();
  auto stored = load(op.graph, op.key, op.id, in);
  if (!stored) return stored.error();
  const bool pending = (**graph).lazy && bring_up(*(**graph).type, *stored);
  auto attributes = updated_attributes(stored->attributes, op.attributes, op.patch, op.expected);
  if (!attributes) return in_context(attributes.error(), about(*stored));
  return change(std::move(*stored), pending, std::move(*attributes), op.metadata, **graph, in);
}

result<outcome> edge_writer::apply(const upsert_edge& op, write_context& in) {
  auto graph = in.types.find_writable(op.graph);
  if (!graph) return graph.error();
  if (auto ok = check_key("edge", op.key.get()); !ok) return ok.error();
  auto stored = load(op.graph, op.key, {}, in);
  if (!stored && stored.error().code != errc::not_found) return stored.error();
  if (!stored) {
    return apply(create_edge{.graph = op.graph,
                             .key = op.key,
                             .type = op.type,
                             .source = op.source,
                             .target = op.target,
                             .attributes = op.attributes,
                             .metadata = {},
                             .direction = op.direction,
                             .id = {}},
                 in);
  }
  const auto& view = *(**graph).type;
  if (stored->source != op.source || stored->target != op.target) {
    return fail(
        errc::duplicate_key,
        about(*stored) + " exists already with these ends; the ends of an edge never change");
  }
  if (!op.type.get().empty()) {
    const auto* named = view.find_edge_type(op.type.get());
    if (named == nullptr ||
        (!stored->type.get().empty() && view.find_edge_type(stored->type.get()) != named)) {
      return fail(errc::unknown_type,
                  about(*stored) + " is of type '" + printable(stored->type.get()) + "', not '" +
                      printable(op.type.get()) + "'; the type of an edge never changes");
    }
  }
  if (op.direction != edge_direction::as_graph &&
      (op.direction == edge_direction::undirected) != stored->undirected) {
    return fail(errc::direction_mismatch,
                about(*stored) + ": the direction of an edge never changes");
  }
  const bool pending = (**graph).lazy && bring_up(*(**graph).type, *stored);
  auto attributes = upserted_attributes(stored->attributes, op.attributes, op.mode);
  if (!attributes) return in_context(attributes.error(), about(*stored));
  return change(std::move(*stored), pending, std::move(*attributes), {}, **graph, in);
}

result<outcome> edge_writer::apply(const delete_edge& op, write_context& in) {
  if (auto graph = in.types.find_writable(op.graph); !graph) return graph.error();
  auto stored = load(op.graph, op.key, op.id, in);
  if (!stored) return stored.error();
  auto statement = sql_.remove.get(in.db);
  if (!statement) return statement.error();
  (**statement).bind(1, stored->id);
  if (auto ok = (**statement).run(); !ok) return ok.error();
  if (auto ok = in.changes.append(event_of(change_op::deleted, *stored, in)); !ok)
    return ok.error();
  return outcome{.row = removed{.id = stored->id, .key = stored->key.get(), .edges = 0},
                 .created = false,
                 .changed = true};
}

std::vector<const sqlite::lazy_statement*> edge_writer::statements() const {
  std::vector<const sqlite::lazy_statement*> all{&sql_.end,         &sql_.at_source,
                                                 &sql_.at_target,   &sql_.key,
                                                 &sql_.insert,      &sql_.insert_with_type_id,
                                                 &sql_.load_by_key, &sql_.load_by_id,
                                                 &sql_.update,      &sql_.remove};
  static_assert(sizeof(sql_) == 10 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::metagraph
