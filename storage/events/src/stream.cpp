#include <quire/events/stream.hpp>
#include <quire/messages/change_event.hpp>
#include <quire/messages/limits.hpp>

namespace quire::events {
namespace {

constexpr std::size_t max_name_bytes = 255;

bool is_change_topic(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && table_from_string(text.substr(0, colon)).has_value() &&
         change_op_from_string(text.substr(colon + 1)).has_value();
}

result<void> check_topic(const topic& t) {
  const auto& text = t.get();
  if (!is_valid_event_name(text)) {
    return fail(errc::invalid_name,
                "topic '" + printable(text) + "': 1 to 255 bytes without control characters");
  }
  if (text.starts_with("__") || text.starts_with("jobs:") || is_change_topic(text)) {
    return fail(errc::reserved_name,
                "topic '" + printable(text) + "' is written by the engine only");
  }
  return {};
}

std::int64_t seconds(timestamp t) {
  return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

}  // namespace

bool is_valid_event_name(std::string_view text) noexcept {
  return text.size() <= max_name_bytes && is_valid_key(text);
}

result<stream_offset> stream::publish(const topic& where, std::optional<std::string_view> key,
                                      std::string_view payload, timestamp now) {
  if (auto ok = check_topic(where); !ok) return ok.error();
  if (payload.size() > limits::max_payload_bytes) {
    return fail(errc::payload_too_large, "event of " + std::to_string(payload.size()) +
                                             " bytes for topic '" + printable(where.get()) +
                                             "'; the limit is " +
                                             std::to_string(limits::max_payload_bytes));
  }
  if (auto parsed = document::parse(payload); !parsed) return parsed.error();
  auto statement = sql_.publish.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind_view(1, where.get());
  if (key) {
    s.bind_view(2, *key);
  } else {
    s.bind_null(2);
  }
  s.bind_view(3, payload);
  s.bind(4, seconds(now));
  if (auto ok = s.run(); !ok) return ok.error();
  return stream_offset{db_.last_insert_rowid()};
}

result<std::vector<stream_event>> stream::read(const topic& from, stream_offset after,
                                               std::size_t limit) {
  auto statement = sql_.read.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, from.get());
  s.bind(2, after.get());
  s.bind(3, static_cast<std::int64_t>(limit));
  std::vector<stream_event> out;
  while (true) {
    auto row = s.step();
    if (!row) return row.error();
    if (!*row) return out;
    stream_event e;
    e.offset = stream_offset{s.integer(0)};
    e.topic = from;
    if (!s.is_null(1)) e.key = std::string{s.text(1)};
    e.payload = std::string{s.text(2)};
    e.created_at = s.integer(3);
    out.push_back(std::move(e));
  }
}

result<bool> stream::save_offset(const consumer_name& who, const topic& where,
                                 stream_offset offset) {
  if (!is_valid_event_name(who.get())) {
    return fail(errc::invalid_name, "consumer '" + printable(who.get()) +
                                        "': 1 to 255 bytes without control characters");
  }
  if (!is_valid_event_name(where.get())) {
    return fail(errc::invalid_name, "topic '" + printable(where.get()) +
                                        "': 1 to 255 bytes without control characters");
  }
  auto statement = sql_.save.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind(1, who.get());
  s.bind(2, where.get());
  s.bind(3, offset.get());
  if (auto ok = s.run(); !ok) return ok.error();
  return db_.changes() > 0;
}

result<stream_offset> stream::saved_offset(const consumer_name& who, const topic& where) {
  auto statement = sql_.saved.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, who.get());
  s.bind(2, where.get());
  auto row = s.step();
  if (!row) return row.error();
  return stream_offset{*row ? s.integer(0) : 0};
}

std::vector<const sqlite::lazy_statement*> stream::statements() const {
  std::vector<const sqlite::lazy_statement*> all{&sql_.publish, &sql_.read, &sql_.save,
                                                 &sql_.saved};
  static_assert(sizeof(sql_) == 4 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::events
