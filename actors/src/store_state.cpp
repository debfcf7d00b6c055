#include "store_state.hpp"

#include <quire/operations/tenant_store.hpp>
#include <quire/sqlite/create_file.hpp>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <algorithm>

#include "access_desk.hpp"
#include "audit_note.hpp"
#include "feed_state.hpp"
#include "reader_actor.hpp"
#include "tenant_state.hpp"

namespace quire {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds patience_with_others{1000};

constexpr std::string_view file_prefix = "tenant-";
constexpr std::string_view file_suffix = ".db";

std::string about(const org_id& org) { return "tenant '" + printable(org.get()) + "'"; }

error no_tenant(const org_id& org) {
  return fail(errc::tenant_not_found, about(org) + " does not exist; create it first");
}

error leaves(const org_id& org) { return fail(errc::tenant_not_found, about(org) + " is being removed"); }

caf::result<done> answer_of(const result<void>& r) {
  if (!r) return to_caf(r.error());
  return done{};
}

}  // namespace

void store_state::start(store_actor::pointer self, parts p) {
  self_ = self;
  parts_ = std::move(p);
  self_->set_down_handler([this](const caf::down_msg& down) { revive(down.source); });
}

result<void> store_state::check(const org_id& org) const {
  if (closing_) return fail(errc::engine_closed, "the engine is closing");
  if (!is_valid_org_id(org.get())) {
    return fail(errc::invalid_org_id, "organization id '" + printable(org.get()) +
                                          "': 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or digit");
  }
  return {};
}

bool store_state::file_exists(const org_id& org) const {
  std::error_code ignored;
  return fs::is_regular_file(parts_.engine->tenant_file(org), ignored);
}

caf::result<std::shared_ptr<tenant_core>> store_state::open(const org_id& org) {
  if (auto ok = check(org); !ok) return to_caf(ok.error());
  if (auto known = parts_.registry->find(org)) return known;
  if (leaving_.contains(org.get())) return to_caf(leaves(org));
  if (!file_exists(org)) return to_caf(no_tenant(org));
  return wake(org);
}

std::shared_ptr<tenant_core> store_state::wake(const org_id& org) {
  auto core = std::make_shared<tenant_core>(org, parts_.engine);
  tenant_core::handles handles{.writer = make_writer(core), .feed = make_feed(core), .readers = {}};
  for (std::size_t i = 0; i < std::max<std::size_t>(1, parts_.engine->options.reader_actors); ++i) {
    handles.readers.push_back(make_reader(core));
  }
  core->set_handles(std::move(handles));
  parts_.registry->add(core);
  return core;
}

tenant_writer_actor store_state::make_writer(const std::shared_ptr<tenant_core>& core) {
  auto made = spawn_tenant(self_->home_system(), {.core = core,
                                                  .checkpointer = parts_.checkpointer,
                                                  .store = caf::actor_cast<caf::actor_addr>(self_)});
  self_->monitor(made);
  return made;
}

feed_hub_actor store_state::make_feed(const std::shared_ptr<tenant_core>& core) {
  auto made = spawn_feed(self_->home_system(), core);
  self_->monitor(made);
  return made;
}

reader_actor store_state::make_reader(const std::shared_ptr<tenant_core>& core) {
  auto made = spawn_reader(self_->home_system(), core);
  self_->monitor(made);
  return made;
}

void store_state::revive(const caf::actor_addr& who) {
  // Tenants that end on purpose have left the registry before.
  for (const auto& core : parts_.registry->all()) {
    auto handles = core->actors();
    const auto reader =
        std::find_if(handles.readers.begin(), handles.readers.end(), [&](const auto& r) { return r == who; });
    if (handles.writer == who) {
      handles.writer = make_writer(core);
    } else if (handles.feed == who) {
      handles.feed = make_feed(core);
    } else if (reader != handles.readers.end()) {
      *reader = make_reader(core);
    } else {
      continue;
    }
    return core->set_handles(std::move(handles));
  }
}

caf::result<done> store_state::create(const org_id& org) {
  if (auto ok = check(org); !ok) return to_caf(ok.error());
  if (leaving_.contains(org.get())) {
    return to_caf(fail(errc::storage_busy, about(org) + " is just being removed; try again"));
  }
  if (file_exists(org)) return to_caf(fail(errc::tenant_exists, about(org) + " exists already"));
  // Of a new organization the image knows as soon as its maker was answered.
  if (!parts_.engine->desk->identities()->has_organization(org.get())) {
    return to_caf(fail(errc::not_found, about(org) + ": there is no such organization; create it first"));
  }
  auto lease = parts_.engine->system_pool->acquire(runtime::reader_pool::user::actor, patience_with_others);
  if (!lease) return to_caf(in_context(lease.error(), about(org)));
  auto members = lease->with([&](runtime::read_connection& on) { return operations::read_memberships(on.db, org); });
  if (!members) return to_caf(in_context(members.error(), about(org)));
  auto made = operations::tenant_store::create_file(parts_.engine->tenant_file(org), org, parts_.engine->writer_options(),
                                                    parts_.engine->options.env, &*members);
  if (!made && made.error().code == errc::conflict) {
    return to_caf(fail(errc::tenant_exists, about(org) + " exists already"));
  }
  if (!made) return to_caf(in_context(made.error(), about(org)));
  audit("tenant.created", org);
  return done{};
}

void store_state::audit(std::string_view action, const org_id& org) const {
  tell_audit(*parts_.engine, {.action = action, .org = org, .target = org.get()});
}

result<void> store_state::move_away(const org_id& org) {
  const auto from = parts_.engine->tenant_file(org);
  const auto now = parts_.engine->options.env.time->now().time_since_epoch().count();
  const auto stem = std::string{file_prefix} + org.get() + "-" + std::to_string(now);
  if (auto ok = sqlite::create_private_folder(parts_.engine->removed_dir()); !ok) return ok.error();
  {
    // All commits must be in the one file that is renamed; what is left in a log would be lost.
    auto options = parts_.engine->writer_options();
    options.busy_timeout = patience_with_others;
    auto db = sqlite::connection::open(from, options);
    if (!db) return in_context(db.error(), about(org));
    if (auto copied = db->checkpoint(true); !copied) {
      return in_context(copied.error(), about(org) + ": another process is using its file; end that first");
    }
  }
  std::error_code ec;
  fs::rename(from, parts_.engine->removed_dir() / (stem + std::string{file_suffix}), ec);
  if (ec) return fail(errc::storage_io, about(org) + ": moving its file away: " + ec.message());
  for (const auto* part : {"-wal", "-shm"}) fs::remove(from.string() + part, ec);  // empty, if another process keeps them
  if (auto ok = sqlite::sync_folder(parts_.engine->removed_dir()); !ok) return ok.error();
  return sqlite::sync_folder(parts_.engine->tenants_dir());
}

caf::result<done> store_state::remove(const org_id& org) {
  if (auto ok = check(org); !ok) return to_caf(ok.error());
  if (leaving_.contains(org.get())) return to_caf(leaves(org));
  if (!file_exists(org)) return to_caf(no_tenant(org));
  auto core = parts_.registry->find(org);
  if (!core) {
    auto moved = move_away(org);
    if (moved) audit("tenant.removed", org);
    return answer_of(moved);
  }
  auto promise = self_->make_response_promise<done>();
  leaving_.insert(org.get());
  end_tenant(core, [this, org, promise]() mutable {
    auto moved = move_away(org);
    leaving_.erase(org.get());
    if (moved) {
      audit("tenant.removed", org);
      promise.deliver(done{});
    } else {
      promise.deliver(to_caf(moved.error()));
    }
  });
  return promise;
}

void store_state::end_tenant(const std::shared_ptr<tenant_core>& core, const std::function<void()>& then) {
  ++jobs_;
  parts_.registry->remove(core->org);
  core->permits->close();
  const auto actors = core->actors();
  auto finish = [this, core, actors, then] {
    core->close();
    caf::anon_send_exit(actors.feed, caf::exit_reason::user_shutdown);
    for (const auto& reader : actors.readers) caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
    if (then) then();
    job_done();
  };
  self_->request(actors.writer, caf::infinite, close_atom::value)
      .then([finish](done) { finish(); }, [finish](const caf::error&) { finish(); });
}

caf::result<std::vector<org_id>> store_state::list() {
  std::vector<org_id> found;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator{parts_.engine->tenants_dir(), ec}) {
    const auto file = entry.path().filename().string();
    if (!file.starts_with(file_prefix) || !file.ends_with(file_suffix)) continue;
    const auto org = file.substr(file_prefix.size(), file.size() - file_prefix.size() - file_suffix.size());
    if (is_valid_org_id(org)) found.emplace_back(org);
  }
  if (ec) return to_caf(fail(errc::storage_io, "listing tenants: " + ec.message()));
  std::sort(found.begin(), found.end());
  return found;
}

void store_state::evict() {
  // Tenants go on being used while they are put in order, so their times are taken once.
  std::vector<std::pair<std::int64_t, std::shared_ptr<tenant_core>>> open;
  for (auto& core : parts_.registry->all()) {
    if (core->file_open.load()) open.emplace_back(core->last_used.load(), std::move(core));
  }
  if (open.size() <= parts_.engine->max_open_tenants) return;
  // The ones not used for longest go to sleep; a little more than needed, so that not every opening comes here.
  std::sort(open.begin(), open.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto surplus = open.size() - parts_.engine->max_open_tenants + parts_.engine->max_open_tenants / 16;
  for (std::size_t i = 0; i < std::min(surplus, open.size() - 1); ++i) {
    if (auto writer = open[i].second->writer()) self_->send(writer, sleep_atom::value);
  }
}

caf::result<done> store_state::close() {
  closing_ = true;
  closed_ = self_->make_response_promise<done>();
  for (const auto& core : parts_.registry->all()) end_tenant(core, {});
  end_if_done();
  return closed_;
}

void store_state::job_done() {
  --jobs_;
  end_if_done();
}

void store_state::end_if_done() {
  if (jobs_ > 0 || !closed_.pending()) return;
  caf::anon_send_exit(parts_.checkpointer, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(parts_.images, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(parts_.system, caf::exit_reason::user_shutdown);
  closed_.deliver(done{});
  self_->quit();
}

store_actor spawn_store(caf::actor_system& system, store_state::parts parts) {
  using stateful = store_actor::stateful_pointer<store_state>;
  return system.spawn([parts = std::move(parts)](stateful self) mutable -> store_actor::behavior_type {
    self->state.start(self, std::move(parts));
    auto& state = self->state;
    return {
        [&state](open_atom, const org_id& org) { return state.open(org); },
        [&state](create_atom, const org_id& org) { return state.create(org); },
        [&state](remove_atom, const org_id& org) { return state.remove(org); },
        [&state](list_atom) { return state.list(); },
        [&state](evict_atom) { state.evict(); },
        [&state](close_atom) { return state.close(); },
    };
  });
}

}  // namespace quire
