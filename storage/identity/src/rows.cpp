#include "rows.hpp"

namespace quire::identity {
namespace {

template <class E>
E known_or(const result<E>& word, E least) {
  return word ? *word : least;
}

}  // namespace

result<void> check(const list_page& part) {
  if (part.limit == 0 || part.limit > limits::max_page) {
    return fail(errc::invalid_option, "list: limit " + std::to_string(part.limit) +
                                          " is not within 1 and " +
                                          std::to_string(limits::max_page));
  }
  if (!part.cursor.empty() && !is_valid_row_id(part.cursor)) {
    return fail(errc::invalid_cursor,
                "list: '" + printable(part.cursor) + "' is no cursor of an earlier page");
  }
  return {};
}

std::string text_at(sqlite::statement& s, int column) { return std::string{s.text(column)}; }

row_time time_at(sqlite::statement& s, int column) {
  return row_time{std::chrono::seconds{s.integer(column)}};
}

std::optional<row_time> optional_time_at(sqlite::statement& s, int column) {
  if (s.is_null(column)) return std::nullopt;
  return time_at(s, column);
}

account_status status_at(sqlite::statement& s, int column) {
  return known_or(account_status_from_string(s.text(column)), account_status::deactivated);
}

account_level access_level_at(sqlite::statement& s, int column) {
  return known_or(account_level_from_string(s.text(column)), account_level::user);
}

membership_level membership_level_at(sqlite::statement& s, int column) {
  return known_or(membership_level_from_string(s.text(column)), membership_level::member);
}

result<void> tell(table t, change_op op, std::string_view id, write_context& in,
                  std::string_view stream_key) {
  change_event e;
  e.table = t;
  e.op = op;
  e.id = row_id{std::string{id}};
  e.at = in.now;
  e.actor = in.actor;
  return in.changes.append(std::move(e), stream_key);
}

result<void> check_display_name(std::string_view name) {
  if (name.empty() || is_valid_key(name)) return {};
  return fail(errc::invalid_name,
              "name '" + printable(name) + "': at most 512 bytes without control characters");
}

}  // namespace quire::identity
