#include "recheck.hpp"

#include <quire/events/change_reader.hpp>

#include <optional>

namespace quire::evolution {
namespace {

constexpr const char* changed_node =
    "SELECT id, graph_id, key, node_type, attributes, metadata FROM nodes WHERE graph_id = ?1 AND "
    "key = ?2 AND graph_id IN (SELECT id FROM graphs WHERE graph_type_id = ?3)";
constexpr const char* changed_edge =
    "SELECT id, graph_id, key, edge_type, attributes, metadata FROM edges WHERE graph_id = ?1 AND "
    "key = ?2 AND graph_id IN (SELECT id FROM graphs WHERE graph_type_id = ?3)";
constexpr const char* changed_anonymous_edge =
    "SELECT id, graph_id, key, edge_type, attributes, metadata FROM edges WHERE graph_id = ?1 AND "
    "id = ?2 AND graph_id IN (SELECT id FROM graphs WHERE graph_type_id = ?3)";

error moved_on(std::string why) {
  return fail(errc::conflict, "rows of the graph type changed while they were looked at: " + why);
}

class changed_rows {
 public:
  changed_rows(sqlite::connection& db, const row_id& graph_type)
      : db_(db), graph_type_(graph_type) {}

  /// The row an event is about as it is now; nothing when it is gone or of another graph type.
  result<std::optional<stored_row>> find(const change_event& e) {
    const bool is_node = e.table == table::nodes;
    auto& sql = is_node ? node_ : e.key.empty() ? anonymous_ : edge_;
    auto statement = sql.get(db_);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    s.bind(1, e.graph);
    s.bind(2, e.key.empty() ? e.id.get() : e.key);
    s.bind(3, graph_type_);
    auto there = s.step();
    if (!there) return there.error();
    if (!*there) return std::optional<stored_row>{};
    return std::optional{stored_row{.part = is_node ? part::node_type : part::edge_type,
                                    .id = row_id{std::string{s.text(0)}},
                                    .graph = graph_id{std::string{s.text(1)}},
                                    .key = std::string{s.text(2)},
                                    .type = std::string{s.text(3)},
                                    .attributes = document::trusted(std::string{s.text(4)}),
                                    .metadata = document::trusted(std::string{s.text(5)})}};
  }

 private:
  sqlite::connection& db_;
  const row_id& graph_type_;
  sqlite::lazy_statement node_{"find a changed node", changed_node};
  sqlite::lazy_statement edge_{"find a changed edge", changed_edge};
  sqlite::lazy_statement anonymous_{"find a changed edge by id", changed_anonymous_edge};
};

}  // namespace

result<void> recheck_since(sqlite::connection& db, const row_id& graph_type, change_seq seq,
                           const row_caster& caster, bool may_add) {
  events::change_reader changes{db};
  auto since = changes.read(seq, max_rechecked + 1);
  if (!since) return since.error();
  if (since->size() > max_rechecked) return moved_on("too many changes");
  changed_rows rows{db, graph_type};
  for (const auto& e : *since) {
    if (e.table != table::nodes && e.table != table::edges) continue;
    if (e.op == change_op::deleted) continue;
    auto row = rows.find(e);
    if (!row) return row.error();
    if (!*row) continue;
    if (caster.fits(**row)) continue;
    if (may_add && caster.run(**row).report.result == row_result::added) continue;
    return moved_on("row '" + printable((**row).id.get()) + "' no longer fits");
  }
  return {};
}

}  // namespace quire::evolution
