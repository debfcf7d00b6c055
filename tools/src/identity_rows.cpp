#include "identity_rows.hpp"

#include "rows.hpp"

#include <boost/json/array.hpp>

namespace quire::tools {

namespace {

std::int64_t number_of(row_time at) { return at.time_since_epoch().count(); }

boost::json::value value_of(const std::optional<row_time>& at) {
  return at ? boost::json::value{number_of(*at)} : boost::json::value{};
}

boost::json::value value_of(const std::optional<std::vector<std::string>>& list) {
  if (!list) return nullptr;
  boost::json::array out;
  for (const auto& one : *list) out.emplace_back(one);
  return out;
}

/// Ids that may be absent are empty in rows and null in JSON.
template <class Id>
boost::json::value value_of(const Id& id) {
  return id.get().empty() ? boost::json::value{} : boost::json::value(id.get());
}

/// The conditions of a credential in the order in which they are looked at.
template <class Credential>
std::string state_of_credential(const Credential& x, row_time now) {
  if (x.revoked_at) return "revoked";
  if (!x.enabled) return "disabled";
  if (x.expires_at && *x.expires_at <= now) return "expired";
  return "active";
}

}  // namespace

boost::json::object json_of(const account& x) {
  return {{"id", x.id.get()},
          {"email", x.email},
          {"displayName", x.display_name},
          {"accessLevel", to_string(x.level)},
          {"status", to_string(x.status)},
          {"createdAt", number_of(x.created_at)},
          {"updatedAt", number_of(x.updated_at)}};
}

boost::json::object json_of(const organization_member& x) {
  return {{"id", x.id.get()},
          {"orgId", x.org.get()},
          {"accountId", x.account.get()},
          {"membershipLevel", to_string(x.level)},
          {"createdAt", number_of(x.created_at)},
          {"updatedAt", number_of(x.updated_at)}};
}

boost::json::object json_of(const api_key& x) {
  return {{"id", x.id.get()},
          {"ownerId", x.owner.get()},
          {"name", x.name},
          {"enabled", x.enabled},
          {"expiresAt", value_of(x.expires_at)},
          {"revokedAt", value_of(x.revoked_at)},
          {"rotatedToId", value_of(x.rotated_to)},
          {"lastUsedAt", value_of(x.last_used_at)},
          {"scopes", value_of(x.scopes)},
          {"createdAt", number_of(x.created_at)},
          {"updatedAt", number_of(x.updated_at)}};
}

boost::json::object json_of(const peer_credential& x) {
  return {{"id", x.id.get()},
          {"ownerId", x.owner.get()},
          {"credentialType", to_string(x.kind)},
          {"fingerprint", x.fingerprint},
          {"publicKeyData", x.public_key},
          {"name", x.name},
          {"enabled", x.enabled},
          {"expiresAt", value_of(x.expires_at)},
          {"revokedAt", value_of(x.revoked_at)},
          {"scopes", value_of(x.scopes)},
          {"createdAt", number_of(x.created_at)},
          {"updatedAt", number_of(x.updated_at)}};
}

boost::json::object json_of(const audit_entry& x) {
  boost::json::value kind;
  if (x.kind) kind = to_string(*x.kind);
  return {{"id", x.id.get()},
          {"action", x.action},
          {"ownerId", x.owner.get()},
          {"credentialId", value_of(x.credential)},
          {"credentialType", std::move(kind)},
          {"orgId", value_of(x.org)},
          {"details", x.details ? x.details.value() : boost::json::value{}},
          {"createdAt", number_of(x.created_at)}};
}

void show(output& out, const account& x) {
  if (out.json()) return out.document(json_of(x));
  out.fields({{"id", x.id.get()},
              {"email", x.email},
              {"name", x.display_name},
              {"level", std::string{to_string(x.level)}},
              {"status", std::string{to_string(x.status)}},
              {"created", text_of(x.created_at)}});
}

std::string state_of(const api_key& x, row_time now) {
  auto out = state_of_credential(x, now);
  // One that works on for a while says both.
  if (!x.rotated_to.get().empty()) out = out == "active" ? "active, rotated" : "rotated";
  return out;
}

std::string state_of(const peer_credential& x, row_time now) { return state_of_credential(x, now); }

std::string text_of(const std::optional<row_time>& at, std::string_view absent) {
  return at ? text_of(*at) : std::string{absent};
}

std::string text_of(const std::optional<std::vector<std::string>>& list, std::string_view absent) {
  if (!list) return std::string{absent};
  std::string out;
  for (const auto& one : *list) out += (out.empty() ? "" : ", ") + one;
  return out.empty() ? "none" : out;
}

}  // namespace quire::tools
