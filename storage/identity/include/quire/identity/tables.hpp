#pragma once

#include <quire/identity/accounts.hpp>
#include <quire/identity/api_keys.hpp>
#include <quire/identity/audit.hpp>
#include <quire/identity/organizations.hpp>
#include <quire/identity/peers.hpp>

#include <vector>

namespace quire::identity {

/// All identity tables over one connection; stays where it was made, in the connection's thread.
struct identity_tables {
  identity_tables() = default;
  identity_tables(const identity_tables&) = delete;
  identity_tables& operator=(const identity_tables&) = delete;
  ~identity_tables() = default;

  audit_trail audit{};
  identity::accounts accounts{audit};
  identity::members members{audit};
  identity::organizations organizations{audit, members};
  identity::api_keys api_keys{audit};
  identity::peers peers{audit};

  /// All they may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;
};

}  // namespace quire::identity
