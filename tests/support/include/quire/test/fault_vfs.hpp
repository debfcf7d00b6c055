#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace quire::test {

/// What a file system is asked to do.
enum class file_call : std::uint8_t { open, read, write, truncate, sync, remove, shared_memory };
inline constexpr int file_call_count = 7;

/// A SQLite VFS over the default one that counts calls and makes one of them, or all from one on,
/// fail. Registered under `name()` while it lives; connections opened with that name must be closed
/// before. Calls may come from several threads.
class fault_vfs {
 public:
  enum class failure : std::uint8_t {
    io_error,   ///< the call fails as on a broken disk
    disk_full,  ///< writes fail as on a full disk; other calls as on a broken one
  };

  fault_vfs();
  fault_vfs(const fault_vfs&) = delete;
  fault_vfs& operator=(const fault_vfs&) = delete;
  ~fault_vfs();

  [[nodiscard]] const std::string& name() const noexcept;

  /// From now on the `nth` call (1 is the next) fails; `sticky`: all after it as well. Reads are
  /// counted only when asked for, because SQLite may read at will.
  void fail_at(std::int64_t nth, failure how, bool sticky, bool count_reads = false);
  /// Nothing fails any more.
  void heal();
  /// Calls that could have failed, since `fail_at`, `heal` or the beginning.
  [[nodiscard]] std::int64_t calls() const noexcept;
  /// Of these, of one kind.
  [[nodiscard]] std::int64_t calls(file_call kind) const noexcept;
  /// True when a call was made to fail since `fail_at`.
  [[nodiscard]] bool has_failed() const noexcept;

  struct state;

 private:
  std::unique_ptr<state> state_;
};

/// A SQLite VFS over the default one that keeps written data aside until it is synced, as the
/// caches of a machine do, and can lose the power. Shared memory is the process's own, so
/// connections of this process see each other as usual. Registered under `name()` while it lives.
/// One thread at a time.
class forgetful_vfs {
 public:
  forgetful_vfs();
  forgetful_vfs(const forgetful_vfs&) = delete;
  forgetful_vfs& operator=(const forgetful_vfs&) = delete;
  ~forgetful_vfs();

  [[nodiscard]] const std::string& name() const noexcept;

  /// The power fails: whatever is not synced is lost, and every call fails until `power_on`. With a
  /// `seed`, an arbitrary half of the unsynced sectors of 512 bytes reaches the disk nevertheless,
  /// in no order.
  void power_off();
  void power_off(std::uint64_t seed);
  /// The machine is up again. Connections from before must be closed by now.
  void power_on();
  /// The power fails by itself at the `nth` call (1 is the next) that writes, truncates or syncs,
  /// with the same meaning of `seed`; 0 never.
  void power_off_at(std::int64_t nth, std::uint64_t seed);
  /// Calls that `power_off_at` counts, since the beginning or the last `power_off_at`.
  [[nodiscard]] std::int64_t calls() const noexcept;
  [[nodiscard]] bool is_off() const noexcept;

  struct state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace quire::test
