#pragma once

#include <quire/actors/system.hpp>
#include <quire/runtime/waiter.hpp>

#include <memory>
#include <type_traits>
#include <utility>

#include "access_desk.hpp"
#include "engine_shared.hpp"
#include "system_actor.hpp"

namespace quire {

/// An answer that somebody waits for: whoever destroys it ungiven says that the engine is closed.
template <class T>
class owed {
 public:
  explicit owed(std::shared_ptr<runtime::waiter<T>> to) : to_(std::move(to)) {}
  owed(const owed&) = delete;
  owed& operator=(const owed&) = delete;
  ~owed() {
    if (to_) to_->put(fail(errc::engine_closed, "the engine closed before it answered; the change may have been made"));
  }
  void give(T answer) { std::exchange(to_, nullptr)->put(std::move(answer)); }

 private:
  std::shared_ptr<runtime::waiter<T>> to_;
};

/// The system file as one caller sees it. Any thread.
struct system_base::state {
  std::shared_ptr<engine_shared> engine;
  std::shared_ptr<tenant_registry> registry;
  std::shared_ptr<session::state> who;

  /// Runs `work(system_store&) -> result<T>` in SYSTEM and waits. A denial goes to the audit trail.
  template <class Work>
  auto run(Work work) -> std::invoke_result_t<Work, operations::system_store&> {
    using answer_type = std::invoke_result_t<Work, operations::system_store&>;
    if (in_engine_thread()) {
      return fail(errc::would_deadlock, "a blocking call in a thread that runs the engine's actors");
    }
    const auto handles = engine->handles.get();
    if (!handles) return fail(errc::engine_closed, "the engine is closed");
    if (const auto why = engine->desk->standing(*who); why != errc::none) return engine->desk->refuse(*who, {}, why);
    auto waiter = std::make_shared<runtime::waiter<answer_type>>();
    auto answer = std::make_shared<owed<answer_type>>(waiter);
    auto denial = std::make_shared<operations::access_rules::denial>();
    send_to_system<answer_type>(
        handles->system,
        [work = std::move(work), denial](operations::system_store& file) -> answer_type {
          auto done = work(file);
          if (!done && done.error().code == errc::access_denied) *denial = file.last_denial();
          return done;
        },
        [answer](answer_type r) { answer->give(std::move(r)); });
    answer.reset();  // SYSTEM owes it now
    auto got = waiter->wait_for(longest_wait);
    if (!got) return fail(errc::internal, "SYSTEM did not answer");
    if (!*got && got->error().code == errc::access_denied && !who->open) {
      (void)engine->desk->refuse(*who, denial->needs.operation, denial->reason);
    }
    return std::move(*got);
  }

  /// Who acts, made where the work is done so that it is of that moment. Lives as long as `present`.
  [[nodiscard]] operations::system_store::author author(const operations::identities& present) const {
    return {.by = engine->desk->caller_of(*who, present), .request = {}, .with = who->with};
  }

  /// One act: `body(tools&) -> result<T>` in a transaction.
  template <class Body>
  auto write(operations::requirement_of needs, Body body) {
    return run([this, needs, body = std::move(body)](operations::system_store& file) {
      const operations::identities present{file.image()};
      return file.write(author(present), needs, body);
    });
  }
  /// `body(system_store&, connection&) -> result<T>`.
  template <class Body>
  auto read(operations::requirement_of needs, Body body) {
    return run([this, needs, body = std::move(body)](operations::system_store& file) {
      const operations::identities present{file.image()};
      return file.read(author(present).by, needs, [&](sqlite::connection& db) { return body(file, db); });
    });
  }
};

}  // namespace quire
