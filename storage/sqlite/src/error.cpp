#include "state.hpp"

#include <quire/messages/ids.hpp>

#include <cerrno>
#include <system_error>

namespace quire::sqlite {
namespace {

constexpr std::size_t max_message_bytes = 400;
constexpr std::size_t max_sql_bytes = 80;

errc constraint_code(int status, std::string_view message) {
  switch (status) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return errc::unique_violation;
    case SQLITE_CONSTRAINT_NOTNULL: return errc::not_null_violation;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return errc::foreign_key_violation;
    case SQLITE_CONSTRAINT_TRIGGER:
      // ON DELETE RESTRICT is a trigger inside SQLite; ours raises its own word.
      if (message == "append_only") return errc::append_only;
      if (message == "FOREIGN KEY constraint failed") return errc::foreign_key_violation;
      return errc::check_violation;
    default: return errc::check_violation;
  }
}

errc code_of(int status, std::string_view message) {
  switch (status & 0xff) {
    case SQLITE_CONSTRAINT: return constraint_code(status, message);
    case SQLITE_MISMATCH: return errc::check_violation;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return errc::storage_busy;
    case SQLITE_FULL: return errc::storage_full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return errc::storage_corrupt;
    case SQLITE_INTERRUPT: return errc::deadline_exceeded;
    case SQLITE_TOOBIG: return errc::too_large;
    case SQLITE_MISUSE:
    case SQLITE_RANGE: return errc::internal;
    default: return errc::storage_io;
  }
}

std::string_view advice(errc code) {
  switch (code) {
    case errc::storage_busy: return "; the file is locked by another connection, try again";
    case errc::storage_full: return "; free some space, then try again";
    case errc::storage_corrupt: return "; restore the file from a backup";
    default: return "";
  }
}

}  // namespace

std::string sql_head(std::string_view sql) {
  const auto start = sql.find_first_not_of(" \t\r\n");
  return printable(start == std::string_view::npos ? std::string_view{} : sql.substr(start),
                   max_sql_bytes);
}

error make_error(int status, std::string_view what, std::string_view message) {
  const auto code = code_of(status, message);
  auto context = std::string{what};
  context.append(": ").append(printable(message, max_message_bytes));
  context.append(" (SQLite ").append(std::to_string(status)).append(")").append(advice(code));
  return fail(code, std::move(context));
}

error make_error(::sqlite3* db, int status, std::string_view what, std::string_view sql) {
  // Callers without extended codes in hand, and statements that failed in a bind, still have the
  // precise code here.
  if (const int extended = ::sqlite3_extended_errcode(db); (extended & 0xff) == status) {
    status = extended;
  }
  const auto matches = (::sqlite3_errcode(db) & 0xff) == (status & 0xff);
  auto out = make_error(status, what, matches ? ::sqlite3_errmsg(db) : ::sqlite3_errstr(status));
  // SQLite names no table for these two; the statement does.
  if (!sql.empty() && (out.code == errc::foreign_key_violation || out.code == errc::append_only)) {
    out.context.append("; in: ").append(sql_head(sql));
  }
  return out;
}

error make_system_error(int number, std::string_view what, const std::filesystem::path& file) {
  auto code = errc::storage_io;
  if (number == ENOENT) code = errc::not_found;
  if (number == EEXIST) code = errc::conflict;
  if (number == ENOSPC || number == EDQUOT) code = errc::storage_full;
  auto context = std::string{what};
  context.append(" '").append(printable(file.native())).append("': ");
  context.append(std::generic_category().message(number));
  return fail(code, std::move(context));
}

}  // namespace quire::sqlite
