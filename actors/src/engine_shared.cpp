#include "engine_shared.hpp"

#include <algorithm>

namespace quire {
namespace {

thread_local bool runs_actors = false;

constexpr std::size_t least_cache_kib = 512;
constexpr std::size_t most_cache_kib = 32'000;
// A writer that meets a foreign lock does not sleep in a thread of the scheduler: it tries again by a delayed message.
constexpr std::chrono::milliseconds writer_patience{1};
constexpr std::chrono::milliseconds reader_patience{5000};

sqlite::open_options common_options(const engine_shared& shared, std::size_t share) {
  // One budget for all files: the more are open, the less each may keep.
  const auto connections = (shared.open_tenants.load() + 1) * share;
  const auto kib = std::clamp(shared.options.cache_bytes / 1024 / connections, least_cache_kib, most_cache_kib);
  sqlite::open_options made;
  made.sync = shared.options.safety == write_safety::power_loss ? sqlite::durability::full : sqlite::durability::normal;
  made.cache_kib = static_cast<std::int64_t>(kib);
  made.vfs = shared.options.vfs;
  return made;
}

}  // namespace

sqlite::open_options engine_shared::writer_options() const {
  auto made = common_options(*this, 2);
  made.mode = sqlite::open_mode::read_write;
  made.busy_timeout = writer_patience;
  return made;
}

sqlite::open_options engine_shared::reader_options() const {
  auto made = common_options(*this, 2 * std::max<std::size_t>(1, options.max_readers));
  made.mode = sqlite::open_mode::read_only;
  made.busy_timeout = reader_patience;
  return made;
}

bool in_engine_thread() noexcept { return runs_actors; }

engine_thread_mark::engine_thread_mark() noexcept : before_(std::exchange(runs_actors, true)) {}
engine_thread_mark::~engine_thread_mark() { runs_actors = before_; }

}  // namespace quire
