#include "state.hpp"

#include <quire/messages/ids.hpp>
#include <quire/sqlite/create_file.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace quire::sqlite {
namespace {

constexpr std::array<std::string_view, 3> companions = {"-wal", "-shm", "-journal"};

class descriptor {
 public:
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const noexcept { return number_; }

 private:
  int number_;
};

/// Holds a folder against others that make files in it, in this process or another: they would
/// build in the same place, and take a log away that is in use. Freed with the descriptor.
result<void> lock_folder(const descriptor& folder, const std::filesystem::path& path) {
  if (folder.get() < 0) return make_system_error(errno, "open", path);
  while (::flock(folder.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return make_system_error(errno, "lock", path);
  }
  return {};
}

result<void> sync_path(const std::filesystem::path& path, int flags) {
  const auto open = descriptor{::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC)};
  if (open.get() < 0) return make_system_error(errno, "open", path);
  if (::fsync(open.get()) != 0) return make_system_error(errno, "sync", path);
  return {};
}

/// Where a file's entry is: the folder, never an empty path.
std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
}

std::filesystem::path with_suffix(std::filesystem::path file, std::string_view suffix) {
  file += suffix;
  return file;
}

/// True when it was there.
result<bool> remove_file(const std::filesystem::path& file) {
  if (::unlink(file.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  return make_system_error(errno, "remove", file);
}

/// True when one was there.
result<bool> remove_companions(const std::filesystem::path& file) {
  bool any = false;
  for (const auto suffix : companions) {
    auto removed = remove_file(with_suffix(file, suffix));
    if (!removed) return removed;
    any = any || *removed;
  }
  return any;
}

result<void> remove_aside(const std::filesystem::path& aside) {
  if (auto ok = remove_companions(aside); !ok) return ok.error();
  if (auto ok = remove_file(aside); !ok) return ok.error();
  return {};
}

/// A log that a file of the same name left behind would be replayed into the new one.
result<void> remove_leftovers(const std::filesystem::path& file) {
  auto removed = remove_companions(file);
  if (!removed) return removed.error();
  return *removed ? sync_folder(folder_of(file)) : result<void>{};
}

result<void> rename_without_replacing(const std::filesystem::path& from,
                                      const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return make_system_error(errno, "rename to", to);
  // A file system without that call: linking refuses an existing name as well.
  if (::link(from.c_str(), to.c_str()) != 0) return make_system_error(errno, "rename to", to);
  if (::unlink(from.c_str()) != 0) return make_system_error(errno, "remove", from);
  return {};
}

result<void> build_aside(const std::filesystem::path& aside, open_options options,
                         const std::function<result<void>(connection&)>& build) {
  options.mode = open_mode::create;
  auto db = connection::open(aside, options);
  if (!db) return db.error();
  if (auto ok = build(*db); !ok) return ok;
  if (db->in_transaction())
    return fail(errc::internal, "build a file: a transaction was left open");
  if (auto done = db->checkpoint(true); !done) return done.error();
  return {};
}

bool is_stale(std::string_view name) {
  for (const auto suffix : companions) {
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  }
  return name.ends_with(".db.new");
}

}  // namespace

result<void> sync_folder(const std::filesystem::path& folder) {
  return sync_path(folder, O_DIRECTORY);
}

result<void> create_file_aside(const std::filesystem::path& file, const open_options& options,
                               const std::function<result<void>(connection&)>& build) {
  const auto folder = folder_of(file);
  const auto held = descriptor{::open(folder.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC)};
  if (auto ok = lock_folder(held, folder); !ok) return ok;
  struct ::stat there = {};
  if (::lstat(file.c_str(), &there) == 0) {
    return fail(errc::conflict, "create '" + printable(file.native()) + "': the file exists");
  }
  const auto aside = with_suffix(file, ".new");
  if (auto ok = remove_aside(aside); !ok) return ok;
  if (auto ok = build_aside(aside, options, build); !ok) {
    // The error that matters is the first; what cannot be removed now is removed at the next start.
    static_cast<void>(remove_aside(aside));
    return ok;
  }
  if (auto ok = sync_path(aside, 0); !ok) return ok;
  if (auto ok = remove_leftovers(file); !ok) return ok;
  if (auto ok = rename_without_replacing(aside, file); !ok) return ok;
  return sync_folder(folder);
}

result<std::size_t> remove_stale_new_files(const std::filesystem::path& folder) {
  // What is being built right now is not stale.
  const auto held = descriptor{::open(folder.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC)};
  if (auto ok = lock_folder(held, folder); !ok) return ok.error();
  auto problem = std::error_code{};
  auto stale = std::vector<std::filesystem::path>{};
  auto entries = std::filesystem::directory_iterator{folder, problem};
  for (; !problem && entries != std::filesystem::directory_iterator{}; entries.increment(problem)) {
    if (is_stale(entries->path().filename().native())) stale.push_back(entries->path());
  }
  if (problem) return make_system_error(problem.value(), "list", folder);
  std::size_t databases = 0;
  for (const auto& file : stale) {
    auto removed = remove_file(file);
    if (!removed) return removed.error();
    if (*removed && file.native().ends_with(".new")) ++databases;
  }
  if (!stale.empty()) {
    if (auto ok = sync_folder(folder); !ok) return ok.error();
  }
  return databases;
}

result<void> create_private_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), S_IRWXU) != 0) {
    if (errno != EEXIST) return make_system_error(errno, "create", folder);
    auto problem = std::error_code{};
    if (std::filesystem::is_directory(folder, problem)) return {};
    return fail(errc::invalid_path, "create '" + printable(folder.native()) + "': it is no folder");
  }
  return sync_folder(folder_of(folder));
}

}  // namespace quire::sqlite
