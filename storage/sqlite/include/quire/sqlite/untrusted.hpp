#pragma once

#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace quire::sqlite {

struct untrusted_limits {
  std::int64_t max_steps = 50'000'000;  ///< instructions of SQLite's virtual machine; 0: no bound
  std::chrono::milliseconds max_time{5000};  ///< 0: no bound
  std::size_t max_rows = 10'000;
  std::size_t max_value_bytes = 16U << 20U;  ///< one text or blob
};

/// How a run ended.
struct untrusted_outcome {
  std::size_t rows = 0;
  bool truncated = false;  ///< there were more rows than `max_rows`, or the callback stopped
};

/// Called once before the first row, even when there is none.
using untrusted_columns = std::function<void(std::span<const std::string> names)>;
/// Called for each row; the values are valid during the call. False stops.
using untrusted_row = std::function<bool(std::span<const sql_value> values)>;

/// Runs one SELECT (or WITH, VALUES, EXPLAIN) that a person or program supplied. It can read every
/// table and call SQLite's functions, and nothing else: no write, no PRAGMA but those that describe
/// the schema, no ATTACH, no extension, no transaction. Meant for a connection of its own, best a
/// read-only one; not while other statements run. Fails with `access_denied` (not a plain read),
/// `invalid_option` (not one statement of valid SQL, with SQLite's message), `limit_exceeded`
/// (steps), `deadline_exceeded` (time or `interrupt`), `too_large`, `storage_*`.
[[nodiscard]] result<untrusted_outcome> run_untrusted(connection& db, std::string_view sql,
                                                      const untrusted_limits& limits,
                                                      const untrusted_columns& columns,
                                                      const untrusted_row& row);

}  // namespace quire::sqlite
