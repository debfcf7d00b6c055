#pragma once

#include <quire/messages/error.hpp>
#include <quire/messages/strong.hpp>
#include <quire/sqlite/connection.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

struct sqlite3_stmt;

namespace quire::sqlite {

/// The kind of a value, numbered as SQLite numbers them.
enum class column_kind : std::uint8_t { integer = 1, real = 2, text = 3, blob = 4, null = 5 };

/// One prepared statement. Move-only; belongs to the thread of its connection and must not outlive
/// it.
///
/// Parameters are numbered from 1, columns from 0. Bindings stay until bound anew; a failed bind is
/// reported by the next `step`. No call allocates on success, apart from copies SQLite makes of
/// bound text.
class statement {
 public:
  statement(statement&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)),
        bind_status_(other.bind_status_),
        function_error_(other.function_error_),
        name_(std::move(other.name_)) {}
  statement& operator=(statement&& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(bind_status_, other.bind_status_);
    std::swap(function_error_, other.function_error_);
    name_.swap(other.name_);
    return *this;
  }
  ~statement();

  template <std::integral Integer>
  requires(std::signed_integral<Integer> ||
           sizeof(Integer) < sizeof(std::int64_t)) void bind(int index, Integer number) noexcept {
    bind_integer(index, static_cast<std::int64_t>(number));
  }
  void bind(int index, double number) noexcept;
  /// Copies the text. An empty view binds the empty text, never NULL.
  void bind(int index, std::string_view text) noexcept;
  void bind(int index, const char* text) noexcept { bind(index, std::string_view{text}); }
  template <class Tag, class Value>
  void bind(int index, const strong<Tag, Value>& named) noexcept {
    bind(index, named.get());
  }
  /// NULL when empty.
  template <class Value>
  void bind(int index, const std::optional<Value>& given) noexcept {
    if (given) {
      bind(index, *given);
    } else {
      bind_null(index);
    }
  }
  void bind_null(int index) noexcept;
  void bind_blob(int index, std::span<const std::byte> bytes) noexcept;

  /// Borrows the text: it must stay as it is until the statement is reset (done, failed or
  /// `reset`), and be bound anew before the next run.
  void bind_view(int index, std::string_view text) noexcept;
  template <std::same_as<std::string> Text>
  void bind_view(int index, Text&& text) = delete;  // would dangle

  /// True: a row is there. False: done. The statement resets itself when it is done or has failed.
  [[nodiscard]] result<bool> step();
  /// Steps to the end; rows are dropped.
  result<void> run();
  /// Forgets the row; bindings stay. Needed only when a caller stops before the last row: see
  /// `reset_guard`.
  void reset() noexcept;

  // The current row. Conversions are SQLite's own; NULL reads as 0 and as the empty text.
  [[nodiscard]] std::int64_t integer(int column) noexcept;
  [[nodiscard]] double real(int column) noexcept;
  /// Valid until the next `step` or `reset`.
  [[nodiscard]] std::string_view text(int column) noexcept;
  /// Valid until the next `step` or `reset`.
  [[nodiscard]] std::span<const std::byte> blob(int column) noexcept;
  [[nodiscard]] bool is_null(int column) noexcept;
  [[nodiscard]] column_kind kind(int column) noexcept;

  [[nodiscard]] int columns() const noexcept;
  /// Valid as long as the statement.
  [[nodiscard]] std::string_view column_name(int column) noexcept;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// True when the statement writes nothing to the file.
  [[nodiscard]] bool is_read_only() const noexcept;

 private:
  friend class connection;
  friend struct connection_access;
  statement(::sqlite3_stmt* handle, std::string_view name, error* function_error)
      : handle_(handle), function_error_(function_error), name_(name) {}
  void bind_integer(int index, std::int64_t number) noexcept;
  void note_bind(int status) noexcept;
  [[nodiscard]] error failure(int status);

  ::sqlite3_stmt* handle_ = nullptr;  // the destructor finalizes it
  int bind_status_ = 0;               // first failure since the last step
  error* function_error_;             // in the connection: why an SQL function of ours failed last
  std::string name_;
};

/// Resets a statement at scope exit, so that no early return leaves a read open.
class [[nodiscard]] reset_guard {
 public:
  explicit reset_guard(statement& s) noexcept : statement_(s) {}
  reset_guard(const reset_guard&) = delete;
  reset_guard& operator=(const reset_guard&) = delete;
  ~reset_guard() { statement_.reset(); }

 private:
  statement& statement_;
};

/// A statement that is prepared when first needed: a repository keeps one struct of these per
/// connection. Name and text must live as long as the object; string literals do.
class lazy_statement {
 public:
  constexpr lazy_statement(const char* name, const char* sql) noexcept : name_(name), sql_(sql) {}

  /// The prepared statement, reset. Always give the same connection. Fails as
  /// `connection::prepare`.
  [[nodiscard]] result<statement*> get(connection& db);
  /// Finalizes the statement; `get` prepares it again.
  void drop() noexcept { ready_.reset(); }
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::string_view sql() const noexcept { return sql_; }

 private:
  const char* name_;
  const char* sql_;
  std::optional<statement> ready_;
};

/// Prepared statements whose text is made at run time, such as filters; the least recently used one
/// goes first. Belongs to one connection and must be destroyed before it.
class statement_cache {
 public:
  /// Keeps at most `capacity` statements, at least one.
  explicit statement_cache(std::size_t capacity) noexcept
      : capacity_(capacity == 0 ? 1 : capacity) {}

  /// The prepared statement, reset; valid until the next `get` or `clear`. Fails as
  /// `connection::prepare`.
  [[nodiscard]] result<statement*> get(connection& db, std::string_view name, std::string_view sql);
  void clear() noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct entry {
    std::string sql;
    statement prepared;
  };
  std::size_t capacity_;
  std::list<entry> entries_;  // most recently used first
  std::unordered_map<std::string_view, std::list<entry>::iterator> index_;
};

}  // namespace quire::sqlite
