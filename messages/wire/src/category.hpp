#pragma once

#include <quire/messages/error.hpp>

#include <caf/atom.hpp>
#include <caf/fwd.hpp>

#include <cstdint>

namespace quire {

/// CAF's name for our errors; the code is the number of the `errc`, the context holds the `error`.
inline constexpr auto error_category = caf::atom("quire");

/// Puts an error of our category together again, whoever made it.
[[nodiscard]] error error_from_parts(std::uint8_t number, const caf::message& context);

}  // namespace quire
