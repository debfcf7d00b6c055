#include "system_actor.hpp"

#include <quire/wire/error.hpp>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

namespace quire {
namespace {

struct system_state {
  std::unique_ptr<operations::system_store> file;
  static constexpr const char* name = "quire.system";
};

template <class T>
caf::result<T> reply(result<T> r) {
  if (!r) return to_caf(r.error());
  return std::move(*r);
}

}  // namespace

system_actor spawn_system(caf::actor_system& system, std::unique_ptr<operations::system_store> file) {
  using stateful = system_actor::stateful_pointer<system_state>;
  // Spawned functions are copied, so the file travels in a shared pointer.
  auto box = std::make_shared<std::unique_ptr<operations::system_store>>(std::move(file));
  return system.spawn([box](stateful self) -> system_actor::behavior_type {
    self->state.file = std::move(*box);
    auto* store = self->state.file.get();
    return {
        [store](create_atom, const new_organization& what) { return reply(store->create(what)); },
        [store](find_atom, const org_id& id) { return reply(store->find(id)); },
        [store](list_atom) { return reply(store->list()); },
    };
  });
}

}  // namespace quire
