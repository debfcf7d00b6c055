#include "credential_gate.hpp"

#include <quire/crypto/key_text.hpp>

#include <thread>

#include "access_desk.hpp"
#include "system_actor.hpp"

namespace quire {
namespace {

constexpr std::chrono::seconds longest_lifetime = std::chrono::hours{24 * 365};

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
overloaded(Handlers...) -> overloaded<Handlers...>;

/// All refusals read alike: whether a key, an account or a tenant exists is nobody's business.
error denied() { return fail(errc::access_denied, "access denied"); }

}  // namespace

credential_gate::credential_gate(std::shared_ptr<engine_shared> engine, std::uint64_t seed)
    : engine_(std::move(engine)), guard_({.seed = seed}) {}

result<void> credential_gate::hold_back(std::string_view key, const session_options& options) {
  identity::guess_verdict verdict;
  {
    const std::scoped_lock lock{mutex_};
    verdict = guard_.check(key, options.origin, engine_->desk->now());
  }
  if (verdict.refused) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(verdict.wait).count();
    return fail(errc::access_denied,
                "access denied: too many failures from here; try again in " + std::to_string(seconds) + " s");
  }
  if (verdict.wait.count() > 0) std::this_thread::sleep_for(verdict.wait);
  return {};
}

result<credential_gate::found> credential_gate::judge(const identity::credential_finding& finding, std::string_view key,
                                                      const org_id& org, const session_options& options) {
  if (finding) {
    {
      const std::scoped_lock lock{mutex_};
      guard_.succeeded(key, options.origin);
    }
    return found{.account = finding.credential->owner,
                 .with = {.kind = finding.credential->kind, .id = finding.credential->id}};
  }
  {
    const std::scoped_lock lock{mutex_};
    guard_.failed(key, options.origin, engine_->desk->now());
  }
  if (finding.credential) {
    session::state who;
    who.account = finding.credential->owner;
    who.with = {.kind = finding.credential->kind, .id = finding.credential->id};
    who.org = org;
    who.open = true;  // it has no principal
    who.origin = options.origin;
    (void)engine_->desk->refuse(who, "sessions.authenticate", finding.reason);
  }
  return denied();
}

result<credential_gate::found> credential_gate::look(const credential& presented, const org_id& org,
                                                     const session_options& options) {
  const auto now = engine_->desk->now();
  const auto present = engine_->desk->identities();
  return std::visit(
      overloaded{[&](const presented_key& key) -> result<found> {
                   const auto id = crypto::row_of_key_text(key.text);
                   const auto public_id = id ? id->get() : std::string{};
                   if (auto ok = hold_back(public_id, options); !ok) return ok.error();
                   return judge(present->image().find_api_key(key.text, now), public_id, org, options);
                 },
                 [&](const presented_peer& peer) -> result<found> {
                   if (auto ok = hold_back(peer.fingerprint, options); !ok) return ok.error();
                   return judge(present->image().find_peer(peer.fingerprint, now), peer.fingerprint, org, options);
                 },
                 [&](const known_account& account) -> result<found> {
                   if (acl::status_of({acl::principal_kind::account, account.id.get()}, *present) != errc::none) return denied();
                   return found{.account = account.id, .with = {}};
                 }},
      presented);
}

result<session> credential_gate::authenticate(const credential& presented, const org_id& org, const session_options& options) {
  if (options.lifetime.count() <= 0 || options.lifetime > longest_lifetime) {
    return fail(errc::invalid_option, "session_options::lifetime: one second to a year");
  }
  if (!options.acting_as.empty()) {
    const auto role = acl::principal_from_key(options.acting_as);
    if (!role || role->kind != acl::principal_kind::role) {
      return fail(errc::invalid_option, "session_options::acting_as '" + printable(options.acting_as) + "': write role:NAME");
    }
  }
  if (in_engine_thread()) {
    return fail(errc::would_deadlock, "authenticating may wait; not in a thread that runs the engine's actors");
  }
  const auto handles = engine_->handles.get();
  if (!handles) return fail(errc::engine_closed, "the engine is closed");
  auto who = look(presented, org, options);
  if (!who) return who.error();
  auto made = std::make_shared<session::state>();
  const auto present = engine_->desk->identities();
  made->who = operations::principal_of(*present, who->account);
  made->account = who->account;
  made->actor = who->account.get();
  made->org = org;
  made->with = who->with;
  made->origin = options.origin;
  made->acting_as = options.acting_as;
  made->lifetime = options.lifetime;
  engine_->desk->admit(made);
  if (made->with.kind == credential_kind::api_key) {
    caf::anon_send(handles->system,
                   system_work{.run =
                                   [id = made->with.id](operations::system_store& file) {
                                     // A crash may lose it, a failure too: it is a hint for people.
                                     (void)file.note_use(id);
                                   },
                               .answer = {}});
  }
  return session{std::move(made)};
}

}  // namespace quire
