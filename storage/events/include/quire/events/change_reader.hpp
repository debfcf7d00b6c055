#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace quire::events {

/// The reading side of change events, on any connection and in its thread. Reads nothing but
/// committed rows when the connection is not the writer's. Change numbers are found among the rows
/// of other topics by binary search over offsets; reading on from where the last call stopped needs
/// no search.
class change_reader {
 public:
  explicit change_reader(sqlite::connection& db) : db_(db) {}

  /// Events with a number above `after`, in order, at most `limit`. Fails with `malformed_event` (a
  /// foreign program wrote a text into a change topic that is no event), `storage_*`.
  [[nodiscard]] result<change_batch> read(change_seq after, std::size_t limit);
  /// The last number given in the file.
  [[nodiscard]] result<change_seq> last();
  /// The lowest number still in the stream; absent when the stream has no change event.
  [[nodiscard]] result<std::optional<change_seq>> first();

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  struct found_row {
    std::int64_t offset;
    std::int64_t seq;
  };
  [[nodiscard]] result<std::optional<found_row>> first_at_or_after(std::int64_t offset);
  [[nodiscard]] result<std::int64_t> offset_before(change_seq after);

  sqlite::connection& db_;
  change_seq known_seq_;  // the stream up to `known_offset_` holds numbers up to this
  std::int64_t known_offset_ = 0;
  struct {
    sqlite::lazy_statement next_of_topic{
        "find a change event",
        "SELECT offset, payload FROM _honker_stream WHERE topic = ?1 AND offset >= ?2 "
        "ORDER BY offset LIMIT 1"};
    sqlite::lazy_statement bounds{
        "find the ends of the stream",
        "SELECT coalesce((SELECT offset FROM _honker_stream ORDER BY offset LIMIT 1), 0), "
        "coalesce((SELECT offset FROM _honker_stream ORDER BY offset DESC LIMIT 1), 0)"};
    sqlite::lazy_statement page{
        "read change events",
        "SELECT offset, topic, payload FROM _honker_stream WHERE offset > ?1 ORDER BY offset"};
    sqlite::lazy_statement last{
        "read the last change number",
        "SELECT CAST(value AS INTEGER) FROM _quire_meta WHERE key = 'commit_seq'"};
  } sql_;
};

}  // namespace quire::events
