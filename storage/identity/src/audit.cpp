#include "rows.hpp"

#include <quire/identity/audit.hpp>

#include <limits>

namespace quire::identity {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out.append(out.empty() ? "{" : ",").append("\"").append(name).append("\":");
  append_json_string(out, text);
}

audit_entry row_of(sqlite::statement& s) {
  audit_entry row;
  row.id = row_id{text_at(s, 0)};
  row.action = text_at(s, 1);
  row.owner = account_id{text_at(s, 2)};
  row.credential = row_id{text_at(s, 3)};
  if (auto kind = credential_kind_from_string(s.text(4))) row.kind = *kind;
  row.org = org_id{text_at(s, 5)};
  row.details = s.is_null(6) ? document::empty_object() : document::trusted(text_at(s, 6));
  row.created_at = time_at(s, 7);
  return row;
}

constexpr auto everything = std::numeric_limits<std::int64_t>::max();

}  // namespace

struct audit_trail::position {
  std::int64_t rowid = everything;
  std::int64_t created_at = everything;
};

result<void> audit_trail::append(const act& what, write_context& in) {
  auto added = append_once(in.ids.next(), what, in);
  if (!added) return added.error();
  return {};
}

result<bool> audit_trail::append_once(const row_id& id, const act& what, write_context& in) {
  if (!is_valid_row_id(id.get())) {
    return fail(errc::invalid_key, "audit row: '" + printable(id.get()) + "' is no id of a row");
  }
  auto known = first(
      sql_.owner, in.db, [](sqlite::statement&) { return true; }, in.actor);
  if (!known) return known.error();
  const bool has_account = known->has_value();
  // Who is no account must not vanish from the trail.
  const auto principal = in.origin.principal.empty() && !has_account && in.actor != system_account
                             ? in.actor
                             : in.origin.principal;
  std::string details;
  append_member(details, "orgId", what.org);
  append_member(details, "principal", principal);
  append_member(details, "operationId", in.origin.operation);
  append_member(details, "requestId", in.origin.request);
  append_member(details, "reason", what.reason);
  append_member(details, "target", what.target);
  details.append(details.empty() ? "{}" : "}");
  const bool has_credential = in.origin.kind.has_value() && !in.origin.credential.empty();
  auto done = run(sql_.insert, in.db, id, in.seconds(), what.action,
                  has_account ? in.actor : system_account,
                  has_credential ? unless_empty(in.origin.credential) : std::nullopt,
                  has_credential ? unless_empty(to_string(*in.origin.kind)) : std::nullopt,
                  unless_empty(what.org), details);
  if (!done) return in_context(done.error(), "audit row '" + std::string{what.action} + "'");
  if (in.db.changes() == 0) return false;
  if (auto ok = tell(table::audit_logs, change_op::created, id.get(), in); !ok) return ok.error();
  return true;
}

result<audit_trail::position> audit_trail::position_of(std::string_view cursor,
                                                       sqlite::connection& db) {
  if (cursor.empty()) return position{};
  auto found = first(
      sql_.position, db,
      [](sqlite::statement& s) {
        return position{.rowid = s.integer(0), .created_at = s.integer(1)};
      },
      cursor);
  if (!found) return found.error();
  if (!*found) {
    return fail(errc::invalid_cursor,
                "list of audit rows: the row the last page ended with is gone; begin again");
  }
  return **found;
}

result<page<audit_entry>> audit_trail::list(const audit_filter& filter, const list_page& part,
                                            sqlite::connection& db) {
  if (auto ok = check(part); !ok) return ok.error();
  auto from = position_of(part.cursor, db);
  if (!from) return from.error();
  auto& sql = !filter.action.empty()  ? sql_.list_action
              : !filter.owner.empty() ? sql_.list_owner
              : !filter.org.empty()   ? sql_.list_org
                                      : sql_.list;
  const auto since = filter.since ? filter.since->time_since_epoch().count()
                                  : std::numeric_limits<std::int64_t>::min();
  return page_of(
      sql, db, part.limit, row_of, [](const audit_entry& row) { return row.id.get(); }, from->rowid,
      from->created_at, since, unless_empty(filter.action), unless_empty(filter.owner),
      unless_empty(filter.org));
}

result<std::size_t> audit_trail::prune(row_time older_than, std::size_t max_rows,
                                       write_context& in) {
  std::vector<std::string> old;
  std::string action;
  while (old.size() < max_rows) {
    auto next = first(
        sql_.next_action, in.db, [](sqlite::statement& s) { return text_at(s, 0); }, action);
    if (!next) return next.error();
    if (!*next) break;
    action = std::move(**next);
    auto done = each(
        sql_.old, in.db, [&](sqlite::statement& s) { old.push_back(text_at(s, 0)); }, action,
        older_than.time_since_epoch().count(), static_cast<std::int64_t>(max_rows - old.size()));
    if (!done) return done.error();
  }
  for (const auto& id : old) {
    if (auto ok = run(sql_.remove, in.db, id); !ok) return ok.error();
    if (auto ok = tell(table::audit_logs, change_op::deleted, id, in); !ok) return ok.error();
  }
  return old.size();
}

std::vector<const sqlite::lazy_statement*> audit_trail::statements() const {
  static_assert(sizeof(sql_) == 10 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.owner,    &sql_.insert,      &sql_.position,    &sql_.list, &sql_.list_owner,
          &sql_.list_org, &sql_.list_action, &sql_.next_action, &sql_.old,  &sql_.remove};
}

}  // namespace quire::identity
