#pragma once

#include "pattern.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quire::schema {

/// What became of an ECMA-262 pattern.
struct translated_pattern {
  std::string re2;                  ///< the same expression in RE2's syntax
  std::vector<pattern_step> steps;  ///< when `plain`
  bool plain = false;   ///< `^`, a sequence of single characters with quantifiers, perhaps `$`
  bool to_end = false;  ///< ends with `$`
  std::optional<pattern::refusal> refused;
};

/// Parses ECMA-262 (Unicode mode, with the older mode's leniency about unneeded escapes of
/// punctuation and stray `]`, `{` and `}`) and writes RE2. Everything that RE2 understands
/// differently is spelled out, so nothing passes through unread.
[[nodiscard]] translated_pattern translate_ecma_pattern(std::string_view source);

}  // namespace quire::schema
