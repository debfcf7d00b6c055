#include <quire/actors/engine.hpp>
#include <quire/evolution/evolver.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/operations/system_store.hpp>
#include <quire/runtime/folder_watcher.hpp>
#include <quire/sqlite/create_file.hpp>
#include <quire/sqlite/migrate.hpp>
#include <quire/wire/message_types.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/thread_hook.hpp>

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <thread>

#include <sys/resource.h>

#include "access_desk.hpp"
#include "checkpointer.hpp"
#include "maintenance.hpp"
#include "credential_gate.hpp"
#include "foreign_commits.hpp"
#include "image_builder.hpp"
#include "judgement.hpp"
#include "membership_follow.hpp"
#include "refusal_log.hpp"
#include "store_state.hpp"
#include "system_actor.hpp"
#include "system_handle.hpp"
#include "tenant_core.hpp"

namespace quire {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t messages_per_turn = 100;
constexpr std::size_t least_threads = 8;
constexpr std::size_t threads_per_core = 4;
constexpr std::size_t reserved_descriptors = 128;
constexpr std::size_t most_open_tenants = 10'000;
constexpr std::size_t descriptors_per_connection = 3;
constexpr std::size_t system_readers = 4;

/// Marks the threads of the engine's own actor system, so that a blocking call there is refused instead of waiting for
/// itself.
class mark_threads final : public caf::thread_hook {
 public:
  void init(caf::actor_system&) override {}
  void thread_started() override { mark_.emplace(); }
  void thread_terminates() override { mark_.reset(); }

 private:
  static thread_local std::optional<engine_thread_mark> mark_;
};

thread_local std::optional<engine_thread_mark> mark_threads::mark_;

class own_config final : public caf::actor_system_config {
 public:
  explicit own_config(std::size_t threads) {
    // `sharing` wakes workers three times faster than stealing when few requests are under way, and costs nothing idle.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", threads);
    set("scheduler.max-throughput", messages_per_turn);
    quire::add_message_types(*this);
    add_thread_hook<mark_threads>();
  }
};

std::size_t open_tenants_allowed(const engine_options& options) {
  if (options.max_open_tenants != 0) return options.max_open_tenants;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
  const auto descriptors = std::max<std::size_t>(limit.rlim_cur, reserved_descriptors * 2) - reserved_descriptors;
  return std::clamp<std::size_t>(descriptors / (descriptors_per_connection * (1 + options.max_readers)), 1, most_open_tenants);
}

/// A scoped actor leaves its system's logger behind in the thread, and an actor system waits for its logger when it ends:
/// a thread that asked something once, and lives on, would keep another from closing the engine.
struct logger_release {
  logger_release() = default;
  logger_release(const logger_release&) = delete;
  logger_release& operator=(const logger_release&) = delete;
  ~logger_release() { caf::logger::set_current_actor_system(nullptr); }
};

/// Bounds without which nothing could be done, or a clock would overflow.
void make_usable(engine_options& o) {
  o.group.requests = std::max<std::size_t>(1, o.group.requests);
  o.group.bytes = std::max<std::size_t>(1, o.group.bytes);
  for (auto* duration : {&o.idle, &o.max_view_age, &o.timeout}) {
    *duration = std::clamp(*duration, std::chrono::milliseconds{0}, longest_wait);
  }
}

std::uint64_t random_number(const environment& env) {
  std::uint64_t number = 0;
  env.random->fill(std::as_writable_bytes(std::span{&number, 1}));
  return number;
}

result<void> make_folders(const engine_shared& shared) {
  const auto& dir = shared.options.dir;
  if (dir.empty()) return fail(errc::invalid_path, "the data folder has no name; set engine_options::dir");
  std::error_code ec;
  if (fs::exists(dir, ec) && !fs::is_directory(dir, ec)) {
    return fail(errc::invalid_path, printable(dir.string()) + " is no folder");
  }
  if (const auto parent = fs::absolute(dir, ec).parent_path(); !fs::exists(parent, ec)) fs::create_directories(parent, ec);
  if (auto ok = sqlite::create_private_folder(dir); !ok) return ok.error();
  if (auto ok = sqlite::create_private_folder(shared.tenants_dir()); !ok) return ok.error();
  return {};
}

}  // namespace

struct engine::state {
  std::shared_ptr<engine_shared> shared;
  std::shared_ptr<tenant_registry> registry = std::make_shared<tenant_registry>();
  std::unique_ptr<own_config> config;
  std::unique_ptr<caf::actor_system> own_system;
  caf::actor_system* system = nullptr;
  system_actor identities;
  image_builder_actor images;
  std::unique_ptr<credential_gate> gate;
  std::shared_ptr<refusal_log> refusals;
  store_actor store;
  checkpointer_actor checkpointer;
  std::unique_ptr<foreign_commits> watcher;
  std::atomic<bool> closed{false};
  std::mutex closing;       // one closes, others wait until it is done
  std::shared_mutex calls;  // shared: a call is using the actors; exclusive: they go away

  ~state() { (void)close(); }

  /// Asks an actor and waits for the answer in this thread.
  template <class Answer, class Handle, class... Parts>
  result<Answer> ask(const Handle& whom, const Parts&... parts) {
    if (in_engine_thread()) {
      return fail(errc::would_deadlock, "a blocking call in a thread that runs the engine's actors");
    }
    const std::shared_lock lock{calls};
    if (closed.load()) return fail(errc::engine_closed, "the engine is closed");
    const logger_release release;
    caf::scoped_actor self{*system};
    result<Answer> out = fail(errc::internal, "no answer");
    self->request(whom, caf::infinite, parts...)
        .receive([&](const Answer& a) { out = a; }, [&](const caf::error& e) { out = from_caf(e); });
    return out;
  }

  std::shared_ptr<system_base::state> system_as(std::shared_ptr<session::state> who) const {
    return std::make_shared<system_base::state>(system_base::state{.engine = shared, .registry = registry, .who = std::move(who)});
  }

  result<std::shared_ptr<tenant_core>> core_of(const org_id& id) {
    if (auto known = registry->find(id)) return known;
    return ask<std::shared_ptr<tenant_core>>(store, open_atom::value, id);
  }

  result<void> close() {
    if (in_engine_thread()) {
      return fail(errc::would_deadlock, "close() from inside the engine would wait for itself");
    }
    const std::scoped_lock one{closing};
    if (closed.exchange(true)) return {};
    shared->permits->close();
    shared->handles.set(nullptr);
    watcher.reset();
    {
      const logger_release release;
      caf::scoped_actor self{*system};
      self->request(store, caf::infinite, close_atom::value).receive([](done) {}, [](const caf::error&) {});
      // Whoever still holds a handle must find nobody at home, and the files closed, when this returns.
      self->wait_for(caf::actor_cast<caf::actor>(store), caf::actor_cast<caf::actor>(identities),
                     caf::actor_cast<caf::actor>(checkpointer), caf::actor_cast<caf::actor>(images));
    }
    shared->system_pool->close();
    const std::scoped_lock no_calls{calls};
    store = nullptr;
    identities = nullptr;
    images = nullptr;
    checkpointer = nullptr;
    own_system.reset();
    return {};
  }
};

result<engine> engine::open(engine_options options) {
  auto s = std::make_unique<state>();
  make_usable(options);
  auto shared = std::make_shared<engine_shared>();
  shared->permits = runtime::permit_pool::make({.requests = options.in_all.requests, .bytes = options.in_all.bytes});
  shared->threads = options.threads != 0
                        ? options.threads
                        : std::max<std::size_t>(least_threads, threads_per_core * std::thread::hardware_concurrency());
  shared->commit_slots = static_cast<int>(std::max<std::size_t>(shared->threads, 3) - 2);
  shared->max_open_tenants = open_tenants_allowed(options);
  shared->options = std::move(options);
  s->shared = shared;
  s->closed = true;  // until everything below stands, there is nothing to close
  if (auto ok = make_folders(*shared); !ok) return ok.error();
  // What a crash left of files that were never finished.
  if (auto ok = sqlite::remove_stale_new_files(shared->options.dir); !ok) return ok.error();
  if (auto ok = sqlite::remove_stale_new_files(shared->tenants_dir()); !ok) return ok.error();
  auto system_options = shared->writer_options();
  system_options.busy_timeout = std::chrono::milliseconds{5000};
  auto system_file = operations::system_store::open(shared->system_file(), system_options, shared->options.env);
  if (!system_file) return system_file.error();

  if (shared->options.host != nullptr) {
    s->system = shared->options.host;
  } else {
    s->config = std::make_unique<own_config>(shared->threads);
    s->own_system = std::make_unique<caf::actor_system>(*s->config);
    s->system = s->own_system.get();
  }
  s->closed = false;
  shared->desk = std::make_shared<access_desk>(shared->options.env, shared->options.scope_mode);
  shared->desk->publish(std::make_shared<const operations::identities>((*system_file)->image()));
  shared->system_pool = runtime::reader_pool::make({.file = shared->system_file(),
                                                    .open = shared->reader_options(),
                                                    .connections = system_readers,
                                                    .reserved_for_actors = system_readers / 2});
  s->refusals = std::make_shared<refusal_log>(shared, random_number(shared->options.env));
  shared->desk->tell_refusals_to([log = s->refusals](refusal what) { log->note(std::move(what)); });
  s->gate = std::make_unique<credential_gate>(shared, random_number(shared->options.env));
  s->identities = spawn_system(*s->system, {.file = std::move(*system_file), .engine = shared, .registry = s->registry});
  s->images = spawn_image_builder(*s->system);
  shared->handles.set(std::make_shared<const actor_handles>(actor_handles{.system = s->identities, .images = s->images}));
  s->checkpointer = spawn_checkpointer(*s->system);
  s->store = spawn_store(*s->system, {.engine = shared,
                                      .system = s->identities,
                                      .images = s->images,
                                      .checkpointer = s->checkpointer,
                                      .registry = s->registry});
  s->watcher = std::make_unique<foreign_commits>(shared, s->registry);
  return engine{std::move(s)};
}

engine::engine(std::unique_ptr<state> s) : state_(std::move(s)) {}
engine::engine(engine&&) noexcept = default;
engine& engine::operator=(engine&&) noexcept = default;
engine::~engine() = default;

result<organization> engine::create_organization(const new_organization& what) {
  return system(access::open{}).create_organization(what);
}

result<std::vector<organization>> engine::organizations() {
  return state_->system_as(state_->shared->desk->open({}, "system"))->run([](operations::system_store& file) {
    return file.list();
  });
}

result<organization> engine::find_organization(const org_id& id) {
  return state_->system_as(state_->shared->desk->open({}, "system"))->run([id](operations::system_store& file) {
    return file.find(id);
  });
}

result<void> engine::create_tenant(const org_id& id) {
  auto answered = state_->ask<done>(state_->store, create_atom::value, id);
  return answered ? result<void>{} : result<void>{answered.error()};
}

result<organization> engine::create_tenant(const new_organization& what) {
  auto made = create_organization(what);
  if (!made) return made;
  if (auto ok = create_tenant(what.id); !ok) return ok.error();
  return made;
}

result<void> engine::remove_tenant(const org_id& id) {
  auto answered = state_->ask<done>(state_->store, remove_atom::value, id);
  return answered ? result<void>{} : result<void>{answered.error()};
}

result<std::vector<org_id>> engine::tenants() { return state_->ask<std::vector<org_id>>(state_->store, list_atom::value); }

result<std::vector<tenant_migration>> engine::migrate_all() {
  auto all = tenants();
  if (!all) return all.error();
  auto options = state_->shared->writer_options();
  options.busy_timeout = state_->shared->options.timeout;  // a migration under way elsewhere is waited for
  std::vector<tenant_migration> out;
  for (const auto& org : *all) {
    auto& report = out.emplace_back();
    report.org = org;
    auto db = sqlite::connection::open(state_->shared->tenant_file(org), options);
    auto layout = db ? sqlite::migrate(*db, sqlite::file_kind::tenant, org) : result<sqlite::file_layout>{db.error()};
    if (!layout) {
      report.failure = in_context(layout.error(), "tenant '" + org.get() + "'");
      continue;
    }
    report.from_version = layout->from_version;
    report.to_version = layout->to_version;
    if (state_->shared->options.system_types.empty()) continue;
    auto core = state_->core_of(org);
    auto types = core ? ensure_system_types(*core, ensuring::again) : result<std::vector<evolution_report>>{core.error()};
    if (types) {
      report.types = std::move(*types);
    } else {
      report.failure = types.error();
    }
  }
  return out;
}

namespace {

result<bool> has_type(const tenant_base& in, const graph_type_name& name) {
  auto view = in.view();
  if (!view) return view.error();
  const auto found = view->find_graph_type(name);
  if (!found && found.error().code == errc::not_found) return false;
  return found ? result<bool>{true} : result<bool>{found.error()};
}

}  // namespace

result<std::vector<tenant_evolution>> engine::ensure_everywhere(const define_graph_type& what, std::int64_t version,
                                                                const fleet_options& options) {
  // What is wrong with the request itself is said once, not by each tenant.
  if (version != 0) {
    if (auto ok = evolution::check_declared_version(version); !ok) return ok.error();
  }
  if (const auto asked = metagraph::definition_of(what); !asked) return asked.error();
  auto all = tenants();
  if (!all) return all.error();
  std::vector<tenant_evolution> out;
  for (const auto& org : *all) {
    auto& one = out.emplace_back();
    one.org = org;
    auto opened = tenant(org, access::open{.actor = "system"});
    auto there = opened && !options.define_absent ? has_type(*opened, what.name) : result<bool>{true};
    if (!opened) {
      one.failure = opened.error();
    } else if (!there) {
      one.failure = there.error();
    } else if (!*there) {
      one.absent = true;
    } else if (auto report = opened->ensure(what, version, options.evolution); report) {
      one.report = std::move(*report);
    } else {
      one.failure = report.error();
    }
    if (options.on_tenant) options.on_tenant(one);
    // Nothing of this tenant alone: the engine is closing, or the caller wants no more.
    if (one.failure.code == errc::engine_closed) break;
    if (options.evolution.stop && options.evolution.stop()) break;
  }
  return out;
}

result<tenant<access::open>> engine::tenant(const org_id& id, access::open mode) {
  auto core = state_->core_of(id);
  if (!core) return core.error();
  if (auto ready = ensure_system_types(*core, ensuring::once); !ready) return ready.error();
  auto who = state_->shared->desk->open(id, std::move(mode.actor));
  return quire::tenant<access::open>{std::move(*core), std::move(who)};
}

result<tenant<access::checked>> engine::tenant(const session& who) {
  const auto& caller = who.shared();
  auto& desk = *state_->shared->desk;
  if (const auto why = desk.standing(*caller); why != errc::none) return desk.refuse(*caller, {}, why);
  // Whether the tenant exists is told to its own people only.
  auto core = state_->core_of(who.org());
  if (!core && (core.error().code == errc::tenant_not_found || core.error().code == errc::invalid_org_id)) {
    return desk.refuse(*caller, {}, errc::tenant_not_found);
  }
  if (!core) return core.error();
  if (auto followed = ensure_followed(*core); !followed) return followed.error();
  if (auto known = check_known(*core, caller); !known) return known.error();
  if (auto ready = ensure_system_types(*core, ensuring::once); !ready) return ready.error();
  return quire::tenant<access::checked>{std::move(*core), caller};
}

result<session> engine::authenticate(const credential& presented, const org_id& org, const session_options& options) {
  return state_->gate->authenticate(presented, org, options);
}

quire::system<access::open> engine::system(access::open mode) {
  return quire::system<access::open>{state_->system_as(state_->shared->desk->open({}, std::move(mode.actor)))};
}

result<quire::system<access::checked>> engine::system(const session& who) {
  auto& desk = *state_->shared->desk;
  const auto& caller = who.shared();
  const auto why = who.org().get().empty() ? desk.standing(*caller) : errc::access_denied;
  if (why != errc::none) return desk.refuse(*caller, {}, why);
  return quire::system<access::checked>{state_->system_as(caller)};
}

result<membership_report> engine::reconcile(const org_id& org, reconcile_mode mode) {
  if (in_engine_thread()) return fail(errc::would_deadlock, "reconciling blocks until it is done");
  auto core = state_->core_of(org);
  if (!core) return core.error();
  return reconcile_memberships(*core, mode == reconcile_mode::repair ? operations::membership_sync::how::everything
                                                                      : operations::membership_sync::how::report_only);
}

engine_status engine::status() const {
  engine_status s;
  s.threads = state_->shared->threads;
  s.open_tenants = state_->shared->open_tenants.load();
  s.in_flight = state_->shared->permits->requests();
  s.in_flight_bytes = state_->shared->permits->bytes();
  s.refusals_not_recorded = state_->refusals->dropped();
  for (const auto& core : state_->registry->all()) s.tenants.push_back(core->status());
  return s;
}

caf::actor_system& engine::actors() { return *state_->system; }

result<void> engine::close() { return state_->close(); }

}  // namespace quire
