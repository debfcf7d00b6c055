#include "row_checks.hpp"

#include <quire/metagraph/type_writer.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/serialize.hpp>

namespace quire::metagraph {
namespace {

namespace json = boost::json;

std::string names_as_json(const std::vector<std::string>& names) {
  json::array list;
  for (const auto& name : names) list.emplace_back(name);
  return json::serialize(list);
}

std::string about(const graph_type_name& name) {
  return "graph type '" + printable(name.get()) + "'";
}

bool same_names(const std::vector<type_name>& stored, const std::vector<std::string>& given) {
  return std::equal(stored.begin(), stored.end(), given.begin(), given.end(),
                    [](const type_name& a, const std::string& b) { return a.get() == b; });
}

/// What differs between stored rows and a module's rows; empty when they mean the same.
std::string difference(const graph_type& stored, const row_projection& given) {
  if (!schema::equal(stored.config.value(), given.config)) return "the config differs";
  for (const auto& row : given.node_types) {
    const auto found = std::find_if(stored.node_types.begin(), stored.node_types.end(),
                                    [&](const auto& x) { return x.name.get() == row.name; });
    if (found == stored.node_types.end()) return "node type '" + row.name + "' is new";
    if (!schema::equal(found->schema.value(), row.schema))
      return "the schema of node type '" + row.name + "' differs";
  }
  for (const auto& row : given.edge_types) {
    const auto found = std::find_if(stored.edge_types.begin(), stored.edge_types.end(),
                                    [&](const auto& x) { return x.name.get() == row.name; });
    if (found == stored.edge_types.end()) return "edge type '" + row.name + "' is new";
    if (!schema::equal(found->schema.value(), row.schema))
      return "the schema of edge type '" + row.name + "' differs";
    if (!same_names(found->sources, row.sources) || !same_names(found->targets, row.targets)) {
      return "the allowed ends of edge type '" + row.name + "' differ";
    }
  }
  if (stored.node_types.size() != given.node_types.size()) return "a node type was removed";
  if (stored.edge_types.size() != given.edge_types.size()) return "an edge type was removed";
  return {};
}

}  // namespace

result<void> type_writer::tell(table t, change_op what, const row_id& id, write_context& in) {
  change_event e;
  e.table = t;
  e.op = what;
  e.id = id;
  e.at = in.now;
  e.actor = in.actor;
  return in.changes.append(std::move(e));
}

result<outcome> type_writer::apply(const define_graph_type& op, write_context& in) {
  if (op.scope == type_scope::system) {
    return fail(errc::graph_type_protected,
                about(op.name) + ": types of scope 'system' come with the engine");
  }
  return define(op, op.scope, in);
}

result<outcome> type_writer::define(const define_graph_type& op, type_scope scope,
                                    write_context& in) {
  if (!is_valid_graph_type_name(op.name.get())) {
    return fail(
        errc::invalid_name,
        about(op.name) + ": names are 1 to 63 of a-z, 0-9 and '-', and begin with a letter");
  }
  if (auto ok = check_text("description", op.description); !ok)
    return in_context(ok.error(), about(op.name));
  if (!op.module) return fail(errc::schema_invalid, about(op.name) + ": the module is missing");
  auto entries = entries_of(op.module);
  if (!entries) return in_context(entries.error(), about(op.name));
  auto compiled = compile_module(op.name.get(), std::move(*entries));
  if (!compiled) return compiled.error();
  auto rows = project_module(*compiled);
  if (!rows) return rows.error();

  reader stored_types{in.db};
  auto stored = stored_types.find_graph_type(op.name);
  if (!stored && stored.error().code != errc::not_found) return stored.error();
  if (!stored) return insert(op, scope, *rows, in);

  if (stored->scope == type_scope::system && scope != type_scope::system) {
    return fail(errc::graph_type_protected,
                about(op.name) + " belongs to the engine and cannot be changed");
  }
  if (const auto what = difference(*stored, *rows); !what.empty()) {
    return fail(errc::migration_refused,
                about(op.name) + " is stored with another definition (" + what +
                    "); changing a stored type needs a migration, or define it under a new name");
  }
  outcome same;
  if (in.want_rows) same.row = std::move(*stored);
  return same;
}

result<outcome> type_writer::insert(const define_graph_type& op, type_scope scope,
                                    const row_projection& rows, write_context& in) {
  const auto type_id = in.ids.next();
  const auto now = in.seconds();
  json::object metadata;
  if (scope == type_scope::user) {
    if (op.owner.get().empty()) {
      return fail(errc::invalid_option, about(op.name) + ": a type of scope 'user' needs an owner");
    }
    if (auto ok = check_row_id(op.owner.get()); !ok)
      return in_context(ok.error(), about(op.name) + ", owner");
    metadata["_scope.ownerId"] = op.owner.get();
  }
  {
    auto statement = sql_.insert_graph_type.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind(1, type_id);
    s.bind(2, json::serialize(metadata));
    s.bind(3, now);
    s.bind(4, op.name);
    s.bind(5, op.description);
    s.bind(6, json::serialize(rows.config));
    s.bind(7, to_string(scope));
    if (auto ok = s.run(); !ok) return ok.error();
  }
  if (auto ok = tell(table::graph_types, change_op::created, type_id, in); !ok) return ok.error();
  for (const auto& row : rows.node_types) {
    const auto id = in.ids.next();
    auto statement = sql_.insert_node_type.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind(1, id);
    s.bind(2, now);
    s.bind(3, type_id);
    s.bind(4, row.name);
    s.bind(5, json::serialize(row.schema));
    if (auto ok = s.run(); !ok) return ok.error();
    if (auto ok = tell(table::node_types, change_op::created, id, in); !ok) return ok.error();
  }
  for (const auto& row : rows.edge_types) {
    const auto id = in.ids.next();
    auto statement = sql_.insert_edge_type.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind(1, id);
    s.bind(2, now);
    s.bind(3, type_id);
    s.bind(4, row.name);
    s.bind(5, names_as_json(row.sources));
    s.bind(6, names_as_json(row.targets));
    s.bind(7, json::serialize(row.schema));
    if (auto ok = s.run(); !ok) return ok.error();
    if (auto ok = tell(table::edge_types, change_op::created, id, in); !ok) return ok.error();
  }
  in.types.forget();
  outcome made{.row = {}, .created = true, .changed = true};
  if (in.want_rows) {
    reader stored{in.db};
    auto row = stored.find_graph_type(op.name);
    if (!row) return row.error();
    made.row = std::move(*row);
  }
  return made;
}

result<outcome> type_writer::apply(const delete_graph_type& op, write_context& in) {
  reader stored_types{in.db};
  auto stored = stored_types.find_graph_type(op.name);
  if (!stored) return stored.error();
  if (stored->scope == type_scope::system) {
    return fail(errc::graph_type_protected,
                about(op.name) + " belongs to the engine and cannot be deleted");
  }
  {
    auto statement = sql_.live_graphs.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    s.bind(1, stored->id);
    auto row = s.step();
    if (!row) return row.error();
    if (*row) {
      return fail(errc::graph_type_in_use, about(op.name) + " is used by graph '" +
                                               printable(s.text(0)) +
                                               "'; delete or archive its graphs first");
    }
  }
  if (auto ok = untype_archived_graphs(stored->id, in); !ok) return ok.error();
  for (const auto& row : stored->node_types) {
    if (auto ok = tell(table::node_types, change_op::deleted, row.id, in); !ok) return ok.error();
  }
  for (const auto& row : stored->edge_types) {
    if (auto ok = tell(table::edge_types, change_op::deleted, row.id, in); !ok) return ok.error();
  }
  auto statement = sql_.remove.get(in.db);
  if (!statement) return statement.error();
  (**statement).bind(1, stored->id);
  if (auto ok = (**statement).run(); !ok) return ok.error();
  if (auto ok = tell(table::graph_types, change_op::deleted, stored->id, in); !ok)
    return ok.error();
  in.types.forget();
  return outcome{.row = removed{.id = stored->id, .key = op.name.get(), .edges = 0},
                 .created = false,
                 .changed = true};
}

result<void> type_writer::untype_archived_graphs(const row_id& type, write_context& in) {
  std::vector<graph_id> graphs;
  {
    auto statement = sql_.archived_graphs.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    s.bind(1, type);
    while (true) {
      auto row = s.step();
      if (!row) return row.error();
      if (!*row) break;
      graphs.emplace_back(std::string{s.text(0)});
    }
  }
  for (const auto& id : graphs) {
    auto statement = sql_.untype.get(in.db);
    if (!statement) return statement.error();
    (**statement).bind(1, id);
    (**statement).bind(2, in.seconds());
    if (auto ok = (**statement).run(); !ok) return ok.error();
    change_event e;
    e.table = table::graphs;
    e.op = change_op::updated;
    e.id = row_id{id.get()};
    e.at = in.now;
    e.actor = in.actor;
    if (auto ok = in.changes.append(std::move(e)); !ok) return ok.error();
  }
  return {};
}

std::vector<const sqlite::lazy_statement*> type_writer::statements() const {
  std::vector<const sqlite::lazy_statement*> all{&sql_.insert_graph_type,
                                                 &sql_.insert_node_type,
                                                 &sql_.insert_edge_type,
                                                 &sql_.live_graphs,
                                                 &sql_.archived_graphs,
                                                 &sql_.untype,
                                                 &sql_.remove};
  static_assert(sizeof(sql_) == 7 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::metagraph
