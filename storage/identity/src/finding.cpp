#include "credential_row.hpp"
#include "rows.hpp"

#include <quire/crypto/digest.hpp>
#include <quire/identity/api_keys.hpp>
#include <quire/identity/finding.hpp>

namespace quire::identity {

errc judge(const credential_entry& what, std::optional<account_status> owner,
           timestamp now) noexcept {
  if (what.revoked) return errc::credential_revoked;
  if (!what.enabled) return errc::credential_disabled;
  if (what.expires_at && *what.expires_at <= std::chrono::floor<std::chrono::seconds>(now))
    return errc::credential_expired;
  if (!owner) return errc::account_deactivated;
  switch (*owner) {
    case account_status::active: return errc::none;
    case account_status::suspended: return errc::account_suspended;
    case account_status::deactivated: return errc::account_deactivated;
  }
  return errc::account_deactivated;
}

std::optional<std::vector<std::string>> scopes_of_metadata(std::string_view metadata) {
  if (metadata == "{}") return std::nullopt;
  std::vector<std::string> scopes;
  auto parsed = document::parse_object(metadata);
  if (!parsed) return scopes;
  const auto* found = parsed->value().get_object().if_contains(scopes_member);
  if (found == nullptr) return std::nullopt;
  const auto* list = found->if_array();
  if (list == nullptr) return scopes;
  for (const auto& scope : *list) {
    if (!scope.is_string()) return std::vector<std::string>{};
    scopes.emplace_back(scope.get_string());
  }
  return scopes;
}

credential_entry credential_of(credential_kind kind, sqlite::statement& s) {
  return {.kind = kind,
          .id = row_id{text_at(s, 0)},
          .owner = account_id{text_at(s, 1)},
          .enabled = s.integer(2) != 0,
          .revoked = !s.is_null(4),
          .expires_at = optional_time_at(s, 3),
          .scopes = s.is_null(5) ? std::nullopt : scopes_of_metadata(s.text(5)),
          .last_used_at = optional_time_at(s, 6)};
}

namespace {

result<credential_finding> find(sqlite::lazy_statement& sql, credential_kind kind,
                                std::string_view wanted, timestamp now, sqlite::connection& db) {
  auto found = first(
      sql, db,
      [&](sqlite::statement& s) {
        auto entry = credential_of(kind, s);
        const auto owner = s.is_null(7) ? std::nullopt : std::optional{status_at(s, 7)};
        const auto reason = judge(entry, owner, now);
        return credential_finding{.reason = reason, .credential = std::move(entry)};
      },
      wanted);
  if (!found) return found.error();
  if (!*found) return credential_finding{.reason = errc::credential_unknown};
  return std::move(**found);
}

}  // namespace

result<credential_finding> credential_finder::find_api_key(std::string_view presented,
                                                           timestamp now, sqlite::connection& db) {
  if (presented.size() < min_presented_bytes || presented.size() > max_presented_bytes)
    return credential_finding{.reason = errc::credential_unknown};
  return find(sql_.key, credential_kind::api_key, crypto::to_hex(crypto::sha256(presented)), now,
              db);
}

result<credential_finding> credential_finder::find_peer(std::string_view fingerprint, timestamp now,
                                                        sqlite::connection& db) {
  return find(sql_.peer, credential_kind::peer_credential, fingerprint, now, db);
}

std::vector<const sqlite::lazy_statement*> credential_finder::statements() const {
  static_assert(sizeof(sql_) == 2 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.key, &sql_.peer};
}

}  // namespace quire::identity
