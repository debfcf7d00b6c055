#pragma once

#include "output.hpp"

#include <quire/quire.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace quire::tools {

// What a person reads about the evolution of a graph type.

/// One line for each change.
void show_changes(output& out, std::span<const evolution::change> changes);
/// `2 changes: 1 breaking, 1 additive, 0 neutral`.
[[nodiscard]] std::string summary_of(std::span<const evolution::change> changes);

/// A whole plan: changes, counts, the rows that matter most, and edges that break new rules. Not
/// what becomes of it: `verdict`.
void show_plan(output& out, const evolution_report& plan);

/// What a migration with these options would do, or why it would refuse.
struct verdict {
  bool goes = false;
  std::string text;
};
[[nodiscard]] verdict judge(const evolution_report& plan, const evolution_options& options);

/// What was done, in one line without a name: `migrated from version 1 to 4: 3 rows, 2 changed`.
[[nodiscard]] std::string done_text(const evolution_report& report);

/// The next version that a stored one may be followed by.
[[nodiscard]] std::int64_t next_version(std::int64_t stored) noexcept;

/// `1 row`, `1,234 rows`.
[[nodiscard]] std::string count_of(std::uint64_t n, std::string_view noun);

}  // namespace quire::tools
