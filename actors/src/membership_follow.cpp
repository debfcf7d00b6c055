#include "membership_follow.hpp"

#include <quire/runtime/waiter.hpp>

#include <caf/send.hpp>

#include "tenant_core.hpp"
#include "write_envelope.hpp"

namespace quire {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 50ms;

using operations::membership_report;
using operations::membership_sync;

void send_follow(const std::shared_ptr<tenant_core>& core, membership_sync::how way,
                 std::function<void(result<membership_report>)> done) {
  auto envelope = std::make_shared<write_envelope>();
  envelope->request.deadline = timestamp::max();
  auto report = std::make_shared<membership_report>();
  envelope->upkeep = [core, way, report](operations::tenant_store& file) -> result<write_reply> {
    auto lease = core->engine->system_pool->acquire(runtime::reader_pool::user::actor, patience);
    if (!lease) return lease.error();
    auto followed = lease->with(
        [&](runtime::read_connection& system) { return file.follow_memberships(system.db, way); });
    if (!followed) return followed.error();
    *report = std::move(*followed);
    return write_reply{};
  };
  envelope->done = [report, done = std::move(done)](result<write_reply> r) {
    if (!done) return;
    if (r) {
      done(std::move(*report));
    } else {
      done(r.error());
    }
  };
  if (auto writer = core->writer()) caf::anon_send(writer, admitted_write{std::move(envelope)});
}

}  // namespace

void follow_memberships(const std::shared_ptr<tenant_core>& core, std::function<void(result<void>)> done) {
  send_follow(core, membership_sync::how::events, [done = std::move(done)](result<membership_report> r) {
    if (done) done(r ? result<void>{} : result<void>{r.error()});
  });
}

result<void> ensure_followed(const std::shared_ptr<tenant_core>& core) {
  if (core->caught_up.load()) return {};
  auto answer = std::make_shared<runtime::waiter<result<void>>>();
  follow_memberships(core, [answer](result<void> r) { answer->put(std::move(r)); });
  auto followed = answer->wait_for(longest_wait);
  if (!followed) return fail(errc::internal, "the writer did not answer");
  // A file whose graph of access control is missing or double has nothing to follow with; checks say so.
  if (!*followed && followed->error().code == errc::acl_graph_missing) return {};
  return *followed ? result<void>{} : result<void>{in_context(followed->error(), "tenant '" + core->org.get() + "'")};
}

result<membership_report> reconcile_memberships(const std::shared_ptr<tenant_core>& core, membership_sync::how way) {
  auto answer = std::make_shared<runtime::waiter<result<membership_report>>>();
  send_follow(core, way, [answer](result<membership_report> r) { answer->put(std::move(r)); });
  auto report = answer->wait_for(longest_wait);
  if (!report) return fail(errc::internal, "the writer did not answer");
  if (!*report) return in_context(report->error(), "tenant '" + core->org.get() + "'");
  return std::move(*report);
}

}  // namespace quire
