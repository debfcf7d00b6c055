#include "row_checks.hpp"

#include <quire/messages/json_text.hpp>
#include <quire/metagraph/stored_name.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/schema/value.hpp>


#include <algorithm>
#include <unordered_map>
#include <utility>

namespace quire::metagraph {
namespace {

namespace json = boost::json;

std::string names_as_json(const std::vector<std::string>& names) {
  json::array list;
  for (const auto& name : names) list.emplace_back(name);
  return json_text(list);
}

std::string about(const graph_type_name& name) {
  return "graph type '" + printable(name.get()) + "'";
}

std::vector<std::string> stored_ends(const std::vector<type_name>& ends) {
  std::vector<std::string> names;
  names.reserve(ends.size());
  for (const auto& end : ends) names.push_back(stored_node_name(end.get()));
  return names;
}

/// Rows by stored name. Of two that a foreign program left the one in stored form counts, else the
/// first; the others are surplus.
template <class Row>
struct rows_by_name {
  std::unordered_map<std::string, const Row*> known;
  std::vector<const Row*> surplus;

  template <class StoredName>
  rows_by_name(const std::vector<Row>& rows, StoredName stored_name_of) {
    for (const auto& row : rows) {
      const auto name = stored_name_of(row.name.get());
      const auto [at, added] = known.emplace(name, &row);
      if (added) continue;
      const bool better = row.name.get() == name && at->second->name.get() != name;
      surplus.push_back(better ? std::exchange(at->second, &row) : &row);
    }
  }

  /// The row of this name, which is then no longer left over.
  const Row* take(const std::string& name) {
    const auto at = known.find(name);
    if (at == known.end()) return nullptr;
    const auto* row = at->second;
    known.erase(at);
    return row;
  }
  /// What no definition names, in the order of the rows.
  std::vector<const Row*> left_over(const std::vector<Row>& rows) const {
    std::vector<const Row*> out;
    for (const auto& row : rows) {
      const bool unnamed =
          std::any_of(known.begin(), known.end(), [&](const auto& x) { return x.second == &row; });
      if (unnamed || std::find(surplus.begin(), surplus.end(), &row) != surplus.end())
        out.push_back(&row);
    }
    return out;
  }
};

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

result<checked_definition> definition_of(const define_graph_type& op) {
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
  return checked_definition{.module = std::move(*compiled), .rows = std::move(*rows)};
}

result<void> type_writer::insert_row(const row_id& type, const row_projection::type_row& row,
                                     write_context& in) {
  const auto id = in.ids.next();
  auto statement = sql_.insert_node_type.get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind(1, id);
  s.bind(2, in.seconds());
  s.bind(3, type);
  s.bind(4, row.name);
  s.bind(5, json_text(row.schema));
  if (auto ok = s.run(); !ok) return ok.error();
  return tell(table::node_types, change_op::created, id, in);
}

result<void> type_writer::insert_row(const row_id& type, const row_projection::edge_type_row& row,
                                     write_context& in) {
  const auto id = in.ids.next();
  auto statement = sql_.insert_edge_type.get(in.db);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind(1, id);
  s.bind(2, in.seconds());
  s.bind(3, type);
  s.bind(4, row.name);
  s.bind(5, names_as_json(row.sources));
  s.bind(6, names_as_json(row.targets));
  s.bind(7, json_text(row.schema));
  if (auto ok = s.run(); !ok) return ok.error();
  return tell(table::edge_types, change_op::created, id, in);
}

result<outcome> type_writer::create(const define_graph_type& op, const row_projection& rows,
                                    type_scope scope, std::int64_t version, write_context& in) {
  const auto type_id = in.ids.next();
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
    s.bind(2, json_text(metadata));
    s.bind(3, in.seconds());
    s.bind(4, op.name);
    s.bind(5, op.description);
    s.bind(6, json_text(rows.config));
    s.bind(7, to_string(scope));
    s.bind(8, version);
    if (auto ok = s.run(); !ok) return ok.error();
  }
  if (auto ok = tell(table::graph_types, change_op::created, type_id, in); !ok) return ok.error();
  for (const auto& row : rows.node_types) {
    if (auto ok = insert_row(type_id, row, in); !ok) return ok.error();
  }
  for (const auto& row : rows.edge_types) {
    if (auto ok = insert_row(type_id, row, in); !ok) return ok.error();
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

result<void> type_writer::replace(const graph_type& stored, const row_projection& rows,
                                  std::int64_t version, write_context& in) {
  if (stored.version != version || !schema::equal(stored.config.value(), rows.config)) {
    auto statement = sql_.update_graph_type.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind(1, stored.id);
    s.bind(2, json_text(rows.config));
    s.bind(3, version);
    s.bind(4, in.seconds());
    if (auto ok = s.run(); !ok) return ok.error();
    if (auto ok = tell(table::graph_types, change_op::updated, stored.id, in); !ok)
      return ok.error();
  }
  if (auto ok = replace_node_types(stored, rows, in); !ok) return ok.error();
  if (auto ok = replace_edge_types(stored, rows, in); !ok) return ok.error();
  in.types.forget();
  return {};
}

result<void> type_writer::replace_node_types(const graph_type& stored, const row_projection& rows,
                                             write_context& in) {
  rows_by_name there{stored.node_types, stored_node_name};
  for (const auto& row : rows.node_types) {
    const auto* old = there.take(row.name);
    if (old == nullptr) {
      if (auto ok = insert_row(stored.id, row, in); !ok) return ok.error();
      continue;
    }
    if (old->name.get() == row.name && schema::equal(old->schema.value(), row.schema)) continue;
    auto statement = sql_.update_node_type.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind(1, old->id);
    s.bind(2, row.name);
    s.bind(3, json_text(row.schema));
    s.bind(4, in.seconds());
    if (auto ok = s.run(); !ok) return ok.error();
    if (auto ok = tell(table::node_types, change_op::updated, old->id, in); !ok) return ok.error();
  }
  for (const auto* old : there.left_over(stored.node_types)) {
    if (auto ok = remove_row(sql_.remove_node_type, table::node_types, old->id, in); !ok)
      return ok.error();
  }
  return {};
}

result<void> type_writer::replace_edge_types(const graph_type& stored, const row_projection& rows,
                                             write_context& in) {
  rows_by_name there{stored.edge_types, stored_edge_name};
  for (const auto& row : rows.edge_types) {
    const auto* old = there.take(row.name);
    if (old == nullptr) {
      if (auto ok = insert_row(stored.id, row, in); !ok) return ok.error();
      continue;
    }
    const bool same =
        old->name.get() == row.name && schema::equal(old->schema.value(), row.schema) &&
        stored_ends(old->sources) == row.sources && stored_ends(old->targets) == row.targets;
    if (same) continue;
    auto statement = sql_.update_edge_type.get(in.db);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind(1, old->id);
    s.bind(2, row.name);
    s.bind(3, json_text(row.schema));
    s.bind(4, in.seconds());
    s.bind(5, names_as_json(row.sources));
    s.bind(6, names_as_json(row.targets));
    if (auto ok = s.run(); !ok) return ok.error();
    if (auto ok = tell(table::edge_types, change_op::updated, old->id, in); !ok) return ok.error();
  }
  for (const auto* old : there.left_over(stored.edge_types)) {
    if (auto ok = remove_row(sql_.remove_edge_type, table::edge_types, old->id, in); !ok)
      return ok.error();
  }
  return {};
}

result<void> type_writer::remove_row(sqlite::lazy_statement& sql, table t, const row_id& id,
                                     write_context& in) {
  auto statement = sql.get(in.db);
  if (!statement) return statement.error();
  (**statement).bind(1, id);
  if (auto ok = (**statement).run(); !ok) return ok.error();
  return tell(t, change_op::deleted, id, in);
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
  std::vector<const sqlite::lazy_statement*> all{
      &sql_.insert_graph_type, &sql_.insert_node_type, &sql_.insert_edge_type,
      &sql_.update_graph_type, &sql_.update_node_type, &sql_.update_edge_type,
      &sql_.remove_node_type,  &sql_.remove_edge_type, &sql_.live_graphs,
      &sql_.archived_graphs,   &sql_.untype,           &sql_.remove};
  static_assert(sizeof(sql_) == 12 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::metagraph
