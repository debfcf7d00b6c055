#pragma once

#include <quire/acl/scopes.hpp>
#include <quire/messages/environment.hpp>
#include <quire/messages/session.hpp>
#include <quire/operations/caller.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "published.hpp"
#include "session_state.hpp"

namespace quire {

/// A request that was refused, for the audit trail.
struct refusal {
  account_id account{};   ///< empty: unknown
  operations::used_credential with{};
  org_id org{};
  std::string principal{};
  std::string operation{};
  errc reason = errc::none;
  std::string origin{};
};

/// Who may come in: the sessions of an engine, and the present image of accounts, organizations and credentials by which each
/// request of theirs is judged first. Thread-safe.
class access_desk : public std::enable_shared_from_this<access_desk> {
 public:
  access_desk(environment env, acl::scope_mode mode) : env_(env), mode_(mode) {}

  [[nodiscard]] std::shared_ptr<const operations::identities> identities() const { return identities_.get(); }
  /// SYSTEM's commit is durable, and its answer has not left: from now on this image counts. Sessions whose credential or
  /// account is no longer good end.
  void publish(std::shared_ptr<const operations::identities> present);

  /// A session that is not checked.
  [[nodiscard]] std::shared_ptr<session::state> open(const org_id& org, std::string actor);
  /// Lets a caller in who has proved who it is.
  void admit(const std::shared_ptr<session::state>& who);
  /// The session of a request that came in a message. Fails with `access_denied` for anything that is none.
  [[nodiscard]] result<std::shared_ptr<session::state>> find(const session_ref& ref) const;

  /// Why a session can do nothing now, or `none`. Ends it for good where its credential or account is no longer good.
  [[nodiscard]] errc standing(session::state& who) const;
  [[nodiscard]] result<void> renew(session::state& who);

  /// The session as operations judge it; it lives as long as `present`.
  [[nodiscard]] operations::caller caller_of(const session::state& who, const operations::identities& present) const;

  /// Notes a denial and answers it: nobody refused hears why.
  [[nodiscard]] error refuse(const session::state& who, std::string_view operation, errc reason) const;
  /// Where refusals go; must not block. Set once, before the first session.
  void tell_refusals_to(std::function<void(refusal)> whom) { tell_ = std::move(whom); }

  [[nodiscard]] timestamp now() const { return env_.time->now(); }
  [[nodiscard]] acl::scope_mode mode() const noexcept { return mode_; }
  [[nodiscard]] const environment& env() const noexcept { return env_; }

 private:
  [[nodiscard]] session_ticket new_ticket() const;
  void sweep();

  environment env_;
  acl::scope_mode mode_;
  published<operations::identities> identities_;
  std::function<void(refusal)> tell_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<session::state>> admitted_;  // by ticket
  std::unordered_map<std::string, std::weak_ptr<session::state>> open_;        // by ticket
  std::size_t swept_ = 64;  // sizes at which to look for what is over
};

}  // namespace quire
