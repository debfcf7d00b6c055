#pragma once

#include <quire/messages/ids.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::metagraph {

enum class type_role : std::uint8_t { node, edge };

/// The stored form of a type as a row has it; foreign programs write entry forms too.
[[nodiscard]] type_name type_as_read(std::string_view written, type_role role);

/// How rows may write a type that a caller named in either form: the stored form first, then entry
/// forms.
[[nodiscard]] std::vector<std::string> type_spellings(std::string_view given, type_role role);

/// The spellings of all of them.
[[nodiscard]] std::vector<std::string> type_spellings(std::span<const type_name> given,
                                                      type_role role);

/// `(?, ?, …)` with `count` marks.
[[nodiscard]] std::string marks(std::size_t count);

}  // namespace quire::metagraph
