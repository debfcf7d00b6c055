#include <quire/runtime/feed_ring.hpp>

#include <algorithm>

namespace quire::runtime {
namespace {

std::size_t size_in_memory(const change_batch& batch) {
  auto bytes = batch.capacity() * sizeof(change_event);
  for (const auto& e : batch) bytes += e.key.size() + e.graph.get().size() + e.attributes.text().size() + 64;
  return bytes;
}

}  // namespace

void feed_ring::skip_to(change_seq seq) {
  {
    const std::scoped_lock lock{mutex_};
    if (seq <= last_) return;
    last_ = seq;
    entries_.clear();
    events_ = bytes_ = 0;
    if (waiting_ == 0) return;
  }
  moved_.notify_all();
}

void feed_ring::push(std::shared_ptr<const change_batch> batch) {
  if (batch->empty()) return;
  const auto bytes = size_in_memory(*batch);
  {
    const std::scoped_lock lock{mutex_};
    if (batch->back().seq <= last_) return;
    if (batch->front().seq.get() != last_.get() + 1) {
      entries_.clear();
      events_ = bytes_ = 0;
    }
    last_ = batch->back().seq;
    events_ += batch->size();
    bytes_ += bytes;
    entries_.push_back({std::move(batch), bytes});
    // The newest batch always stays, however large, so that who keeps up never needs the file.
    while (entries_.size() > 1 && (events_ > max_events_ || bytes_ > max_bytes_)) drop_oldest();
    if (waiting_ == 0) return;
  }
  moved_.notify_all();
}

void feed_ring::drop_oldest() {
  events_ -= entries_.front().batch->size();
  bytes_ -= entries_.front().bytes;
  entries_.pop_front();
}

void feed_ring::close() {
  {
    const std::scoped_lock lock{mutex_};
    closed_ = true;
  }
  moved_.notify_all();
}

feed_ring::slice feed_ring::next(change_seq after) const {
  const std::scoped_lock lock{mutex_};
  if (after >= last_) return {};
  const auto found = std::partition_point(entries_.begin(), entries_.end(),
                                          [&](const entry& e) { return e.batch->back().seq <= after; });
  if (found == entries_.end() || found->batch->front().seq.get() > after.get() + 1) {
    return {.state = state::in_file, .batch = nullptr, .begin = 0};
  }
  const auto begin = static_cast<std::size_t>(after.get() + 1 - found->batch->front().seq.get());
  return {.state = state::events, .batch = found->batch, .begin = begin};
}

bool feed_ring::wait(change_seq after, std::chrono::steady_clock::time_point until) const {
  std::unique_lock lock{mutex_};
  ++waiting_;
  moved_.wait_until(lock, until, [&] { return closed_ || last_ > after; });
  --waiting_;
  return last_ > after;
}

change_seq feed_ring::last() const {
  const std::scoped_lock lock{mutex_};
  return last_;
}

bool feed_ring::closed() const {
  const std::scoped_lock lock{mutex_};
  return closed_;
}

}  // namespace quire::runtime
