#pragma once

#include <quire/sqlite/connection.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::test {

/// One statement whose plan is looked at. `why_scan`: the reason why it may read a whole table or
/// index; empty: it must not.
struct planned_statement {
  std::string_view name;
  std::string_view sql;
  std::string_view why_scan = {};
};

/// One line per statement that cannot be prepared, reads a whole table or index without a reason,
/// or has a reason and does not. Empty: all is well. `db` must be migrated.
[[nodiscard]] std::vector<std::string> plan_findings(sqlite::connection& db,
                                                     std::span<const planned_statement> statements);

/// Fails the running test for each finding.
void check_plans(sqlite::connection& db, std::span<const planned_statement> statements);

}  // namespace quire::test
