#pragma once

#include <quire/messages/environment.hpp>
#include <quire/messages/ids.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quire::events {

/// A row of the stream.
struct stream_event {
  stream_offset offset;
  quire::topic topic;
  std::optional<std::string> key;
  std::string payload;          ///< JSON text
  std::int64_t created_at = 0;  ///< Unix seconds
};

/// The stream of one file: one sequence of offsets across all topics. Belongs to one connection and
/// its thread; nothing here commits. Fails with `storage_*` as SQLite reports. Layout:
/// docs/formats/stream.md.
class stream {
 public:
  explicit stream(sqlite::connection& db) : db_(db) {}

  /// Appends an event to any topic but the reserved ones (`__…`, `jobs:…`, change topics:
  /// `reserved_name`). `payload`: JSON text, at most `limits::max_payload_bytes`. Fails with
  /// `invalid_name`, `payload_not_json`, `payload_too_large`.
  [[nodiscard]] result<stream_offset> publish(const topic& where,
                                              std::optional<std::string_view> key,
                                              std::string_view payload, timestamp now);
  /// Events of one topic after an offset, oldest first.
  [[nodiscard]] result<std::vector<stream_event>> read(const topic& from, stream_offset after,
                                                       std::size_t limit);

  /// Keeps a consumer's place in a topic; forward only. True when it was made or moved.
  [[nodiscard]] result<bool> save_offset(const consumer_name& who, const topic& where,
                                         stream_offset offset);
  /// 0 when nothing was saved.
  [[nodiscard]] result<stream_offset> saved_offset(const consumer_name& who, const topic& where);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  sqlite::connection& db_;
  struct {
    sqlite::lazy_statement publish{
        "publish to the stream",
        "INSERT INTO _honker_stream (topic, key, payload, created_at) VALUES (?1, ?2, ?3, ?4)"};
    sqlite::lazy_statement read{
        "read the stream",
        "SELECT offset, key, payload, created_at FROM _honker_stream WHERE topic = ?1 AND "
        "offset > ?2 ORDER BY offset LIMIT ?3"};
    sqlite::lazy_statement save{
        "save an offset",
        "INSERT INTO _honker_stream_consumers (name, topic, offset) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (name, topic) DO UPDATE SET offset = excluded.offset "
        "WHERE excluded.offset > offset"};
    sqlite::lazy_statement saved{
        "find a saved offset",
        "SELECT offset FROM _honker_stream_consumers WHERE name = ?1 AND topic = ?2"};
  } sql_;
};

/// Names of topics and consumers: 1 to 255 bytes of UTF-8 without control characters.
[[nodiscard]] bool is_valid_event_name(std::string_view text) noexcept;

}  // namespace quire::events
