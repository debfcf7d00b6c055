#pragma once

#include <quire/messages/error.hpp>

#include <caf/fwd.hpp>

namespace quire {

/// The one crossing between our errors and CAF's. Code, context and details survive it in both
/// directions, also across a network (`add_message_types` must have been called on both sides). An
/// error without a code (`errc::none`), which CAF would take for success, crosses as `internal`.
[[nodiscard]] caf::error to_caf(const error& e);

/// The error behind a CAF error of any category. Of CAF's own: a receiver that is gone is
/// `engine_closed`, a passed timeout `deadline_exceeded`, everything else `internal`, with CAF's
/// own text in the context. A code of ours that this release does not know is `internal` with its
/// number.
[[nodiscard]] error from_caf(const caf::error& e);

}  // namespace quire
