#pragma once

#include <quire/messages/change_event.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace quire {

/// Which change events a subscriber wants. Empty lists: all.
struct subscribe_options {
  /// Everything after this change number, first from the file, then as it happens, without hole or repeat. Absent: from
  /// now on.
  std::optional<change_seq> from{};
  std::vector<table> tables{};
  std::vector<change_op> ops{};
  graph_id graph{};  ///< empty: all graphs
};

/// A cursor in a tenant's change events. It costs a position and nothing else: who stops reading delays nobody and misses
/// nothing, because what has left memory is read back from the file. Use from one thread at a time; move-only.
class subscription {
 public:
  subscription(subscription&&) noexcept;
  subscription& operator=(subscription&&) noexcept;
  ~subscription();

  /// The next events in commit order, at least one unless `timeout` passes first (then none), at most `max`. Fails with
  /// `engine_closed` once the engine closes and all was delivered, `file_replaced`, `storage_*`.
  [[nodiscard]] result<std::vector<change_event>> next(std::chrono::milliseconds timeout, std::size_t max = 256);

  /// Everything up to here was delivered or did not match; a good `from` for next time.
  [[nodiscard]] change_seq position() const;

 private:
  friend class tenant_base;
  struct state;
  explicit subscription(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

}  // namespace quire
