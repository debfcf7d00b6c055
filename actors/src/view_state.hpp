#pragma once

#include <quire/actors/view.hpp>
#include <quire/runtime/reader_pool.hpp>

#include <chrono>
#include <memory>

#include "judgement.hpp"
#include "tenant_core.hpp"

namespace quire {

struct view::state {
  /// A connection with a snapshot of now.
  [[nodiscard]] static result<std::unique_ptr<state>> open(const std::shared_ptr<tenant_core>& core,
                                                           const std::shared_ptr<session::state>& who);

  /// Runs `body(read_connection&)` unless the view is too old or the tenant closed.
  template <class Body>
  auto with(Body&& body) -> decltype(body(std::declval<runtime::read_connection&>())) {
    if (std::chrono::steady_clock::now() > expires) {
      lease.give_back();  // whoever forgot this view shall not keep the log from being reused
      return fail(errc::view_expired, "the view is older than its maximum age; make a new one");
    }
    return lease.with(std::forward<Body>(body));
  }

  /// The same if the session may do it now. A right that was taken away since the view was made is gone.
  template <class Body>
  auto with(const operations::requirement_of& needs, Body&& body)
      -> decltype(body(std::declval<runtime::read_connection&>())) {
    return with([&](runtime::read_connection& on) -> decltype(body(on)) {
      if (auto ok = judged_caller{*core, who}.check(needs, on.db, seq); !ok) return ok.error();
      return body(on);
    });
  }

  std::shared_ptr<tenant_core> core;
  std::shared_ptr<session::state> who;
  runtime::reader_pool::lease lease;
  std::chrono::steady_clock::time_point expires;
  change_seq seq;
};

}  // namespace quire
