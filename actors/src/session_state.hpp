#pragma once

#include <quire/actors/session.hpp>
#include <quire/operations/caller.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace quire {

class access_desk;

/// What the engine knows of one session. Constant but for its end.
struct session::state {
  session_ticket ticket{};
  bool open = false;             ///< the embedder vouches for the caller: nothing is checked
  std::string actor{};           ///< recorded in events
  account_id account{};
  org_id org{};                  ///< empty: the system file
  acl::principal_id who{};
  operations::used_credential with{};
  std::string origin{};
  std::string acting_as{};
  std::chrono::milliseconds lifetime{};
  std::weak_ptr<access_desk> desk{};

  std::atomic<std::int64_t> expires_at{INT64_MAX};  ///< milliseconds since the Unix epoch
  std::atomic<bool> ended{false};
};

}  // namespace quire
