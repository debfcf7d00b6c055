#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace quire::sqlite {

/// One numbered SQL file of sql/, embedded at build. Lines of the form
///   --! column <table> <column> <type …>
/// add a column where it is missing, which SQL has no words for; the rest is plain SQL that may run
/// again.
struct step {
  std::int64_t number;
  std::string_view name;
  bool system_only;
  std::string_view sql;
};

/// All steps, numbered 1, 2, 3, …
[[nodiscard]] std::span<const step> steps() noexcept;

}  // namespace quire::sqlite
