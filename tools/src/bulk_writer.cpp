#include "bulk_writer.hpp"

#include "errors.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace quire::tools {

namespace {

/// May the same request be sent again? Its operations can be applied twice, so an open fate is no
/// reason not to.
bool may_repeat(errc code) {
  return retryable(code) || code == errc::storage_busy || code == errc::deadline_exceeded ||
         code == errc::commit_unknown;
}

std::chrono::milliseconds pause_before(int attempt) {
  return std::chrono::milliseconds{std::min(1 << std::min(attempt, 8), 250)};
}

}  // namespace

bulk_writer::bulk_writer(submit send, refusal refused, const bulk_options& options)
    : send_(std::move(send)), refused_(std::move(refused)), options_(options) {}

bulk_writer::~bulk_writer() {
  failure_ = fail(errc::internal, "abandoned");  // nothing is sent again from here
  while (under_way_ != 0) static_cast<void>(take());
}

result<void> bulk_writer::add(operation what) {
  std::vector<operation> one;
  one.push_back(std::move(what));
  return add_together(std::move(one));
}

result<void> bulk_writer::add_together(std::vector<operation> what) {
  if (failure_.code != errc::none) return failure_;
  next_size_ += what.size();
  next_.units.push_back(std::move(what));
  return next_size_ < options_.operations_per_request ? result<void>{} : flush();
}

result<void> bulk_writer::flush() {
  if (next_.units.empty()) return {};
  while (under_way_ >= options_.under_way) {
    if (auto ok = take(); !ok) return ok;
  }
  send(std::make_shared<request>(std::move(next_)));
  next_ = {};
  next_size_ = 0;
  return {};
}

result<void> bulk_writer::drain() {
  if (failure_.code != errc::none) return failure_;
  if (auto ok = flush(); !ok) return ok;
  while (under_way_ != 0) {
    if (auto ok = take(); !ok) return ok;
  }
  return {};
}

void bulk_writer::send(const std::shared_ptr<request>& what) {
  std::vector<operation> operations;
  for (const auto& one : what->units) operations.insert(operations.end(), one.begin(), one.end());
  ++under_way_;
  ++what->attempts;
  send_(std::move(operations), [box = inbox_, what](result<write_reply> answered) {
    const std::lock_guard hold{box->lock};
    box->replies.push_back({what, std::move(answered)});
    box->arrived.notify_one();
  });
}

result<void> bulk_writer::take() {
  std::unique_lock hold{inbox_->lock};
  inbox_->arrived.wait(hold, [this] { return !inbox_->replies.empty(); });
  auto answered = std::move(inbox_->replies.front());
  inbox_->replies.pop_front();
  hold.unlock();
  --under_way_;
  if (failure_.code != errc::none) return failure_;
  auto done = settle(answered);
  if (!done) failure_ = done.error();
  return done;
}

result<void> bulk_writer::settle(const reply& answered) {
  if (answered.value) {
    count(*answered.value);
    return {};
  }
  const auto& why = answered.value.error();
  if (may_repeat(why.code)) {
    if (answered.of->attempts >= options_.attempts) return why;
    ++counts_.retries;
    std::this_thread::sleep_for(pause_before(answered.of->attempts));
    send(answered.of);
    return {};
  }
  if (exit_status_of(why.code) == exit_storage || why.code == errc::engine_closed) return why;
  auto& units = answered.of->units;
  if (units.size() == 1) {
    counts_.refused += units.front().size();
    refused_(units.front().back(), why);
    return {};
  }
  const auto middle = units.begin() + static_cast<std::ptrdiff_t>(units.size() / 2);
  auto second = std::make_shared<request>();
  second->units.assign(std::make_move_iterator(middle), std::make_move_iterator(units.end()));
  units.erase(middle, units.end());
  answered.of->attempts = 0;
  send(answered.of);
  send(second);
  return {};
}

void bulk_writer::count(const write_reply& answered) {
  seq_ = std::max(seq_, answered.seq);
  for (const auto& outcome : answered.outcomes) {
    if (outcome.created)
      ++counts_.created;
    else if (outcome.changed)
      ++counts_.changed;
    else
      ++counts_.unchanged;
  }
}

}  // namespace quire::tools
