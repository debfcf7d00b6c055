#pragma once

#include <quire/runtime/folder_watcher.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "tenant_registry.hpp"

namespace quire {

struct engine_shared;

/// WATCHER: notices commits of other processes in tenant files that somebody here waits for, and tells the tenant's writer
/// to look. A file event is a hint that nearly always comes before the commit can be seen, so it is followed by several
/// looks; and once a second every tenant with subscribers is looked at anyway.
class foreign_commits {
 public:
  foreign_commits(std::shared_ptr<engine_shared> shared, std::shared_ptr<tenant_registry> registry);
  ~foreign_commits();
  foreign_commits(const foreign_commits&) = delete;
  foreign_commits& operator=(const foreign_commits&) = delete;

 private:
  using steady = std::chrono::steady_clock;
  struct search {
    steady::time_point next;
    std::chrono::microseconds interval;
    steady::time_point until;
    std::uint64_t seen;  // foreign commits noticed when the search began
  };

  void written(std::string_view file);
  runtime::folder_watcher::next_beat beat(bool degraded);
  static bool wanted(const tenant_core& core);

  std::shared_ptr<engine_shared> shared_;
  std::shared_ptr<tenant_registry> registry_;
  std::map<std::string, search> searches_;         // by organization; used by the watcher's thread only
  std::map<std::string, std::uint64_t> commits_;   // our own, when last looked
  steady::time_point next_round_{};
  std::unique_ptr<runtime::folder_watcher> watcher_;  // last: its thread uses the rest
};

}  // namespace quire
