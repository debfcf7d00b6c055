#include <quire/evolution/report.hpp>
#include <quire/messages/json_text.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace quire::evolution {
namespace {

namespace json = boost::json;

/// A report must fit into memory whatever the rows hold.
constexpr std::size_t max_findings = 50;        // edits, and errors, of one sample
constexpr std::size_t max_value_bytes = 1'024;  // of one value in them

json::string_view text(std::string_view from) { return {from.data(), from.size()}; }

void shorten(json::value& value) {
  if (!value.is_structured() && !value.is_string()) return;
  const auto bytes = json_text(value).size();
  if (bytes > max_value_bytes) value = "… (" + std::to_string(bytes) + " bytes)";
}

template <class Findings>
void shorten_all(Findings& findings) {
  if (findings.size() > max_findings) findings.resize(max_findings);
  for (auto& one : findings) shorten(one.value);
}

}  // namespace

std::string_view to_string(row_result r) noexcept {
  switch (r) {
    case row_result::unchanged: return "unchanged";
    case row_result::added: return "added";
    case row_result::lossy: return "lossy";
    case row_result::failed: return "failed";
  }
  return "failed";
}

std::string_view to_string(action a) noexcept {
  switch (a) {
    case action::none: return "none";
    case action::created: return "created";
    case action::rewritten: return "rewritten";
    case action::migrated: return "migrated";
    case action::resumed: return "resumed";
    case action::lazy: return "lazy";
  }
  return "none";
}

void row_counts::count(row_result r) noexcept {
  switch (r) {
    case row_result::unchanged: ++unchanged; break;
    case row_result::added: ++added; break;
    case row_result::lossy: ++lossy; break;
    case row_result::failed: ++failed; break;
  }
}

void row_counts::add(const row_counts& more) noexcept {
  unchanged += more.unchanged;
  added += more.added;
  lossy += more.lossy;
  failed += more.failed;
}

void add_row(evolution_report& report, row_report row) {
  report.rows.count(row.result);
  if (row.result == row_result::unchanged) return;
  if (report.samples.size() >= evolution_report::max_samples) return;
  shorten_all(row.edits);
  shorten_all(row.errors);
  report.samples.push_back(std::move(row));
}

bool can_migrate(const evolution_report& plan, bool allow_lossy) noexcept {
  return plan.rows.failed == 0 && (allow_lossy || plan.rows.lossy == 0) && plan.violations.empty();
}

json::object to_json(const change& c) {
  json::object out;
  out["part"] = text(to_string(c.part));
  if (!c.type.empty()) out["type"] = c.type;
  out["path"] = c.path;
  out["kind"] = c.kind;
  out["class"] = text(to_string(c.severity));
  out["reason"] = c.reason;
  if (c.needs_scan) out["needsScan"] = true;
  return out;
}

json::object to_json(const row_report& r) {
  json::object out;
  out["part"] = text(to_string(r.part));
  out["id"] = r.id.get();
  out["graph"] = r.graph.get();
  if (!r.key.empty()) out["key"] = r.key;
  if (!r.type.empty()) out["type"] = r.type;
  out["result"] = text(to_string(r.result));
  out["edits"] = schema::edits_to_json(r.edits);
  out["errors"] = schema::errors_to_json(r.errors);
  return out;
}

json::object to_json(const evolution_report& report) {
  json::object out;
  out["graphType"] = report.name.get();
  out["from"] = report.from;
  out["to"] = report.to;
  out["action"] = text(to_string(report.action));
  auto& changes = out["changes"].emplace_array();
  for (const auto& one : report.changes) changes.emplace_back(to_json(one));
  auto& rows = out["rows"].emplace_object();
  rows["unchanged"] = report.rows.unchanged;
  rows["added"] = report.rows.added;
  rows["lossy"] = report.rows.lossy;
  rows["failed"] = report.rows.failed;
  auto& samples = out["samples"].emplace_array();
  for (const auto& one : report.samples) samples.emplace_back(to_json(one));
  auto& violations = out["violations"].emplace_array();
  for (const auto& one : report.violations) violations.emplace_back(one);
  out["dryRun"] = report.dry_run;
  out["written"] = report.written;
  return out;
}

}  // namespace quire::evolution
