#include "state.hpp"

#include <quire/sqlite/transaction.hpp>

namespace quire::sqlite {
namespace {

error failed(connection& db, int status, std::string_view what) {
  return make_error(connection_access::handle(db), status, what);
}

/// True when a COMMIT that failed so has certainly not reached the file.
bool surely_not_committed(errc code) {
  switch (code) {
    case errc::storage_busy:
    case errc::storage_full:
    case errc::foreign_key_violation:
    case errc::deadline_exceeded: return true;
    default: return false;
  }
}

}  // namespace

result<transaction> transaction::begin_immediate(connection& db) {
  const int status = connection_access::run(db, control::begin_immediate);
  if (status != SQLITE_OK) return failed(db, status, "begin");
  return transaction{db};
}

result<void> transaction::commit() {
  if (!is_open()) {
    return fail(errc::internal, "commit: the transaction has already ended");
  }
  const int status = connection_access::run(*db_, control::commit);
  if (status == SQLITE_OK) {
    db_ = nullptr;
    return {};
  }
  auto why = failed(*db_, status, "commit");
  if (!surely_not_committed(why.code)) {
    // The frames may be in the log although the call failed: a sync that fails says nothing about
    // what it wrote.
    why.code = errc::commit_unknown;
    why.context += "; close all connections of the file and read before trying again";
  }
  return why;
}

void transaction::roll_back() noexcept {
  if (is_open()) connection_access::run(*db_, control::rollback);
  db_ = nullptr;
}

result<read_transaction> read_transaction::begin(connection& db) {
  if (const int status = connection_access::run(db, control::begin); status != SQLITE_OK) {
    return failed(db, status, "begin reading");
  }
  // BEGIN alone takes no snapshot; the first read does.
  std::int64_t version = 0;
  const int status = connection_access::run(db, control::data_version, &version);
  auto begun = read_transaction{db, version};
  if (status != SQLITE_OK) return failed(db, status, "begin reading");
  return begun;
}

void read_transaction::end() noexcept {
  // Nothing was written, so both ways of ending are the same; a rollback cannot be refused.
  if (db_ != nullptr && db_->in_transaction()) connection_access::run(*db_, control::rollback);
  db_ = nullptr;
}

result<savepoint> savepoint::begin(connection& db) {
  if (!db.in_transaction()) {
    return fail(errc::internal, "begin a savepoint: no transaction is open");
  }
  const int status = connection_access::run(db, control::savepoint);
  if (status != SQLITE_OK) return failed(db, status, "begin a savepoint");
  return savepoint{db};
}

result<void> savepoint::release() {
  if (db_ == nullptr) return fail(errc::internal, "release a savepoint: it has already ended");
  const int status = connection_access::run(*db_, control::release);
  if (status != SQLITE_OK) return failed(*db_, status, "release a savepoint");
  db_ = nullptr;
  return {};
}

void savepoint::roll_back() noexcept {
  auto* db = std::exchange(db_, nullptr);
  if (db == nullptr || !db->in_transaction()) return;
  connection_access::run(*db, control::rollback_to);
  connection_access::run(*db, control::release);
}

}  // namespace quire::sqlite
