#pragma once

#include <cstdint>
#include <string>

namespace quire {

/// On whose authority a request runs. Every request carries one.
enum class access_kind : std::uint8_t {
  /// No access control: the embedder vouches for the caller. Said explicitly, never by default.
  open = 0,
};

struct session {
  access_kind kind = access_kind::open;
  /// Recorded as `actor` in events.
  std::string actor = "system";

  friend bool operator==(const session&, const session&) = default;
};

/// Tags that say, in the type of what an embedder gets, how its requests are checked.
namespace access {
struct open {
  /// Recorded as `actor` in events.
  std::string actor = "system";
};
}  // namespace access

}  // namespace quire
