#include "refusal_log.hpp"

#include "system_actor.hpp"

namespace quire {
namespace {

constexpr std::size_t most_waiting = 256;
constexpr identity::rate rows_per_caller{.limit = 60, .period = std::chrono::minutes{1}};
constexpr identity::rate rows_in_all{.limit = 600, .period = std::chrono::minutes{1}};
constexpr std::size_t most_callers = 4096;

constexpr std::string_view everybody = "all";

using tools = operations::system_store::tools;

result<void> append(const refusal& what, tools& with) {
  // The row names the account that was refused, not the engine that writes it.
  const auto actor = std::exchange(with.in.actor, what.account.get().empty() ? std::string_view{identity::system_account}
                                                                              : std::string_view{what.account.get()});
  const auto origin = std::exchange(with.in.origin, {.principal = what.principal,
                                                     .operation = what.operation,
                                                     .request = {},
                                                     .credential = what.with.id.get(),
                                                     .kind = what.with.kind});
  const bool known = what.principal.empty();
  auto done = with.tables.audit.append({.action = known ? "auth.refused" : "access.denied",
                                        .org = what.org.get(),
                                        .target = what.origin,
                                        .reason = to_string(what.reason)},
                                       with.in);
  with.in.actor = actor;
  with.in.origin = origin;
  return done;
}

}  // namespace

refusal_log::refusal_log(std::weak_ptr<engine_shared> engine, std::uint64_t seed)
    : engine_(std::move(engine)),
      per_caller_({.allowed = rows_per_caller, .max_keys = most_callers, .seed = seed}),
      in_all_({.allowed = rows_in_all, .max_keys = 1, .seed = seed}) {}

void refusal_log::note(refusal what) {
  const auto engine = engine_.lock();
  if (!engine) return;
  const auto now = engine->options.env.time->now();
  const auto caller = what.account.get() + "/" + what.org.get() + "/" + what.origin;
  {
    const std::scoped_lock lock{mutex_};
    if (per_caller_.take(caller, now).count() > 0 || in_all_.take(everybody, now).count() > 0 ||
        waiting_.size() >= most_waiting) {
      ++untold_;
      dropped_.fetch_add(1);
      return;
    }
    waiting_.push_back(std::move(what));
    if (std::exchange(sent_, true)) return;
  }
  const auto handles = engine->handles.get();
  if (!handles) return;
  caf::anon_send(handles->system, system_work{.run =
                                                  [self = shared_from_this()](operations::system_store& file) {
                                                    std::vector<refusal> rows;
                                                    std::uint64_t untold = 0;
                                                    {
                                                      const std::scoped_lock lock{self->mutex_};
                                                      rows.swap(self->waiting_);
                                                      untold = std::exchange(self->untold_, 0);
                                                      self->sent_ = false;
                                                    }
                                                    auto done = file.write(
                                                        operations::system_store::author{}, {.operation = "audit", .scopes = {}}, [&](tools& with) -> result<void> {
                                                          for (const auto& row : rows) {
                                                            if (auto ok = append(row, with); !ok) return ok;
                                                          }
                                                          if (untold == 0) return {};
                                                          return with.tables.audit.append(
                                                              {.action = "audit.dropped", .target = std::to_string(untold)}, with.in);
                                                        });
                                                    if (!done) self->dropped_.fetch_add(rows.size());
                                                  },
                                              .answer = {}});
}

}  // namespace quire
