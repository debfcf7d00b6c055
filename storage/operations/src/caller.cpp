#include <quire/operations/caller.hpp>

namespace quire::operations {

std::optional<account_status> identities::status_of(std::string_view account) const {
  return image_->status_of(account);
}

bool identities::has_organization(std::string_view org) const { return image_->has_organization(org); }

std::optional<acl::credential_state> identities::credential(std::string_view id) const {
  const auto* found = image_->credential(credential_kind::api_key, id);
  if (found == nullptr) found = image_->credential(credential_kind::peer_credential, id);
  if (found == nullptr) return std::nullopt;
  return acl::credential_state{.kind = found->kind,
                               .owner = found->owner,
                               .enabled = found->enabled,
                               .revoked = found->revoked,
                               .expires_at = found->expires_at,
                               .scopes = found->scopes};
}

errc standing(const identities& present, const account_id& account, const used_credential& with,
              timestamp now) {
  if (!with.kind) return acl::status_of({acl::principal_kind::account, account.get()}, present);
  return present.image().judge_credential(*with.kind, with.id.get(), now);
}

std::optional<std::vector<std::string>> scopes_of(const identities& present,
                                                  const used_credential& with) {
  if (!with.kind) return std::nullopt;
  const auto* found = present.image().credential(*with.kind, with.id.get());
  return found == nullptr ? std::nullopt : found->scopes;
}

acl::principal_id principal_of(const identities& present, const account_id& account) {
  const auto* found = present.image().account(account.get());
  const bool service = found != nullptr && found->level == account_level::service;
  return {service ? acl::principal_kind::service : acl::principal_kind::account, account.get()};
}

}  // namespace quire::operations
