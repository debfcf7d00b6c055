#pragma once

#include <quire/operations/system_store.hpp>

#include <caf/send.hpp>

#include <functional>
#include <memory>
#include <utility>

#include "access_desk.hpp"
#include "engine_shared.hpp"
#include "internal_actors.hpp"
#include "tenant_registry.hpp"

namespace quire {

struct system_parts {
  std::unique_ptr<operations::system_store> file;
  std::shared_ptr<engine_shared> engine;
  std::shared_ptr<tenant_registry> registry;
};

/// Spawns SYSTEM around an open system file.
[[nodiscard]] system_actor spawn_system(caf::actor_system& system, system_parts parts);

/// Has SYSTEM run `work(system_store&) -> T` and gives what it answered to `done`, on SYSTEM's thread, once everything that
/// follows from its commit has happened. When SYSTEM is gone, neither is called.
template <class T>
void send_to_system(const system_actor& system, std::function<T(operations::system_store&)> work, std::function<void(T)> done) {
  auto answer = std::make_shared<std::optional<T>>();
  caf::anon_send(system, system_work{.run = [work = std::move(work), answer](operations::system_store& file) { answer->emplace(work(file)); },
                                     .answer = [answer, done = std::move(done)] { done(std::move(**answer)); }});
}

}  // namespace quire
