#include <quire/metagraph/catalog.hpp>

namespace quire::metagraph {
namespace {

constexpr std::size_t max_graphs_kept = 10'000;

/// Odd versions above 1: a migration towards the next one has begun and not ended.
bool is_in_progress(std::int64_t version) noexcept { return version > 1 && version % 2 == 1; }

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
  graph_entry made{.status = row->status, .version = 1, .type = nullptr, .lazy = false};
  if (!row->type.get().empty()) {
    auto type = load_type(row->type);
    if (!type) return in_context(type.error(), "graph '" + printable(id.get()) + "'");
    made.version = (*type)->version;
    made.type = (*type)->view;
    auto lazy = is_lazy(id);
    if (!lazy) return lazy.error();
    made.lazy = *lazy;
  }
  if (graphs_.size() >= max_graphs_kept) graphs_.clear();
  return &graphs_.emplace(id, std::move(made)).first->second;
}

result<bool> catalog::is_lazy(const graph_id& id) {
  if (const auto known = lazy_.find(id); known != lazy_.end()) return known->second;
  auto lazy = reader_.is_lazy(id);
  if (!lazy) return lazy.error();
  if (lazy_.size() >= max_graphs_kept) lazy_.clear();
  lazy_.emplace(id, *lazy);
  return *lazy;
}

result<std::shared_ptr<const graph_type_view>> catalog::find_pending(const graph_id& id) {
  auto lazy = is_lazy(id);
  if (!lazy) return lazy.error();
  if (!*lazy) return std::shared_ptr<const graph_type_view>{};
  auto entry = find(id);
  if (entry) return (**entry).type;
  // A config that a foreign program broke makes rows no harder to read.
  if (entry.error().code == errc::invalid_config) return std::shared_ptr<const graph_type_view>{};
  return entry.error();
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
  if (is_in_progress(entry.version)) {
    return about(id, errc::migration_in_progress,
                 "is of type '" + printable(entry.type->name()) +
                     "', which is being migrated; try again later");
  }
  if (!declared_.empty()) {
    const auto known = declared_.find(graph_type_name{entry.type->name()});
    if (known != declared_.end() && entry.version > known->second) {
      return about(id, errc::version_ahead,
                   "is of type '" + printable(entry.type->name()) + "' at version " +
                       std::to_string(entry.version) + ", and this program declares " +
                       std::to_string(known->second) + "; reads work, writes need a newer program");
    }
  }
  return &entry;
}

result<void> catalog::check_settled(const graph_type_name& type) {
  if (type.get().empty()) return {};
  auto entry = load_type(type);
  // One that cannot be read is no reason to keep a graph from being archived or deleted.
  if (!entry || !is_in_progress((**entry).version)) return {};
  return fail(errc::migration_in_progress,
              "graph type '" + printable(type.get()) + "' is being migrated; try again later");
}

void catalog::forget() {
  graphs_.clear();
  types_.clear();
  lazy_.clear();
}

graph_lookups lookups_in(catalog& types) {
  using answer = result<std::shared_ptr<const graph_type_view>>;
  return {.infer = [&types](const graph_id& id) -> answer {
            auto found = types.find(id);
            if (!found) return found.error();
            return (**found).type;
          },
          .pending = [&types](const graph_id& id) -> answer { return types.find_pending(id); }};
}

}  // namespace quire::metagraph
