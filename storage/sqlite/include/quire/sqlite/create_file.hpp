#pragma once

#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>

namespace quire::sqlite {

/// Makes a database that is there wholly or not at all: builds `<file>.new`, checkpoints, closes,
/// syncs, renames to `file` and syncs the folder. A crash, or a failing `build`, leaves at most a
/// `.new` file. Mode 0600. `options.mode` is ignored. `build` must leave no transaction and no
/// statement open. Only one file at a time is made in a folder, also by other processes: a second
/// call waits for the first, so `build` must make no other there. Fails with `conflict` when `file`
/// exists (nothing is touched), with what `build` failed with, `storage_*`.
[[nodiscard]] result<void> create_file_aside(const std::filesystem::path& file,
                                             const open_options& options,
                                             const std::function<result<void>(connection&)>& build);

/// Removes every `*.db.new` (with its WAL) that a crash left directly in `folder`. Answers how many
/// databases.
[[nodiscard]] result<std::size_t> remove_stale_new_files(const std::filesystem::path& folder);

/// Makes `folder` with mode 0700 unless it exists; its parent must exist. The parent is synced.
[[nodiscard]] result<void> create_private_folder(const std::filesystem::path& folder);

/// Makes names that were added, renamed or removed in `folder` survive a power failure.
[[nodiscard]] result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace quire::sqlite
