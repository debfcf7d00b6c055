#include "tenant_core.hpp"

#include <caf/send.hpp>

namespace quire {

tenant_core::tenant_core(org_id id, std::shared_ptr<engine_shared> shared)
    : org(std::move(id)),
      engine(std::move(shared)),
      permits(runtime::permit_pool::make(
          {.requests = engine->options.per_tenant.requests, .bytes = engine->options.per_tenant.bytes}, engine->permits)),
      ring(engine->options.ring_events, engine->options.ring_bytes),
      pool_(new_pool()) {
  touch();
}

std::shared_ptr<runtime::reader_pool> tenant_core::new_pool() const {
  return runtime::reader_pool::make({.file = engine->tenant_file(org),
                                     .open = engine->reader_options(),
                                     .connections = engine->options.max_readers,
                                     .reserved_for_actors = 1});
}

void tenant_core::set_handles(handles h) {
  const std::scoped_lock lock{mutex_};
  handles_ = std::move(h);
}

tenant_core::handles tenant_core::actors() const {
  const std::scoped_lock lock{mutex_};
  return handles_;
}

tenant_writer_actor tenant_core::writer() const {
  const std::scoped_lock lock{mutex_};
  return handles_.writer;
}

feed_hub_actor tenant_core::feed() const {
  const std::scoped_lock lock{mutex_};
  return handles_.feed;
}

reader_actor tenant_core::next_reader() {
  const std::scoped_lock lock{mutex_};
  if (handles_.readers.empty()) return {};
  return handles_.readers[turn_++ % handles_.readers.size()];
}

bool tenant_core::is_closed() const {
  const std::scoped_lock lock{mutex_};
  return closed_;
}

void tenant_core::declare(const graph_type_name& type, std::int64_t version) {
  const std::scoped_lock lock{mutex_};
  declared_[type] = version;
}

std::map<graph_type_name, std::int64_t> tenant_core::declared_versions() const {
  const std::scoped_lock lock{mutex_};
  return declared_;
}

std::shared_ptr<runtime::reader_pool> tenant_core::pool() const {
  const std::scoped_lock lock{mutex_};
  return pool_;
}

void tenant_core::renew_pool() {
  std::shared_ptr<runtime::reader_pool> old;
  {
    const std::scoped_lock lock{mutex_};
    if (closed_) return;
    old = std::exchange(pool_, new_pool());
  }
  old->close();
}

void tenant_core::close() {
  permits->close();
  ring.close();
  std::shared_ptr<runtime::reader_pool> pool;
  {
    const std::scoped_lock lock{mutex_};
    closed_ = true;
    pool = pool_;
    handles_ = {};
  }
  pool->close();
}

void tenant_core::count_subscribers(std::atomic<std::size_t>& which, std::ptrdiff_t by) noexcept {
  which.fetch_add(static_cast<std::size_t>(by));
  engine->subscribers.fetch_add(static_cast<std::size_t>(by));
}

void tenant_core::wake_feed() {
  if (actor_subscribers.load() == 0 || feed_woken_.exchange(true)) return;
  if (auto hub = feed()) caf::anon_send(hub, wake_atom::value);
}

tenant_status tenant_core::status() const {
  tenant_status s;
  s.org = org;
  s.open = file_open;
  s.seq = change_seq{last_seq};
  s.requests = requests;
  s.failed = failed;
  s.commits = commits;
  s.busy = permits->refused();
  s.foreign_commits = foreign_commits;
  s.in_flight = permits->requests();
  s.in_flight_bytes = permits->bytes();
  s.subscribers = thread_subscribers + actor_subscribers;
  s.views = pool()->in_use();
  s.wal_bytes = wal_bytes;
  return s;
}

}  // namespace quire
