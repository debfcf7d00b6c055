#include "rows.hpp"

#include <quire/identity/accounts.hpp>

#include <algorithm>
#include <utility>

namespace quire::identity {
namespace {

constexpr std::size_t max_email_bytes = 254;

account row_of(sqlite::statement& s) {
  return {.id = account_id{text_at(s, 0)},
          .email = text_at(s, 1),
          .display_name = text_at(s, 2),
          .level = access_level_at(s, 3),
          .status = status_at(s, 4),
          .metadata = s.is_null(5) ? document::empty_object() : document::trusted(text_at(s, 5)),
          .created_at = time_at(s, 6),
          .updated_at = time_at(s, 7)};
}

error no_account(std::string_view name) {
  return fail(errc::not_found, "there is no account '" + printable(name) + "'");
}

/// The only ways from one status to another.
bool may_become(account_status from, account_status to) {
  switch (from) {
    case account_status::active:
    case account_status::suspended: return true;
    case account_status::deactivated: return to == account_status::active;
  }
  return false;
}

/// Ids that a statement gives in its first column.
result<std::vector<std::string>> ids_of(sqlite::lazy_statement& sql, const account_id& owner,
                                        sqlite::connection& db) {
  std::vector<std::string> out;
  auto done = each(
      sql, db, [&](sqlite::statement& s) { out.push_back(text_at(s, 0)); }, owner);
  if (!done) return done.error();
  return out;
}

}  // namespace

result<std::string> normal_email(std::string_view text) {
  const auto bad = [&] {
    return fail(errc::invalid_name, "'" + printable(text) +
                                        "' is no e-mail address: one '@' with something on both "
                                        "sides, no blanks, at most 254 bytes");
  };
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return bad();
  std::string out{text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1)};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto at = out.find('@');
  const bool good = out.size() <= max_email_bytes && is_valid_key(out) && at != std::string::npos &&
                    at > 0 && at + 1 < out.size() && out.find('@', at + 1) == std::string::npos &&
                    out.find(' ') == std::string::npos;
  if (!good) return bad();
  return out;
}

result<void> accounts::ensure_system(write_context& in) {
  auto there = first(sql_.find_by_email, in.db, row_of, system_email);
  if (!there) return there.error();
  if (*there) return {};
  account row;
  row.id = account_id{std::string{system_account}};
  row.email = system_email;
  row.level = account_level::service;
  auto made = insert(std::move(row), in);
  if (!made) return in_context(made.error(), "account of the engine");
  return {};
}

result<account> accounts::insert(account row, write_context& in) {
  auto done = run(sql_.insert, in.db, row.id, in.seconds(), row.email,
                  unless_empty(row.display_name), to_string(row.level));
  if (!done) return done.error();
  if (auto ok = tell(table::accounts, change_op::created, row.id.get(), in); !ok) return ok.error();
  row.metadata = document::empty_object();
  row.created_at = row.updated_at = in.row_now();
  return row;
}

result<account> accounts::create(const account_options& what, write_context& in) {
  auto email = normal_email(what.email);
  if (!email) return in_context(email.error(), "new account");
  if (auto ok = check_display_name(what.display_name); !ok)
    return in_context(ok.error(), "new account '" + *email + "'");
  account row;
  row.id = what.id.get().empty() ? account_id{in.ids.next().get()} : what.id;
  row.email = std::move(*email);
  row.display_name = what.display_name;
  row.level = what.level;
  if (!is_valid_row_id(row.id.get())) {
    return fail(errc::invalid_key, "new account '" + row.email + "': '" + printable(row.id.get()) +
                                       "' is no id: 1 to 128 bytes without control characters");
  }
  auto made = insert(std::move(row), in);
  if (!made) return in_context(made.error(), "new account");
  if (auto ok = trail_->append({.action = "account.created", .target = made->id.get()}, in); !ok)
    return ok.error();
  return made;
}

result<account> accounts::find_or_create(std::string_view email, write_context& in) {
  auto normal = normal_email(email);
  if (!normal) return normal.error();
  auto there = first(sql_.find_by_email, in.db, row_of, *normal);
  if (!there) return there.error();
  if (*there) return std::move(**there);
  return create({.email = std::move(*normal)}, in);
}

result<account> accounts::find(const account_id& id, sqlite::connection& db) {
  auto row = first(sql_.find, db, row_of, id);
  if (!row) return row.error();
  if (!*row) return no_account(id.get());
  return std::move(**row);
}

result<account> accounts::find_by_email(std::string_view email, sqlite::connection& db) {
  auto normal = normal_email(email);
  if (!normal) return normal.error();
  auto row = first(sql_.find_by_email, db, row_of, *normal);
  if (!row) return row.error();
  if (!*row) return no_account(*normal);
  return std::move(**row);
}

result<page<account>> accounts::list(const list_page& part, sqlite::connection& db) {
  if (auto ok = check(part); !ok) return ok.error();
  return page_of(
      sql_.list, db, part.limit, row_of, [](const account& row) { return row.id.get(); },
      part.cursor);
}

result<account> accounts::changeable(const account_id& id, write_context& in) {
  if (id.get() == system_account) {
    return fail(errc::protected_row, "the account 'system' is the engine's and stays as it is");
  }
  return find(id, in.db);
}

result<void> accounts::update(const account& row, write_context& in) {
  auto done = run(sql_.update, in.db, row.id, unless_empty(row.display_name), to_string(row.status),
                  in.seconds());
  if (!done) return done.error();
  return tell(table::accounts, change_op::updated, row.id.get(), in);
}

result<void> accounts::revoke_all(const account_id& owner, write_context& in) {
  const auto revoke = [&](sqlite::lazy_statement& live, sqlite::lazy_statement& sql,
                          table t) -> result<void> {
    auto ids = ids_of(live, owner, in.db);
    if (!ids) return ids.error();
    for (const auto& id : *ids) {
      if (auto ok = run(sql, in.db, id, in.seconds()); !ok) return ok.error();
      if (auto ok = tell(t, change_op::updated, id, in); !ok) return ok.error();
    }
    return {};
  };
  if (auto ok = revoke(sql_.live_keys, sql_.revoke_key, table::api_keys); !ok) return ok.error();
  return revoke(sql_.live_peers, sql_.revoke_peer, table::peer_credentials);
}

result<account> accounts::set_status(const account_id& id, account_status status,
                                     write_context& in) {
  auto row = changeable(id, in);
  if (!row) return row.error();
  if (row->status == status) return row;
  if (!may_become(row->status, status)) {
    return fail(errc::conflict, "account '" + printable(id.get()) + "' is " +
                                    std::string{to_string(row->status)} + " and cannot become " +
                                    std::string{to_string(status)} + "; make it active first");
  }
  if (status == account_status::deactivated) {
    if (auto ok = revoke_all(id, in); !ok) return ok.error();
  }
  row->status = status;
  row->updated_at = in.row_now();
  if (auto ok = update(*row, in); !ok) return ok.error();
  auto told = trail_->append(
      {.action = "account.status", .target = id.get(), .reason = to_string(status)}, in);
  if (!told) return told.error();
  return row;
}

result<account> accounts::set_display_name(const account_id& id, std::string_view name,
                                           write_context& in) {
  if (auto ok = check_display_name(name); !ok)
    return in_context(ok.error(), "account '" + printable(id.get()) + "'");
  auto row = changeable(id, in);
  if (!row || row->display_name == name) return row;
  row->display_name = name;
  row->updated_at = in.row_now();
  if (auto ok = update(*row, in); !ok) return ok.error();
  return row;
}

result<void> accounts::remove(const account_id& id, write_context& in) {
  auto row = changeable(id, in);
  if (!row) return row.error();
  // What goes with it, each with an event of its own.
  std::vector<std::pair<std::string, std::string>> memberships;
  auto read = each(
      sql_.memberships, in.db,
      [&](sqlite::statement& s) { memberships.emplace_back(text_at(s, 0), text_at(s, 1)); }, id);
  if (!read) return read.error();
  auto keys = ids_of(sql_.keys, id, in.db);
  if (!keys) return keys.error();
  auto credentials = ids_of(sql_.peers, id, in.db);
  if (!credentials) return credentials.error();

  if (auto ok = run(sql_.remove, in.db, id); !ok) {
    if (ok.error().code != errc::foreign_key_violation) return ok.error();
    return in_context(ok.error(), "account '" + printable(id.get()) +
                                      "' has acted or owns an organization; deactivate it instead");
  }
  for (const auto& [membership, org] : memberships) {
    if (auto ok = tell(table::organization_members, change_op::deleted, membership, in, org); !ok)
      return ok.error();
  }
  for (const auto& key : *keys) {
    if (auto ok = tell(table::api_keys, change_op::deleted, key, in); !ok) return ok.error();
  }
  for (const auto& peer : *credentials) {
    if (auto ok = tell(table::peer_credentials, change_op::deleted, peer, in); !ok)
      return ok.error();
  }
  if (auto ok = tell(table::accounts, change_op::deleted, id.get(), in); !ok) return ok.error();
  return trail_->append({.action = "account.removed", .target = id.get()}, in);
}

std::vector<const sqlite::lazy_statement*> accounts::statements() const {
  static_assert(sizeof(sql_) == 13 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.insert,     &sql_.find,        &sql_.find_by_email, &sql_.list,
          &sql_.update,     &sql_.remove,      &sql_.live_keys,     &sql_.live_peers,
          &sql_.revoke_key, &sql_.revoke_peer, &sql_.memberships,   &sql_.keys,
          &sql_.peers};
}

}  // namespace quire::identity
