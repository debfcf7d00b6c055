#pragma once

#include <quire/operations/write_transaction.hpp>

#include <memory>
#include <utility>
#include <vector>

#include "tenant_core.hpp"
#include "write_envelope.hpp"

namespace quire {

/// The one place where anything leaves a writer. What a group of requests answered is held here until their commit is
/// durable, and then leaves in this order: answers, change events, wakes. (Derived state follows the commit by itself: it
/// is read from the file when next needed.) Belongs to the writer's actor.
///
/// In: this commit and its last change number. Out: "durable". A second implementation may ship the commit to other nodes
/// in between.
class commit_gate {
 public:
  explicit commit_gate(tenant_core& core) : core_(core) {}

  /// Keeps an answer until the group commits.
  void hold(std::shared_ptr<write_envelope> who, result<write_reply> what);
  /// The commit is durable: everything leaves.
  void open(operations::committed commit);
  /// The commit failed: everyone gets the error, nothing is published.
  void refuse(const error& e);
  /// Answers one request that will be in no commit.
  void refuse(const std::shared_ptr<write_envelope>& who, const error& e) { answer(who, e); }
  /// Gives the requests back in order, to be applied again: their transaction ended without them, and what they were
  /// going to be told, errors too, was judged in it.
  [[nodiscard]] std::vector<std::shared_ptr<write_envelope>> take_back();

  [[nodiscard]] std::size_t size() const noexcept { return held_.size(); }

 private:
  void answer(const std::shared_ptr<write_envelope>& who, result<write_reply> what);

  tenant_core& core_;
  std::vector<std::pair<std::shared_ptr<write_envelope>, result<write_reply>>> held_;
};

}  // namespace quire
