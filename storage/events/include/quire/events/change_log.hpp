#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::events {

/// The writing side of change events: numbers them and puts them into the stream of the same
/// transaction. One per writer connection, in its thread. Nothing here commits.
///
/// Life of a transaction: `load` (once, and again whenever another process committed), then
/// `append` for every mutation, `rewind(mark())` where a savepoint is rolled back, `store` right
/// before COMMIT, `forget` when all was rolled back.
class change_log {
 public:
  /// `org`: organization of the file, empty for the system file.
  change_log(sqlite::connection& db, org_id org) : db_(db), org_(std::move(org)) {}

  /// Reads the last number given. Fails with `storage_*`.
  [[nodiscard]] result<void> load();
  /// The last number given, uncommitted ones included.
  [[nodiscard]] change_seq last() const noexcept { return last_; }

  /// Gives `e` its number, organization and offset, stores it, and keeps it for the batch of this
  /// commit. `stream_key`: what readers of the stream find it by; empty: `{graph}/{key or id}`, or
  /// the id.
  [[nodiscard]] result<void> append(change_event e, std::string_view stream_key = {});

  struct mark_type {
    change_seq last;
    std::size_t pending;
  };
  [[nodiscard]] mark_type mark() const noexcept { return {last_, pending_.size()}; }
  /// What was appended since; valid until the next call that changes this.
  [[nodiscard]] std::span<const change_event> since(const mark_type& m) const noexcept {
    return std::span{pending_}.subspan(m.pending);
  }
  /// Forgets what was appended since; its rows are rolled back by the caller.
  void rewind(const mark_type& m);

  /// Writes the last number into the file, if it changed.
  [[nodiscard]] result<void> store();
  /// After COMMIT: the events of the commit. After a rollback: what is to be forgotten.
  [[nodiscard]] change_batch take();
  /// After a rollback of everything.
  void forget();

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  sqlite::connection& db_;
  org_id org_;
  change_seq last_;
  change_seq stored_;
  change_batch pending_;
  std::string payload_;     // reused, so that an event costs no allocation
  std::string stream_key_;  // likewise
  struct {
    sqlite::lazy_statement append{
        "append a change event",
        "INSERT INTO _honker_stream (topic, key, payload, created_at) VALUES (?1, ?2, ?3, ?4)"};
    sqlite::lazy_statement load{
        "read the last change number",
        "SELECT CAST(value AS INTEGER) FROM _quire_meta WHERE key = 'commit_seq'"};
    sqlite::lazy_statement store{"store the last change number",
                                 "INSERT INTO _quire_meta (key, value) VALUES ('commit_seq', ?1) "
                                 "ON CONFLICT (key) DO UPDATE SET value = excluded.value"};
  } sql_;
};

}  // namespace quire::events
