#include "event_gate.hpp"

#include "access_desk.hpp"
#include "judgement.hpp"
#include "maintenance.hpp"

namespace quire {
namespace {

constexpr unsigned tables = 12;

/// Those a tenant's events are about.
constexpr std::uint32_t tables_of_tenants = 0b111111;

}  // namespace

event_gate::event_gate(std::shared_ptr<tenant_core> core, std::shared_ptr<session::state> who, const subscribe_options& options)
    : core_(std::move(core)), who_(std::move(who)) {
  for (const auto t : options.tables) asked_ |= 1U << static_cast<unsigned>(t);
  if (asked_ == 0) asked_ = tables_of_tenants;
  readable_ = who_->open ? (1U << tables) - 1 : 0;
}

result<void> event_gate::look() {
  const judged_caller by{*core_, who_};
  if (auto ok = by.check_standing(); !ok || who_->open) return ok;
  const auto judge = [&](const std::function<result<bool>(const operations::requirement_of&)>& may) -> result<void> {
    const auto needs = operations::requirement(operations::deed::read_changes);
    auto stream = may(needs);
    if (!stream) return stream.error();
    std::uint32_t readable = 0;
    for (unsigned t = 0; *stream && t < tables; ++t) {
      if ((asked_ >> t & 1U) == 0) continue;
      auto one = may({.operation = needs.operation, .scopes = {&operations::read_scope(static_cast<table>(t)), 1}});
      if (!one) return one.error();
      if (*one) readable |= 1U << t;
    }
    readable_ = readable;
    return readable != 0 ? result<void>{}
                         : result<void>{core_->engine->desk->refuse(*who_, needs.operation, errc::access_denied)};
  };
  const change_seq now{core_->last_seq.load()};
  if (const auto image = core_->access.at_least(now)) {
    return judge([&](const operations::requirement_of& needs) { return by.may(needs, *image); });
  }
  return run_on_reader(core_, [&](sqlite::connection& db) {
    return judge([&](const operations::requirement_of& needs) { return by.may(needs, db, change_seq{INT64_MAX}); });
  });
}

}  // namespace quire
