#include <quire/actors/session.hpp>

#include "access_desk.hpp"

namespace quire {

session::session(std::shared_ptr<state> s) : state_(std::move(s)) {}

const account_id& session::account() const { return state_->account; }
const org_id& session::org() const { return state_->org; }
acl::principal_id session::principal() const { return state_->who; }

timestamp session::expires_at() const { return timestamp{std::chrono::milliseconds{state_->expires_at.load()}}; }

bool session::active() const {
  const auto desk = state_->desk.lock();
  return desk && desk->standing(*state_) == errc::none;
}

result<void> session::renew() {
  const auto desk = state_->desk.lock();
  if (!desk) return fail(errc::engine_closed, "the engine of this session is closed");
  return desk->renew(*state_);
}

void session::end() { state_->ended.store(true); }

session_ref session::reference() const {
  return {.kind = access_kind::ticket, .actor = {}, .ticket = state_->ticket};
}

}  // namespace quire
