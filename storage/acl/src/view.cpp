#include <quire/acl/view.hpp>

namespace quire::acl {
namespace {

constexpr std::string_view resource_prefix = "resource:";

}  // namespace

std::string_view to_string(principal_kind kind) noexcept {
  switch (kind) {
    case principal_kind::account: return "account";
    case principal_kind::service: return "service";
    case principal_kind::org: return "org";
    case principal_kind::role: return "role";
  }
  return "";
}

result<principal_kind> principal_kind_from_string(std::string_view text) {
  for (const auto kind : {principal_kind::account, principal_kind::service, principal_kind::org,
                          principal_kind::role}) {
    if (to_string(kind) == text) return kind;
  }
  return fail(errc::invalid_option, "kind of principal '" + printable(text) +
                                        "' is none of account, service, org, role");
}

std::string key_of(const principal_id& who) {
  return std::string{to_string(who.kind)} + ":" + who.id;
}

result<principal_id> principal_from_key(std::string_view key) {
  const auto colon = key.find(':');
  if (colon != std::string_view::npos && colon + 1 < key.size() && is_valid_key(key)) {
    auto kind = principal_kind_from_string(key.substr(0, colon));
    if (kind) return principal_id{*kind, std::string{key.substr(colon + 1)}};
  }
  return fail(errc::invalid_key, "'" + printable(key) +
                                     "' names no principal; write account:ID, service:ID, org:ID or "
                                     "role:NAME");
}

std::string resource_key(std::string_view type, std::string_view id) {
  std::string key{resource_prefix};
  key.append(type).append(":").append(id);
  return key;
}

errc status_of(principal_kind kind, std::string_view id, const identity_view& identities) {
  switch (kind) {
    case principal_kind::role: return errc::none;
    case principal_kind::org: return identities.has_organization(id) ? errc::none : errc::not_found;
    case principal_kind::account:
    case principal_kind::service: break;
  }
  const auto status = identities.status_of(id);
  if (!status || *status == account_status::deactivated) return errc::account_deactivated;
  return *status == account_status::suspended ? errc::account_suspended : errc::none;
}

errc status_of(const principal_id& who, const identity_view& identities) {
  return status_of(who.kind, who.id, identities);
}

}  // namespace quire::acl
