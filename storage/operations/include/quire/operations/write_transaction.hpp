#pragma once

#include <quire/events/change_log.hpp>
#include <quire/messages/change_event.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/transaction.hpp>

#include <optional>

namespace quire::operations {

/// What a COMMIT made durable.
struct committed {
  change_seq seq;       ///< last change of the file
  change_batch events;  ///< of this commit, in order
};

/// One write transaction at a time on the writer's connection of a file, with its change numbers.
/// Notices commits of others. In one thread; refers to the connection, which must outlive it.
class write_transaction {
 public:
  write_transaction(sqlite::connection& db, org_id org) : db_(db), changes_(db, std::move(org)) {}

  /// `BEGIN IMMEDIATE`. `storage_busy`: another process holds the lock; try again.
  /// @returns true when another connection committed since the last time: what was derived from the
  /// file is out of date.
  [[nodiscard]] result<bool> begin();
  /// False too when a failure (disk full, I/O) ended the transaction by itself.
  [[nodiscard]] bool is_open() const noexcept {
    return transaction_.has_value() && transaction_->is_open();
  }
  /// Commits; afterwards nothing is open, whatever the answer. `commit_unknown`: the file must be
  /// closed and opened anew. `storage_io` when nothing was open, such as after a failure that ended
  /// the transaction: nothing was done.
  [[nodiscard]] result<committed> commit();
  void roll_back();

  /// Looks, outside a transaction, whether another connection committed; reads the number of the
  /// last change anew if so.
  [[nodiscard]] result<bool> look_for_foreign_commits();

  [[nodiscard]] events::change_log& changes() noexcept { return changes_; }
  /// Number of the last change committed, as far as known.
  [[nodiscard]] change_seq last_seq() const noexcept { return last_seq_; }

 private:
  [[nodiscard]] result<bool> refresh();

  sqlite::connection& db_;
  events::change_log changes_;
  std::optional<sqlite::transaction> transaction_;
  std::optional<std::int64_t> data_version_;
  change_seq last_seq_;
};

}  // namespace quire::operations
