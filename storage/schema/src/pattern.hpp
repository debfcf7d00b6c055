#pragma once

#include "value_work.hpp"

#include <quire/messages/error.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace quire::schema {

/// One step of a pattern that is a plain sequence: between `min` and `max` characters out of a set.
struct pattern_step {
  enum class beyond : std::uint8_t { none, unsure };

  std::array<std::uint64_t, 2> ascii{};  ///< bit per character below 128
  beyond others = beyond::none;  ///< characters from 128 on: surely not in the set, or RE2 must say
  std::uint32_t min = 1;
  std::uint32_t max = 1;

  [[nodiscard]] bool has(unsigned char c) const noexcept {
    return c < 128 && ((ascii[c / 64] >> (c % 64)) & 1U) != 0;
  }
};

/// A regular expression of ECMA-262 in its Unicode mode, without look-around and back references,
/// searched for anywhere in a text in time linear in it. Immutable; safe from any thread.
class pattern {
 public:
  /// A pattern that cannot be translated is an error with this position, in bytes from its start.
  struct refusal {
    std::size_t position = 0;
    std::string reason;
  };

  /// Fails with `schema_invalid`; the context has the position and the reason.
  [[nodiscard]] static result<pattern> compile(std::string_view source);

  pattern(pattern&&) noexcept;
  pattern& operator=(pattern&&) noexcept;
  pattern(const pattern&) = delete;
  pattern& operator=(const pattern&) = delete;
  ~pattern();

  /// Is there a match? Pays by the size of text and expression; false when the budget ends.
  [[nodiscard]] bool matches(std::string_view text, budget& left) const;
  [[nodiscard]] const std::string& source() const noexcept { return source_; }

 private:
  pattern();

  enum class verdict : std::uint8_t { no, yes, unsure };
  [[nodiscard]] verdict walk(std::string_view text) const noexcept;

  std::string source_;
  std::unique_ptr<re2::RE2> expression_;
  std::uint64_t size_ = 0;           // of the expression's program, in instructions
  std::vector<pattern_step> steps_;  // when `plain_`
  bool plain_ = false;               // begins with ^ and is a sequence that needs no backtracking
  bool to_end_ = false;              // ends with $
};

}  // namespace quire::schema
