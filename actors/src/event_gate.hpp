#pragma once

#include <quire/actors/subscription.hpp>

#include <cstdint>
#include <memory>

#include "session_state.hpp"
#include "tenant_core.hpp"

namespace quire {

/// What a subscriber may see: events of the tables its session may read, judged anew for each batch. Belongs to the
/// subscription, in its thread.
class event_gate {
 public:
  event_gate(std::shared_ptr<tenant_core> core, std::shared_ptr<session::state> who, const subscribe_options& options);

  /// True for one whose events are passed without looking.
  [[nodiscard]] bool is_open() const noexcept { return who_->open; }
  /// Judges anew. Fails with `access_denied` once nothing of what was asked for may be seen any more; `storage_*`.
  [[nodiscard]] result<void> look();
  /// By the last look.
  [[nodiscard]] bool passes(const change_event& e) const noexcept {
    return (readable_ >> static_cast<unsigned>(e.table) & 1U) != 0;
  }

 private:
  std::shared_ptr<tenant_core> core_;
  std::shared_ptr<session::state> who_;
  std::uint32_t asked_ = 0;     // tables, one bit each
  std::uint32_t readable_ = 0;
};

}  // namespace quire
