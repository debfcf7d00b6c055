#include "evolution_text.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>


#include <algorithm>
#include <array>

namespace quire::tools {

namespace {

using evolution::change_class;
using evolution::row_result;

constexpr std::size_t max_rows_shown = 10;
constexpr std::size_t max_findings_shown = 5;  // of one row
constexpr std::size_t max_value_shown = 120;

std::string subject(const evolution::change& c) {
  switch (c.part) {
    case evolution::part::config: return "config";
    case evolution::part::node_type: return "node " + c.type;
    case evolution::part::edge_type: return "edge " + c.type;
  }
  return {};
}

std::string path_of(const std::string& pointer) {
  return pointer.empty() ? "(the whole)" : printable(pointer);
}

std::string text_of(const schema::edit& e) {
  const auto value = [&] { return printable(json_text(e.value), max_value_shown); };
  switch (e.kind) {
    case schema::edit_kind::insert: return path_of(e.path) + " is new: " + value();
    case schema::edit_kind::update: return path_of(e.path) + " becomes " + value();
    case schema::edit_kind::erase: return path_of(e.path) + " goes";
  }
  return {};
}

void show_row(output& out, const evolution::row_report& row) {
  const auto result = std::string{to_string(row.result)};
  const bool is_node = row.part == evolution::part::node_type;
  const auto& name = row.key.empty() ? row.id.get() : row.key;
  out.line(result + std::string(11 - result.size(), ' ') + (is_node ? "node '" : "edge '") +
           printable(name) + "' (" + printable(row.type) + ") in graph '" +
           printable(row.graph.get()) + "'");
  std::vector<std::string> lines;
  for (const auto& e : row.errors) {
    lines.push_back(path_of(e.path) + ": " + printable(e.message, 2000) + " [" + printable(e.code) +
                    "]");
  }
  // Of a row that fails, what it would have become says less than why it does not.
  if (lines.empty()) {
    for (const auto& e : row.edits) lines.push_back(text_of(e));
  }
  for (std::size_t i = 0; i < lines.size() && i < max_findings_shown; ++i) {
    out.line("  " + lines[i]);
  }
  if (lines.size() > max_findings_shown) {
    out.line("  and " + std::to_string(lines.size() - max_findings_shown) + " more");
  }
}

/// The rows that keep a migration from happening come first, then those that lose something.
void show_rows(output& out, const evolution_report& plan) {
  std::vector<const evolution::row_report*> rows;
  for (const auto& row : plan.samples) rows.push_back(&row);
  std::ranges::stable_sort(rows, std::greater<>{}, [](const auto* row) { return row->result; });
  const auto shown = std::min(rows.size(), max_rows_shown);
  for (std::size_t i = 0; i < shown; ++i) show_row(out, *rows[i]);
  const auto touched = plan.rows.all() - plan.rows.unchanged;
  if (touched > shown) {
    out.line("and " + count_of(touched - shown, "row") + " more; --json shows up to " +
             std::to_string(evolution_report::max_samples));
  }
}

/// True when each failure that is known is a loss that was not allowed.
bool only_losses(const evolution_report& plan) {
  std::uint64_t known = 0;
  for (const auto& row : plan.samples) {
    if (row.result != row_result::failed) continue;
    ++known;
    if (!std::ranges::all_of(row.errors, [](const auto& e) { return e.code == "lossy_change"; }))
      return false;
  }
  return known == plan.rows.failed;
}

std::string refusal(const evolution_report& plan, const evolution_options& options) {
  std::string why;
  if (plan.rows.failed != 0) {
    why = "of " + count_of(plan.rows.all(), "row") + " " + std::to_string(plan.rows.failed) +
          " would fail";
    why += only_losses(plan) ? ", because values would be lost: give the steps for them, or "
                               "--allow-lossy, which keeps the old attributes aside"
                             : ": give steps for them, or repair them";
  } else if (plan.rows.lossy != 0 && options.lazy) {
    why = count_of(plan.rows.lossy, "row") +
          " would lose values, which rows must not when they follow later: leave out --lazy";
  }
  if (!plan.violations.empty()) {
    if (!why.empty()) why += "; and ";
    why += "stored edges break the new rules: remove or change them";
  }
  return why;
}

}  // namespace

std::string count_of(std::uint64_t n, std::string_view noun) {
  auto out = std::to_string(n);
  for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3) {
    out.insert(static_cast<std::size_t>(at), ",");
  }
  return out + " " + std::string{noun} + (n == 1 ? "" : "s");
}

std::int64_t next_version(std::int64_t stored) noexcept {
  if (stored < 2) return 4;
  return stored % 2 == 0 ? stored + 2 : stored + 1;
}

void show_changes(output& out, std::span<const evolution::change> changes) {
  if (changes.empty()) return;
  table text{.columns = {{"CLASS"}, {"OF"}, {"PATH"}, {"CHANGE"}, {"REASON"}}, .rows = {}};
  for (const auto& c : changes) {
    auto reason = c.reason;
    if (c.needs_scan) reason += " (stored values were not looked at)";
    text.rows.push_back(
        {std::string{to_string(c.severity)}, subject(c), c.path, c.kind, std::move(reason)});
  }
  out.rows(text);
}

std::string summary_of(std::span<const evolution::change> changes) {
  const auto of = [&](change_class wanted) {
    return std::to_string(std::ranges::count(changes, wanted, &evolution::change::severity)) + " " +
           std::string{to_string(wanted)};
  };
  return count_of(changes.size(), "change") + ": " + of(change_class::breaking) + ", " +
         of(change_class::additive) + ", " + of(change_class::neutral);
}

void show_plan(output& out, const evolution_report& plan) {
  show_changes(out, plan.changes);
  if (!plan.changes.empty()) out.line(summary_of(plan.changes));
  if (plan.rows.all() != 0) {
    out.line("Rows: " + std::to_string(plan.rows.unchanged) + " unchanged, " +
             std::to_string(plan.rows.added) + " added, " + std::to_string(plan.rows.lossy) +
             " lossy, " + std::to_string(plan.rows.failed) + " failed");
  }
  show_rows(out, plan);
  for (const auto& line : plan.violations) out.line("violation  " + printable(line, 2000));
}

verdict judge(const evolution_report& plan, const evolution_options& options) {
  const auto version = std::to_string(plan.to);
  if (plan.from == plan.to) {
    if (plan.changes.empty()) return {true, "Nothing to do: version " + version + " is stored."};
    if (worst(plan.changes) != evolution::change_class::breaking) {
      return {true, "'type migrate' would store the new definition and touch no row."};
    }
    return {false, "'type migrate' would refuse: version " + version +
                       " is what is stored, and breaking changes need a higher one, such as " +
                       std::to_string(next_version(plan.from)) + "."};
  }
  if (!can_migrate(plan, options.allow_lossy && !options.lazy)) {
    return {false, "'type migrate' would refuse: " + refusal(plan, options) + "."};
  }
  const auto touched = std::to_string(plan.rows.added + plan.rows.lossy);
  if (options.lazy && plan.action == evolution::action::lazy) {
    return {true, "'type migrate' would store version " + version + " at once; " + touched +
                      " of " + count_of(plan.rows.all(), "row") +
                      " would follow when they are read and written."};
  }
  auto text = plan.action == evolution::action::resumed
                  ? "'type migrate' would go on with the migration that was cut off, to version "
                  : std::string{"'type migrate' would migrate to version "};
  text += version + " and change " + touched + " of " + count_of(plan.rows.all(), "row") + ".";
  if (plan.rows.lossy != 0) {
    text += " " + count_of(plan.rows.lossy, "row") +
            " would lose values; the old attributes are kept until 'type drop-backups'.";
  }
  return {true, std::move(text)};
}

std::string done_text(const evolution_report& report) {
  using evolution::action;
  const auto to = std::to_string(report.to);
  switch (report.action) {
    case action::none: return "nothing to do at version " + to;
    case action::created: return "defined at version " + to;
    case action::rewritten: return "new definition stored at version " + to + "; no row touched";
    case action::lazy:
      return "version " + to + " stored; " +
             count_of(report.rows.added + report.rows.lossy, "row") +
             " will follow when read and written";
    case action::migrated:
    case action::resumed: break;
  }
  auto text = report.action == action::resumed
                  ? "went on to version " + to
                  : "migrated from version " + std::to_string(report.from) + " to " + to;
  text += ": " + count_of(report.rows.all(), "row") + ", " +
          std::to_string(report.rows.added + report.rows.lossy) + " changed";
  if (report.rows.lossy != 0) {
    text += "; " + count_of(report.rows.lossy, "row") +
            " lost values, and the old attributes are kept until 'type drop-backups'";
  }
  return text;
}

}  // namespace quire::tools
