#include <quire/runtime/reader_pool.hpp>

#include <algorithm>
#include <thread>

namespace quire::runtime {

read_connection::read_connection(sqlite::connection c)
    : db(std::move(c)),
      types(db),
      rows(db, metagraph::lookups_in(types)),
      changes(db) {}

result<void> read_connection::begin() {
  snapshot.reset();
  auto begun = sqlite::read_transaction::begin(db);
  if (!begun) return begun.error();
  snapshot.emplace(std::move(*begun));
  if (snapshot->data_version() != data_version) {
    data_version = snapshot->data_version();
    types.forget();
  }
  return {};
}

std::shared_ptr<reader_pool> reader_pool::make(options o) {
  return std::shared_ptr<reader_pool>(new reader_pool(std::move(o)));
}

reader_pool::reader_pool(options o) : options_(std::move(o)) {
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.connections, options_.reserved_for_actors + 1); ++i) {
    slots_.push_back(std::make_unique<slot>());
  }
}

reader_pool::~reader_pool() = default;

error reader_pool::closed_error() { return fail(errc::engine_closed, "the tenant was closed while it was being read"); }

reader_pool::slot* reader_pool::find_free(user who) {
  if (who == user::thread && leased_to_threads_ + options_.reserved_for_actors >= slots_.size()) return nullptr;
  slot* found = nullptr;
  for (const auto& s : slots_) {
    if (s->leased) continue;
    if (s->connection) return s.get();  // an open one is the better choice
    if (found == nullptr) found = s.get();
  }
  return found;
}

result<reader_pool::lease> reader_pool::acquire(user who, std::chrono::milliseconds patience) {
  slot* found = nullptr;
  {
    std::unique_lock lock{mutex_};
    freed_.wait_for(lock, patience, [&] { return closed_ || (found = find_free(who)) != nullptr; });
    if (closed_) return closed_error();
    if (found == nullptr) {
      return fail(errc::storage_busy, "all " + std::to_string(slots_.size()) +
                                          " connections of this tenant are held by views; give them back sooner");
    }
    found->leased = true;
    found->holder = who;
    if (who == user::thread) ++leased_to_threads_;
  }
  lease made{shared_from_this(), found};
  const std::scoped_lock lock{found->busy};
  if (!found->connection) {
    auto db = sqlite::connection::open(options_.file, options_.open);
    if (!db) return db.error();
    const std::scoped_lock pool_lock{mutex_};
    if (closed_) return closed_error();
    found->connection.emplace(std::move(*db));
  }
  return made;
}

void reader_pool::lease::give_back() noexcept {
  if (slot_ == nullptr) return;
  {
    const std::scoped_lock lock{slot_->busy};
    if (slot_->connection) slot_->connection->snapshot.reset();
  }
  {
    const std::scoped_lock lock{pool_->mutex_};
    slot_->leased = false;
    if (slot_->holder == user::thread) --pool_->leased_to_threads_;
  }
  pool_->freed_.notify_all();  // threads and actors wait for different shares
  slot_ = nullptr;
  pool_.reset();
}

void reader_pool::close_idle() {
  const std::scoped_lock lock{mutex_};
  if (closed_) return;
  for (const auto& s : slots_) {
    if (!s->leased) s->connection.reset();
  }
}

void reader_pool::close() {
  {
    const std::scoped_lock lock{mutex_};
    closed_ = true;
  }
  freed_.notify_all();
  for (const auto& s : slots_) {
    // Whoever is inside holds `busy`; interrupting needs no lock, because only this function destroys connections that
    // are leased, and `closed_` keeps new ones from being made.
    std::unique_lock lock{s->busy, std::try_to_lock};
    while (!lock.owns_lock()) {
      if (s->connection) s->connection->db.interrupt();
      lock.try_lock();
      if (!lock.owns_lock()) std::this_thread::yield();
    }
    s->connection.reset();
  }
}

std::size_t reader_pool::in_use() const {
  const std::scoped_lock lock{mutex_};
  return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), [](const auto& s) { return s->leased; }));
}

}  // namespace quire::runtime
