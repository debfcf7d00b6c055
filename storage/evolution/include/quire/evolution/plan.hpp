#pragma once

#include <quire/evolution/report.hpp>
#include <quire/evolution/row_caster.hpp>
#include <quire/evolution/row_pages.hpp>
#include <quire/sqlite/connection.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace quire::evolution {

/// Settles the changes that only a scan can judge: those of types without a stored value that fails
/// its new schema become additive. Stops reading a type at its first failure. Reads in pages;
/// writes nothing. Fails with `storage_*`, `deadline_exceeded` (options.stop).
[[nodiscard]] result<void> settle_by_scan(std::vector<change>& changes, row_pages& rows,
                                          const row_caster& caster,
                                          const evolution_options& options);

/// Fills `rows`, `samples` of the report by casting every row without writing any. Flat memory.
[[nodiscard]] result<void> dry_run_rows(evolution_report& report, row_pages& rows,
                                        const row_caster& caster, const evolution_options& options);

/// Edges whose ends the new constraints no longer allow, and self-loops, parallel edges and
/// directions that the new config forbids, across all graphs of the type; one line each, at most
/// `max`. Rows are judged by the types they will have after the retyping of `options.migrations`;
/// where that has happened already, leave those out. Flat memory; calls `options.stop`. Fails with
/// `storage_*`, `deadline_exceeded`.
[[nodiscard]] result<std::vector<std::string>> find_violations(
    sqlite::connection& db, const row_id& graph_type, const metagraph::graph_type_view& after,
    const evolution_options& options, std::size_t max = 100);

}  // namespace quire::evolution
