#include "foreign_commits.hpp"

#include <caf/send.hpp>

#include <algorithm>

#include "tenant_core.hpp"

namespace quire {
namespace {

using namespace std::chrono_literals;

constexpr auto first_look = 100us;
constexpr auto last_look = 10ms;
constexpr auto search_time = 250ms;
constexpr auto round_time = 1s;
constexpr auto nobody_waits = 50ms;  // how soon a first subscriber is noticed
constexpr std::chrono::microseconds degraded_round = 20ms;

constexpr std::string_view file_prefix = "tenant-";
constexpr std::string_view log_suffix = ".db-wal";

}  // namespace

foreign_commits::foreign_commits(std::shared_ptr<engine_shared> shared, std::shared_ptr<tenant_registry> registry)
    : shared_(std::move(shared)), registry_(std::move(registry)) {
  watcher_ = runtime::folder_watcher::start(shared_->tenants_dir(),
                                            {.written = [this](std::string_view file) { written(file); },
                                             .beat = [this](bool degraded) { return beat(degraded); }});
}

foreign_commits::~foreign_commits() = default;

bool foreign_commits::wanted(const tenant_core& core) {
  return core.thread_subscribers.load() + core.actor_subscribers.load() > 0;
}

void foreign_commits::written(std::string_view file) {
  if (!file.starts_with(file_prefix) || !file.ends_with(log_suffix)) return;
  const auto org = std::string{file.substr(file_prefix.size(), file.size() - file_prefix.size() - log_suffix.size())};
  const auto core = registry_->find(org_id{org});
  if (!core || !wanted(*core)) return;
  const auto now = steady::now();
  auto& seen = commits_[org];
  const bool ours = std::exchange(seen, core->commits.load()) != core->commits.load();
  // Our own commits touch the file too. Then one late look is enough, because each of them looks for foreign ones itself.
  const std::chrono::microseconds interval = ours ? std::chrono::microseconds{last_look} : std::chrono::microseconds{first_look};
  auto [at, fresh] = searches_.try_emplace(org);
  if (fresh || at->second.interval > interval) {
    at->second.next = now + interval;
    at->second.interval = interval;
  }
  at->second.until = now + search_time;
  at->second.seen = core->foreign_commits.load();
}

runtime::folder_watcher::next_beat foreign_commits::beat(bool degraded) {
  if (shared_->subscribers.load() == 0) return {.after = nobody_waits, .watch = false};
  const auto now = steady::now();
  auto look = [](const tenant_core& core) {
    if (auto writer = core.writer()) caf::anon_send(writer, probe_atom::value);
  };
  if (now >= next_round_) {
    next_round_ = now + (degraded ? steady::duration{degraded_round} : steady::duration{round_time});
    for (const auto& core : registry_->all()) {
      if (wanted(*core)) look(*core);
    }
  }
  auto next = next_round_;
  for (auto at = searches_.begin(); at != searches_.end();) {
    auto& s = at->second;
    const auto core = registry_->find(org_id{at->first});
    if (!core || now > s.until || core->foreign_commits.load() != s.seen) {
      at = searches_.erase(at);  // found, or nothing to find
      continue;
    }
    if (now >= s.next) {
      look(*core);
      s.interval = std::min<std::chrono::microseconds>(s.interval * 2, last_look);
      s.next = now + s.interval;
    }
    next = std::min(next, s.next);
    ++at;
  }
  const auto after = std::chrono::duration_cast<std::chrono::microseconds>(next - steady::now());
  return {.after = std::max<std::chrono::microseconds>(after, first_look), .watch = true};
}

}  // namespace quire
