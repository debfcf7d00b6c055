#include "rows.hpp"

#include <quire/identity/organizations.hpp>

#include <algorithm>

namespace quire::identity {
namespace {

organization_member member_of(sqlite::statement& s) {
  return {.id = row_id{text_at(s, 0)},
          .org = org_id{text_at(s, 1)},
          .account = account_id{text_at(s, 2)},
          .level = membership_level_at(s, 3),
          .created_at = time_at(s, 4),
          .updated_at = time_at(s, 5)};
}

organization organization_of(sqlite::statement& s) {
  return {.id = org_id{text_at(s, 0)},
          .name = text_at(s, 1),
          .slug = text_at(s, 2),
          .owner = account_id{text_at(s, 3)},
          .created_at = time_at(s, 4),
          .updated_at = time_at(s, 5)};
}

bool is_valid_slug(std::string_view text) {
  return is_valid_org_id(text) && text.find('_') == std::string_view::npos;
}

std::string member_name(const org_id& org, const account_id& who) {
  return "member '" + printable(who.get()) + "' of organization '" + printable(org.get()) + "'";
}

result<void> check_name(std::string_view name) {
  if (is_valid_key(name)) return {};
  return fail(errc::invalid_name,
              "name '" + printable(name) + "': 1 to 512 bytes without control characters");
}

}  // namespace

// --- Members
// ----------------------------------------------------------------------------------------

result<organization_member> members::insert(const org_id& org, const account_id& who,
                                            membership_level level, write_context& in) {
  organization_member row{.id = in.ids.next(),
                          .org = org,
                          .account = who,
                          .level = level,
                          .created_at = in.row_now(),
                          .updated_at = in.row_now()};
  auto done = run(sql_.insert, in.db, row.id, in.seconds(), org, who, to_string(level));
  if (!done) return done.error();
  auto told = tell(table::organization_members, change_op::created, row.id.get(), in, org.get());
  if (!told) return told.error();
  return row;
}

result<organization_member> members::add(const org_id& org, const account_id& who,
                                         membership_level level, write_context& in) {
  auto both = first(
      sql_.has_both, in.db,
      [](sqlite::statement& s) {
        return std::pair{s.integer(0) != 0, s.integer(1) != 0};
      },
      org, who);
  if (!both) return both.error();
  if (!(**both).first || !(**both).second) {
    return fail(errc::not_found, "new " + member_name(org, who) + ": there is no such " +
                                     ((**both).first ? "account" : "organization"));
  }
  auto made = insert(org, who, level, in);
  if (!made) return in_context(made.error(), "new " + member_name(org, who));
  auto told = trail_->append({.action = "membership.created",
                              .org = org.get(),
                              .target = who.get(),
                              .reason = to_string(level)},
                             in);
  if (!told) return told.error();
  return made;
}

result<organization_member> members::changeable(const org_id& org, const account_id& who,
                                                write_context& in) {
  auto row = find(org, who, in.db);
  if (!row) return row.error();
  auto owns = first(
      sql_.owner, in.db, [](sqlite::statement&) { return true; }, org, who);
  if (!owns) return owns.error();
  if (*owns) {
    return fail(errc::owner_required,
                member_name(org, who) +
                    " owns it and stays a member of level owner; change the owner first");
  }
  return row;
}

result<organization_member> members::set_level(const org_id& org, const account_id& who,
                                               membership_level level, write_context& in) {
  auto present = find(org, who, in.db);
  if (!present || present->level == level) return present;
  auto row = changeable(org, who, in);
  // The owner's own row may be of another level by foreign hands: then this repairs it.
  if (!row && !(row.error().code == errc::owner_required && level == membership_level::owner))
    return row.error();
  present->level = level;
  present->updated_at = in.row_now();
  auto done = run(sql_.update, in.db, present->id, to_string(level), in.seconds());
  if (!done) return done.error();
  auto told =
      tell(table::organization_members, change_op::updated, present->id.get(), in, org.get());
  if (!told) return told.error();
  told = trail_->append({.action = "membership.changed",
                         .org = org.get(),
                         .target = who.get(),
                         .reason = to_string(level)},
                        in);
  if (!told) return told.error();
  return present;
}

result<void> members::remove(const org_id& org, const account_id& who, write_context& in) {
  auto row = changeable(org, who, in);
  if (!row) return row.error();
  if (auto ok = run(sql_.remove, in.db, row->id); !ok) return ok.error();
  auto told = tell(table::organization_members, change_op::deleted, row->id.get(), in, org.get());
  if (!told) return told.error();
  return trail_->append({.action = "membership.removed", .org = org.get(), .target = who.get()},
                        in);
}

result<organization_member> members::find(const org_id& org, const account_id& who,
                                          sqlite::connection& db) {
  auto row = first(sql_.find, db, member_of, org, who);
  if (!row) return row.error();
  if (!*row) return fail(errc::not_found, "there is no " + member_name(org, who));
  return std::move(**row);
}

result<organization_member> members::find(const row_id& id, sqlite::connection& db) {
  auto row = first(sql_.find_row, db, member_of, id);
  if (!row) return row.error();
  if (!*row) return fail(errc::not_found, "there is no membership '" + printable(id.get()) + "'");
  return std::move(**row);
}

result<page<organization_member>> members::list_of_org(const org_id& org, const list_page& part,
                                                       sqlite::connection& db) {
  if (auto ok = check(part); !ok) return ok.error();
  return page_of(
      sql_.list_of_org, db, part.limit, member_of,
      [](const organization_member& row) { return row.account.get(); }, org, part.cursor);
}

result<page<organization_member>> members::list_of_account(const account_id& who,
                                                           const list_page& part,
                                                           sqlite::connection& db) {
  if (auto ok = check(part); !ok) return ok.error();
  return page_of(
      sql_.list_of_account, db, part.limit, member_of,
      [](const organization_member& row) { return row.org.get(); }, who, part.cursor);
}

std::vector<const sqlite::lazy_statement*> members::statements() const {
  static_assert(sizeof(sql_) == 10 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.insert,      &sql_.has_both,        &sql_.owner,  &sql_.find,   &sql_.find_row,
          &sql_.list_of_org, &sql_.list_of_account, &sql_.update, &sql_.remove, &sql_.of_org};
}

// --- Organizations
// ----------------------------------------------------------------------------------

result<organization> organizations::create(const organization_options& what, write_context& in) {
  const auto where = "new organization '" + printable(what.id.get()) + "'";
  if (!is_valid_org_id(what.id.get())) {
    return fail(errc::invalid_org_id,
                where +
                    ": ids are 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or "
                    "digit");
  }
  organization row{.id = what.id,
                   .name = what.name.empty() ? what.id.get() : what.name,
                   .slug = what.slug,
                   .owner = what.owner,
                   .created_at = in.row_now(),
                   .updated_at = in.row_now()};
  if (row.slug.empty()) {
    row.slug = what.id.get();
    std::replace(row.slug.begin(), row.slug.end(), '_', '-');
  }
  if (!is_valid_slug(row.slug)) {
    return fail(errc::invalid_name,
                where + ": slug '" + printable(row.slug) + "': 1 to 63 of a-z, 0-9 and '-'");
  }
  if (auto ok = check_name(row.name); !ok) return in_context(ok.error(), where);
  auto done = run(sql_.insert, in.db, row.id, in.seconds(), row.name, row.slug, row.owner);
  if (!done) {
    if (done.error().code != errc::foreign_key_violation) return in_context(done.error(), where);
    return fail(errc::not_found,
                where + ": there is no account '" + printable(row.owner.get()) + "' to own it");
  }
  if (auto ok = tell(table::organizations, change_op::created, row.id.get(), in); !ok)
    return ok.error();
  auto owner = members_->insert(row.id, row.owner, membership_level::owner, in);
  if (!owner) return in_context(owner.error(), where);
  auto told = trail_->append(
      {.action = "organization.created", .org = row.id.get(), .target = row.id.get()}, in);
  if (!told) return told.error();
  return row;
}

result<organization> organizations::find(const org_id& id, sqlite::connection& db) {
  auto row = first(sql_.find, db, organization_of, id);
  if (!row) return row.error();
  if (!*row) {
    return fail(errc::not_found, "there is no organization '" + printable(id.get()) + "'");
  }
  return std::move(**row);
}

result<page<organization>> organizations::list(const list_page& part, sqlite::connection& db) {
  if (auto ok = check(part); !ok) return ok.error();
  return page_of(
      sql_.list, db, part.limit, organization_of,
      [](const organization& row) { return row.id.get(); }, part.cursor);
}

result<organization> organizations::update(organization row, std::string_view reason,
                                           write_context& in) {
  row.updated_at = in.row_now();
  auto done = run(sql_.update, in.db, row.id, row.name, row.owner, in.seconds());
  if (!done) return in_context(done.error(), "organization '" + printable(row.id.get()) + "'");
  if (auto ok = tell(table::organizations, change_op::updated, row.id.get(), in); !ok)
    return ok.error();
  auto told = trail_->append({.action = "organization.changed",
                              .org = row.id.get(),
                              .target = row.id.get(),
                              .reason = reason},
                             in);
  if (!told) return told.error();
  return row;
}

result<organization> organizations::rename(const org_id& id, std::string_view name,
                                           write_context& in) {
  if (auto ok = check_name(name); !ok)
    return in_context(ok.error(), "organization '" + printable(id.get()) + "'");
  auto row = find(id, in.db);
  if (!row || row->name == name) return row;
  row->name = name;
  return update(std::move(*row), "name", in);
}

result<organization> organizations::change_owner(const org_id& id, const account_id& owner,
                                                 write_context& in) {
  auto row = find(id, in.db);
  if (!row || row->owner == owner) return row;
  auto member = members_->find(id, owner, in.db);
  if (!member && member.error().code != errc::not_found) return member.error();
  if (!member || member->level != membership_level::owner) {
    return fail(errc::owner_required, "organization '" + printable(id.get()) + "': account '" +
                                          printable(owner.get()) +
                                          "' must first be a member of level owner");
  }
  row->owner = owner;
  return update(std::move(*row), "owner", in);
}

result<void> organizations::remove(const org_id& id, write_context& in) {
  auto row = find(id, in.db);
  if (!row) return row.error();
  std::vector<std::string> memberships;
  auto read = each(
      members_->sql_.of_org, in.db,
      [&](sqlite::statement& s) { memberships.push_back(text_at(s, 0)); }, id);
  if (!read) return read.error();
  if (auto ok = run(sql_.remove, in.db, id); !ok) return ok.error();
  for (const auto& membership : memberships) {
    auto told = tell(table::organization_members, change_op::deleted, membership, in, id.get());
    if (!told) return told.error();
  }
  if (auto ok = tell(table::organizations, change_op::deleted, id.get(), in); !ok)
    return ok.error();
  return trail_->append({.action = "organization.removed", .org = id.get(), .target = id.get()},
                        in);
}

std::vector<const sqlite::lazy_statement*> organizations::statements() const {
  static_assert(sizeof(sql_) == 5 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.insert, &sql_.find, &sql_.list, &sql_.update, &sql_.remove};
}

}  // namespace quire::identity
