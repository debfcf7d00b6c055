#pragma once

#include "steps.hpp"

#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/migrate.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>

namespace quire::sqlite {

/// What a file consists of, as far as migrations care. A plain value.
struct layout {
  struct column {
    std::string type;               ///< as declared
    std::int64_t key_position = 0;  ///< place in the primary key, from 1; 0: not part of it
  };
  std::map<std::string, std::string, std::less<>>
      objects;  ///< name → table, index, trigger or view
  std::map<std::string, std::map<std::string, column, std::less<>>, std::less<>> tables;
  std::set<std::pair<std::string, std::string>>
      addable;  ///< table and column that a step adds where missing
};

/// Reads the layout of an open file. `addable` stays empty.
[[nodiscard]] result<layout> read_layout(connection& db);

/// The layout that all steps make of an empty file. Computed once per process and kind.
[[nodiscard]] result<const layout*> expected_layout(file_kind kind);

/// Whether the step belongs into files of this kind.
[[nodiscard]] bool applies(const step& s, file_kind kind) noexcept;
/// Runs one step inside the transaction that is open.
result<void> apply(connection& db, const step& s);

/// What compare found.
struct difference {
  bool complete = true;  ///< nothing is missing that the steps would add
  std::vector<error_detail>
      tables;  ///< columns of our tables that lack or differ, and cannot be added
  std::vector<error_detail> events;  ///< the same in event tables
};

/// What lacks in `actual` of what `expected` has. More than expected is fine.
[[nodiscard]] difference compare(const layout& actual, const layout& expected);

}  // namespace quire::sqlite
