#include "judgement.hpp"

#include <quire/acl/graph_rows.hpp>
#include <quire/acl/sql_view.hpp>

#include "access_desk.hpp"
#include "image_builder.hpp"
#include "maintenance.hpp"

namespace quire {
namespace {

constexpr std::chrono::milliseconds patience{50};

acl::requirement requirement_of(const operations::requirement_of& needs) {
  return {.scopes = needs.scopes, .resource_type = {}, .resource_id = {}, .action = {}};
}

}  // namespace

judged_caller::judged_caller(tenant_core& core, std::shared_ptr<session::state> who)
    : core_(core),
      who_(std::move(who)),
      present_(core.engine->desk->identities()),
      caller_(core.engine->desk->caller_of(*who_, *present_)) {}

result<void> judged_caller::check_standing() const {
  auto& desk = *core_.engine->desk;
  const auto why = who_->org == core_.org ? desk.standing(*who_) : errc::access_denied;
  return why == errc::none ? result<void>{} : result<void>{desk.refuse(*who_, {}, why)};
}

result<bool> judged_caller::may(const operations::requirement_of& needs, sqlite::connection& db, change_seq seen) const {
  if (who_->open) return true;
  const auto image = core_.access.at_least(seen);
  if (!image) want_image(core_);
  if (!image && seen.get() < core_.last_seq.load()) {
    // What is read is of an older moment, but the right is one of now.
    auto lease = core_.pool()->acquire(runtime::reader_pool::user::actor, patience);
    if (!lease) return lease.error();
    return lease->with([&](runtime::read_connection& on) {
      on.snapshot.reset();
      return may(needs, on.db, change_seq{INT64_MAX});
    });
  }
  auto verdict = operations::judge(caller_, requirement_of(needs), image.get(), db);
  if (!verdict) return verdict.error();
  return verdict->allowed;
}

result<bool> judged_caller::may(const operations::requirement_of& needs, const acl::acl_image& image) const {
  if (who_->open) return true;
  auto verdict = operations::judge(caller_, requirement_of(needs), image);
  if (!verdict) return verdict.error();
  return verdict->allowed;
}

result<void> judged_caller::check(const operations::requirement_of& needs, sqlite::connection& db, change_seq seen) const {
  if (auto ok = check_standing(); !ok) return ok;
  if (who_->open) return {};
  auto allowed = may(needs, db, seen);
  if (!allowed) return allowed.error();
  return *allowed ? result<void>{} : result<void>{core_.engine->desk->refuse(*who_, needs.operation, errc::access_denied)};
}

result<void> check_known(const std::shared_ptr<tenant_core>& core, const std::shared_ptr<session::state>& who) {
  const judged_caller by{*core, who};
  if (auto ok = by.check_standing(); !ok || who->open) return ok;
  auto why = errc::none;
  auto looked = run_on_reader(core, [&](sqlite::connection& db) -> result<void> {
    auto graph = acl::find_acl_graph(db);
    if (!graph) {
      why = graph.error().code;
      return why == errc::acl_graph_missing ? result<void>{} : result<void>{graph.error()};
    }
    acl::sql_search view{db, *graph};
    auto there = view.find(by.caller().who);
    if (!there) return there.error();
    if (!*there) why = errc::principal_missing;
    return {};
  });
  if (!looked) return looked;
  // Without a word of the tenant, which exists: the answer is that for one that does not.
  return why == errc::none ? result<void>{} : result<void>{core->engine->desk->refuse(*who, {}, why)};
}

result<void> check_now(const std::shared_ptr<tenant_core>& core, const std::shared_ptr<session::state>& who,
                       const operations::requirement_of& needs) {
  const judged_caller by{*core, who};
  if (who->open) return by.check_standing();
  return run_on_reader(core, [&](sqlite::connection& db) { return by.check(needs, db, change_seq{INT64_MAX}); });
}

}  // namespace quire
