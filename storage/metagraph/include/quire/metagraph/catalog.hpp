#pragma once

#include <quire/messages/rows.hpp>
#include <quire/metagraph/graph_type_view.hpp>
#include <quire/metagraph/reader.hpp>
#include <quire/sqlite/connection.hpp>

#include <memory>
#include <string>
#include <unordered_map>

namespace quire::metagraph {

/// What a writer must know of a graph before it may write into it.
struct graph_entry {
  graph_status status = graph_status::active;
  std::int64_t version = 1;                      ///< of the graph type
  std::shared_ptr<const graph_type_view> type;   ///< null: the type was deleted
  bool lazy = false;                             ///< stored rows may be of an older form: pending.hpp
};

/// Graphs and compiled graph types of one file, read when first asked for and kept. It follows what the connection sees:
/// `forget` after every change of graphs or types (also one that was rolled back) and after commits of other processes.
/// Belongs to the connection's thread; bounded in size.
class catalog {
 public:
  explicit catalog(sqlite::connection& db) : reader_(db) {}

  /// Fails with `not_found`, `invalid_config` (a foreign program's), `storage_*`. The pointer is valid until the next call.
  [[nodiscard]] result<const graph_entry*> find(const graph_id& id);
  /// A graph that takes writes: else `graph_archived`, `graph_untyped`, `migration_in_progress`, `version_ahead`.
  [[nodiscard]] result<const graph_entry*> find_writable(const graph_id& id);
  /// Fails with `not_found`.
  [[nodiscard]] result<std::shared_ptr<const graph_type_view>> find_type(const graph_type_name& name);

  /// Fails with `migration_in_progress` while the type is on its way to another version; a type that is not there is none.
  [[nodiscard]] result<void> check_settled(const graph_type_name& type);

  /// The type that rows of a graph are brought up to when they are read, where it is evolved lazily; null for all other
  /// graphs, also those that are not there. Quick: what it has to read it reads once.
  [[nodiscard]] result<std::shared_ptr<const graph_type_view>> find_pending(const graph_id& id);

  /// The version of a type that this program knows; `forget` keeps it.
  void declare(const graph_type_name& type, std::int64_t version) { declared_[type] = version; }

  void forget();

 private:
  struct type_entry {
    std::int64_t version;
    std::shared_ptr<const graph_type_view> view;
  };
  [[nodiscard]] result<const type_entry*> load_type(const graph_type_name& name);

  [[nodiscard]] result<bool> is_lazy(const graph_id& id);

  reader reader_;
  std::unordered_map<graph_id, graph_entry> graphs_;
  std::unordered_map<graph_id, bool> lazy_;  // readers ask this of graphs of which they need no more
  std::unordered_map<graph_type_name, type_entry> types_;
  std::unordered_map<graph_type_name, std::int64_t> declared_;
};

/// What a reader on the same connection asks; the catalog must outlive it and stay where it is.
[[nodiscard]] graph_lookups lookups_in(catalog& types);

}  // namespace quire::metagraph
