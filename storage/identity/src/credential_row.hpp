#pragma once

#include <quire/identity/finding.hpp>

namespace quire::identity {

/// From a row that begins with id, owner_id, enabled, expires_at, revoked_at, metadata,
/// last_used_at.
[[nodiscard]] credential_entry credential_of(credential_kind kind, sqlite::statement& s);

}  // namespace quire::identity
