#include <quire/sqlite/statement.hpp>
#include <quire/test/plan.hpp>

#include <boost/test/unit_test.hpp>

namespace quire::test {
namespace {

/// The first step of the plan that reads a whole table or index; empty when there is none.
result<std::string> first_scan(sqlite::connection& db, const planned_statement& s) {
  auto plan = db.prepare(s.name, "EXPLAIN QUERY PLAN " + std::string{s.sql});
  if (!plan) return plan.error();
  const auto at_end = sqlite::reset_guard{*plan};
  for (;;) {
    auto row = plan->step();
    if (!row) return row.error();
    if (!*row) return std::string{};
    const auto detail = plan->text(3);
    // A constant row or a table-valued function has nothing to search.
    if (detail.starts_with("SCAN") && !detail.starts_with("SCAN CONSTANT ROW") &&
        detail.find("VIRTUAL TABLE") == std::string_view::npos) {
      return std::string{detail};
    }
  }
}

}  // namespace

std::vector<std::string> plan_findings(sqlite::connection& db,
                                       std::span<const planned_statement> statements) {
  auto out = std::vector<std::string>{};
  for (const auto& s : statements) {
    const auto scan = first_scan(db, s);
    if (!scan) {
      out.push_back(to_string(scan.error()));
    } else if (!scan->empty() && s.why_scan.empty()) {
      out.push_back(std::string{s.name} + ": " + *scan);
    } else if (scan->empty() && !s.why_scan.empty()) {
      out.push_back(std::string{s.name} + ": gives a reason for a scan and does none");
    }
  }
  return out;
}

void check_plans(sqlite::connection& db, std::span<const planned_statement> statements) {
  for (const auto& finding : plan_findings(db, statements)) BOOST_ERROR(finding);
}

}  // namespace quire::test
