#pragma once

#include <quire/evolution/change.hpp>
#include <quire/evolution/row_migration.hpp>
#include <quire/messages/rows.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/edits.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace quire::evolution {

/// What became of one row, or would.
enum class row_result : std::uint8_t {
  unchanged,  ///< it passes the new schema as it is
  added,      ///< only members were added, or the consumer's migration changed it
  lossy,      ///< a stored value was replaced or dropped
  failed,     ///< it cannot be kept: see `errors`
};
[[nodiscard]] std::string_view to_string(row_result r) noexcept;
inline std::ostream& operator<<(std::ostream& out, row_result r) { return out << to_string(r); }

/// One row that a migration changes or fails on. Holds paths and new values, never the value of
/// encrypted data.
struct row_report {
  evolution::part part = part::node_type;
  row_id id{};
  graph_id graph{};
  std::string key{};   ///< of the node or edge; empty for an anonymous edge
  std::string type{};  ///< stored name before
  row_result result = row_result::unchanged;
  schema::edit_list edits{};                  ///< from the stored attributes to the new ones
  std::vector<schema::value_error> errors{};  ///< of a failed row
};

struct row_counts {
  std::uint64_t unchanged = 0;
  std::uint64_t added = 0;
  std::uint64_t lossy = 0;
  std::uint64_t failed = 0;

  void count(row_result r) noexcept;
  void add(const row_counts& more) noexcept;
  [[nodiscard]] std::uint64_t all() const noexcept { return unchanged + added + lossy + failed; }
  friend bool operator==(const row_counts&, const row_counts&) = default;
};

/// How ensuring a definition ended.
enum class action : std::uint8_t {
  none,       ///< stored and declared mean the same
  created,    ///< there was no such graph type
  rewritten,  ///< neutral or additive: new type rows, same version, no row touched
  migrated,   ///< rows were brought to the new schema
  resumed,    ///< as `migrated`, taking up what an earlier run left
  lazy,       ///< type rows are new; rows follow when they are read and written
};
[[nodiscard]] std::string_view to_string(action a) noexcept;
inline std::ostream& operator<<(std::ostream& out, action a) { return out << to_string(a); }

struct evolution_report {
  graph_type_name name{};
  std::int64_t from = 0;  ///< stored version before; 0: there was none
  std::int64_t to = 0;    ///< declared version
  evolution::action action = action::none;
  std::vector<change> changes{};
  row_counts rows{};                  ///< of a dry run or a migration
  std::vector<row_report> samples{};  ///< the first `max_samples` rows that are not `unchanged`
  std::vector<std::string>
      violations{};  ///< edges and graphs that break new constraints or config, at most 100
  bool dry_run = false;
  bool written = false;  ///< anything at all

  static constexpr std::size_t max_samples = 1'000;
};

/// Counts a row, and keeps it as a sample while there is room: at most `max_samples`, with long
/// values and long lists of edits and errors cut short, so that a report stays small whatever the
/// rows hold.
void add_row(evolution_report& report, row_report row);

/// Nothing failed, no new constraint is broken, and nothing is lossy without permission: a
/// migration may begin.
[[nodiscard]] bool can_migrate(const evolution_report& plan, bool allow_lossy) noexcept;

/// For logs and commands: `{"graphType", "from", "to", "action", "changes": [...], "rows": {...},
/// "samples": [...], "violations": [...], "dryRun", "written"}`.
[[nodiscard]] boost::json::object to_json(const evolution_report& report);
[[nodiscard]] boost::json::object to_json(const change& c);
[[nodiscard]] boost::json::object to_json(const row_report& r);

/// What is known while a plan or a migration runs.
struct progress {
  enum class phase : std::uint8_t { planning, migrating, checking };
  phase at = phase::planning;
  std::uint64_t rows_done = 0;
  std::uint64_t rows_in_all = 0;  ///< counted at the start
};

struct evolution_options {
  /// Keeps the old attributes of rows that lose something under metadata `_evolution.before`.
  bool allow_lossy = false;
  /// Reports and writes nothing.
  bool dry_run = false;
  /// Rows follow when they are read and written; only when nothing is lossy or failed and there are
  /// no row migrations.
  bool lazy = false;
  /// Rows of one transaction, at most; 1 to 10,000. Other writers wait while one is written, so
  /// more of them make a migration faster and its neighbours slower.
  std::size_t batch_rows = 32;
  /// By stored type name; `node:NAME` or `edge:NAME` where a node type and an edge type share one.
  std::map<std::string, row_migration, std::less<>> migrations{};
  /// Called now and then on the thread that runs the migration; must not throw.
  std::function<void(const progress&)> on_progress{};
  /// Asked between batches; true stops with `deadline_exceeded` and leaves the migration to be
  /// resumed. Must not throw.
  std::function<bool()> stop{};
};

}  // namespace quire::evolution
