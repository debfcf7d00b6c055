#include "credentials.hpp"
#include "rows.hpp"

#include <quire/crypto/digest.hpp>
#include <quire/identity/finding.hpp>
#include <quire/identity/peers.hpp>

namespace quire::identity {
namespace {

peer_credential row_of(sqlite::statement& s) {
  peer_credential row;
  row.id = row_id{text_at(s, 0)};
  row.owner = account_id{text_at(s, 1)};
  if (const auto kind = peer_kind_from_string(s.text(2))) row.kind = *kind;
  row.fingerprint = text_at(s, 3);
  row.public_key = text_at(s, 4);
  row.name = text_at(s, 5);
  row.enabled = s.integer(6) != 0;
  row.expires_at = optional_time_at(s, 7);
  row.revoked_at = optional_time_at(s, 8);
  row.scopes = s.is_null(9) ? std::nullopt : scopes_of_metadata(s.text(9));
  row.created_at = time_at(s, 10);
  row.updated_at = time_at(s, 11);
  return row;
}

}  // namespace

std::string fingerprint_of(std::span<const std::byte, 32> ed25519_public_key) {
  return crypto::to_hex(crypto::sha256(ed25519_public_key));
}

result<peer_credential> peers::add(const peer_options& what, write_context& in) {
  const auto where = "new peer '" + printable(what.fingerprint) + "'";
  if (!is_valid_key(what.fingerprint)) {
    return fail(errc::invalid_key,
                where + ": fingerprints have 1 to 512 bytes without control characters");
  }
  if (what.public_key.empty() || what.public_key.size() > max_public_key_bytes ||
      !is_valid_utf8(what.public_key)) {
    return fail(errc::invalid_option, where + ": the public key must be 1 to 16384 bytes of text");
  }
  if (auto ok = check_display_name(what.name); !ok) return in_context(ok.error(), where);
  if (auto ok = check_credential_owner(sql_.owner, what.owner, in.db); !ok)
    return in_context(ok.error(), where);
  auto metadata = metadata_of_scopes(what.scopes);
  if (!metadata) return in_context(metadata.error(), where);
  peer_credential row;
  row.id = in.ids.next();
  row.owner = what.owner;
  row.kind = what.kind;
  row.fingerprint = what.fingerprint;
  row.public_key = what.public_key;
  row.name = what.name;
  row.expires_at = what.expires_at;
  row.scopes = what.scopes;
  row.created_at = row.updated_at = in.row_now();
  auto done =
      run(sql_.insert, in.db, row.id, *metadata, in.seconds(), row.owner, to_string(row.kind),
          row.fingerprint, row.public_key, unless_empty(row.name), seconds_of(row.expires_at));
  if (!done) return in_context(done.error(), where);
  if (auto ok = tell(table::peer_credentials, change_op::created, row.id.get(), in); !ok)
    return ok.error();
  if (auto ok = trail_->append({.action = "peer.added", .target = row.id.get()}, in); !ok)
    return ok.error();
  return row;
}

result<void> peers::remove(const row_id& id, write_context& in) {
  auto row = find(id, in.db);
  if (!row) return row.error();
  if (auto ok = run(sql_.remove, in.db, id); !ok) return ok.error();
  if (auto ok = tell(table::peer_credentials, change_op::deleted, id.get(), in); !ok)
    return ok.error();
  return trail_->append({.action = "peer.removed", .target = id.get()}, in);
}

result<peer_credential> peers::find(const row_id& id, sqlite::connection& db) {
  auto row = first(sql_.find, db, row_of, id);
  if (!row) return row.error();
  if (!*row) return fail(errc::not_found, "there is no peer '" + printable(id.get()) + "'");
  return std::move(**row);
}

result<peer_credential> peers::find_by_fingerprint(std::string_view fingerprint,
                                                   sqlite::connection& db) {
  auto row = first(sql_.find_by_fingerprint, db, row_of, fingerprint);
  if (!row) return row.error();
  if (!*row) {
    return fail(errc::not_found,
                "there is no peer with fingerprint '" + printable(fingerprint) + "'");
  }
  return std::move(**row);
}

result<page<peer_credential>> peers::list_of_owner(const account_id& owner, const list_page& part,
                                                   sqlite::connection& db) {
  if (auto ok = check(part); !ok) return ok.error();
  return page_of(
      sql_.list, db, part.limit, row_of, [](const peer_credential& row) { return row.id.get(); },
      owner, part.cursor);
}

std::vector<const sqlite::lazy_statement*> peers::statements() const {
  static_assert(sizeof(sql_) == 6 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.owner, &sql_.insert, &sql_.find, &sql_.find_by_fingerprint,
          &sql_.list,  &sql_.remove};
}

}  // namespace quire::identity
