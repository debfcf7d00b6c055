#include "tenant_state.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <thread>

#include "access_desk.hpp"
#include "image_builder.hpp"
#include "judgement.hpp"

namespace quire {
namespace {

using namespace std::chrono_literals;

constexpr auto retry_delay = 1ms;
// An image is built anew so long after it was built, once others committed.
constexpr auto image_age_limit = 60s;
// Where other processes write too, the lock is left free this long, this often: SQLite's lock has no queue.
constexpr auto room_for_others = 2ms;
constexpr auto room_every = 50ms;
constexpr auto foreign_is_recent = 1s;
// A checkpoint aside leaves only what was written meanwhile; so much the writer may finish itself.
constexpr std::int64_t frames_to_finish = 2'000;
constexpr std::chrono::milliseconds pause_between_parts{2};
constexpr std::chrono::milliseconds pause_after_failure{1000};
constexpr auto patience_with_readers = 20ms;
constexpr std::size_t far_too_large = 3;  // times the soft bound
// Of the time of the last commit, how much the next may wait for the callers just answered to come back, and at most.
constexpr int company_share = 8;
constexpr auto company_limit = 100us;

bool removes_graph(const write_request& request) {
  return std::any_of(request.operations.begin(), request.operations.end(),
                     [](const operation& op) { return std::holds_alternative<delete_graph>(op); });
}

}  // namespace

tenant_state::~tenant_state() {
  if (!parts_.core) return;
  close_file();
  // Whoever sent a request may hold a copy of it, so being destroyed does not answer it.
  const auto about = "tenant '" + parts_.core->org.get() + "': the writer ended";
  gate_->refuse(fail(errc::commit_unknown, about + " while the request was under way; read before trying again"));
  refuse_queue(fail(errc::engine_closed, about + "; not applied"));
}

void tenant_state::start(tenant_writer_actor::pointer self, parts p) {
  self_ = self;
  parts_ = std::move(p);
  gate_ = std::make_unique<commit_gate>(*parts_.core);
}

caf::result<write_reply> tenant_state::write(const write_request& request) {
  parts_.core->touch();
  auto envelope = std::make_shared<write_envelope>();
  envelope->request = request;
  auto who = parts_.core->engine->desk->find(request.session);
  if (!who) return to_caf(in_context(who.error(), "tenant '" + parts_.core->org.get() + "'"));
  envelope->who = std::move(*who);
  auto place = parts_.core->permits->acquire(size_in_memory(request));
  if (!place) return to_caf(in_context(place.error(), "tenant '" + parts_.core->org.get() + "'"));
  envelope->in_flight = std::move(*place);
  envelope->promise = self_->make_response_promise<write_reply>();
  auto promise = envelope->promise;
  enqueue(std::move(envelope));
  return promise;
}

caf::result<write_reply> tenant_state::write(const admitted_write& admitted) {
  auto envelope = admitted.envelope;
  if (!envelope || !envelope->take()) {
    return to_caf(fail(errc::invalid_option, "a write is admitted by `quire::admit` and sent once"));
  }
  auto promise = self_->make_response_promise<write_reply>();
  if (!envelope->done) envelope->promise = promise;
  enqueue(std::move(envelope));
  return promise;
}

void tenant_state::enqueue(std::shared_ptr<write_envelope> envelope) {
  if (closing_) {
    envelope->answer(fail(errc::engine_closed, "the engine is closing; not applied"));
    return;
  }
  queue_.push_back(std::move(envelope));
  send_flush();
}

void tenant_state::put_back(std::vector<std::shared_ptr<write_envelope>> envelopes) {
  queue_.insert(queue_.begin(), std::make_move_iterator(envelopes.begin()), std::make_move_iterator(envelopes.end()));
}

void tenant_state::send_flush() {
  if (flush_sent_) return;
  flush_sent_ = true;
  self_->send(tenant_writer_actor{self_}, flush_atom::value);
}

void tenant_state::flush_later(std::chrono::milliseconds delay) {
  if (flush_sent_) return;
  flush_sent_ = true;
  self_->delayed_send(tenant_writer_actor{self_}, delay, flush_atom::value);
}

void tenant_state::drop_expired() {
  const auto now = parts_.core->engine->options.env.time->now();
  for (auto& envelope : queue_) {
    if (!envelope->expired(now)) continue;
    gate_->refuse(envelope, fail(errc::deadline_exceeded,
                                 "tenant '" + parts_.core->org.get() + "': the request waited past its deadline; not applied"));
    envelope.reset();
  }
  std::erase(queue_, nullptr);
}

void tenant_state::refuse_queue(const error& e) {
  auto waiting = std::exchange(queue_, {});
  for (const auto& envelope : waiting) gate_->refuse(envelope, e);
}

bool tenant_state::expects_company() const {
  // Who was answered a moment ago often asks again at once. Two half groups cost two fsyncs where one would do, so a group
  // smaller than the last one waits for a small part of what a commit takes. A lone caller never waits.
  if (closing_ || queue_.size() >= last_group_) return false;
  const auto patience = std::min<steady::duration>(last_commit_took_ / company_share, company_limit);
  return steady::now() - last_commit_end_ < patience;
}

bool tenant_state::leaves_room_for_others() {
  const auto now = steady::now();
  if (now - foreign_at_ > foreign_is_recent || now - room_at_ < room_every) return false;
  room_at_ = now;
  return true;
}

bool tenant_state::ensure_open() {
  if (file_) return true;
  auto& core = *parts_.core;
  auto opened = operations::tenant_store::open(core.engine->tenant_file(core.org), core.org, core.engine->writer_options(),
                                               core.engine->options.env);
  if (!opened) {
    auto e = opened.error();
    if (e.code == errc::not_found) e.code = errc::tenant_not_found;
    if (e.code == errc::storage_busy && !gives_up()) {
      flush_later(retry_delay);  // another process is opening or migrating it
    } else {
      refuse_queue(e);
    }
    return false;
  }
  file_ = std::move(*opened);
  for (const auto& [type, version] : core.declared_versions()) file_->declare(type, version);
  if (auto ok = catch_up(); !ok) {
    file_.reset();
    if (ok.error().code == errc::storage_busy && !gives_up()) {
      flush_later(retry_delay);  // another process writes
    } else {
      refuse_queue(in_context(ok.error(), "tenant '" + core.org.get() + "'"));
    }
    return false;
  }
  if (auto untold = file_->untold_acts()) tell_audit(std::move(*untold));
  sleepy_ = false;
  core.caught_up.store(true);
  core.file_open.store(true);
  core.last_seq.store(file_->last_seq().get());
  core.ring.skip_to(file_->last_seq());
  core.wake_feed();  // others may have written while the file was closed
  if (core.engine->open_tenants.fetch_add(1) + 1 > core.engine->max_open_tenants) {
    if (auto store = caf::actor_cast<store_actor>(parts_.store)) caf::anon_send(store, evict_atom::value);
  }
  tidy_later(pause_between_parts);  // what an earlier run left
  if (!ticking_) {
    ticking_ = true;
    self_->delayed_send(tenant_writer_actor{self_}, core.engine->options.idle, tick_atom::value);
  }
  return true;
}

void tenant_state::close_file() {
  if (!file_) return;
  // The writer's connection goes last: only one that may write leaves no log behind.
  parts_.core->pool()->close_idle();
  parts_.core->access.drop();  // nobody keeps it current from now on
  file_.reset();
  parts_.core->file_open.store(false);
  parts_.core->engine->open_tenants.fetch_sub(1);
}

void tenant_state::note_foreign_commit() {
  foreign_at_ = steady::now();
  auto& core = *parts_.core;
  core.foreign_commits.fetch_add(1);
  if (core.access.present()) {
    follow_image({});
    // Programs that write no events are not followed: what they did is seen when all is read again.
    const auto age = steady::now() - image_built_;
    if (!std::exchange(recheck_sent_, true)) {
      const auto rest = std::max<steady::duration>(steady::duration{0}, image_age_limit - age);
      self_->delayed_send(tenant_writer_actor{self_}, std::chrono::duration_cast<std::chrono::milliseconds>(rest),
                          recheck_atom::value);
    }
  }
  core.last_seq.store(file_->last_seq().get());
  core.ring.skip_to(file_->last_seq());
  core.wake_feed();
}

void tenant_state::flush() {
  flush_sent_ = false;
  drop_expired();
  if (queue_.empty() || !ensure_open()) return end_if_done();
  if (expects_company()) {
    std::this_thread::yield();
    return send_flush();
  }
  auto& core = *parts_.core;
  const commit_slot slot{*core.engine};
  if (!slot) return flush_later(retry_delay);
  if (leaves_room_for_others()) return flush_later(room_for_others);
  if (log_is_full()) {
    refuse_queue(fail(errc::storage_busy, "tenant '" + core.org.get() +
                                              "': the write-ahead log is at its limit because a view or another process "
                                              "keeps it from being reused; try again later"));
    return end_if_done();
  }
  // Writing faster than the disk can take it in for good: the checkpoint aside must get to the end of the log.
  if (checkpoint_runs_ && !closing_ && log_is_outgrown()) return flush_later(room_for_others);
  auto begun = file_->begin();
  if (!begun && begun.error().code == errc::storage_busy) {
    if (gives_up()) {
      refuse_queue(in_context(begun.error(), "tenant '" + core.org.get() + "'"));
      return end_if_done();
    }
    return flush_later(retry_delay);
  }
  if (!begun) {
    const auto e = in_context(begun.error(), "tenant '" + core.org.get() + "'");
    close_file();
    if (e.code == errc::file_replaced) core.renew_pool();
    refuse_queue(e);
    return end_if_done();
  }
  if (*begun) note_foreign_commit();
  if (apply_group()) commit_group();
  if (!queue_.empty()) send_flush();
  end_if_done();
}

bool tenant_state::apply_group() {
  const auto& limits = parts_.core->engine->options.group;
  const auto start = steady::now();
  std::size_t bytes = 0;
  while (!queue_.empty() && gate_->size() < limits.requests && bytes < limits.bytes) {
    const bool barrier = queue_.front()->is_barrier(*file_);
    if (barrier && gate_->size() > 0) break;
    auto envelope = std::move(queue_.front());
    queue_.pop_front();
    bytes += envelope->in_flight.bytes();
    removes_graph_ = removes_graph_ || removes_graph(envelope->request);
    auto applied = apply(*envelope);
    if (!file_->is_open()) {
      // The culprit alone is told; its neighbours are applied again in the next transaction.
      file_->roll_back();
      put_back(gate_->take_back());
      gate_->refuse(envelope, applied ? fail(errc::storage_io, "SQLite ended the transaction; not applied") : applied.error());
      return false;
    }
    gate_->hold(std::move(envelope), std::move(applied));
    if (barrier || steady::now() - start > limits.time) break;
  }
  return true;
}

void tenant_state::commit_group() {
  const auto size = gate_->size();
  const auto start = steady::now();
  auto done = file_->commit();
  if (done) {
    follow_image(done->events);
    auto acts = file_->acts_in(done->events);
    gate_->open(std::move(*done));
    if (acts) tell_audit(std::move(*acts));  // what cannot be read now is marked in the file
    last_group_ = size;
    last_commit_end_ = steady::now();
    last_commit_took_ = last_commit_end_ - start;
    if (std::exchange(removes_graph_, false)) tidy_later(pause_between_parts);
    return watch_log_size();
  }
  auto e = in_context(done.error(), "tenant '" + parts_.core->org.get() + "'");
  if (e.code == errc::storage_busy && !gives_up()) {
    put_back(gate_->take_back());
    return flush_later(retry_delay);
  }
  if (e.code == errc::commit_unknown) {
    // Whether the commit is in the file is known only once all connections are closed and one is opened anew.
    close_file();
    parts_.core->renew_pool();
  }
  gate_->refuse(e);
  // Subscribers find in the file what became of it.
  if (e.code == errc::commit_unknown && ensure_open()) parts_.core->wake_feed();
}

result<write_reply> tenant_state::apply(const write_envelope& envelope) {
  if (envelope.is_own()) return envelope.apply_own(*file_);
  auto& core = *parts_.core;
  const judged_caller by{core, envelope.who};
  if (auto ok = by.check_standing(); !ok) return ok.error();
  // Within this transaction the file is as it was committed: whoever changes the graph of access control is alone in one.
  const auto image = by.session().open ? nullptr : core.access.present();
  if (!by.session().open && !image) want_image(core);
  auto reply = file_->apply(envelope.request, by.caller(), image.get());
  if (!reply && reply.error().code == errc::access_denied && !by.session().open) {
    const auto& why = file_->last_denial();
    (void)core.engine->desk->refuse(by.session(), why.needs.operation, why.reason);
  }
  return reply;
}

result<void> tenant_state::catch_up() {
  auto& core = *parts_.core;
  auto lease = core.engine->system_pool->acquire(runtime::reader_pool::user::actor, patience_with_readers);
  if (!lease) return lease.error();
  return lease->with([&](runtime::read_connection& system) -> result<void> {
    auto there = operations::has_access(file_->connection());
    if (!there) return there.error();
    if (!*there) {
      auto members = operations::read_memberships(system.db, core.org);
      if (!members) return members.error();
      return file_->ensure_access(*members);
    }
    auto behind = file_->memberships().is_behind(file_->connection(), system.db);
    if (!behind || !*behind) return behind ? result<void>{} : result<void>{behind.error()};
    if (auto begun = file_->begin(); !begun) return begun.error();
    auto followed = file_->follow_memberships(system.db, operations::membership_sync::how::events);
    if (!followed) {
      file_->roll_back();
      // A file whose graph of access control is missing or double serves those who are not checked.
      return followed.error().code == errc::acl_graph_missing ? result<void>{} : result<void>{followed.error()};
    }
    auto done = file_->commit();
    return done ? result<void>{} : result<void>{done.error()};
  });
}

void tenant_state::tell_audit(std::vector<operations::told_act> acts) {
  const auto handles = parts_.core->engine->handles.get();
  if (acts.empty() || !handles) return;
  told_from_ = file_->last_seq();
  caf::anon_send(
      handles->system,
      system_work{.run =
                      [org = parts_.core->org, acts = std::move(acts), up_to = told_from_,
                       writer = caf::actor_cast<caf::actor_addr>(self_)](operations::system_store& file) {
                        auto told = file.write(
                            operations::system_store::author{}, {.operation = "acl", .scopes = {}},
                            [&](operations::system_store::tools& with) -> result<void> {
                              for (const auto& act : acts) {
                                with.in.actor = act.actor;
                                auto once = with.tables.audit.append_once(
                                    act.id, {.action = act.action, .org = org.get(), .target = act.target}, with.in);
                                if (!once) return once.error();
                              }
                              return {};
                            });
                        // Not told: what is marked in the tenant's file is told when that is opened again.
                        if (!told) return;
                        if (auto tenant = caf::actor_cast<tenant_writer_actor>(writer)) {
                          caf::anon_send(tenant, audit_told{up_to});
                        }
                      },
                  .answer = {}});
}

void tenant_state::audit_is_told(change_seq up_to) {
  if (up_to != told_from_ || closing_) return;  // a later one is under way, and clears both
  auto envelope = std::make_shared<write_envelope>();
  envelope->request.deadline = timestamp::max();
  envelope->upkeep = [](operations::tenant_store& file) -> result<write_reply> {
    auto cleared = file.acts_are_told();
    return cleared ? result<write_reply>{write_reply{}} : result<write_reply>{cleared.error()};
  };
  enqueue(std::move(envelope));
}

void tenant_state::follow_image(std::span<const change_event> events) {
  auto& access = parts_.core->access;
  const auto image = access.present();
  if (!image) return;
  auto next = acl::acl_image::refreshed(*image, file_->connection(), events);
  access.publish(next ? std::move(*next) : nullptr);  // without one, checks go by SQL until it is built again
}

void tenant_state::take_image(std::shared_ptr<const acl::acl_image> image) {
  auto& access = parts_.core->access;
  access.building_ended();
  if (closing_ || !file_) return;  // whoever needs it next asks again
  auto next = acl::acl_image::refreshed(*image, file_->connection(), {});
  if (!next) return;
  image_built_ = steady::now();
  access.publish(std::move(*next));
}

void tenant_state::recheck() {
  recheck_sent_ = false;
  if (!closing_ && file_ && parts_.core->access.present()) want_image(*parts_.core);
}

bool tenant_state::log_is_outgrown() const {
  return static_cast<std::size_t>(file_->connection().wal_bytes()) >=
         far_too_large * parts_.core->engine->options.wal_soft_bytes;
}

bool tenant_state::log_is_full() {
  auto& core = *parts_.core;
  auto& db = file_->connection();
  const auto over = [&] { return static_cast<std::size_t>(db.wal_bytes()) > core.engine->options.wal_hard_bytes; };
  if (!over()) return false;
  // A checkpoint aside does the copying; when it has run there is little left, and the log can begin anew unless somebody
  // still reads from it.
  if (!checkpoint_runs_ && db.checkpoint(true) && !over()) {
    core.wal_bytes.store(0, std::memory_order_relaxed);
    return false;
  }
  watch_log_size();
  return true;
}

void tenant_state::watch_log_size() {
  auto& core = *parts_.core;
  const auto bytes = static_cast<std::size_t>(file_->connection().wal_bytes());
  core.wal_bytes.store(bytes, std::memory_order_relaxed);
  if (bytes < core.engine->options.wal_soft_bytes || checkpoint_runs_) return;
  checkpoint_runs_ = true;
  self_->send(parts_.checkpointer, parts_.core);
}

void tenant_state::checkpointed(std::int64_t frames_left) {
  checkpoint_runs_ = false;
  end_if_done();
  if (closing_) return;
  if (!file_ || frames_left == 0) return;
  // Without the writer's help the log would begin anew only when it pauses. Callers wait meanwhile, so it helps with a
  // little, or when the log has outgrown its bound in spite of the checkpoints aside. A failure costs another try.
  auto& db = file_->connection();
  const bool outgrown = log_is_outgrown();
  if (frames_left > frames_to_finish && !outgrown) return;
  // Copying alone does not shorten a log that somebody is always reading: then wait for the moment between two readers.
  if (outgrown) db.set_busy_timeout(patience_with_readers);
  auto copied = db.checkpoint(outgrown);
  if (!copied && outgrown) copied = db.checkpoint();
  if (outgrown) db.set_busy_timeout(parts_.core->engine->writer_options().busy_timeout);
  if (copied) parts_.core->wal_bytes.store(static_cast<std::uint64_t>(db.wal_bytes()), std::memory_order_relaxed);
}

void tenant_state::probe() {
  if (closing_ || !ensure_open()) return;
  auto foreign = file_->look_for_foreign_commits();
  if (foreign && *foreign) note_foreign_commit();
  if (!foreign && foreign.error().code == errc::file_replaced) {
    close_file();
    parts_.core->renew_pool();
  }
}

void tenant_state::sleep() {
  sleepy_ = true;
  sleep_if_idle();
}

void tenant_state::sleep_if_idle() {
  if (sleepy_ && queue_.empty() && !checkpoint_runs_) close_file();
}

void tenant_state::tidy_later(std::chrono::milliseconds pause) {
  if (tidying_ || closing_) return;
  auto more = file_->has_parts_to_remove();
  if (!more || !*more) return;
  tidying_ = true;
  self_->delayed_send(tenant_writer_actor{self_}, pause, tidy_atom::value);
}

void tenant_state::tidy() {
  tidying_ = false;
  if (closing_ || !ensure_open() || tidying_) return;
  const commit_slot slot{*parts_.core->engine};
  auto pause = pause_after_failure;  // a full disk or a foreign lock does not pass in milliseconds
  auto begun = slot ? file_->begin() : result<bool>{fail(errc::storage_busy, "all commit slots are taken")};
  if (begun) {
    if (*begun) note_foreign_commit();
    if (auto removed = file_->remove_part(); removed && file_->is_open()) {
      const auto before = parts_.core->commits.load();
      commit_group();  // nobody waits for an answer; the event of the last part leaves by the gate
      if (parts_.core->commits.load() != before) pause = pause_between_parts;
    } else {
      file_->roll_back();
    }
  }
  if (file_) tidy_later(pause);
}

void tenant_state::tick() {
  ticking_ = false;
  if (!file_) return;
  auto& core = *parts_.core;
  const auto used = steady::time_point{steady::duration{core.last_used.load()}};
  const bool wanted = core.thread_subscribers.load() + core.actor_subscribers.load() > 0;
  probe();
  if (!file_) return;
  if (queue_.empty() && !wanted && steady::now() - used >= core.engine->options.idle) {
    close_file();
  } else {
    ticking_ = true;
    self_->delayed_send(tenant_writer_actor{self_}, core.engine->options.idle, tick_atom::value);
  }
}

caf::result<done> tenant_state::close() {
  closing_ = true;
  closed_ = self_->make_response_promise<done>();
  if (queue_.empty()) {
    end_if_done();
  } else {
    send_flush();
  }
  return closed_;
}

void tenant_state::end_if_done() {
  if (!closing_) return sleep_if_idle();
  // A checkpoint aside has the file open: it may not be moved away, nor called closed, before that ends.
  if (!queue_.empty() || checkpoint_runs_ || !closed_.pending()) return;
  parts_.core->pool()->close();
  close_file();
  closed_.deliver(done{});
  self_->quit();
}

tenant_writer_actor spawn_tenant(caf::actor_system& system, tenant_state::parts parts) {
  using stateful = tenant_writer_actor::stateful_pointer<tenant_state>;
  return system.spawn([parts = std::move(parts)](stateful self) mutable -> tenant_writer_actor::behavior_type {
    self->state.start(self, std::move(parts));
    auto& state = self->state;
    return {
        [&state](const write_request& request) { return state.write(request); },
        [&state](const admitted_write& admitted) { return state.write(admitted); },
        [&state](flush_atom) { state.flush(); },
        [&state](probe_atom) { state.probe(); },
        [&state](const checkpoint_done& done) { state.checkpointed(done.frames_left); },
        [&state](sleep_atom) { state.sleep(); },
        [&state](tidy_atom) { state.tidy(); },
        [&state](tick_atom) { state.tick(); },
        [&state](const image_built& built) { state.take_image(built.image); },
        [&state](const audit_told& told) { state.audit_is_told(told.up_to); },
        [&state](recheck_atom) { state.recheck(); },
        [&state](close_atom) { return state.close(); },
    };
  });
}

}  // namespace quire
