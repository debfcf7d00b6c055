#pragma once

#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace quire::sqlite {

/// How far a backup is, in pages. The source may grow meanwhile.
struct backup_progress {
  std::int64_t done = 0;
  std::int64_t total = 0;
};

/// Copies the database while others use it: a consistent copy as of its end, in `target`, made
/// aside and renamed as by `create_file_aside`. `keep_going` is asked after each `pages_per_step`;
/// false gives up with `deadline_exceeded`. Fails with `conflict` when `target` exists;
/// `storage_*`.
[[nodiscard]] result<void> backup(connection& source, const std::filesystem::path& target,
                                  int pages_per_step,
                                  const std::function<bool(const backup_progress&)>& keep_going);

/// How thorough `check_integrity` is: `quick` does not compare indexes with their tables.
enum class check_depth : std::uint8_t { quick, full };

/// SQLite's own checks, foreign keys included. One line per finding, at most `max_findings`; empty:
/// all is well.
[[nodiscard]] result<std::vector<std::string>> check_integrity(connection& db, check_depth depth,
                                                               std::size_t max_findings = 100);

}  // namespace quire::sqlite
