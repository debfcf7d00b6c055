#pragma once

#include <quire/identity/write_context.hpp>
#include <quire/messages/change_event.hpp>
#include <quire/messages/limits.hpp>
#include <quire/sqlite/statement.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

// What the repositories share: running a statement, reading columns, telling of a change.
namespace quire::identity {

/// Binds the values to the parameters 1, 2, ….
template <class... Values>
void bind_all(sqlite::statement& s, const Values&... values) {
  int at = 0;
  (s.bind(++at, values), ...);
}

/// Runs a statement that gives no rows.
template <class... Values>
[[nodiscard]] result<void> run(sqlite::lazy_statement& sql, sqlite::connection& db,
                               const Values&... values) {
  auto statement = sql.get(db);
  if (!statement) return statement.error();
  bind_all(**statement, values...);
  if (auto ok = (**statement).run(); !ok) return ok.error();
  return {};
}

/// What `read` makes of the first row, if there is one.
template <class Read, class... Values>
[[nodiscard]] auto first(sqlite::lazy_statement& sql, sqlite::connection& db, Read read,
                         const Values&... values)
    -> result<std::optional<decltype(read(std::declval<sqlite::statement&>()))>> {
  auto statement = sql.get(db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  bind_all(s, values...);
  auto there = s.step();
  if (!there) return there.error();
  if (!*there) return std::nullopt;
  return std::optional{read(s)};
}

/// Calls `see` for each row.
template <class See, class... Values>
[[nodiscard]] result<void> each(sqlite::lazy_statement& sql, sqlite::connection& db, See see,
                                const Values&... values) {
  auto statement = sql.get(db);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  bind_all(s, values...);
  while (true) {
    auto there = s.step();
    if (!there) return there.error();
    if (!*there) return {};
    see(s);
  }
}

/// Fails with `invalid_option` (limit) or `invalid_cursor`.
[[nodiscard]] result<void> check(const list_page& part);

/// One page. The statement gives at most as many rows as its last parameter says; `cursor_of` says
/// where a page ends.
template <class Read, class CursorOf, class... Values>
[[nodiscard]] auto page_of(sqlite::lazy_statement& sql, sqlite::connection& db, std::size_t limit,
                           Read read, CursorOf cursor_of, const Values&... values)
    -> result<page<decltype(read(std::declval<sqlite::statement&>()))>> {
  page<decltype(read(std::declval<sqlite::statement&>()))> out;
  // One more than wanted tells whether there is another page.
  auto done = each(
      sql, db, [&](sqlite::statement& s) { out.items.push_back(read(s)); }, values...,
      static_cast<std::int64_t>(limit + 1));
  if (!done) return done.error();
  if (out.items.size() > limit) {
    out.items.pop_back();
    out.next_cursor = cursor_of(out.items.back());
  }
  return out;
}

/// To bind NULL instead of the empty text.
[[nodiscard]] inline std::optional<std::string_view> unless_empty(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return text;
}
[[nodiscard]] inline std::optional<std::int64_t> seconds_of(const std::optional<row_time>& t) {
  if (!t) return std::nullopt;
  return t->time_since_epoch().count();
}

[[nodiscard]] std::string text_at(sqlite::statement& s, int column);
[[nodiscard]] row_time time_at(sqlite::statement& s, int column);
[[nodiscard]] std::optional<row_time> optional_time_at(sqlite::statement& s, int column);
// Files of other programs may hold other words: they count as what allows least.
[[nodiscard]] account_status status_at(sqlite::statement& s, int column);
[[nodiscard]] account_level access_level_at(sqlite::statement& s, int column);
[[nodiscard]] membership_level membership_level_at(sqlite::statement& s, int column);

/// Appends a change event. `stream_key` as of `change_log::append`.
[[nodiscard]] result<void> tell(table t, change_op op, std::string_view id, write_context& in,
                                std::string_view stream_key = {});

/// Names for people: empty, or up to 512 bytes without control characters; else `invalid_name`.
[[nodiscard]] result<void> check_display_name(std::string_view name);

}  // namespace quire::identity
