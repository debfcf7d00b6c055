#include "state.hpp"

#include <quire/messages/ids.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <sys/stat.h>

#include <cassert>
#include <cerrno>
#include <limits>
#include <system_error>

namespace quire::sqlite {
namespace {

// One value of a row may be a document with its JSON escapes; a row holds several.
constexpr int max_value_bytes = 64 << 20;
constexpr int max_sql_bytes = 1 << 20;
constexpr int max_variables = 32766;
constexpr int wal_header_bytes = 32;
constexpr int frame_header_bytes = 24;

constexpr std::array<const char*, control_count> control_sql = {
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT quire",
    "RELEASE quire",
    "ROLLBACK TO quire",
    "PRAGMA data_version",
};

int remember_wal(void* context, ::sqlite3* /*db*/, const char* /*schema*/, int frames) {
  static_cast<std::int64_t*>(context)[0] = frames;
  return SQLITE_OK;
}

result<void> check_name(const std::filesystem::path& file) {
  const auto& text = file.native();
  if (text.empty() || text == ":memory:" || text.starts_with("file:") ||
      text.find('\0') != std::string::npos || !file.has_filename()) {
    return fail(errc::invalid_path,
                "open '" + printable(text) +
                    "': not the name of a file; databases in memory and URIs are "
                    "refused because all connections must see one file");
  }
  return {};
}

std::string what_open(const std::filesystem::path& file) {
  return "open '" + printable(file.native()) + "'";
}

void set_limits(::sqlite3* db) {
  ::sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
  ::sqlite3_limit(db, SQLITE_LIMIT_LENGTH, max_value_bytes);
  ::sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, max_sql_bytes);
  ::sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, max_variables);
  ::sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
}

void set_guards(::sqlite3* db) {
  ::sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  ::sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  ::sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  ::sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  ::sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
}

}  // namespace

int connection_access::run(connection& db, control which, std::int64_t* number) noexcept {
  auto& s = *db.state_;
  auto*& kept = s.controls[static_cast<std::size_t>(which)];
  if (kept == nullptr) {
    const int status = ::sqlite3_prepare_v3(s.db, control_sql[static_cast<std::size_t>(which)], -1,
                                            SQLITE_PREPARE_PERSISTENT, &kept, nullptr);
    if (status != SQLITE_OK) return status;
  }
  int status = ::sqlite3_step(kept);
  if (status == SQLITE_ROW) {
    if (number != nullptr) *number = ::sqlite3_column_int64(kept, 0);
    status = ::sqlite3_step(kept);
  }
  const int reset = ::sqlite3_reset(kept);
  return status == SQLITE_DONE ? SQLITE_OK : reset;
}

void connection::closer::operator()(state* s) const noexcept {
  for (auto* kept : s->controls) ::sqlite3_finalize(kept);
  if (::sqlite3_close(s->db) == SQLITE_BUSY) {
    assert(!"a statement outlived its connection");
    ::sqlite3_close_v2(s->db);  // the file closes with the last statement
  }
  delete s;
}

connection::connection(std::unique_ptr<state, closer> s) noexcept : state_(std::move(s)) {}
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection() = default;

result<connection> connection::open(const std::filesystem::path& file,
                                    const open_options& options) {
  if (auto ok = check_name(file); !ok) return ok.error();
  const auto what = what_open(file);
  auto problem = std::error_code{};
  // An absolute name can never be taken for a URI or a special name.
  const auto name = std::filesystem::absolute(file, problem);
  if (problem) return make_system_error(problem.value(), "find the folder of", file);
  if (options.mode == open_mode::create) {
    // Made without opening it: closing a descriptor would drop the locks other connections of this
    // process hold.
    if (::mknod(name.c_str(), S_IFREG | S_IRUSR | S_IWUSR, 0) != 0 && errno != EEXIST) {
      return make_system_error(errno, "create", file);
    }
  }
  auto opened = connection{std::unique_ptr<state, closer>{new state}};
  auto& s = *opened.state_;
  s.file = name;
  s.mode = options.mode;
  const bool writes = options.mode != open_mode::read_only;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE |
                    (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  const int status = ::sqlite3_open_v2(name.c_str(), &s.db, flags,
                                       options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (status != SQLITE_OK) {
    if (!std::filesystem::exists(name, problem) && !problem) {
      return fail(errc::not_found, what + ": there is no such file");
    }
    return s.db == nullptr ? make_error(status, what, ::sqlite3_errstr(status))
                           : make_error(s.db, status, what);
  }
  set_limits(s.db);
  set_guards(s.db);
  opened.set_busy_timeout(options.busy_timeout);

  auto settings =
      std::string{"PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;PRAGMA synchronous="};
  settings.append(options.sync == durability::full ? "FULL" : "NORMAL");
  settings.append(";PRAGMA cache_size=").append(std::to_string(-options.cache_kib));
  settings.append(";PRAGMA wal_autocheckpoint=0;");
  if (!writes) settings.append("PRAGMA query_only=ON;");
  if (auto ok = opened.execute(settings); !ok) return in_context(ok.error(), what);

  {
    // The first access to the file: here a file that is no database shows. A reader takes the mode
    // as it is.
    auto mode = opened.prepare(what, writes ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode");
    if (!mode) return mode.error();
    auto row = mode->step();
    if (!row) return row.error();
    if (writes && mode->text(0) != "wal") {
      return fail(errc::storage_io,
                  what +
                      ": the write-ahead log cannot be used here; is this a network "
                      "file system or another program's locked file?");
    }
  }
  auto pages =
      opened.prepare(what, "SELECT page_size FROM pragma_page_size, pragma_schema_version");
  if (!pages) return pages.error();
  if (auto row = pages->step(); !row) return row.error();
  s.page_size = pages->integer(0);
  ::sqlite3_wal_hook(s.db, remember_wal, &s.wal_frames);
  return opened;
}

result<void> connection::execute(std::string_view sql) {
  auto* db = state_->db;
  while (!sql.empty()) {
    ::sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int status =
        ::sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), 0, &raw, &tail);
    if (status != SQLITE_OK) return make_error(db, status, sql_head(sql));
    const auto here = sql.substr(0, static_cast<std::size_t>(tail - sql.data()));
    sql.remove_prefix(here.size());
    if (raw == nullptr) {
      if (here.empty()) break;  // a NUL: nothing after it is SQL
      continue;                 // a comment
    }
    auto prepared = statement{raw, sql_head(here), &state_->function_error};
    if (auto done = prepared.run(); !done) return done;
  }
  return {};
}

result<statement> connection::prepare(std::string_view name, std::string_view sql) {
  auto* db = state_->db;
  ::sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int status = ::sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  if (status != SQLITE_OK) return make_error(db, status, name);
  auto prepared = statement{raw, name, &state_->function_error};
  const auto rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  if (raw == nullptr || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return fail(errc::internal,
                std::string{name} + ": not exactly one statement: " + sql_head(sql));
  }
  return prepared;
}

bool connection::in_transaction() const noexcept {
  return ::sqlite3_get_autocommit(state_->db) == 0;
}

std::int64_t connection::changes() const noexcept { return ::sqlite3_changes64(state_->db); }

std::int64_t connection::last_insert_rowid() const noexcept {
  return ::sqlite3_last_insert_rowid(state_->db);
}

result<std::int64_t> connection::data_version() {
  std::int64_t version = 0;
  const int status = connection_access::run(*this, control::data_version, &version);
  if (status != SQLITE_OK) return make_error(state_->db, status, "read the data version");
  return version;
}

result<checkpoint_state> connection::checkpoint(bool truncate) {
  int log = 0;
  int copied = 0;
  const int status = ::sqlite3_wal_checkpoint_v2(
      state_->db, "main", truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &log,
      &copied);
  if (log >= 0) state_->wal_frames = log;
  if (status != SQLITE_OK) return make_error(state_->db, status, "checkpoint");
  return checkpoint_state{log, copied};
}

std::int64_t connection::wal_bytes() const noexcept {
  const auto frames = state_->wal_frames;
  return frames == 0 ? 0 : wal_header_bytes + frames * (frame_header_bytes + state_->page_size);
}

std::int64_t connection::cache_bytes() const noexcept {
  int now = 0;
  int highest = 0;
  ::sqlite3_db_status(state_->db, SQLITE_DBSTATUS_CACHE_USED, &now, &highest, 0);
  return now;
}

result<void> connection::set_cache_kib(std::int64_t kib) {
  return execute("PRAGMA cache_size=" + std::to_string(-kib));
}

bool connection::has_moved() const noexcept {
  int moved = 0;
  const int status =
      ::sqlite3_file_control(state_->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return status == SQLITE_OK && moved != 0;
}

void connection::release_memory() noexcept { ::sqlite3_db_release_memory(state_->db); }

void connection::set_busy_timeout(std::chrono::milliseconds timeout) noexcept {
  const auto most = std::chrono::milliseconds{std::numeric_limits<int>::max()};
  ::sqlite3_busy_timeout(state_->db, static_cast<int>(std::min(timeout, most).count()));
}

void connection::interrupt() noexcept { ::sqlite3_interrupt(state_->db); }

result<void> connection::vacuum() {
  // VACUUM attaches its scratch file by SQL of its own.
  ::sqlite3_limit(state_->db, SQLITE_LIMIT_ATTACHED, 1);
  auto done = execute("VACUUM");
  ::sqlite3_limit(state_->db, SQLITE_LIMIT_ATTACHED, 0);
  return done;
}

const std::filesystem::path& connection::file() const noexcept { return state_->file; }

open_mode connection::mode() const noexcept { return state_->mode; }

}  // namespace quire::sqlite
