#include "../evolution_text.hpp"
#include "../interrupt.hpp"
#include "../progress.hpp"
#include "../row_migration_options.hpp"
#include "../rows.hpp"
#include "commands.hpp"

#include <quire/messages/ids.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>

namespace quire::tools {

namespace {

constexpr std::size_t max_details_shown = 5;  // of one tenant

struct evolve_options {
  std::string name;
  std::string module;
  std::int64_t version = 0;
  bool allow_lossy = false;
  bool lazy = false;
  std::size_t batch_rows = evolution_options{}.batch_rows;
  row_migration_options steps;
  bool all = false;
  bool define = false;
  bool abandon = false;
};

/// Shows how far an evolution has come, and ends it between two batches when the user asks to.
class companion {
 public:
  /// Hooks itself into the options, which it must outlive.
  void join(evolution_options& options) {
    options.on_progress = [this](const evolution::progress& now) { told(now); };
    options.stop = [] { return interrupted(); };
  }
  /// What comes is about something else.
  void next() { bar_.reset(); }

 private:
  void told(const evolution::progress& now) {
    using phase = evolution::progress::phase;
    if (now.at == phase::checking || now.rows_in_all == 0) return bar_.reset();
    if (!bar_ || now.at != at_) {
      bar_.reset();
      bar_.emplace(std::cerr, progress_form(),
                   now.at == phase::planning ? "Looking at all rows" : "Migrating rows",
                   now.rows_in_all);
      at_ = now.at;
    }
    bar_->at(now.rows_done);
  }

  interrupt_guard guard_;
  std::optional<progress> bar_;
  evolution::progress::phase at_{};
};

result<define_graph_type> definition(const evolve_options& how) {
  auto text = text_argument(how.module);
  if (!text) return text.error();
  auto module = document::parse_object(*text);
  if (!module) return in_context(module.error(), "the module of '" + printable(how.name) + "'");
  define_graph_type what;
  what.name = graph_type_name{how.name};
  what.module = std::move(*module);
  return what;
}

result<evolution_options> options_of(const evolve_options& how) {
  evolution_options out;
  out.allow_lossy = how.allow_lossy;
  out.lazy = how.lazy;
  out.batch_rows = how.batch_rows;
  auto steps = how.steps.compile();
  if (!steps) return steps.error();
  out.migrations = std::move(*steps);
  return out;
}

/// The type as stored.
result<graph_type> stored(const tenant<access::open>& in, const std::string& name) {
  auto view = in.view();
  if (!view) return view.error();
  auto found = view->find_graph_type(graph_type_name{name});
  if (!found && found.error().code == errc::not_found) {
    auto e = found.error();
    e.context += "; 'quire type define' makes it";
    return e;
  }
  return found;
}

/// What to say when the user ended it: how far it came, and how to go on.
error stopped(const tenant<access::open>& in, const evolve_options& how) {
  const auto about =
      "type '" + printable(how.name) + "' of '" + in.org().get() + "': interrupted; ";
  const auto running = in.migration(graph_type_name{how.name});
  if (!running || !*running) return fail(errc::deadline_exceeded, about + "nothing was written");
  return fail(errc::deadline_exceeded,
              about + count_of((*running)->rows, "row") +
                  " are done and writes to the type wait; run the same command again to go on" +
                  ((*running)->rows == 0 ? ", or take it back with 'quire type migrate --abandon " +
                                               printable(how.name) + "'"
                                         : ""));
}

result<void> diff(context& in, const evolve_options& how) {
  auto what = definition(how);
  if (!what) return what.error();
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto there = stored(*tenant, how.name);
  if (!there) return there.error();
  evolution_options options;
  options.dry_run = true;
  companion beside;
  beside.join(options);
  auto plan = tenant->ensure(*what, 0, options);
  beside.next();
  if (!plan) return plan.error();
  const auto& changes = plan->changes;
  const auto worst = evolution::worst(changes);
  if (in.out().json()) {
    boost::json::array all;
    for (const auto& c : changes) all.emplace_back(to_json(c));
    in.out().document({{"graphType", how.name},
                       {"version", there->version},
                       {"class", changes.empty() ? "none" : to_string(worst)},
                       {"changes", std::move(all)}});
  } else if (changes.empty()) {
    in.out().line("No changes: what is stored at version " + std::to_string(there->version) +
                  " means the same.");
  } else {
    show_changes(in.out(), changes);
    in.out().line(summary_of(changes));
  }
  if (worst == evolution::change_class::breaking) in.answer_no();
  return {};
}

result<void> plan(context& in, const evolve_options& how) {
  auto what = definition(how);
  if (!what) return what.error();
  auto options = options_of(how);
  if (!options) return options.error();
  options->dry_run = true;
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  auto there = stored(*tenant, how.name);
  if (!there) return there.error();
  companion beside;
  beside.join(*options);
  auto plan = tenant->ensure(*what, how.version, *options);
  beside.next();
  if (!plan && interrupted()) return stopped(*tenant, how);
  if (!plan) return plan.error();
  const auto judged = judge(*plan, *options);
  if (in.out().json()) {
    auto report = to_json(*plan);
    report["wouldMigrate"] = judged.goes;
    report["verdict"] = judged.text;
    in.out().document(report);
  } else {
    show_plan(in.out(), *plan);
    in.out().line(judged.text);
  }
  if (!judged.goes) in.answer_no();
  return {};
}

result<void> abandon(context& in, const evolve_options& how) {
  if (!how.module.empty() || how.version != 0 || how.all || how.define || how.steps.any()) {
    return fail(errc::conflicting_options, "--abandon takes a TYPE and nothing else");
  }
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  if (auto ok = tenant->abandon_migration(graph_type_name{how.name}); !ok) return ok.error();
  if (in.out().json()) {
    in.out().document({{"graphType", how.name}, {"abandoned", true}});
  } else {
    in.out().line("Took back the migration of '" + printable(how.name) + "'; no row was written.");
  }
  return {};
}

/// One line, or one document, for a tenant of many.
void show(output& out, const tenant_evolution& one) {
  const bool failed = one.failure.code != errc::none;
  if (out.json()) {
    boost::json::object line{{"org", one.org.get()}, {"ok", !failed}, {"absent", one.absent}};
    if (failed) line["error"] = to_string(one.failure);
    if (!failed && !one.absent) line["report"] = to_json(one.report);
    return out.document(line);
  }
  const auto begin = printable(one.org.get()) + ": ";
  if (one.absent) return out.line(begin + "has no such type");
  if (!failed) return out.line(begin + done_text(one.report));
  out.line(begin + "FAILED: " + std::string{to_string(one.failure.code)} + ": " +
           printable(one.failure.context, 2000));
  const auto& details = one.failure.details;
  for (std::size_t i = 0; i < details.size() && i < max_details_shown; ++i) {
    out.line("  " + (details[i].pointer.empty() ? "(the whole)" : printable(details[i].pointer)) +
             ": " + printable(details[i].message, 2000));
  }
  if (details.size() > max_details_shown) {
    out.line("  and " + std::to_string(details.size() - max_details_shown) + " more");
  }
}

result<void> migrate_everywhere(context& in, const evolve_options& how,
                                const define_graph_type& what, evolution_options options) {
  if (!in.options().org.empty()) {
    return fail(errc::conflicting_options, "--all means every organization; leave out --org");
  }
  const auto opened = in.engine();
  if (!opened) return opened.error();
  companion beside;
  beside.join(options);
  fleet_options fleet;
  fleet.evolution = std::move(options);
  fleet.define_absent = how.define;
  fleet.on_tenant = [&](const tenant_evolution& one) {
    beside.next();
    show(in.out(), one);
    static_cast<void>(in.out().flush());  // the next tenant may take long
  };
  const auto all = (*opened)->ensure_everywhere(what, how.version, fleet);
  if (!all) return all.error();
  const auto failed =
      std::ranges::count_if(*all, [](const auto& one) { return one.failure.code != errc::none; });
  if (interrupted()) {
    return fail(errc::deadline_exceeded,
                "interrupted; run the same command again to go on where it stopped");
  }
  if (failed == 0) return {};
  return fail(errc::migration_failed,
              std::to_string(failed) + " of " + count_of(all->size(), "tenant") +
                  " failed, the others are done; do what their lines say and run the same command "
                  "again, which goes on where this one stopped");
}

result<void> migrate(context& in, const evolve_options& how) {
  if (how.abandon) return abandon(in, how);
  if (how.module.empty()) return fail(errc::invalid_option, "MODULE is missing");
  if (how.version == 0) {
    return fail(errc::invalid_option, "which version? Give --version N: 1 or an even number");
  }
  auto what = definition(how);
  if (!what) return what.error();
  auto options = options_of(how);
  if (!options) return options.error();
  if (how.all) return migrate_everywhere(in, how, *what, std::move(*options));
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  if (!how.define) {
    // A misspelt name must not make a type.
    if (auto there = stored(*tenant, how.name); !there) return there.error();
  }
  companion beside;
  beside.join(*options);
  auto report = tenant->ensure(*what, how.version, *options);
  beside.next();
  if (!report && interrupted()) return stopped(*tenant, how);
  if (!report) {
    auto e = report.error();
    if (e.code == errc::migration_refused) {
      e.context += "; 'quire type plan' with the same arguments shows more";
    }
    return e;
  }
  if (in.out().json()) {
    in.out().document(to_json(*report));
  } else {
    in.out().line(printable(how.name) + ": " + done_text(*report) + ".");
  }
  return {};
}

result<void> pending(context& in, const evolve_options& how, bool write) {
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  const graph_type_name name{how.name};
  if (!write) {
    const auto count = tenant->count_pending(name);
    if (!count) return count.error();
    if (in.out().json()) {
      in.out().document({{"graphType", how.name}, {"pending", *count}});
    } else {
      in.out().line(count_of(*count, "row") + " of '" + printable(how.name) +
                    "' still to be stored in the new form.");
    }
    return {};
  }
  evolution_options options;
  options.batch_rows = how.batch_rows;
  companion beside;
  beside.join(options);
  const auto written = tenant->migrate_pending(name, options);
  if (!written) return written.error();
  if (in.out().json()) {
    in.out().document({{"graphType", how.name}, {"written", *written}});
  } else {
    in.out().line("Stored " + count_of(*written, "row") + " of '" + printable(how.name) +
                  "' in the new form; none is pending.");
  }
  return {};
}

result<void> drop_backups(context& in, const evolve_options& how) {
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  evolution_options options;
  companion beside;
  beside.join(options);
  const auto dropped = tenant->drop_evolution_backups(graph_type_name{how.name}, options);
  if (!dropped) return dropped.error();
  if (in.out().json()) {
    in.out().document({{"graphType", how.name}, {"dropped", *dropped}});
  } else {
    in.out().line("Dropped the old attributes of " + count_of(*dropped, "row") + " of '" +
                  printable(how.name) + "'.");
  }
  return {};
}

void declare_type(CLI::App& app, evolve_options& how) {
  app.add_option("TYPE", how.name, "The name of the graph type")->required()->type_name("");
}

CLI::Option& declare_module(CLI::App& app, evolve_options& how) {
  return *app.add_option("MODULE", how.module,
                         "The new module: the text, @FILE, or - for standard input")
              ->type_name("");
}

CLI::Option& declare_version(CLI::App& app, evolve_options& how) {
  return *app.add_option("--version", how.version,
                         "The version it is to have: 1 or even; after 1 comes 4")
              ->type_name("N")
              ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()));
}

void declare_batch_rows(CLI::App& app, evolve_options& how) {
  app.add_option("--batch-rows", how.batch_rows, "Rows of one transaction, 1 to 10,000")
      ->type_name("N")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
}

void declare_ways(CLI::App& app, evolve_options& how) {
  app.add_flag("--allow-lossy", how.allow_lossy,
               "Let values go that do not fit; the old attributes of such rows are kept aside");
  app.add_flag("--lazy", how.lazy,
               "Store the definition at once and the rows when they are read and written");
  how.steps.declare(app);
}

}  // namespace

void add_type_evolution(command_line& line, CLI::App& group) {
  const auto add = [&](const char* name, const char* about, const char* examples,
                       result<void> (*run)(context&, const evolve_options&),
                       const std::function<void(CLI::App&, evolve_options&)>& declare) {
    auto how = std::make_shared<evolve_options>();
    auto& made =
        line.add(group, name, about, examples, [how, run](context& in) { return run(in, *how); });
    declare_type(made, *how);
    declare(made, *how);
  };
  add("diff", "Show how a module differs from what is stored; exit status 1 when that is breaking",
      "  quire --org acme type diff tickets @tickets.json", diff,
      [](CLI::App& app, evolve_options& how) { declare_module(app, how).required(); });
  add("plan",
      "Show what a migration would do, and write nothing; exit status 1 when it would refuse",
      "  quire --org acme type plan tickets @tickets.json --version 4\n"
      "  quire --org acme type plan tickets @tickets.json --version 4 --rename "
      "ticket:/name=/title",
      plan, [](CLI::App& app, evolve_options& how) {
        declare_module(app, how).required();
        declare_version(app, how).required();
        declare_ways(app, how);
      });
  add("migrate", "Bring a graph type and its rows to a new definition; repeated, it goes on",
      "  quire --org acme type migrate tickets @tickets.json --version 4 --convert ticket:/size\n"
      "  quire type migrate tickets @tickets.json --version 4 --steps @steps.json --all\n"
      "  quire --org acme type migrate --abandon tickets",
      migrate, [](CLI::App& app, evolve_options& how) {
        declare_module(app, how);
        declare_version(app, how);
        declare_ways(app, how);
        declare_batch_rows(app, how);
        app.add_flag("--all", how.all, "In every organization that has the type");
        app.add_flag("--define", how.define, "Define it where it is absent");
        app.add_flag("--abandon", how.abandon, "Take back a migration of which no row is written");
      });
  add("drop-backups", "Remove the old attributes that --allow-lossy kept",
      "  quire --org acme type drop-backups tickets", drop_backups,
      [](CLI::App&, evolve_options&) {});

  auto how = std::make_shared<evolve_options>();
  auto write = std::make_shared<bool>(false);
  auto& made = line.add(group, "pending", "Count the rows that a lazy migration has yet to reach",
                        "  quire --org acme type pending tickets\n"
                        "  quire --org acme type pending tickets --write",
                        [how, write](context& in) { return pending(in, *how, *write); });
  declare_type(made, *how);
  made.add_flag("--write", *write, "Store them now");
  declare_batch_rows(made, *how);
}

}  // namespace quire::tools
