#include "credentials.hpp"
#include "rows.hpp"

#include <quire/crypto/digest.hpp>
#include <quire/crypto/key_text.hpp>
#include <quire/identity/api_keys.hpp>
#include <quire/identity/finding.hpp>

#include <algorithm>
#include <array>
#include <unordered_set>

namespace quire::identity {
namespace {

constexpr std::chrono::seconds max_grace = std::chrono::years{10};
constexpr std::chrono::seconds use_noted_every = std::chrono::minutes{1};

/// The random part of a key, wiped whatever happens.
struct fresh_secret {
  std::array<std::byte, crypto::key_secret_bytes> bytes{};
  explicit fresh_secret(entropy& from) { from.fill(bytes); }
  fresh_secret(const fresh_secret&) = delete;
  fresh_secret& operator=(const fresh_secret&) = delete;
  ~fresh_secret() { crypto::wipe(bytes); }
};

result<crypto::secret_text> make_text(const row_id& row, entropy& random) {
  const fresh_secret secret{random};
  return crypto::make_key_text(row, secret.bytes);
}

std::string named(const row_id& id) { return "API key '" + printable(id.get()) + "'"; }

}  // namespace

struct api_keys::stored {
  api_key row;
  std::string metadata;

  static stored from(sqlite::statement& s) {
    stored out;
    out.metadata = s.is_null(8) ? std::string{"{}"} : text_at(s, 8);
    auto& row = out.row;
    row.id = row_id{text_at(s, 0)};
    row.owner = account_id{text_at(s, 1)};
    row.name = text_at(s, 2);
    row.enabled = s.integer(3) != 0;
    row.expires_at = optional_time_at(s, 4);
    row.revoked_at = optional_time_at(s, 5);
    row.rotated_to = row_id{text_at(s, 6)};
    row.last_used_at = optional_time_at(s, 7);
    row.scopes = scopes_of_metadata(out.metadata);
    row.created_at = time_at(s, 9);
    row.updated_at = time_at(s, 10);
    return out;
  }
};

result<api_keys::stored> api_keys::load(const row_id& id, sqlite::connection& db) {
  auto found = first(sql_.find, db, stored::from, id);
  if (!found) return found.error();
  if (!*found) return fail(errc::not_found, "there is no " + named(id));
  return std::move(**found);
}

result<void> api_keys::insert(const api_key& row, std::string_view hash, std::string_view metadata,
                              write_context& in) {
  auto done = run(sql_.insert, in.db, row.id, metadata, in.seconds(), row.owner, hash,
                  unless_empty(row.name), row.enabled ? 1 : 0, seconds_of(row.expires_at));
  if (!done) return in_context(done.error(), "new API key");
  return tell(table::api_keys, change_op::created, row.id.get(), in);
}

result<void> api_keys::update(api_key& row, write_context& in) {
  row.updated_at = in.row_now();
  auto done = run(sql_.update, in.db, row.id, row.enabled ? 1 : 0, seconds_of(row.expires_at),
                  seconds_of(row.revoked_at), unless_empty(row.rotated_to.get()),
                  seconds_of(row.last_used_at), in.seconds());
  if (!done) return in_context(done.error(), named(row.id));
  return tell(table::api_keys, change_op::updated, row.id.get(), in);
}

result<api_key> api_keys::add(const key_options& what, row_id id, std::string_view hash,
                              write_context& in) {
  if (auto ok = check_credential_owner(sql_.owner, what.owner, in.db); !ok) return ok.error();
  if (auto ok = check_display_name(what.name); !ok) return in_context(ok.error(), "new API key");
  auto metadata = metadata_of_scopes(what.scopes);
  if (!metadata) return metadata.error();
  api_key row;
  row.id = std::move(id);
  row.owner = what.owner;
  row.name = what.name;
  row.expires_at = what.expires_at;
  row.scopes = what.scopes;
  row.created_at = row.updated_at = in.row_now();
  if (auto ok = insert(row, hash, *metadata, in); !ok) return ok.error();
  auto told = trail_->append({.action = "api_key.issued", .target = row.id.get()}, in);
  if (!told) return told.error();
  return row;
}

result<issued_key> api_keys::issue(const key_options& what, write_context& in) {
  auto id = in.ids.next();
  auto text = make_text(id, in.random);
  if (!text) return text.error();
  auto row = add(what, std::move(id), crypto::to_hex(crypto::sha256(text->reveal())), in);
  if (!row) return row.error();
  return issued_key{.key = std::move(*row), .text = std::move(*text)};
}

result<api_key> api_keys::create(const key_options& what, std::string_view key_hash,
                                 write_context& in) {
  if (!crypto::digest_from_hex(key_hash)) {
    // Not shown: it may be the key itself, given by mistake.
    return fail(errc::invalid_key_hash,
                "new API key: its hash must be a SHA-256 in 64 lower-case digits");
  }
  return add(what, in.ids.next(), key_hash, in);
}

result<issued_key> api_keys::rotate(const row_id& id, const rotation_options& how,
                                    write_context& in) {
  if (how.grace < std::chrono::seconds{0} || how.grace > max_grace) {
    return fail(errc::invalid_option, "rotation of " + named(id) + ": a grace period of " +
                                          std::to_string(how.grace.count()) +
                                          " s is not within 0 and ten years");
  }
  auto old = load(id, in.db);
  if (!old) return old.error();
  if (old->row.revoked_at || !old->row.rotated_to.get().empty()) {
    return fail(errc::already_rotated,
                named(id) + (old->row.revoked_at ? " is revoked" : " has a successor already") +
                    "; issue a new one");
  }
  if (auto ok = check_credential_owner(sql_.owner, old->row.owner, in.db); !ok) return ok.error();

  api_key fresh;
  fresh.id = in.ids.next();
  fresh.owner = old->row.owner;
  fresh.name = old->row.name;
  fresh.enabled = old->row.enabled;
  fresh.expires_at = how.expires_at ? how.expires_at : old->row.expires_at;
  fresh.scopes = old->row.scopes;
  fresh.created_at = fresh.updated_at = in.row_now();
  auto text = make_text(fresh.id, in.random);
  if (!text) return text.error();
  auto done = insert(fresh, crypto::to_hex(crypto::sha256(text->reveal())), old->metadata, in);
  if (!done) return done.error();

  old->row.rotated_to = fresh.id;
  if (how.grace == std::chrono::seconds{0}) {
    old->row.revoked_at = in.row_now();
  } else {
    const auto end = in.row_now() + how.grace;
    old->row.expires_at = old->row.expires_at ? std::min(*old->row.expires_at, end) : end;
  }
  if (auto ok = update(old->row, in); !ok) return ok.error();
  auto told = trail_->append({.action = "api_key.rotated", .target = id.get()}, in);
  if (!told) return told.error();
  return issued_key{.key = std::move(fresh), .text = std::move(*text)};
}

result<api_key> api_keys::revoke(const row_id& id, write_context& in) {
  auto found = load(id, in.db);
  if (!found) return found.error();
  auto& row = found->row;
  if (row.revoked_at) return std::move(row);
  row.revoked_at = in.row_now();
  if (auto ok = update(row, in); !ok) return ok.error();
  auto told = trail_->append({.action = "api_key.revoked", .target = id.get()}, in);
  if (!told) return told.error();
  return std::move(row);
}

result<api_key> api_keys::set_enabled(const row_id& id, bool enabled, write_context& in) {
  auto found = load(id, in.db);
  if (!found) return found.error();
  auto& row = found->row;
  if (row.enabled == enabled) return std::move(row);
  row.enabled = enabled;
  if (auto ok = update(row, in); !ok) return ok.error();
  auto told = trail_->append(
      {.action = enabled ? "api_key.enabled" : "api_key.disabled", .target = id.get()}, in);
  if (!told) return told.error();
  return std::move(row);
}

result<bool> api_keys::note_use(const row_id& id, write_context& in) {
  auto found = load(id, in.db);
  if (!found) return found.error();
  auto& row = found->row;
  const auto now = in.row_now();
  // One in the future comes from a clock that went back.
  if (row.last_used_at && *row.last_used_at <= now && now - *row.last_used_at < use_noted_every)
    return false;
  row.last_used_at = now;
  if (auto ok = update(row, in); !ok) return ok.error();
  return true;
}

result<api_key> api_keys::find(const row_id& id, sqlite::connection& db) {
  auto found = load(id, db);
  if (!found) return found.error();
  return std::move(found->row);
}

result<std::vector<api_key>> api_keys::rotation_chain(const row_id& id, sqlite::connection& db) {
  std::vector<api_key> chain;
  std::unordered_set<row_id> seen;
  for (row_id next = id; !next.get().empty() && chain.size() <= max_rotation_steps;) {
    if (!seen.insert(next).second) break;
    auto found = load(next, db);
    if (!found) return found.error();
    chain.push_back(std::move(found->row));
    next = chain.back().rotated_to;
  }
  return chain;
}

result<page<api_key>> api_keys::list_of_owner(const account_id& owner, const list_page& part,
                                              sqlite::connection& db) {
  if (auto ok = check(part); !ok) return ok.error();
  return page_of(
      sql_.list, db, part.limit, [](sqlite::statement& s) { return stored::from(s).row; },
      [](const api_key& row) { return row.id.get(); }, owner, part.cursor);
}

std::vector<const sqlite::lazy_statement*> api_keys::statements() const {
  static_assert(sizeof(sql_) == 5 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.owner, &sql_.insert, &sql_.find, &sql_.list, &sql_.update};
}

}  // namespace quire::identity
