#pragma once

#include <quire/messages/error.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

namespace quire::runtime {

/// Tells when files of one folder are written, by any process. One thread, one kernel watch, by path: it never opens the
/// files, because closing them would drop SQLite's locks. A hint, not a promise: the callback looks for itself.
class folder_watcher {
 public:
  struct next_beat {
    std::chrono::microseconds after{};  ///< when to call again
    bool watch = true;                  ///< false: nobody waits for changes, so writers should not pay for the watch
  };
  struct events {
    /// A file was written; its name in the folder. Called in the watcher's thread.
    std::function<void(std::string_view name)> written;
    /// Called when it asked to be, and right after a batch of `written`. `degraded`: the kernel gives no watch, so that
    /// only the beat finds changes.
    std::function<next_beat(bool degraded)> beat;
  };
  /// Starts the thread. The calls may come before this returns.
  [[nodiscard]] static std::unique_ptr<folder_watcher> start(const std::filesystem::path& folder, events e);
  /// Stops the thread and waits for it.
  ~folder_watcher();
  folder_watcher(const folder_watcher&) = delete;
  folder_watcher& operator=(const folder_watcher&) = delete;

 private:
  struct state;
  explicit folder_watcher(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

}  // namespace quire::runtime
