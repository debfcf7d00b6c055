#include "access_desk.hpp"

#include <array>
#include <utility>
#include <vector>

namespace quire {
namespace {

constexpr std::size_t ticket_bytes = 16;

std::int64_t milliseconds(timestamp t) { return t.time_since_epoch().count(); }

error denied(std::string_view operation) {
  std::string context = "access denied";
  if (!operation.empty()) context.append(" to ").append(operation);
  return fail(errc::access_denied, std::move(context));
}

}  // namespace

session_ticket access_desk::new_ticket() const {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::byte, ticket_bytes> random;
  env_.random->fill(random);
  session_ticket made;
  made.text.reserve(2 * ticket_bytes);
  for (const auto b : random) {
    made.text += digits[std::to_integer<unsigned>(b) >> 4U];
    made.text += digits[std::to_integer<unsigned>(b) & 15U];
  }
  return made;
}

void access_desk::publish(std::shared_ptr<const operations::identities> present) {
  identities_.set(std::move(present));
  std::vector<std::shared_ptr<session::state>> all;
  {
    const std::scoped_lock lock{mutex_};
    all.reserve(admitted_.size());
    for (const auto& [ticket, who] : admitted_) all.push_back(who);
  }
  for (const auto& who : all) (void)standing(*who);
}

std::shared_ptr<session::state> access_desk::open(const org_id& org, std::string actor) {
  auto made = std::make_shared<session::state>();
  made->ticket = new_ticket();
  made->open = true;
  made->actor = std::move(actor);
  made->org = org;
  made->desk = weak_from_this();
  const std::scoped_lock lock{mutex_};
  sweep();
  open_[made->ticket.text] = made;
  return made;
}

void access_desk::admit(const std::shared_ptr<session::state>& who) {
  who->ticket = new_ticket();
  who->desk = weak_from_this();
  who->expires_at.store(milliseconds(now() + who->lifetime));
  const std::scoped_lock lock{mutex_};
  sweep();
  admitted_[who->ticket.text] = who;
}

void access_desk::sweep() {
  if (admitted_.size() + open_.size() < swept_) return;
  const auto time = milliseconds(now());
  std::erase_if(admitted_, [&](const auto& x) { return x.second->ended.load() || x.second->expires_at.load() <= time; });
  std::erase_if(open_, [](const auto& x) { return x.second.expired(); });
  swept_ = std::max<std::size_t>(64, 2 * (admitted_.size() + open_.size()));
}

result<std::shared_ptr<session::state>> access_desk::find(const session_ref& ref) const {
  if (ref.kind == access_kind::ticket) {
    const std::scoped_lock lock{mutex_};
    if (const auto found = admitted_.find(ref.ticket.text); found != admitted_.end()) return found->second;
    if (const auto found = open_.find(ref.ticket.text); found != open_.end()) {
      if (auto alive = found->second.lock()) return alive;
    }
  }
  return fail(errc::access_denied, "access denied: a message carries the session of a tenant handle (tenant::session), and "
                                   "that session has not ended");
}

errc access_desk::standing(session::state& who) const {
  if (who.ended.load() || who.expires_at.load() <= milliseconds(now())) return errc::access_denied;
  if (who.open) return errc::none;
  const auto present = identities();
  const auto why = operations::standing(*present, who.account, who.with, now());
  if (why != errc::none) who.ended.store(true);
  return why;
}

result<void> access_desk::renew(session::state& who) {
  if (const auto why = standing(who); why != errc::none) return refuse(who, "sessions.renew", why);
  if (!who.open) who.expires_at.store(milliseconds(now() + who.lifetime));
  return {};
}

operations::caller access_desk::caller_of(const session::state& who, const operations::identities& present) const {
  operations::caller made;
  made.open = who.open;
  made.actor = who.actor;
  made.mode = mode_;
  made.now = now();
  made.identities = &present;
  if (who.open) return made;
  made.who = key_of(who.who);
  made.acting_as = who.acting_as;
  made.credential_scopes = operations::scopes_of(present, who.with);
  return made;
}

error access_desk::refuse(const session::state& who, std::string_view operation, errc reason) const {
  if (tell_) {
    tell_({.account = who.account,
           .with = who.with,
           .org = who.org,
           .principal = who.open ? std::string{} : key_of(who.who),
           .operation = std::string{operation},
           .reason = reason,
           .origin = who.origin});
  }
  return denied(operation);
}

}  // namespace quire
