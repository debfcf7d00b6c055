#include "state.hpp"

#include <quire/messages/ids.hpp>
#include <quire/sqlite/untrusted.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace quire::sqlite {
namespace {

constexpr int steps_per_look = 1000;

// Pragmas that only describe the schema.
constexpr std::array<std::string_view, 8> harmless_pragmas = {
    "table_info", "table_xinfo", "table_list",       "index_list",
    "index_info", "index_xinfo", "foreign_key_list", "collation_list"};

// They reach outside the file, or are doors to machinery.
constexpr std::array<std::string_view, 3> harmful_functions = {"load_extension", "fts3_tokenizer",
                                                               "sqlite_log"};

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         ::sqlite3_strnicmp(a.data(), b.data(), static_cast<int>(a.size())) == 0;
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, const char* name) {
  return name != nullptr &&
         std::any_of(names.begin(), names.end(), [name](auto x) { return same(x, name); });
}

/// Everything that stands between the caller's SQL and the file while it runs; taken away at scope
/// exit.
class fence {
 public:
  fence(connection& db, const untrusted_limits& limits)
      : state_(connection_access::of(db)),
        limits_(limits),
        deadline_(std::chrono::steady_clock::now() + limits.max_time),
        old_length_(::sqlite3_limit(
            state_.db, SQLITE_LIMIT_LENGTH,
            static_cast<int>(std::min<std::size_t>(limits.max_value_bytes, 64U << 20U)))) {
    ::sqlite3_set_authorizer(state_.db, authorize, this);
    ::sqlite3_progress_handler(state_.db, steps_per_look, look, this);
  }
  fence(const fence&) = delete;
  fence& operator=(const fence&) = delete;
  ~fence() {
    ::sqlite3_progress_handler(state_.db, 0, nullptr, nullptr);
    ::sqlite3_set_authorizer(state_.db, nullptr, nullptr);
    ::sqlite3_limit(state_.db, SQLITE_LIMIT_LENGTH, old_length_);
  }

  [[nodiscard]] error explain(int status, bool preparing) const {
    const auto* what = "run the given SQL";
    switch (status & 0xff) {
      case SQLITE_AUTH:
        return fail(errc::access_denied, std::string{what} + ": it may only read: " + denied_);
      case SQLITE_INTERRUPT:
        if (out_of_steps_) {
          return fail(errc::limit_exceeded, std::string{what} + ": more than " +
                                                std::to_string(limits_.max_steps) +
                                                " steps; make it read less");
        }
        return fail(errc::deadline_exceeded,
                    std::string{what} + ": it took too long; make it read less");
      case SQLITE_ERROR:
        if (!denied_.empty()) {
          return fail(errc::access_denied, std::string{what} + ": it may only read: " + denied_);
        }
        if (preparing || state_.function_error.code == errc::none) {
          return fail(errc::invalid_option,
                      std::string{what} + ": " + printable(::sqlite3_errmsg(state_.db), 400));
        }
        [[fallthrough]];
      default: return make_error(state_.db, status, what);
    }
  }

 private:
  static int authorize(void* self, int action, const char* first, const char* second,
                       const char* /*schema*/, const char* /*trigger*/) noexcept {
    return static_cast<fence*>(self)->decide(action, first, second);
  }

  int decide(int action, const char* first, const char* second) {
    switch (action) {
      case SQLITE_SELECT:
      case SQLITE_READ:
      case SQLITE_RECURSIVE: return SQLITE_OK;
      case SQLITE_FUNCTION:
        if (is_one_of(harmful_functions, second) || is_direct(second)) {
          return deny("function", second);
        }
        return SQLITE_OK;
      case SQLITE_PRAGMA:
        return is_one_of(harmless_pragmas, first) ? SQLITE_OK : deny("PRAGMA", first);
      default: return deny("statement", "anything but SELECT");
    }
  }

  [[nodiscard]] bool is_direct(const char* name) const {
    return name != nullptr &&
           std::any_of(state_.direct_functions.begin(), state_.direct_functions.end(),
                       [name](const auto& x) { return same(x, name); });
  }

  int deny(const char* kind, const char* name) {
    denied_ = std::string{kind} + " " + printable(name == nullptr ? "" : name) + " is not allowed";
    return SQLITE_DENY;
  }

  static int look(void* self) noexcept { return static_cast<fence*>(self)->is_spent() ? 1 : 0; }

  bool is_spent() {
    used_ += steps_per_look;
    out_of_steps_ = limits_.max_steps > 0 && used_ > limits_.max_steps;
    const bool late = limits_.max_time.count() > 0 && std::chrono::steady_clock::now() > deadline_;
    return out_of_steps_ || late;
  }

  connection_access::state& state_;
  const untrusted_limits& limits_;
  std::chrono::steady_clock::time_point deadline_;
  int old_length_;
  std::int64_t used_ = 0;
  bool out_of_steps_ = false;
  std::string denied_;
};

sql_value read_value(::sqlite3_stmt* row, int column) {
  switch (::sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER: return std::int64_t{::sqlite3_column_int64(row, column)};
    case SQLITE_FLOAT: return ::sqlite3_column_double(row, column);
    case SQLITE_TEXT: {
      const auto* text = ::sqlite3_column_text(row, column);
      if (text == nullptr) return std::monostate{};
      return std::string{reinterpret_cast<const char*>(text),
                         static_cast<std::size_t>(::sqlite3_column_bytes(row, column))};
    }
    case SQLITE_BLOB: {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto* bytes = static_cast<const unsigned char*>(::sqlite3_column_blob(row, column));
      const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(row, column));
      auto out = hex_blob{};
      out.digits.reserve(2 * size);
      for (std::size_t i = 0; i < size; ++i) {
        out.digits.push_back(digits[bytes[i] >> 4U]);
        out.digits.push_back(digits[bytes[i] & 0xfU]);
      }
      return out;
    }
    default: return std::monostate{};
  }
}

struct finalizer {
  void operator()(::sqlite3_stmt* s) const noexcept { ::sqlite3_finalize(s); }
};
using raw_statement = std::unique_ptr<::sqlite3_stmt, finalizer>;

/// Null when the text holds no statement.
result<raw_statement> prepare_next(::sqlite3* db, const fence& around, std::string_view& sql) {
  ::sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int status =
      ::sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), 0, &raw, &tail);
  if (status != SQLITE_OK) return around.explain(status, true);
  sql.remove_prefix(static_cast<std::size_t>(tail - sql.data()));
  return raw_statement{raw};
}

result<raw_statement> prepare_only(::sqlite3* db, const fence& around, std::string_view sql) {
  if (sql.size() > (1U << 20U) || sql.find('\0') != std::string_view::npos) {
    return fail(errc::invalid_option, "run the given SQL: it is too long or has a NUL in it");
  }
  auto only = prepare_next(db, around, sql);
  if (!only) return only;
  if (*only == nullptr)
    return fail(errc::invalid_option, "run the given SQL: there is no statement");
  while (!sql.empty()) {
    const auto before = sql.size();
    auto more = prepare_next(db, around, sql);
    if (!more) return more;
    if (*more != nullptr) {
      return fail(errc::invalid_option, "run the given SQL: one statement at a time, please");
    }
    if (sql.size() == before) break;
  }
  if (::sqlite3_stmt_readonly(only->get()) == 0) {
    return fail(errc::access_denied, "run the given SQL: it may only read");
  }
  return only;
}

}  // namespace

result<untrusted_outcome> run_untrusted(connection& db, std::string_view sql,
                                        const untrusted_limits& limits,
                                        const untrusted_columns& columns,
                                        const untrusted_row& row) {
  const auto around = fence{db, limits};
  auto* handle = connection_access::handle(db);
  auto prepared = prepare_only(handle, around, sql);
  if (!prepared) return prepared.error();
  auto* statement = prepared->get();

  const int count = ::sqlite3_column_count(statement);
  auto names = std::vector<std::string>{};
  for (int i = 0; i < count; ++i) {
    const char* name = ::sqlite3_column_name(statement, i);
    names.emplace_back(name == nullptr ? "" : name);
  }
  columns(names);

  auto out = untrusted_outcome{};
  auto values = std::vector<sql_value>(static_cast<std::size_t>(count));
  for (;;) {
    const int status = ::sqlite3_step(statement);
    if (status == SQLITE_DONE) return out;
    if (status != SQLITE_ROW) return around.explain(status, false);
    if (out.rows == limits.max_rows) break;
    for (int i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = read_value(statement, i);
    ++out.rows;
    if (!row(values)) break;
  }
  out.truncated = true;
  return out;
}

}  // namespace quire::sqlite
