#pragma once

#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/function.hpp>
#include <quire/sqlite/statement.hpp>

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace quire::sqlite {

/// Statements that the connection keeps for itself, prepared when first used.
enum class control : std::uint8_t {
  begin,
  begin_immediate,
  commit,
  rollback,
  savepoint,
  release,
  rollback_to,
  data_version,
};
inline constexpr std::size_t control_count = 8;

/// What a connection is made of. Its address never changes, so callbacks of SQLite may keep it.
struct connection::state {
  ::sqlite3* db = nullptr;
  std::filesystem::path file;
  open_mode mode = open_mode::read_only;
  std::int64_t page_size = 0;
  std::int64_t wal_frames = 0;
  std::array<::sqlite3_stmt*, control_count> controls{};
  error function_error;     // of the function that failed last; `none` when it was told
  std::set<std::string> direct_functions;  // registered ones that may have effects, in lower case
};

/// The one door from the other sources of this folder to what the public classes hide.
struct connection_access {
  static connection::state& of(connection& db) noexcept { return *db.state_; }
  static ::sqlite3* handle(connection& db) noexcept { return db.state_->db; }
  static ::sqlite3_stmt* handle(statement& s) noexcept { return s.handle_; }
  /// For scratch databases of this folder's own; callers open files.
  static connection make(std::unique_ptr<connection::state, connection::closer> s) noexcept {
    return connection{std::move(s)};
  }
  using state = connection::state;
  using closer = connection::closer;
  static arguments make_arguments(int count, ::sqlite3_value** values) noexcept {
    return {count, values};
  }

  /// Runs a kept statement. Answers SQLite's extended code, SQLITE_OK when done; `number` receives
  /// the first column.
  static int run(connection& db, control which, std::int64_t* number = nullptr) noexcept;
};

/// The error for `status`, which the last call on `db` gave. `what` says what was tried; `sql`
/// names the table where SQLite's message does not.
[[nodiscard]] error make_error(::sqlite3* db, int status, std::string_view what,
                               std::string_view sql = {});
/// As above, for codes without a connection.
[[nodiscard]] error make_error(int status, std::string_view what, std::string_view message);

/// The error of a system call on `file` that set errno to `number`.
[[nodiscard]] error make_system_error(int number, std::string_view what,
                                      const std::filesystem::path& file);

/// The first words of SQL, fit for an error.
[[nodiscard]] std::string sql_head(std::string_view sql);

}  // namespace quire::sqlite
