#pragma once

#include <caf/fwd.hpp>

#include <span>
#include <string_view>

namespace quire {

/// A message as other processes know it. The name is its identity: never renamed.
struct message_type {
  std::string_view name;
  int version;
};

/// Every message that actors exchange, in the order of the type block. Listed in docs/messages.md.
[[nodiscard]] std::span<const message_type> message_types() noexcept;

/// Makes the messages, and errors of the category "quire", known to an actor system. To be called
/// before the system is made; by hosts, too, that bring their own. Calling it twice does nothing
/// more.
void add_message_types(caf::actor_system_config& config);

}  // namespace quire
