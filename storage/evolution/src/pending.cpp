#include "migration_state.hpp"
#include "refusals.hpp"
#include "row_change.hpp"

#include <quire/evolution/evolver.hpp>
#include <quire/metagraph/reader.hpp>

#include <utility>

// Work on all rows of a type outside a migration, while everybody else goes on writing.
namespace quire::evolution {
namespace {

namespace json = boost::json;

constexpr int max_passes = 10;
constexpr std::size_t max_batch_bytes = 1U << 20U;

struct type_at_rest {
  row_id id;
  std::int64_t version = 1;
  bool lazy = false;
  std::shared_ptr<const metagraph::graph_type_view> view;
};

result<type_at_rest> read_type(const evolver::access& file, const graph_type_name& name) {
  type_at_rest out;
  auto read = file.read([&](sqlite::connection& db) -> result<void> {
    metagraph::reader reader{db};
    auto rows = reader.find_graph_type(name);
    if (!rows) return rows.error();
    auto marks = find_marks(db, name);
    if (!marks) return marks.error();
    auto view = metagraph::graph_type_view::from_rows(*rows);
    if (!view) return view.error();
    out = {.id = rows->id, .version = rows->version, .lazy = marks->lazy, .view = std::move(*view)};
    return {};
  });
  if (!read) return read.error();
  return out;
}

error stopped(const graph_type_name& name) {
  return fail(errc::deadline_exceeded,
              about(name) + ": stopped between two batches; call again to go on");
}

/// Calls `visit(rows)` page by page until the end.
template <class Visit>
result<void> each_page(const evolver::access& file, const graph_type_name& name, const row_id& type,
                       const evolution_options& options, Visit&& visit) {
  row_cursor at;
  while (!at.at_end) {
    if (options.stop && options.stop()) return stopped(name);
    std::vector<stored_row> page;
    auto read = file.read([&](sqlite::connection& db) -> result<void> {
      row_pages pages{db, type};
      auto next = pages.next(at, options.batch_rows, max_batch_bytes);
      if (!next) return next.error();
      page = std::move(*next);
      return {};
    });
    if (!read) return read.error();
    if (auto ok = visit(page); !ok) return ok.error();
  }
  return {};
}

struct written_rows {
  std::uint64_t written = 0;
  std::uint64_t skipped = 0;  ///< changed by somebody else since they were read
};

/// Writes what `change_of` makes of each row, if anything.
template <class ChangeOf>
result<written_rows> change_rows_once(const evolver::access& file, const graph_type_name& name,
                                      const row_id& type, const evolution_options& options,
                                      ChangeOf&& change_of) {
  written_rows rows;
  auto done = each_page(
      file, name, type, options, [&](const std::vector<stored_row>& page) -> result<void> {
        std::vector<row_change> changes;
        for (const auto& row : page) {
          if (auto change = change_of(row)) changes.push_back(std::move(*change));
        }
        if (changes.empty()) return {};
        std::uint64_t of_page = 0;
        auto ok = file.write({.run = [&](writer_tools& tools) -> result<void> {
                                auto count = tools.migrations.write_rows(changes, tools.context);
                                if (!count) return count.error();
                                of_page = *count;
                                return {};
                              },
                              .alone = false});
        if (ok) {
          rows.written += of_page;
          rows.skipped += changes.size() - of_page;
        }
        return ok;
      });
  if (!done) return done.error();
  return rows;
}

/// The same until no row was skipped; tells how many were written.
template <class ChangeOf>
result<std::uint64_t> change_rows(const evolver::access& file, const graph_type_name& name,
                                  const row_id& type, const evolution_options& options,
                                  const ChangeOf& change_of) {
  std::uint64_t written = 0;
  for (int passes = 0; passes < max_passes; ++passes) {
    auto rows = change_rows_once(file, name, type, options, change_of);
    if (!rows) return rows.error();
    written += rows->written;
    if (rows->skipped == 0) return written;
  }
  return fail(errc::conflict, about(name) +
                                  ": its rows change faster than they can be followed; "
                                  "call again");
}

}  // namespace

result<std::uint64_t> evolver::count_pending(const graph_type_name& name,
                                             const evolution_options& options) {
  auto type = read_type(file_, name);
  if (!type) return type.error();
  if (!type->lazy) return std::uint64_t{0};
  auto caster = row_caster::make(type->view, type->view, {});
  if (!caster) return caster.error();
  std::uint64_t pending = 0;
  auto done = each_page(
      file_, name, type->id, options, [&](const std::vector<stored_row>& page) -> result<void> {
        for (const auto& row : page)
          pending +=
              static_cast<std::uint64_t>(caster->run(row).report.result != row_result::unchanged);
        return {};
      });
  if (!done) return done.error();
  return pending;
}

result<std::uint64_t> evolver::migrate_pending(const graph_type_name& name,
                                               const evolution_options& options) {
  auto type = read_type(file_, name);
  if (!type) return type.error();
  if (!type->lazy) return std::uint64_t{0};
  auto caster = row_caster::make(type->view, type->view, {});
  if (!caster) return caster.error();
  std::uint64_t stuck = 0;
  auto written = change_rows(file_, name, type->id, options,
                             [&](const stored_row& row) -> std::optional<row_change> {
                               auto made = caster->run(row);
                               if (made.report.result == row_result::unchanged) return std::nullopt;
                               if (made.report.result != row_result::added) {
                                 ++stuck;  // only a foreign program can have left it so
                                 return std::nullopt;
                               }
                               return change_from(row, std::move(made));
                             });
  if (!written) return written.error();
  if (stuck != 0) {
    return fail(errc::migration_failed,
                about(name) + ": " + std::to_string(stuck) +
                    " rows cannot be brought to the new definition without loss; repair them and "
                    "call again");
  }
  auto ended = file_.write(
      {.run = [&](writer_tools& tools) { return tools.migrations.end_lazy(name, tools.context); },
       .alone = true});
  if (!ended) return ended.error();
  return written;
}

result<std::uint64_t> evolver::drop_backups(const graph_type_name& name,
                                            const evolution_options& options) {
  auto type = read_type(file_, name);
  if (!type) return type.error();
  return change_rows(file_, name, type->id, options,
                     [](const stored_row& row) -> std::optional<row_change> {
                       const auto* metadata = row.metadata.value().if_object();
                       if (metadata == nullptr || !metadata->contains(before_member))
                         return std::nullopt;
                       json::object without(*metadata, json::storage_ptr{});
                       without.erase(before_member);
                       return row_change{.part = row.part,
                                         .id = row.id,
                                         .expected = row.attributes.text(),
                                         .expected_metadata = row.metadata.text(),
                                         .attributes = row.attributes,
                                         .metadata = document::from(std::move(without)),
                                         .new_type = {}};
                     });
}

}  // namespace quire::evolution
