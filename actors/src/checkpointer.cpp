#include "checkpointer.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <limits>

namespace quire {
namespace {

constexpr int most_passes = 4;
constexpr std::int64_t few_frames = 500;

struct checkpointer_state {
  static constexpr const char* name = "quire.checkpointer";
};

std::int64_t frames_left_after_checkpoint(tenant_core& core) {
  auto options = core.engine->writer_options();
  auto db = sqlite::connection::open(core.engine->tenant_file(core.org), options);
  if (!db) return 0;
  // The writer goes on meanwhile, so each pass leaves what was written during the one before: less and less, as long as
  // copying is faster than writing.
  std::int64_t left = std::numeric_limits<std::int64_t>::max();
  for (int pass = 0; pass < most_passes && left > few_frames; ++pass) {
    auto state = db->checkpoint();
    if (!state) return 0;
    const auto now_left = state->log_frames - state->checkpointed;
    if (now_left >= left) break;
    left = now_left;
  }
  return left;
}

}  // namespace

checkpointer_actor spawn_checkpointer(caf::actor_system& system) {
  using stateful = checkpointer_actor::stateful_pointer<checkpointer_state>;
  // Detached: a checkpoint of a large log takes as long as the disk does, and must not hold up anyone's turn.
  return system.spawn<caf::detached>([](stateful self) -> checkpointer_actor::behavior_type {
    return {[self](const std::shared_ptr<tenant_core>& core) {
      std::int64_t left = 0;
      try {
        left = frames_left_after_checkpoint(*core);
      } catch (const std::exception&) {
        // Out of memory, say: the log stays as it is. The writer must hear of the end all the same, because it waits for it.
      }
      if (auto writer = core->writer()) self->send(writer, checkpoint_done{.frames_left = left});
    }};
  });
}

}  // namespace quire
