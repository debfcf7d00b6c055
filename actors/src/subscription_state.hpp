#pragma once

#include <quire/actors/subscription.hpp>

#include <memory>

#include "event_gate.hpp"
#include "tenant_core.hpp"

namespace quire {

/// A subscription that would begin beyond the end of the file.
[[nodiscard]] error not_there_yet(const org_id& org, change_seq wanted, change_seq last);

struct subscription::state {
  [[nodiscard]] static result<std::unique_ptr<state>> open(const std::shared_ptr<tenant_core>& core,
                                                           const std::shared_ptr<session::state>& who,
                                                           const subscribe_options& options);
  state(std::shared_ptr<tenant_core> c, const std::shared_ptr<session::state>& who, subscribe_options o)
      : core(std::move(c)), options(std::move(o)), gate(core, who, options) {}
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state();

  /// Moves on over what is there; appends what is wanted. True when the position moved.
  [[nodiscard]] result<bool> collect(std::vector<change_event>& out, std::size_t max);
  [[nodiscard]] result<bool> collect_from_file(std::vector<change_event>& out, std::size_t max);
  void take(const change_event& e, std::vector<change_event>& out);

  std::shared_ptr<tenant_core> core;
  subscribe_options options;
  event_gate gate;
  change_seq position;
};

}  // namespace quire
