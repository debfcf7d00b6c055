#include "migration_state.hpp"
#include "recheck.hpp"
#include "refusals.hpp"
#include "row_change.hpp"

#include <quire/evolution/definition_writer.hpp>
#include <quire/evolution/evolver.hpp>
#include <quire/evolution/plan.hpp>
#include <quire/metagraph/reader.hpp>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace quire::evolution {
namespace {

constexpr std::size_t max_batch_rows = 10'000;
constexpr std::size_t max_batch_bytes = 128U << 10U;
constexpr std::size_t max_details = 100;
constexpr int max_tries = 5;  // when others change the same type meanwhile

/// What is stored of a graph type.
struct stored_type {
  graph_type rows;
  evolution_marks marks;
  change_seq seq;  ///< of the file, when it was read
};

result<std::optional<stored_type>> read_type(sqlite::connection& db, const graph_type_name& name) {
  metagraph::reader reader{db};
  auto seq = reader.last_seq();  // before the rows, so that no change after it is missed
  if (!seq) return seq.error();
  auto rows = reader.find_graph_type(name);
  if (!rows && rows.error().code == errc::not_found) return std::optional<stored_type>{};
  if (!rows) return rows.error();
  auto marks = find_marks(db, name);
  if (!marks) return marks.error();
  return std::optional{
      stored_type{.rows = std::move(*rows), .marks = std::move(*marks), .seq = *seq}};
}

error_detail detail_of(const row_report& row, const schema::value_error& e) {
  return {.code = e.code,
          .pointer = e.path,
          .message = std::string{row.part == part::node_type ? "node '" : "edge '"} +
                     printable(row.key.empty() ? row.id.get() : row.key) + "' in graph '" +
                     printable(row.graph.get()) + "': " + e.message};
}

error refused(const graph_type_name& name, const evolution_report& plan) {
  auto e =
      fail(errc::migration_refused,
           about(name) + ": of " + std::to_string(plan.rows.all()) + " rows " +
               std::to_string(plan.rows.failed) + " would fail" +
               (plan.violations.empty() ? "" : " and stored edges break the new rules") +
               "; nothing was written. " +
               (plan.rows.failed == 0 ? "Remove or change those edges first"
                                      : "Give a row migration, allow losses, or repair the rows"));
  for (const auto& row : plan.samples) {
    for (const auto& why : row.errors) {
      if (e.details.size() == max_details) break;
      e.details.push_back(detail_of(row, why));
    }
  }
  for (const auto& line : plan.violations) {
    if (e.details.size() == max_details) break;
    e.details.push_back({.code = "violation", .pointer = "", .message = line});
  }
  return e;
}

}  // namespace

result<void> check_declared_version(std::int64_t version) {
  if (version == 1 || (version > 1 && version % 2 == 0)) return {};
  return fail(errc::invalid_option, "version " + std::to_string(version) +
                                        ": a declared version is 1 or even; odd ones mean that a "
                                        "migration is in progress");
}

/// One attempt at ensuring one definition.
struct evolver::run {
  const access& file;
  const define_graph_type& what;
  std::int64_t declared;
  const evolution_options& options;
  const metagraph::checked_definition& asked;
  evolution_report report{};

  result<evolution_report> go() {
    std::optional<stored_type> stored;
    auto read = file.read([&](sqlite::connection& db) -> result<void> {
      auto found = read_type(db, what.name);
      if (!found) return found.error();
      stored = std::move(*found);
      return {};
    });
    if (!read) return read.error();
    report.name = what.name;
    report.dry_run = options.dry_run;
    auto ok = stored ? follow(*stored) : create();
    if (!ok) return ok.error();
    return std::move(report);
  }

  result<void> create() {
    report.to = declared == 0 ? 1 : declared;
    report.action = action::created;
    return write(true, [this](writer_tools& tools) -> result<void> {
      metagraph::reader stored{tools.context.db};
      auto there = stored.find_graph_type(what.name);
      if (there) return fail(errc::conflict, about(what.name) + " was made meanwhile");
      if (there.error().code != errc::not_found) return there.error();
      auto made = tools.types.create(what, asked.rows, what.scope, report.to, tools.context);
      return made ? result<void>{} : result<void>{made.error()};
    });
  }

  result<void> follow(const stored_type& stored) {
    const auto& rows = stored.rows;
    if (auto ok = check_may_change(rows, what.scope); !ok) return ok.error();
    const bool in_progress = is_in_progress(rows.version);
    if (rows.version == std::numeric_limits<std::int64_t>::max()) {
      return fail(errc::storage_corrupt,
                  about(what.name) + ": version " + std::to_string(rows.version) +
                      " was not written by this engine and leads nowhere; restore it");
    }
    const auto stable = in_progress ? rows.version + 1 : rows.version;
    report.from = rows.version;
    report.to = declared == 0 ? stable : declared;
    if (stable > report.to) {
      return fail(errc::version_ahead,
                  about(what.name) + " is stored at version " + std::to_string(rows.version) +
                      ", and this program declares " + std::to_string(report.to) +
                      "; reads work, writes need a newer program");
    }
    if (rows.version == 1 && report.to == 2) {
      return fail(errc::invalid_option,
                  about(what.name) +
                      ": after version 1 the next is 4 at the least, because the "
                      "number in between marks a migration in progress");
    }
    auto before = stored_definition(rows);
    if (!before) return in_context(before.error(), about(what.name) + ", as stored");
    report.changes = classify(*before, asked.rows);
    auto old_view = metagraph::graph_type_view::from_rows(rows);
    if (!old_view) return old_view.error();
    auto new_view = metagraph::graph_type_view::from_module(asked.module);
    if (!new_view) return new_view.error();
    auto caster = row_caster::make(*old_view, *new_view, options);
    if (!caster) return in_context(caster.error(), about(what.name));
    if (in_progress) return resume(stored, **new_view, *caster);
    if (rows.version == report.to) return rewrite(stored, *before, *caster);
    return migrate(stored, *before, **new_view, *caster);
  }

  /// The same version: type rows alone may change, and only if that harms no stored value.
  result<void> rewrite(const stored_type& stored, const metagraph::row_projection& before,
                       const row_caster& caster) {
    if (report.changes.empty()) return {};
    const bool scans = std::any_of(report.changes.begin(), report.changes.end(),
                                   [](const change& c) { return c.needs_scan; });
    const bool hopeless = std::any_of(
        report.changes.begin(), report.changes.end(),
        [](const change& c) { return c.severity == change_class::breaking && !c.needs_scan; });
    if (scans && !hopeless) {
      auto settled = with_pages(stored.rows.id, [&](row_pages& pages, sqlite::connection&) {
        return settle_by_scan(report.changes, pages, caster, options);
      });
      if (!settled) return settled.error();
    }
    if (worst(report.changes) == change_class::breaking) {
      if (options.dry_run) return {};
      return breaking(what.name, report.changes);
    }
    report.action = action::rewritten;
    return write(true, [&, scans](writer_tools& tools) -> result<void> {
      if (scans) {
        auto same = recheck_since(tools.context.db, stored.rows.id, stored.seq, caster, false);
        if (!same) return same.error();
      }
      return tools.migrations.rewrite(what.name, before, stored.rows.version, false, asked.rows,
                                      tools.context);
    });
  }

  result<void> migrate(const stored_type& stored, const metagraph::row_projection& before,
                       const metagraph::graph_type_view& after, const row_caster& caster) {
    auto planned = with_pages(stored.rows.id, [&](row_pages& pages, sqlite::connection& db) {
      if (auto ok = dry_run_rows(report, pages, caster, options); !ok) return ok;
      return check_rules(db, stored.rows.id, after, options);
    });
    if (!planned) return planned.error();
    report.action = options.lazy ? action::lazy : action::migrated;
    if (options.dry_run) return {};
    if (!can_migrate(report, options.allow_lossy && !options.lazy))
      return refused(what.name, report);
    if (options.lazy) {
      return write(true, [&](writer_tools& tools) -> result<void> {
        auto same = recheck_since(tools.context.db, stored.rows.id, stored.seq, caster, true);
        if (!same) return same.error();
        return tools.migrations.rewrite(what.name, before, report.to, true, asked.rows,
                                        tools.context);
      });
    }
    if (stored.marks.lazy) {
      // Readers see pending rows in their present form; nothing would tell them once this begins.
      auto settled = evolver{file}.migrate_pending(what.name, options);
      if (!settled) return settled.error();
    }
    auto begun = write(true, [&](writer_tools& tools) {
      return tools.migrations.begin(what.name, stored.rows.version, report.to, asked.rows,
                                    stepped_types(), tools.context);
    });
    if (!begun && begun.error().code == errc::migration_in_progress) {
      // Somebody else was first, perhaps with the same aim: the next attempt joins in, or refuses.
      return fail(errc::conflict, begun.error().context);
    }
    if (!begun) return begun.error();
    return work(stored.rows.id, {}, 0, after, caster, nullptr);
  }

  result<void> resume(const stored_type& stored, const metagraph::graph_type_view& after,
                      const row_caster& caster) {
    report.action = action::resumed;
    const auto& running = stored.marks.running;
    const bool other = stored.rows.version + 1 != report.to ||
                       (running && running->digest != digest_of(asked.rows));
    if (other) return being_migrated(what.name, stored.rows.version);
    if (running) {
      if (auto ok = check_steps(running->stepped); !ok) return ok.error();
    }
    if (options.dry_run) {
      return with_pages(stored.rows.id, [&](row_pages& pages, sqlite::connection& db) {
        if (auto ok = dry_run_rows(report, pages, caster, options); !ok) return ok;
        return check_rules(db, stored.rows.id, after, options);
      });
    }
    if (!running) {
      // Another program of the family began it and left no place to go on from: from the start.
      auto begun = write(true, [&](writer_tools& tools) {
        return tools.migrations.begin(what.name, stored.rows.version, report.to, asked.rows,
                                      stepped_types(), tools.context);
      });
      if (!begun) return begun.error();
    }
    return work(stored.rows.id, running ? running->at : row_cursor{}, running ? running->rows : 0,
                after, caster, &report);
  }

  /// Stored names of the types whose rows the consumer changes itself, in order.
  [[nodiscard]] std::vector<std::string> stepped_types() const {
    std::set<std::string> names;
    for (const auto& [key, migration] : options.migrations) {
      if (migration.empty()) continue;
      const auto colon = key.find(':');
      names.insert(colon == std::string::npos ? key : key.substr(colon + 1));
    }
    return {names.begin(), names.end()};
  }

  /// Half of the rows by the consumer's steps and half without them is what nobody wants.
  [[nodiscard]] result<void> check_steps(const std::vector<std::string>& begun_with) const {
    const auto given = stepped_types();
    for (const auto& name : begun_with) {
      if (std::find(given.begin(), given.end(), name) != given.end()) continue;
      return fail(errc::migration_in_progress,
                  about(what.name) + ": its migration was begun with row migrations for '" +
                      printable(name) + "'; give them again to go on");
    }
    return {};
  }

  /// Batches from `at`, with `rows_done` behind it, to the end, and the end. `counts`: told what
  /// becomes of the rows, when no plan did.
  result<void> work(const row_id& type, row_cursor at, std::uint64_t rows_done,
                    const metagraph::graph_type_view& after, const row_caster& caster,
                    evolution_report* counts) {
    progress told{.at = progress::phase::migrating, .rows_done = rows_done, .rows_in_all = 0};
    if (auto ok = count(type, told.rows_in_all); !ok) return ok.error();
    int tries = 0;
    batch_pointer ahead;  // what follows the batch that is being written
    while (!at.at_end) {
      if (options.stop && options.stop()) return stopped();
      const auto batch = ahead ? std::exchange(ahead, nullptr) : cast_batch(type, at, caster);
      const auto& ready = batch->fits;
      if (!ready && ready.error().code == errc::migration_failed) {
        // Rows that somebody else has migrated since look as if they did not fit.
        auto moved = where_it_is();
        if (!moved) return moved.error();
        if (!*moved) return {};
        if (**moved == at) return ready.error();
        at = **moved;
        continue;
      }
      if (!ready) return ready.error();
      const auto& to = batch->rows.to;
      auto done = write_batch(batch, [&] {
        if (!to.at_end) ahead = cast_batch(type, to, caster);
      });
      if (!done) ahead = nullptr;
      if (!done && done.error().code == errc::conflict && ++tries < max_tries) {
        auto moved = where_it_is();
        if (!moved) return moved.error();
        if (!*moved) return {};  // somebody else ended it
        if (**moved != at) tries = 0;
        at = **moved;
        continue;
      }
      if (!done) return done.error();
      tries = 0;
      at = to;
      if (counts != nullptr) counts->rows.add(batch->counts);
      told.rows_done += batch->rows.rows;
      if (options.on_progress) options.on_progress(told);
    }
    return finish(type, after, told);
  }

  result<void> finish(const row_id& type, const metagraph::graph_type_view& after, progress told) {
    told.at = progress::phase::checking;
    if (options.on_progress) options.on_progress(told);
    report.violations.clear();
    auto as_they_are = options;
    as_they_are.migrations.clear();  // rows have their new types by now
    auto checked = file.read(
        [&](sqlite::connection& db) { return check_rules(db, type, after, as_they_are); });
    if (!checked) return checked.error();
    if (!report.violations.empty()) {
      auto e = fail(errc::migration_failed,
                    about(what.name) +
                        ": all rows are migrated, and stored edges break the new "
                        "rules; remove them and ensure the same version again");
      for (const auto& line : report.violations)
        e.details.push_back({.code = "violation", .pointer = "", .message = line});
      return e;
    }
    auto done = write(true, [&](writer_tools& tools) {
      return tools.migrations.finish(what.name, asked.rows, tools.context);
    });
    if (!done && done.error().code == errc::conflict) {
      auto moved = where_it_is();
      if (moved && !*moved) return {};
    }
    return done;
  }

  /// A batch as it shall be written, or why it cannot be.
  struct prepared_batch {
    migration_batch rows;
    row_counts counts{};
    result<void> fits{};
  };
  using batch_pointer = std::shared_ptr<const prepared_batch>;

  batch_pointer cast_batch(const row_id& type, const row_cursor& at, const row_caster& caster) {
    auto made = std::make_shared<prepared_batch>();
    made->fits = with_pages(type, [&](row_pages& pages, sqlite::connection&) {
      return cast_page(pages, at, caster, *made);
    });
    return made;
  }

  /// Writes a batch; where that takes another thread, `meanwhile` is called before the answer is
  /// waited for.
  template <class Meanwhile>
  result<void> write_batch(const batch_pointer& batch, Meanwhile&& meanwhile) {
    // The step shares what it writes, so that nothing hangs on somebody waiting for its end.
    write_step step{.run = [batch, name = what.name](writer_tools& tools) {
      return tools.migrations.apply(name, batch->rows, tools.context);
    }};
    if (!file.submit) return write(std::move(step));
    const auto answer = file.submit(std::move(step));
    meanwhile();
    auto done = answer();
    if (done) report.written = true;
    return done;
  }

  result<void> cast_page(row_pages& pages, const row_cursor& at, const row_caster& caster,
                         prepared_batch& out) {
    auto& batch = out.rows;
    batch = {.from = at, .to = at, .rows = 0, .changes = {}};
    auto page = pages.next(batch.to, options.batch_rows, max_batch_bytes);
    if (!page) return page.error();
    batch.rows = page->size();
    error failure;
    for (auto& row : *page) {
      auto made = caster.run(row);
      out.counts.count(made.report.result);
      if (made.report.result == row_result::failed) {
        if (failure.code == errc::none) {
          failure = fail(errc::migration_failed,
                         about(what.name) +
                             ": rows changed since the plan and no longer fit; "
                             "repair them or give a row migration, and ensure the "
                             "same version again");
        }
        for (const auto& why : made.report.errors) {
          if (failure.details.size() < max_details)
            failure.details.push_back(detail_of(made.report, why));
        }
        continue;
      }
      if (made.report.result == row_result::unchanged) continue;
      batch.changes.push_back(change_from(row, std::move(made)));
    }
    if (failure.code != errc::none) return failure;
    return {};
  }

  /// Where the migration stands now; nothing when it has ended at the version asked for.
  result<std::optional<row_cursor>> where_it_is() {
    std::optional<stored_type> now;
    auto read = file.read([&](sqlite::connection& db) -> result<void> {
      auto found = read_type(db, what.name);
      if (!found) return found.error();
      now = std::move(*found);
      return {};
    });
    if (!read) return read.error();
    if (now && now->rows.version == report.to) return std::optional<row_cursor>{};
    if (!now || !now->marks.running || now->rows.version + 1 != report.to ||
        now->marks.running->digest != digest_of(asked.rows)) {
      return fail(errc::conflict, about(what.name) + " was changed by somebody else meanwhile");
    }
    return std::optional{now->marks.running->at};
  }

  /// Rules between rows: ends of edges, loops, parallel edges, directions.
  result<void> check_rules(sqlite::connection& db, const row_id& type,
                           const metagraph::graph_type_view& after,
                           const evolution_options& judged) {
    auto found = find_violations(db, type, after, judged);
    if (!found) return found.error();
    report.violations = std::move(*found);
    return {};
  }

  result<void> count(const row_id& type, std::uint64_t& rows) {
    if (!options.on_progress) return {};
    return with_pages(type, [&](row_pages& pages, sqlite::connection&) -> result<void> {
      auto counted = pages.count();
      if (!counted) return counted.error();
      rows = *counted;
      return {};
    });
  }

  template <class Body>
  result<void> with_pages(const row_id& type, Body&& body) {
    return file.read([&](sqlite::connection& db) -> result<void> {
      row_pages pages{db, type};
      return body(pages, db);
    });
  }

  template <class Body>
  result<void> write(bool alone, Body&& body) {
    return write({.run = std::forward<Body>(body), .alone = alone});
  }
  result<void> write(write_step step) {
    if (options.dry_run) return {};
    auto done = file.write(std::move(step));
    if (done) report.written = true;
    return done;
  }

  [[nodiscard]] error stopped() const {
    return fail(errc::deadline_exceeded,
                about(what.name) +
                    ": the migration was stopped between two batches; ensure the "
                    "same version again to go on");
  }
};

result<evolution_report> evolver::ensure(const define_graph_type& what, std::int64_t version,
                                         const evolution_options& options) {
  if (version != 0) {
    if (auto ok = check_declared_version(version); !ok)
      return in_context(ok.error(), about(what.name));
  }
  if (options.batch_rows == 0 || options.batch_rows > max_batch_rows) {
    return fail(errc::invalid_option, "batch_rows is " + std::to_string(options.batch_rows) +
                                          "; 1 to " + std::to_string(max_batch_rows) +
                                          " are taken");
  }
  if (options.lazy && !options.migrations.empty()) {
    return fail(errc::conflicting_options,
                "a lazy evolution takes no row migrations: a check alone cannot tell which rows "
                "they have seen");
  }
  const auto asked = metagraph::definition_of(what);
  if (!asked) return asked.error();
  for (int tries = 1;; ++tries) {
    run attempt{.file = file_,
                .what = what,
                .declared = version,
                .options = options,
                .asked = *asked,
                .report = {}};
    auto done = attempt.go();
    if (done || done.error().code != errc::conflict || tries == max_tries) return done;
  }
}

result<void> evolver::abandon(const graph_type_name& name) {
  return file_.write(
      {.run = [&](writer_tools& tools) { return tools.migrations.abandon(name, tools.context); },
       .alone = true});
}

}  // namespace quire::evolution
