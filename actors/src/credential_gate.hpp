#pragma once

#include <quire/actors/session.hpp>
#include <quire/identity/finding.hpp>
#include <quire/identity/limits.hpp>
#include <quire/operations/caller.hpp>

#include <memory>
#include <mutex>

#include "engine_shared.hpp"

namespace quire {

/// Turns what somebody presents into a session, and slows down those who guess. Thread-safe.
class credential_gate {
 public:
  credential_gate(std::shared_ptr<engine_shared> engine, std::uint64_t seed);

  /// Fails with `access_denied` and nothing of why, `invalid_option`.
  [[nodiscard]] result<session> authenticate(const credential& presented, const org_id& org, const session_options& options);

 private:
  struct found {
    account_id account{};
    operations::used_credential with{};
  };
  [[nodiscard]] result<found> look(const credential& presented, const org_id& org, const session_options& options);
  [[nodiscard]] result<found> judge(const identity::credential_finding& finding, std::string_view key, const org_id& org,
                                    const session_options& options);
  [[nodiscard]] result<void> hold_back(std::string_view key, const session_options& options);

  std::shared_ptr<engine_shared> engine_;
  std::mutex mutex_;
  identity::guess_guard guard_;
};

}  // namespace quire
