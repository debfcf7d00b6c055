#pragma once

#include <quire/acl/view.hpp>
#include <quire/messages/environment.hpp>
#include <quire/messages/error.hpp>
#include <quire/messages/identity.hpp>
#include <quire/messages/session.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace quire {

/// The text of an API key as somebody presented it; looked at during the call, never kept.
struct presented_key {
  std::string_view text;
};
/// The fingerprint of a key or certificate authority whose signature the host has verified.
struct presented_peer {
  std::string_view fingerprint;
};
/// An account that the host knows by means of its own, such as a login it has checked.
struct known_account {
  account_id id;
};
using credential = std::variant<presented_key, presented_peer, known_account>;

struct session_options {
  /// Where the caller comes from, such as an address: guesses are counted by it. For the audit trail.
  std::string origin{};
  /// The session ends after this long unless it is renewed.
  std::chrono::seconds lifetime{std::chrono::hours{1}};
  /// A role that the caller reaches by delegation: then only what flows through that role counts.
  std::string acting_as{};
};

/// Who calls, in one organization, on the authority of which credential. Carried by every request of the tenant it opens and
/// judged anew by each, at the state of that moment: revoking the credential, suspending the account or taking away a right
/// takes effect on the next request, also on those that wait already. Cheap to copy; copies are one session. Any thread.
/// It outlives the engine harmlessly.
class session {
 public:
  struct state;
  explicit session(std::shared_ptr<state> s);

  [[nodiscard]] const account_id& account() const;
  /// Empty: a session on the system file.
  [[nodiscard]] const org_id& org() const;
  /// The node of the caller in the graph of access control.
  [[nodiscard]] acl::principal_id principal() const;
  [[nodiscard]] timestamp expires_at() const;
  /// False once it was ended, by whomever, or its time is over.
  [[nodiscard]] bool active() const;

  /// Another lifetime from now on. Fails with `access_denied` when it has ended, or the credential or the account is no
  /// longer good.
  [[nodiscard]] result<void> renew();
  /// From now on every request of it is refused. Idempotent.
  void end();

  /// What its requests carry in messages. A secret.
  [[nodiscard]] session_ref reference() const;
  [[nodiscard]] const std::shared_ptr<state>& shared() const { return state_; }

 private:
  std::shared_ptr<state> state_;
};

}  // namespace quire
