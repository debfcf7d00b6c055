#include <quire/evolution/plan.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace quire::evolution {
namespace {

/// Bytes of attributes held at a time.
constexpr std::size_t page_bytes = 4U << 20U;

bool is_stopped(const evolution_options& options) { return options.stop && options.stop(); }

error stopped(std::string_view doing) {
  return fail(errc::deadline_exceeded,
              std::string{doing} + ": stopped as asked; nothing was written");
}

std::size_t page_rows(const evolution_options& options) {
  return std::clamp<std::size_t>(options.batch_rows, 1, 10'000);
}

}  // namespace

result<void> settle_by_scan(std::vector<change>& changes, row_pages& rows, const row_caster& caster,
                            const evolution_options& options) {
  using type_key = std::pair<part, std::string>;
  std::set<type_key> open;
  for (const auto& one : changes) {
    if (one.needs_scan) open.emplace(one.part, one.type);
  }
  if (open.empty()) return {};
  auto undecided = open;
  row_cursor at;
  // Parts are ordered: nodes come before edges.
  at.part = open.begin()->first;
  while (!undecided.empty() && !at.at_end) {
    if (is_stopped(options)) return stopped("scanning for values that would fail");
    if (at.part == part::edge_type && undecided.rbegin()->first != part::edge_type) break;
    auto page = rows.next(at, page_rows(options), page_bytes);
    if (!page) return page.error();
    for (const auto& row : *page) {
      const auto found = undecided.find({row.part, caster.type_of(row)});
      if (found != undecided.end() && !caster.fits(row)) undecided.erase(found);
    }
  }
  for (auto& one : changes) {
    if (!one.needs_scan) continue;
    one.needs_scan = false;
    if (undecided.contains({one.part, one.type})) one.severity = change_class::additive;
  }
  return {};
}

result<void> dry_run_rows(evolution_report& report, row_pages& rows, const row_caster& caster,
                          const evolution_options& options) {
  const auto all = rows.count();
  if (!all) return all.error();
  progress told{.at = progress::phase::planning, .rows_done = 0, .rows_in_all = *all};
  row_cursor at;
  while (!at.at_end) {
    if (options.on_progress) options.on_progress(told);
    if (is_stopped(options)) return stopped("planning a migration");
    const auto page = rows.next(at, page_rows(options), page_bytes);
    if (!page) return page.error();
    for (const auto& row : *page) add_row(report, caster.run(row).report);
    told.rows_done += page->size();
  }
  if (options.on_progress) options.on_progress(told);
  return {};
}

}  // namespace quire::evolution
