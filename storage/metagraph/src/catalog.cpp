#include <quire/metagraph/catalog.hpp>

namespace quire::metagraph {
namespace {

constexpr std::size_t max_graphs_kept = 10'000;

error about(const graph_id& id, errc code, std::string_view what) {
  return fail(code, "graph '" + printable(id.get()) + "' " + std::string{what});
}

}  // namespace

result<const catalog::type_entry*> catalog::load_type(const graph_type_name& name) {
  if (const auto known = types_.find(name); known != types_.end()) return &known->second;
  auto rows = reader_.find_graph_type(name);
  if (!rows) return rows.error();
  auto view = graph_type_view::from_rows(*rows);
  if (!view) return view.error();
  return &types_.emplace(name, type_entry{.version = rows->version, .view = std::move(*view)})
              .first->second;
}

result<std::shared_ptr<const graph_type_view>> catalog::find_type(const graph_type_name& name) {
  auto found = load_type(name);
  if (!found) return found.error();
  return (*found)->view;
}

result<const graph_entry*> catalog::find(const graph_id& id) {
  if (const auto known = graphs_.find(id); known != graphs_.end()) return &known->second;
  auto row = reader_.find_graph(id);
  if (!row) return row.error();
  graph_entry made{.status = row->status, .version = 1, .type = nullptr};
  if (!row->type.get().empty()) {
    auto type = load_type(row->type);
    if (!type) return in_context(type.error(), "graph '" + printable(id.get()) + "'");
    made.version = (*type)->version;
    made.type = (*type)->view;
  }
  if (graphs_.size() >= max_graphs_kept) graphs_.clear();
  return &graphs_.emplace(id, std::move(made)).first->second;
}

result<const graph_entry*> catalog::find_writable(const graph_id& id) {
  auto found = find(id);
  if (!found) return found.error();
  const auto& entry = **found;
  if (entry.status == graph_status::archived)
    return about(id, errc::graph_archived, "is archived: read-only");
  if (!entry.type) {
    return about(id, errc::graph_untyped,
                 "has lost its graph type, so nothing can check a write to it");
  }
  if (entry.version > 1 && entry.version % 2 == 1) {
    return about(id, errc::migration_in_progress,
                 "is of type '" + printable(entry.type->name()) +
                     "', which is being migrated; try again later");
  }
  return &entry;
}

void catalog::forget() {
  graphs_.clear();
  types_.clear();
}

}  // namespace quire::metagraph
