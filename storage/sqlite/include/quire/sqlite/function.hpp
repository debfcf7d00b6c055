#pragma once

#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/sqlite/value.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

struct sqlite3_value;

namespace quire::sqlite {

/// The arguments of one call of an SQL function, numbered from 0. Valid during the call only.
class arguments {
 public:
  [[nodiscard]] int size() const noexcept { return count_; }
  [[nodiscard]] column_kind kind(int index) const noexcept;
  [[nodiscard]] bool is_null(int index) const noexcept { return kind(index) == column_kind::null; }
  // Conversions are SQLite's own; NULL reads as 0 and as the empty text.
  [[nodiscard]] std::int64_t integer(int index) const noexcept;
  [[nodiscard]] double real(int index) const noexcept;
  [[nodiscard]] std::string_view text(int index) const noexcept;

 private:
  friend struct connection_access;
  arguments(int count, ::sqlite3_value** values) noexcept : count_(count), values_(values) {}
  int count_;
  ::sqlite3_value** values_;
};

/// An SQL function's body. It may use the connection it was registered on. An error becomes the
/// error of the statement that called it, with `context` as the message. Exceptions are caught and
/// reported likewise.
using scalar_function = std::function<result<sql_value>(const arguments&)>;

/// Where an SQL function may be called from and whether it always gives the same value for the same
/// arguments.
enum class function_kind : std::uint8_t {
  direct,  ///< from statements only, never from a trigger, view or index of the file; may have
           ///< effects
  deterministic,  ///< pure and harmless: from anywhere, and SQLite may reuse its result
};

/// Makes `name` callable from SQL on this connection. `argument_count` -1: any number. Replaces an
/// earlier one. The function lives until the connection closes.
result<void> register_function(connection& db, std::string_view name, int argument_count,
                               function_kind kind, scalar_function body);

}  // namespace quire::sqlite
