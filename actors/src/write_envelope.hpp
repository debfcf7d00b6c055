#pragma once

#include <quire/actors/tenant_actor.hpp>
#include <quire/operations/tenant_store.hpp>
#include <quire/runtime/permits.hpp>

#include <caf/typed_response_promise.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "engine_shared.hpp"
#include "session_state.hpp"

namespace quire {

/// A write request on its way through this process: the wire request or work of the engine's own, its place among those in
/// flight, and who waits for the answer. Whoever destroys it unanswered answers for it: nobody waits for ever.
struct write_envelope {
  write_request request;
  std::optional<operations::maintenance> work;           // instead of the request's operations
  /// Instead of both: the engine's own upkeep, alone in its transaction.
  std::function<result<write_reply>(operations::tenant_store&)> upkeep;
  /// On whose authority; null: the engine's own, or a message whose session is still to be found.
  std::shared_ptr<session::state> who;
  runtime::permit in_flight;
  std::function<void(result<write_reply>)> done;         // a thread or callback waits …
  caf::typed_response_promise<write_reply> promise;      // … or an actor does

  write_envelope() = default;
  write_envelope(const write_envelope&) = delete;
  write_envelope& operator=(const write_envelope&) = delete;
  ~write_envelope() { answer(fail(errc::engine_closed, "the tenant's writer ended before it took the request; not applied")); }

  /// Must be alone in its transaction.
  [[nodiscard]] bool is_barrier(operations::tenant_store& file) const {
    if (upkeep) return true;
    return work ? work->alone : file.is_barrier(request);
  }
  /// The work of a request that is the engine's own.
  [[nodiscard]] bool is_own() const noexcept { return upkeep || work; }
  [[nodiscard]] result<write_reply> apply_own(operations::tenant_store& file) const {
    return upkeep ? upkeep(file) : file.apply(*work);
  }

  [[nodiscard]] bool expired(timestamp now) const { return request.deadline < now; }

  /// True for the first writer that asks: a request is applied once, however often its message is sent.
  [[nodiscard]] bool take() { return !std::exchange(taken_, true); }

  /// Answers once; later calls do nothing. The place in flight is free before the answer is seen.
  void answer(result<write_reply> r) {
    if (answered_) return;
    answered_ = true;
    in_flight.release();
    if (done) {
      const engine_thread_mark mark;
      try {
        done(std::move(r));
      } catch (...) {  // NOLINT(bugprone-empty-catch): it has its answer; its own bug must not take its neighbours' answers
      }
    } else if (promise.pending()) {
      if (r) {
        promise.deliver(std::move(*r));
      } else {
        promise.deliver(to_caf(r.error()));
      }
    }
  }

 private:
  bool answered_ = false;
  bool taken_ = false;
};

/// What a request holds in memory, roughly.
[[nodiscard]] std::size_t size_in_memory(const write_request& request);

}  // namespace quire
