#include "row_checks.hpp"
#include "row_update.hpp"

#include <quire/metagraph/node_writer.hpp>
#include <quire/metagraph/pending.hpp>
#include <quire/metagraph/validation.hpp>

namespace quire::metagraph {
namespace {

std::string about(const graph_id& g, const node_key& k) {
  return "node '" + printable(k.get()) + "' in graph '" + printable(g.get()) + "'";
}

/// The named type, or the one that fits.
result<const node_type*> choose_type(const graph_type_view& view, const type_name& named,
                                     const document& attributes) {
  if (named.get().empty()) return infer_node_type(view, attributes.value());
  if (const auto* found = view.find_node_type(named.get())) return found;
  return fail(errc::unknown_type, "graph type '" + printable(view.name()) + "' has no node type '" +
                                      printable(named.get()) + "'");
}

change_event event_of(change_op op, const graph_id& g, const node_key& k, const write_context& in) {
  change_event e;
  e.table = table::nodes;
  e.op = op;
  e.graph = g;
  e.key = k.get();
  e.at = in.now;
  e.actor = in.actor;
  return e;
}

}  // namespace

result<bool> node_writer::exists(const graph_id& g, const node_key& k, write_context& in) {
  auto statement = sql_.exists.get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, g);
  s.bind(2, k);
  return s.step();
}

result<outcome> node_writer::apply(const create_node& op, write_context& in) {
  auto graph = in.types.find_writable(op.graph);
  if (!graph) return graph.error();
  const auto& view = *(**graph).type;
  const bool full_events = view.config().full_events;
  if (auto ok = check_key("node", op.key.get()); !ok) return ok.error();
  if (auto ok = check_row_id(op.id.get()); !ok) return ok.error();
  if (auto ok = check_metadata(op.metadata); !ok) return ok.error();
  const auto& attributes = op.attributes ? op.attributes : no_attributes();
  if (auto ok = check_size(attributes); !ok) return ok.error();
  auto type = choose_type(view, op.type, attributes);
  auto checked = type ? check_node(view, **type, attributes.value()) : result<void>{type.error()};
  if (!checked) {
    // The key comes before the attributes in the order of checks, but only a failing request pays
    // for looking.
    if (checked.error().code == errc::validation_failed) {
      auto taken = exists(op.graph, op.key, in);
      if (!taken) return taken.error();
      if (*taken) return fail(errc::duplicate_key, about(op.graph, op.key) + " exists already");
    }
    return in_context(checked.error(), about(op.graph, op.key));
  }
  const auto id = op.id.get().empty() ? in.ids.next() : op.id;
  const auto now = in.seconds();
  {
    auto statement = sql_.insert.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind_view(1, id.get());
    s.bind_view(2, op.metadata ? std::string_view{op.metadata.text()} : std::string_view{"{}"});
    s.bind(3, now);
    s.bind_view(4, op.graph.get());
    s.bind_view(5, op.key.get());
    s.bind_view(6, attributes.text());
    s.bind_view(7, (**type).name);
    if (auto ok = s.run(); !ok) {
      if (ok.error().code != errc::unique_violation) return ok.error();
      auto taken = exists(op.graph, op.key, in);
      if (!taken) return taken.error();
      return fail(errc::duplicate_key, *taken ? about(op.graph, op.key) + " exists already"
                                              : "row id '" + printable(id.get()) + "' is taken");
    }
  }
  auto e = event_of(change_op::created, op.graph, op.key, in);
  if (full_events) e.attributes = attributes;
  if (auto ok = in.changes.append(std::move(e)); !ok) return ok.error();

  outcome made{.row = {}, .created = true, .changed = true};
  if (in.want_rows) {
    const row_time at{std::chrono::seconds{now}};
    made.row = node{.id = id,
                    .graph = op.graph,
                    .key = op.key,
                    .type = type_name{(**type).name},
                    .attributes = attributes,
                    .metadata = op.metadata ? op.metadata : no_attributes(),
                    .created_at = at,
                    .updated_at = at};
  }
  return made;
}

result<node> node_writer::load(const graph_id& g, const node_key& k, write_context& in) {
  auto statement = sql_.load.get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, g);
  s.bind(2, k);
  auto row = s.step();
  if (!row) return row.error();
  if (!*row) return fail(errc::not_found, "there is no " + about(g, k));
  return node{.id = row_id{std::string{s.text(0)}},
              .graph = g,
              .key = k,
              .type = type_name{std::string{s.text(5)}},
              .attributes = document::trusted(std::string{s.text(4)}),
              .metadata = document::trusted(std::string{s.text(1)}),
              .created_at = row_time{std::chrono::seconds{s.integer(2)}},
              .updated_at = row_time{std::chrono::seconds{s.integer(3)}}};
}

result<outcome> node_writer::change(node stored, bool pending, document attributes,
                                    const document& metadata, const graph_entry& graph,
                                    write_context& in) {
  const auto& view = *graph.type;
  auto type = choose_type(view, stored.type, attributes);
  if (!type) return in_context(type.error(), about(stored.graph, stored.key));
  if (auto ok = check_node(view, **type, attributes.value()); !ok) {
    return in_context(ok.error(), about(stored.graph, stored.key));
  }
  outcome made;
  const bool same = !pending && same_meaning(stored.attributes, attributes) &&
                    (!metadata || same_meaning(stored.metadata, metadata));
  if (!same) {
    auto e = event_of(change_op::updated, stored.graph, stored.key, in);
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

result<outcome> node_writer::apply(const update_node& op, write_context& in) {
  auto graph = in.types.find_writable(op.graph);
  if (!graph) return graph.error();
  if (auto ok = check_metadata(op.metadata); !ok) return ok.error();
  auto stored = load(op.graph, op.key, in);
  if (!stored) return stored.error();
  const bool pending = (**graph).lazy && bring_up(*(**graph).type, *stored);
  auto attributes = updated_attributes(stored->attributes, op.attributes, op.patch, op.expected);
  if (!attributes) return in_context(attributes.error(), about(op.graph, op.key));
  return change(std::move(*stored), pending, std::move(*attributes), op.metadata, **graph, in);
}

result<outcome> node_writer::apply(const upsert_node& op, write_context& in) {
  auto graph = in.types.find_writable(op.graph);
  if (!graph) return graph.error();
  auto stored = load(op.graph, op.key, in);
  if (!stored && stored.error().code != errc::not_found) return stored.error();
  if (!stored) {
    return apply(create_node{.graph = op.graph,
                             .key = op.key,
                             .type = op.type,
                             .attributes = op.attributes,
                             .metadata = {},
                             .id = {}},
                 in);
  }
  if (!op.type.get().empty()) {
    const auto* named = (**graph).type->find_node_type(op.type.get());
    if (named == nullptr || (!stored->type.get().empty() &&
                             (**graph).type->find_node_type(stored->type.get()) != named)) {
      return fail(errc::unknown_type, about(op.graph, op.key) + " is of type '" +
                                          printable(stored->type.get()) + "', not '" +
                                          printable(op.type.get()) +
                                          "'; the type of a node never changes");
    }
  }
  const bool pending = (**graph).lazy && bring_up(*(**graph).type, *stored);
  auto attributes = upserted_attributes(stored->attributes, op.attributes, op.mode);
  if (!attributes) return in_context(attributes.error(), about(op.graph, op.key));
  return change(std::move(*stored), pending, std::move(*attributes), {}, **graph, in);
}

result<std::int64_t> node_writer::remove_edges(const delete_node& op, write_context& in) {
  struct found_edge {
    row_id id;
    std::string key;
    node_key source;
    node_key target;
  };
  std::vector<found_edge> found;
  {
    auto statement = sql_.edges.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    s.bind(1, op.graph);
    s.bind(2, op.key);
    s.bind(3, max_removed_edges + 1);
    while (true) {
      auto row = s.step();
      if (!row) return row.error();
      if (!*row) break;
      found.push_back({.id = row_id{std::string{s.text(0)}},
                       .key = std::string{s.text(1)},
                       .source = node_key{std::string{s.text(2)}},
                       .target = node_key{std::string{s.text(3)}}});
    }
  }
  if (static_cast<std::int64_t>(found.size()) > max_removed_edges) {
    return fail(errc::limit_exceeded,
                about(op.graph, op.key) + " has more than " + std::to_string(max_removed_edges) +
                    " edges, too many to remove in one commit; delete edges first");
  }
  for (auto& edge : found) {
    auto statement = sql_.remove_edge.get(in.db);
    if (!statement) return statement.error();
    (**statement).bind(1, edge.id);
    if (auto ok = (**statement).run(); !ok) return ok.error();
    change_event e;
    e.table = table::edges;
    e.op = change_op::deleted;
    e.graph = op.graph;
    if (edge.key.empty()) {
      e.id = std::move(edge.id);
    } else {
      e.key = std::move(edge.key);
    }
    e.source = std::move(edge.source);
    e.target = std::move(edge.target);
    e.at = in.now;
    e.actor = in.actor;
    if (auto ok = in.changes.append(std::move(e)); !ok) return ok.error();
  }
  return static_cast<std::int64_t>(found.size());
}

result<outcome> node_writer::apply(const delete_node& op, write_context& in) {
  if (auto graph = in.types.find_writable(op.graph); !graph) return graph.error();
  auto stored = load(op.graph, op.key, in);
  if (!stored) return stored.error();
  auto edges = remove_edges(op, in);
  if (!edges) return edges.error();
  auto statement = sql_.remove.get(in.db);
  if (!statement) return statement.error();
  (**statement).bind(1, op.graph);
  (**statement).bind(2, op.key);
  if (auto ok = (**statement).run(); !ok) return ok.error();
  if (auto ok = in.changes.append(event_of(change_op::deleted, op.graph, op.key, in)); !ok)
    return ok.error();
  return outcome{.row = removed{.id = std::move(stored->id), .key = op.key.get(), .edges = *edges},
                 .created = false,
                 .changed = true};
}

std::vector<const sqlite::lazy_statement*> node_writer::statements() const {
  std::vector<const sqlite::lazy_statement*> all{&sql_.insert, &sql_.exists, &sql_.load,
                                                 &sql_.update, &sql_.edges,  &sql_.remove_edge,
                                                 &sql_.remove};
  static_assert(sizeof(sql_) == 7 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::metagraph
