#include "image_builder.hpp"

#include <quire/acl/graph_rows.hpp>

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "tenant_core.hpp"

namespace quire {
namespace {

struct builder_state {
  static constexpr const char* name = "quire.imager";
};

result<std::shared_ptr<const acl::acl_image>> build(tenant_core& core) {
  auto lease = core.pool()->acquire(runtime::reader_pool::user::actor, core.engine->options.timeout);
  if (!lease) return lease.error();
  return lease->with([&](runtime::read_connection& on) -> result<std::shared_ptr<const acl::acl_image>> {
    if (auto ok = on.begin(); !ok) return ok.error();
    auto graph = acl::find_acl_graph(on.db);
    if (!graph) return graph.error();
    auto image = acl::acl_image::build(on.db, *graph);
    on.snapshot.reset();
    return image;
  });
}

}  // namespace

image_builder_actor spawn_image_builder(caf::actor_system& system) {
  using stateful = image_builder_actor::stateful_pointer<builder_state>;
  return system.spawn<caf::detached>([](stateful) -> image_builder_actor::behavior_type {
    return {[](const std::shared_ptr<tenant_core>& core) {
      if (core->is_closed()) return;
      auto image = build(*core);
      if (image) {
        // Only the writer knows what was committed meanwhile.
        if (auto writer = core->writer()) {
          caf::anon_send(writer, image_built{std::move(*image)});
          return;
        }
      } else if (image.error().code == errc::limit_exceeded) {
        core->access.too_large.store(true);
      }
      core->access.building_ended();
    }};
  });
}

void want_image(tenant_core& core) {
  if (!core.access.claim_building()) return;
  if (const auto handles = core.engine->handles.get()) {
    caf::anon_send(handles->images, core.shared_from_this());
  } else {
    core.access.building_ended();
  }
}

}  // namespace quire
