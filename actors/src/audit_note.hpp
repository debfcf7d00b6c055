#pragma once

#include <quire/messages/ids.hpp>

#include <string_view>

namespace quire {

struct engine_shared;

/// An act of the engine's own, or one that a tenant's caller had done, for the audit trail.
struct audit_note {
  std::string_view action{};
  std::string_view actor = "system";
  org_id org{};
  std::string_view target{};
};

/// Has SYSTEM write it soon. Does not wait; lost when the engine closes before.
void tell_audit(const engine_shared& engine, const audit_note& note);

}  // namespace quire
