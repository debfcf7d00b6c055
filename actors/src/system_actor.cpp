#include "system_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "membership_follow.hpp"
#include "tenant_core.hpp"

namespace quire {
namespace {

using namespace std::chrono_literals;

// What other processes changed, such as a revoked key, counts after this long at the latest.
constexpr auto probe_interval = 100ms;

/// SYSTEM from inside: the only engine writer of the system file, and who says what counts from its commits on.
class system_state {
 public:
  void start(system_actor::pointer self, system_parts parts) {
    self_ = self;
    file_ = std::move(parts.file);
    engine_ = std::move(parts.engine);
    registry_ = std::move(parts.registry);
    if (auto now = operations::memberships_changed(file_->connection(), stream_offset{INT64_MAX})) followed_ = now->offset;
    probe_later();
  }

  void run(const system_work& work) {
    const auto before = file_->image();
    work.run(*file_);
    publish(before);
    // A commit of ours may be the first to see one of others.
    if (file_->image() != before) follow_others();
    if (work.answer) work.answer();
  }

  void probe() {
    const auto before = file_->image();
    if (auto foreign = file_->look_for_foreign_commits(); foreign && *foreign) {
      publish(before);
      follow_others();
    }
    probe_later();
  }

  static constexpr const char* name = "quire.system";

 private:
  void publish(const std::shared_ptr<const identity::identity_image>& before) {
    if (file_->image() == before) return;
    engine_->desk->publish(std::make_shared<const operations::identities>(file_->image()));
  }

  /// Another process changed something; the tenants in use here whose memberships it was follow.
  void follow_others() {
    auto changed = operations::memberships_changed(file_->connection(), followed_);
    if (!changed) return;  // at the next look
    for (const auto& org : changed->organizations) {
      if (const auto core = registry_->find(org)) follow_memberships(core, {});
    }
    followed_ = changed->offset;
  }

  void probe_later() { self_->delayed_send(system_actor{self_}, probe_interval, probe_atom::value); }

  system_actor::pointer self_ = nullptr;
  std::unique_ptr<operations::system_store> file_;
  std::shared_ptr<engine_shared> engine_;
  std::shared_ptr<tenant_registry> registry_;
  stream_offset followed_{};  // of the stream: what was before, tenants have heard of or will read when they open
};

}  // namespace

system_actor spawn_system(caf::actor_system& system, system_parts parts) {
  using stateful = system_actor::stateful_pointer<system_state>;
  // Spawned functions are copied, so the file travels in a shared pointer.
  auto box = std::make_shared<system_parts>(std::move(parts));
  return system.spawn([box](stateful self) -> system_actor::behavior_type {
    self->state.start(self, std::move(*box));
    auto& state = self->state;
    return {
        [&state](const system_work& work) { state.run(work); },
        [&state](probe_atom) { state.probe(); },
    };
  });
}

}  // namespace quire
