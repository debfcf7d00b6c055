#pragma once

#include <quire/evolution/migration_writer.hpp>
#include <quire/evolution/report.hpp>
#include <quire/messages/requests.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/metagraph/write_context.hpp>
#include <quire/sqlite/connection.hpp>

#include <cstdint>
#include <functional>

namespace quire::evolution {

/// What one step of an evolution may use inside the writer's transaction.
struct writer_tools {
  metagraph::write_context& context;
  metagraph::type_writer& types;
  migration_writer& migrations;
};

/// One step of an evolution: it commits or leaves nothing. May be run again from the start.
struct write_step {
  std::function<result<void>(writer_tools&)> run;
  /// True: it changes what other writes are judged by, so it must be alone in its transaction.
  bool alone = false;
};

/// Brings graph types of one tenant file, and their rows, to new definitions. It reads on a
/// connection of its own and hands the writer small finished steps, so that other writes go on in
/// between; nothing is kept in memory that grows with the rows. A run that is cut off at any step
/// is taken up by the next one. Blocks; one thread per object; several may work on one file, also
/// from several processes.
class evolver {
 public:
  /// How it reaches the file. Both block, and must outlive the object.
  struct access {
    /// Runs the body with a read connection, outside any transaction. Bodies take milliseconds,
    /// except those that look at all rows, which ask `evolution_options::stop` between pages.
    std::function<result<void>(const std::function<result<void>(sqlite::connection&)>&)> read;
    /// Answers once the step is durable.
    std::function<result<void>(write_step)> write;
    /// As `write`, but returns at once, with what waits for the answer and is called once. Rows of
    /// the next step are prepared meanwhile. Optional: else one after the other.
    std::function<std::function<result<void>()>(write_step)> submit{};
  };

  explicit evolver(access file) : file_(std::move(file)) {}

  /// Makes the stored type equal to `what`, at `version` (1 or even; 0: as stored, and 1 for a new
  /// type). With the stored version: nothing, or a rewrite of the type rows when that harms no
  /// stored value. Above it: a migration, or the rest of one that was cut off.
  ///
  /// Fails with the codes of definitions, `graph_type_protected`, `invalid_option`,
  /// `conflicting_options`, `breaking_change`, `version_ahead`, `migration_in_progress` (towards
  /// something else), `migration_refused` (the plan shows losses or failures; a detail for each of
  /// the first rows), `migration_failed` (a row changed since the plan; ensure again once it is
  /// repaired), `deadline_exceeded` (stopped; ensure again).
  [[nodiscard]] result<evolution_report> ensure(const define_graph_type& what, std::int64_t version,
                                                const evolution_options& options = {});

  /// Takes back a migration of which no row was written. Fails with `conflict`, `not_found`.
  [[nodiscard]] result<void> abandon(const graph_type_name& name);

  /// How many rows a lazy migration has still to reach. Fails with `not_found`.
  [[nodiscard]] result<std::uint64_t> count_pending(const graph_type_name& name,
                                                    const evolution_options& options = {});
  /// Writes them. @returns how many were written.
  [[nodiscard]] result<std::uint64_t> migrate_pending(const graph_type_name& name,
                                                      const evolution_options& options = {});

  /// Removes what lossy migrations kept of old attributes. @returns from how many rows.
  [[nodiscard]] result<std::uint64_t> drop_backups(const graph_type_name& name,
                                                   const evolution_options& options = {});

 private:
  struct run;
  access file_;
};

/// `invalid_option` unless `version` may be declared: 1, or an even number.
[[nodiscard]] result<void> check_declared_version(std::int64_t version);

}  // namespace quire::evolution
