#include <quire/actors/tenant.hpp>
#include <quire/evolution/evolver.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include "audit_note.hpp"
#include "judgement.hpp"
#include "maintenance.hpp"
#include "tenant_core.hpp"

// Evolution as a tenant offers it: the work is storage/evolution's, this gives it the tenant's readers and its writer.
namespace quire {
namespace {

error would_deadlock() {
  return fail(errc::would_deadlock,
              "an evolution blocks until it is done; from an actor, use submit_ensure");
}

evolution::evolver evolver_of(const std::shared_ptr<tenant_core>& core, const std::string& actor) {
  const auto for_writer = [actor](evolution::write_step step) {
    return operations::maintenance{.run =
                                       [run = std::move(step.run)](operations::maintenance_tools& tools) {
                                         evolution::writer_tools given{
                                             .context = tools.context, .types = tools.types, .migrations = tools.migrations};
                                         return run(given);
                                       },
                                   .actor = actor,
                                   .alone = step.alone};
  };
  return evolution::evolver{
      {.read = [core](const std::function<result<void>(sqlite::connection&)>& body) { return run_on_reader(core, body); },
       .write =
           [core, for_writer](evolution::write_step step) { return run_in_writer(core, for_writer(std::move(step))); },
       .submit =
           [core, for_writer](evolution::write_step step) { return submit_to_writer(core, for_writer(std::move(step))); }}};
}

/// The caller's options, stopped as well when the tenant goes away.
evolution_options stopping_with(const std::shared_ptr<tenant_core>& core, evolution_options options) {
  options.stop = [core, asked = std::move(options.stop)] { return core->is_closed() || (asked && asked()); };
  return options;
}

result<evolution_report> ensure_now(const std::shared_ptr<tenant_core>& core, const std::string& actor,
                                    const define_graph_type& what, std::int64_t version,
                                    const evolution_options& options) {
  auto report = evolver_of(core, actor).ensure(what, version, stopping_with(core, options));
  const bool ahead = !report && report.error().code == errc::version_ahead;
  if (version != 0 && !options.dry_run && (report || ahead)) {
    core->declare(what.name, version);
    auto told = run_in_writer(core, {.run = [&](operations::maintenance_tools& tools) -> result<void> {
                                       tools.context.types.declare(what.name, version);
                                       return {};
                                     },
                                     .actor = actor,
                                     .alone = true});
    if (report && !told) return told.error();
  }
  if (report && report->written && report->rows.lossy > 0) {
    tell_audit(*core->engine, {.action = "evolution.lossy", .actor = actor, .org = core->org, .target = what.name.get()});
  }
  if (!report && core->is_closed() && report.error().code == errc::deadline_exceeded) {
    return fail(errc::engine_closed, "the engine closed during the evolution; ensure the same version again to go on");
  }
  return report;
}

}  // namespace

result<std::vector<evolution_report>> ensure_system_types(const std::shared_ptr<tenant_core>& core,
                                                                        ensuring how) {
  std::vector<evolution_report> reports;
  const auto& types = core->engine->options.system_types;
  if (types.empty()) return reports;
  if (in_engine_thread()) {
    return fail(errc::would_deadlock, "tenant '" + core->org.get() +
                                          "': its system types are to be ensured first, which blocks; open it once from a "
                                          "thread of your own");
  }
  const std::scoped_lock one{core->ensuring};
  if (core->types_ensured && how == ensuring::once) return reports;
  for (const auto& type : types) {
    auto definition = type.definition;
    definition.scope = type_scope::system;
    auto report = ensure_now(core, "system", definition, type.version, type.options);
    if (!report) return in_context(report.error(), "system type of tenant '" + core->org.get() + "'");
    reports.push_back(std::move(*report));
  }
  core->types_ensured = true;
  return reports;
}

result<evolution_report> tenant_base::ensure(graph_type_name name, std::string_view module_json, std::int64_t version,
                                             const evolution_options& options) {
  auto module = document::parse(module_json);
  if (!module) return in_context(module.error(), "the module of graph type '" + printable(name.get()) + "'");
  return ensure({.name = std::move(name), .module = std::move(*module)}, version, options);
}

result<evolution_report> tenant_base::ensure(const define_graph_type& what, std::int64_t version,
                                             const evolution_options& options) {
  if (in_engine_thread()) return would_deadlock();
  if (auto ok = check_now(core_, who_, operations::requirement(operations::deed::change_types)); !ok) return ok.error();
  return ensure_now(core_, who_->actor, what, version, options);
}

void tenant_base::submit_ensure(define_graph_type what, std::int64_t version, evolution_options options,
                                std::function<void(result<evolution_report>)> done) {
  auto writer = core_->writer();
  if (!writer) return done(fail(errc::engine_closed, "the engine is closed"));
  // A thread of its own: the work blocks, and the engine's threads have others to serve.
  writer.home_system().spawn<caf::detached>(
      [core = core_, who = who_, what = std::move(what), version, options = std::move(options),
       done = std::move(done)] {
        auto allowed = check_now(core, who, operations::requirement(operations::deed::change_types));
        done(allowed ? ensure_now(core, who->actor, what, version, options) : result<evolution_report>{allowed.error()});
      });
}

result<std::optional<migration_state>> tenant_base::migration(const graph_type_name& type) const {
  if (in_engine_thread()) return would_deadlock();
  if (auto ok = check_now(core_, who_, operations::requirement(operations::deed::read_types)); !ok) return ok.error();
  std::optional<migration_state> running;
  auto read = run_on_reader(core_, [&](sqlite::connection& db) -> result<void> {
    auto marks = evolution::find_marks(db, type);
    if (!marks) return marks.error();
    running = std::move(marks->running);
    return {};
  });
  if (!read) return read.error();
  return running;
}

result<void> tenant_base::abandon_migration(const graph_type_name& type) {
  if (in_engine_thread()) return would_deadlock();
  if (auto ok = check_now(core_, who_, operations::requirement(operations::deed::change_types)); !ok) return ok.error();
  return evolver_of(core_, who_->actor).abandon(type);
}

result<std::uint64_t> tenant_base::count_pending(const graph_type_name& type) const {
  if (in_engine_thread()) return would_deadlock();
  if (auto ok = check_now(core_, who_, operations::requirement(operations::deed::read_types)); !ok) return ok.error();
  return evolver_of(core_, who_->actor).count_pending(type, stopping_with(core_, {}));
}

result<std::uint64_t> tenant_base::migrate_pending(const graph_type_name& type, const evolution_options& options) {
  if (in_engine_thread()) return would_deadlock();
  if (auto ok = check_now(core_, who_, operations::requirement(operations::deed::change_types)); !ok) return ok.error();
  return evolver_of(core_, who_->actor).migrate_pending(type, stopping_with(core_, options));
}

result<std::uint64_t> tenant_base::drop_evolution_backups(const graph_type_name& type, const evolution_options& options) {
  if (in_engine_thread()) return would_deadlock();
  if (auto ok = check_now(core_, who_, operations::requirement(operations::deed::change_types)); !ok) return ok.error();
  return evolver_of(core_, who_->actor).drop_backups(type, stopping_with(core_, options));
}

}  // namespace quire
