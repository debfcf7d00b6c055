#pragma once

#include <quire/identity/limits.hpp>
#include <quire/messages/environment.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "access_desk.hpp"
#include "engine_shared.hpp"

namespace quire {

/// What was refused, on its way into the audit trail: noted at once, written by SYSTEM soon after. Bounded whatever happens:
/// a caller that is refused again and again gets so many rows a minute, all together a few more, and the rest is counted.
/// Never blocks and never turns a denial into a pass. Thread-safe.
class refusal_log : public std::enable_shared_from_this<refusal_log> {
 public:
  explicit refusal_log(std::weak_ptr<engine_shared> engine, std::uint64_t seed);

  void note(refusal what);
  /// Refusals that got no row.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(); }

 private:

  std::weak_ptr<engine_shared> engine_;
  mutable std::mutex mutex_;
  identity::fixed_window per_caller_;
  identity::fixed_window in_all_;
  std::vector<refusal> waiting_;
  bool sent_ = false;
  std::uint64_t untold_ = 0;  // dropped since the last row
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace quire
