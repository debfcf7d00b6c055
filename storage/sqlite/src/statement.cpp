#include "state.hpp"

#include <quire/sqlite/statement.hpp>

namespace quire::sqlite {

statement::~statement() { ::sqlite3_finalize(handle_); }

void statement::note_bind(int status) noexcept {
  if (status != SQLITE_OK && bind_status_ == SQLITE_OK) bind_status_ = status;
}

void statement::bind_integer(int index, std::int64_t value) noexcept {
  note_bind(::sqlite3_bind_int64(handle_, index, value));
}

void statement::bind(int index, double value) noexcept {
  note_bind(::sqlite3_bind_double(handle_, index, value));
}

// SQLite binds NULL for a null pointer, so an empty view gets an address.
void statement::bind(int index, std::string_view text) noexcept {
  note_bind(::sqlite3_bind_text64(handle_, index, text.empty() ? "" : text.data(), text.size(),
                                  SQLITE_TRANSIENT, SQLITE_UTF8));
}

void statement::bind_view(int index, std::string_view text) noexcept {
  note_bind(::sqlite3_bind_text64(handle_, index, text.empty() ? "" : text.data(), text.size(),
                                  SQLITE_STATIC, SQLITE_UTF8));
}

void statement::bind_null(int index) noexcept { note_bind(::sqlite3_bind_null(handle_, index)); }

void statement::bind_blob(int index, std::span<const std::byte> bytes) noexcept {
  note_bind(bytes.empty() ? ::sqlite3_bind_zeroblob(handle_, index, 0)
                          : ::sqlite3_bind_blob64(handle_, index, bytes.data(), bytes.size(),
                                                  SQLITE_TRANSIENT));
}

result<bool> statement::step() {
  if (bind_status_ == SQLITE_OK) [[likely]] {
    const int status = ::sqlite3_step(handle_);
    if (status == SQLITE_ROW) return true;
    if (status == SQLITE_DONE) {
      ::sqlite3_reset(handle_);
      return false;
    }
    return failure(status);
  }
  return failure(std::exchange(bind_status_, SQLITE_OK));
}

error statement::failure(int status) {
  auto* db = ::sqlite3_db_handle(handle_);
  auto out = make_error(db, status, name_, ::sqlite3_sql(handle_));
  if (auto told = std::exchange(*function_error_, {});
      told.code != errc::none && (status & 0xff) == SQLITE_ERROR) {
    out.code = told.code;  // SQLite passed on the message; the code is ours
    out.details = std::move(told.details);
  }
  ::sqlite3_reset(handle_);
  return out;
}

result<void> statement::run() {
  for (;;) {
    auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

void statement::reset() noexcept { ::sqlite3_reset(handle_); }

std::int64_t statement::integer(int column) noexcept {
  return ::sqlite3_column_int64(handle_, column);
}

double statement::real(int column) noexcept { return ::sqlite3_column_double(handle_, column); }

std::string_view statement::text(int column) noexcept {
  const auto* bytes = ::sqlite3_column_text(handle_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(::sqlite3_column_bytes(handle_, column))};
}

std::span<const std::byte> statement::blob(int column) noexcept {
  const auto* bytes = ::sqlite3_column_blob(handle_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const std::byte*>(bytes),
          static_cast<std::size_t>(::sqlite3_column_bytes(handle_, column))};
}

bool statement::is_null(int column) noexcept {
  return ::sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

column_kind statement::kind(int column) noexcept {
  return static_cast<column_kind>(::sqlite3_column_type(handle_, column));
}

int statement::columns() const noexcept { return ::sqlite3_column_count(handle_); }

std::string_view statement::column_name(int column) noexcept {
  const char* name = ::sqlite3_column_name(handle_, column);
  return name == nullptr ? std::string_view{} : name;
}

bool statement::is_read_only() const noexcept { return ::sqlite3_stmt_readonly(handle_) != 0; }

result<statement*> lazy_statement::get(connection& db) {
  if (ready_) {
    ready_->reset();
    return &*ready_;
  }
  auto prepared = db.prepare(name_, sql_);
  if (!prepared) return prepared.error();
  return &ready_.emplace(std::move(*prepared));
}

result<statement*> statement_cache::get(connection& db, std::string_view name,
                                        std::string_view sql) {
  if (const auto found = index_.find(sql); found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    entries_.front().prepared.reset();
    return &entries_.front().prepared;
  }
  auto prepared = db.prepare(name, sql);
  if (!prepared) return prepared.error();
  if (entries_.size() == capacity_) {
    index_.erase(entries_.back().sql);
    entries_.pop_back();
  }
  auto& added = entries_.emplace_front(entry{std::string{sql}, std::move(*prepared)});
  index_.emplace(added.sql, entries_.begin());
  return &added.prepared;
}

void statement_cache::clear() noexcept {
  index_.clear();
  entries_.clear();
}

}  // namespace quire::sqlite
