#include <quire/operations/system_store.hpp>
#include <quire/sqlite/create_file.hpp>
#include <quire/sqlite/migrate.hpp>

#include <algorithm>

namespace quire::operations {
namespace {

constexpr std::string_view system_account = "system";
constexpr std::string_view system_email = "system@localhost";
constexpr std::size_t max_email_bytes = 254;

/// Addresses that differ in case or blanks only would invite a take-over.
std::string normal_email(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

bool is_valid_email(std::string_view text) {
  const auto at = text.find('@');
  return text.size() <= max_email_bytes && is_valid_key(text) && at != std::string_view::npos &&
         at > 0 && at + 1 < text.size() && text.find('@', at + 1) == std::string_view::npos &&
         text.find(' ') == std::string_view::npos;
}

bool is_valid_slug(std::string_view text) {
  return is_valid_org_id(text) && text.find('_') == std::string_view::npos;
}

std::int64_t seconds(timestamp t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

organization row_of(sqlite::statement& s) {
  return {.id = org_id{std::string{s.text(0)}},
          .name = std::string{s.text(1)},
          .slug = std::string{s.text(2)},
          .owner = account_id{std::string{s.text(3)}},
          .created_at = row_time{std::chrono::seconds{s.integer(4)}},
          .updated_at = row_time{std::chrono::seconds{s.integer(5)}}};
}

}  // namespace

result<std::unique_ptr<system_store>> system_store::open(const std::filesystem::path& file,
                                                         const sqlite::open_options& options,
                                                         environment env) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    auto made =
        sqlite::create_file_aside(file, options, [](sqlite::connection& db) -> result<void> {
          auto layout = sqlite::migrate(db, sqlite::file_kind::system, org_id{});
          if (!layout) return layout.error();
          return {};
        });
    // Another process may have been faster; then its file is as good.
    if (!made && made.error().code != errc::conflict)
      return in_context(made.error(), "system file");
  }
  auto db = sqlite::connection::open(file, options);
  if (!db) return in_context(db.error(), "system file");
  auto layout = sqlite::migrate(*db, sqlite::file_kind::system, org_id{});
  if (!layout) return in_context(layout.error(), "system file");
  auto store = std::unique_ptr<system_store>(new system_store(std::move(*db), env));
  if (auto ok = store->seed(); !ok) return in_context(ok.error(), "system file");
  return store;
}

system_store::system_store(sqlite::connection db, environment env)
    : db_(std::move(db)), env_(env), ids_(env), transaction_(db_, org_id{}) {}

result<void> system_store::tell(table t, std::string_view id) {
  change_event e;
  e.table = t;
  e.op = change_op::created;
  e.id = row_id{std::string{id}};
  e.at = now_;
  e.actor = system_account;
  return transaction_.changes().append(std::move(e));
}

result<void> system_store::seed() {
  auto exists = [&]() -> result<bool> {
    auto statement = sql_.find_account.get(db_);
    if (!statement) return statement.error();
    const sqlite::reset_guard guard{**statement};
    (**statement).bind(1, system_email);
    return (**statement).step();
  };
  auto insert = [&]() -> result<void> {
    auto there = exists();  // another process may have been faster
    if (!there) return there.error();
    if (*there) return {};
    auto statement = sql_.insert_account.get(db_);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind(1, system_account);
    s.bind(2, seconds(now_));
    s.bind(3, system_email);
    s.bind(4, "service");
    if (auto ok = s.run(); !ok) return ok.error();
    return tell(table::accounts, system_account);
  };
  auto there = exists();
  if (!there) return there.error();
  if (*there) return {};
  if (auto ok = transaction_.begin(); !ok) return ok.error();
  now_ = env_.time->now();
  if (auto ok = insert(); !ok) {
    transaction_.roll_back();
    return ok.error();
  }
  if (auto ok = transaction_.commit(); !ok) return ok.error();
  return {};
}

result<organization> system_store::create(const new_organization& what) {
  if (auto ok = transaction_.begin(); !ok) return ok.error();
  now_ = env_.time->now();
  auto made = create_in_transaction(what);
  if (!made) {
    transaction_.roll_back();
    return in_context(made.error(), "organization '" + printable(what.id.get()) + "'");
  }
  if (auto ok = transaction_.commit(); !ok) return ok.error();
  return made;
}

result<account_id> system_store::find_or_make_account(const std::string& email) {
  {
    auto statement = sql_.find_account.get(db_);
    if (!statement) return statement.error();
    auto& s = **statement;
    const sqlite::reset_guard guard{s};
    s.bind(1, email);
    auto row = s.step();
    if (!row) return row.error();
    if (*row) return account_id{std::string{s.text(0)}};
  }
  const auto id = ids_.next();
  auto statement = sql_.insert_account.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind(1, id);
  s.bind(2, seconds(now_));
  s.bind(3, email);
  s.bind(4, "user");
  if (auto ok = s.run(); !ok) return ok.error();
  if (auto ok = tell(table::accounts, id.get()); !ok) return ok.error();
  return account_id{id.get()};
}

result<organization> system_store::create_in_transaction(const new_organization& what) {
  if (!is_valid_org_id(what.id.get())) {
    return fail(errc::invalid_org_id,
                "ids are 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or digit");
  }
  organization row{.id = what.id,
                   .name = what.name,
                   .slug = what.slug,
                   .owner = {},
                   .created_at = {},
                   .updated_at = {}};
  if (row.name.empty()) row.name = what.id.get();
  if (row.slug.empty()) {
    row.slug = what.id.get();
    std::replace(row.slug.begin(), row.slug.end(), '_', '-');
  }
  if (!is_valid_slug(row.slug)) {
    return fail(errc::invalid_name,
                "slug '" + printable(row.slug) + "': 1 to 63 of a-z, 0-9 and '-'");
  }
  if (!is_valid_key(row.name)) {
    return fail(errc::invalid_name,
                "name '" + printable(row.name) + "': 1 to 512 bytes without control characters");
  }
  const auto email = normal_email(what.owner_email);
  if (!is_valid_email(email)) {
    return fail(errc::invalid_name,
                "owner '" + printable(what.owner_email) + "' is no e-mail address");
  }
  auto owner = find_or_make_account(email);
  if (!owner) return owner.error();
  row.owner = *owner;
  row.created_at = row.updated_at = row_time{std::chrono::seconds{seconds(now_)}};
  {
    auto statement = sql_.insert_organization.get(db_);
    if (!statement) return statement.error();
    auto& s = **statement;
    s.bind(1, row.id);
    s.bind(2, seconds(now_));
    s.bind(3, row.name);
    s.bind(4, row.slug);
    s.bind(5, row.owner);
    if (auto ok = s.run(); !ok) return ok.error();
  }
  if (auto ok = tell(table::organizations, row.id.get()); !ok) return ok.error();
  const auto member = ids_.next();
  auto statement = sql_.insert_member.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind(1, member);
  s.bind(2, seconds(now_));
  s.bind(3, row.id);
  s.bind(4, row.owner);
  if (auto ok = s.run(); !ok) return ok.error();
  if (auto ok = tell(table::organization_members, member.get()); !ok) return ok.error();
  return row;
}

result<organization> system_store::find(const org_id& id) {
  auto statement = sql_.find.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, id);
  auto row = s.step();
  if (!row) return row.error();
  if (!*row) {
    return fail(errc::not_found, "there is no organization '" + printable(id.get()) + "'");
  }
  return row_of(s);
}

result<std::vector<organization>> system_store::list() {
  auto statement = sql_.list.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  std::vector<organization> out;
  while (true) {
    auto row = s.step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back(row_of(s));
  }
}

std::vector<const sqlite::lazy_statement*> system_store::statements() const {
  std::vector<const sqlite::lazy_statement*> all{
      &sql_.find_account,  &sql_.insert_account, &sql_.insert_organization,
      &sql_.insert_member, &sql_.find,           &sql_.list};
  static_assert(sizeof(sql_) == 6 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::operations
