// A commit gate that is wrong on purpose: answers leave before COMMIT. Linked in place of the
// engine's own into one program, to show that the crash test would notice.
#include "commit_gate.hpp"

namespace quire {

void commit_gate::hold(std::shared_ptr<write_envelope> who, result<write_reply> what) {
  answer(who, what);
  held_.emplace_back(std::move(who), std::move(what));
}

void commit_gate::answer(const std::shared_ptr<write_envelope>& who, result<write_reply> what) {
  who->answer(std::move(what));
}

void commit_gate::open(operations::committed commit) {
  core_.last_seq.store(commit.seq.get());
  held_.clear();
}

void commit_gate::refuse(const error& e) {
  for (auto& [who, what] : held_) answer(who, e);
  held_.clear();
}

std::vector<std::shared_ptr<write_envelope>> commit_gate::take_back() {
  std::vector<std::shared_ptr<write_envelope>> again;
  for (auto& [who, what] : held_) again.push_back(std::move(who));
  held_.clear();
  return again;
}

}  // namespace quire
