#pragma once

#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>

#include <cstdint>
#include <utility>

namespace quire::sqlite {

/// A write transaction. Rolls back when it leaves scope uncommitted. The connection must neither be
/// moved nor destroyed before it. At most one at a time per connection.
class [[nodiscard]] transaction {
 public:
  /// `BEGIN IMMEDIATE`: takes the write lock now or fails with `storage_busy` after the busy
  /// timeout.
  [[nodiscard]] static result<transaction> begin_immediate(connection& db);

  transaction(transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  transaction& operator=(transaction&&) = delete;
  ~transaction() { roll_back(); }

  /// Durable when this returns success, if the connection was opened with `durability::full`.
  /// `storage_busy`: nothing happened, the transaction is still open and may be committed again.
  /// `foreign_key_violation` (a deferred one): likewise.
  /// `storage_full`: rolled back.
  /// `commit_unknown`: the write or its sync failed half way; whether the commit is in the file is
  /// known only after all connections of the file were closed and one was opened anew.
  result<void> commit();
  /// Undoes everything; nothing to do when committed or when SQLite already ended the transaction.
  void roll_back() noexcept;
  /// False after `commit`, `roll_back`, or a failure that ended the transaction.
  [[nodiscard]] bool is_open() const noexcept { return db_ != nullptr && db_->in_transaction(); }

 private:
  explicit transaction(connection& db) noexcept : db_(&db) {}
  connection* db_;
};

/// A read transaction: one snapshot for all reads until it leaves scope. It keeps the WAL from
/// being reused, so hold it briefly.
class [[nodiscard]] read_transaction {
 public:
  /// Opens the snapshot now, not at the first read.
  [[nodiscard]] static result<read_transaction> begin(connection& db);

  read_transaction(read_transaction&& other) noexcept
      : db_(std::exchange(other.db_, nullptr)), data_version_(other.data_version_) {}
  read_transaction& operator=(read_transaction&&) = delete;
  ~read_transaction() { end(); }

  /// The connection's `data_version` inside the snapshot.
  [[nodiscard]] std::int64_t data_version() const noexcept { return data_version_; }
  void end() noexcept;

 private:
  read_transaction(connection& db, std::int64_t version) noexcept
      : db_(&db), data_version_(version) {}
  connection* db_;
  std::int64_t data_version_;
};

/// One step inside a transaction that can fail alone: everything since `begin` is undone unless
/// `release` is called. Savepoints nest and end in the reverse order of their making. The
/// connection must not be moved meanwhile. Costs two steps of statements kept by the connection.
class [[nodiscard]] savepoint {
 public:
  /// Fails with `internal` outside a transaction, `storage_*` as SQLite reports.
  [[nodiscard]] static result<savepoint> begin(connection& db);

  savepoint(savepoint&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  savepoint& operator=(savepoint&&) = delete;
  ~savepoint() {
    if (db_ != nullptr) roll_back();
  }

  /// Keeps what was done, as part of the transaction around it.
  result<void> release();
  /// Undoes what was done since `begin`. Harmless when a failure already ended the whole
  /// transaction.
  void roll_back() noexcept;

 private:
  explicit savepoint(connection& db) noexcept : db_(&db) {}
  connection* db_;
};

}  // namespace quire::sqlite
