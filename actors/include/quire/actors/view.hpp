#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/messages/queries.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace quire {

/// A snapshot of one tenant file, read in the calling thread. Everything read through one view is of one moment; make a
/// new one to see newer commits. Use from one thread at a time; move-only. Give it back soon: an old view keeps the
/// write-ahead log from being reused, so past `engine_options::max_view_age` every call answers `view_expired`. Views keep
/// the tenant's connections alive; closing the engine interrupts them (`engine_closed`).
class view {
 public:
  view(view&&) noexcept;
  view& operator=(view&&) noexcept;
  ~view();

  /// Number of the last change this view shows.
  [[nodiscard]] change_seq seq() const;

  [[nodiscard]] result<node> find(const find_node& what);
  [[nodiscard]] result<edge> find(const find_edge& what);
  [[nodiscard]] result<page<node>> list(const list_nodes& what);
  [[nodiscard]] result<page<edge>> list(const list_edges& what);
  [[nodiscard]] result<page<neighbor>> neighbors(const find_neighbors& what);
  [[nodiscard]] result<path> shortest_path(const find_path& what);
  [[nodiscard]] result<graph_stat> stat(const graph_id& graph);

  [[nodiscard]] result<graph> find_graph(const graph_id& id);
  /// By id, else by name when just one graph has it.
  [[nodiscard]] result<graph> resolve_graph(std::string_view id_or_name);
  [[nodiscard]] result<page<graph>> list_graphs(const list_options& options = {});
  [[nodiscard]] result<graph_type> find_graph_type(const graph_type_name& name);
  [[nodiscard]] result<std::vector<graph_type>> list_graph_types();

  /// Change events after `after`, oldest first, at most `limit`.
  [[nodiscard]] result<std::vector<change_event>> changes(change_seq after, std::size_t limit = 256);

  /// Runs one read-only statement written by a person: no writes, no pragmas, no other files; bounded in time and rows.
  /// The callback gets the row as a JSON object in column order; returning false ends the query.
  /// @returns false when there were more rows than are given out at once (10,000), or the callback ended it.
  [[nodiscard]] result<bool> sql(std::string_view text,
                                 const std::function<bool(const boost::json::object&)>& row);
  /// SQLite's own checks, and ours: broken JSON, dangling ids, rows that break their type. Empty: all is well.
  [[nodiscard]] result<std::vector<std::string>> verify();

 private:
  friend class tenant_base;
  struct state;
  explicit view(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

}  // namespace quire
