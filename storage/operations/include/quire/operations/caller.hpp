#pragma once

#include <quire/acl/evaluate.hpp>
#include <quire/acl/scopes.hpp>
#include <quire/acl/view.hpp>
#include <quire/identity/image.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quire::operations {

/// The image of accounts, organizations and credentials as decisions read it. Immutable; any thread.
class identities final : public acl::identity_view {
 public:
  explicit identities(std::shared_ptr<const identity::identity_image> image)
      : image_(std::move(image)) {}

  [[nodiscard]] std::optional<account_status> status_of(std::string_view account) const override;
  [[nodiscard]] bool has_organization(std::string_view org) const override;
  [[nodiscard]] std::optional<acl::credential_state> credential(std::string_view id) const override;

  [[nodiscard]] const identity::identity_image& image() const noexcept { return *image_; }

 private:
  std::shared_ptr<const identity::identity_image> image_;
};

/// Who runs an operation, as the engine found out, at one moment.
struct caller {
  bool open = true;               ///< vouched for: nothing is checked but the structure of the graph of access control
  std::string actor = "system";   ///< recorded in events
  std::string who{};              ///< key of the principal
  std::string acting_as{};        ///< key of a role, or empty
  std::optional<std::vector<std::string>> credential_scopes{};  ///< narrows; absent: it does not
  const acl::identity_view* identities = nullptr;  ///< of one who is not vouched for: never null
  acl::scope_mode mode = acl::scope_mode::exact;
  timestamp now{};
};

/// The credential that somebody came with; without kind: none, the host knew the account itself.
struct used_credential {
  std::optional<credential_kind> kind{};
  row_id id{};
};
/// Why a credential or account can do nothing now, or `none`.
[[nodiscard]] errc standing(const identities& present, const account_id& account,
                            const used_credential& with, timestamp now);
/// What narrows the credential.
[[nodiscard]] std::optional<std::vector<std::string>> scopes_of(const identities& present,
                                                                const used_credential& with);
/// The principal an account is: `account`, or `service` by its level.
[[nodiscard]] acl::principal_id principal_of(const identities& present, const account_id& account);

}  // namespace quire::operations
