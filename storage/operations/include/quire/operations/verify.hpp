#pragma once

#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>

#include <string>
#include <vector>

namespace quire::operations {

/// Looks a whole file through, reading only: SQLite's own checks, documents that are no JSON, rows
/// that break their type or the rules of their graph type, ends and types that do not exist, change
/// numbers with holes. In one snapshot. One line per finding, at most `max_findings`; empty: all is
/// well. Takes time in proportion to the file.
[[nodiscard]] result<std::vector<std::string>> verify(sqlite::connection& db,
                                                      std::size_t max_findings = 100);

}  // namespace quire::operations
