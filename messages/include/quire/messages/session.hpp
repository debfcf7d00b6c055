#pragma once

#include <cstdint>
#include <string>

namespace quire {

/// Stands for a session of this process: random, unguessable, worthless once the session has ended. A secret: it is never
/// printed.
struct session_ticket {
  std::string text{};

  friend bool operator==(const session_ticket&, const session_ticket&) = default;
};

/// On whose authority a request runs. Every request carries one.
enum class access_kind : std::uint8_t {
  /// A name and nothing behind it. Tenants refuse it in messages: what an outsider writes there decides nothing.
  named = 0,
  /// The ticket of a session that the engine made; it alone says who calls.
  ticket = 1,
};

/// Names a session in a request.
struct session_ref {
  access_kind kind = access_kind::named;
  /// Of kind `named`: who is recorded as `actor` in events.
  std::string actor = "system";
  /// Of kind `ticket`.
  session_ticket ticket{};

  friend bool operator==(const session_ref&, const session_ref&) = default;
};

/// Tags that say, in the type of what an embedder gets, how its requests are checked.
namespace access {
/// Not at all: the embedder vouches for the caller. Said explicitly, never by default.
struct open {
  /// Recorded as `actor` in events.
  std::string actor = "system";
};
/// Each request by the graph of access control, on the authority of a session.
struct checked {};
}  // namespace access

}  // namespace quire
