#include "commit_gate.hpp"

namespace quire {

void commit_gate::hold(std::shared_ptr<write_envelope> who, result<write_reply> what) {
  held_.emplace_back(std::move(who), std::move(what));
}

void commit_gate::answer(const std::shared_ptr<write_envelope>& who, result<write_reply> what) {
  core_.requests.fetch_add(1, std::memory_order_relaxed);
  if (!what) core_.failed.fetch_add(1, std::memory_order_relaxed);
  who->answer(std::move(what));
}

void commit_gate::open(operations::committed commit) {
  core_.commits.fetch_add(1, std::memory_order_relaxed);
  core_.last_seq.store(commit.seq.get(), std::memory_order_relaxed);
  for (auto& [who, what] : held_) answer(who, std::move(what));
  held_.clear();
  if (commit.events.empty()) return;
  core_.ring.push(std::make_shared<const change_batch>(std::move(commit.events)));
  core_.wake_feed();
}

void commit_gate::refuse(const error& e) {
  for (auto& [who, what] : held_) answer(who, e);
  held_.clear();
}

std::vector<std::shared_ptr<write_envelope>> commit_gate::take_back() {
  std::vector<std::shared_ptr<write_envelope>> again;
  again.reserve(held_.size());
  for (auto& [who, what] : held_) again.push_back(std::move(who));
  held_.clear();
  return again;
}

}  // namespace quire
