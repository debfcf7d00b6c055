#pragma once

#include <quire/messages/error.hpp>
#include <quire/messages/ids.hpp>
#include <quire/sqlite/connection.hpp>

#include <cstdint>

namespace quire::sqlite {

/// `system`: identities, system types, events. `tenant`: one organization's graphs and events.
enum class file_kind : std::uint8_t { system, tenant };

/// What `migrate` found and did.
struct file_layout {
  std::int64_t from_version =
      0;  ///< the file's schema version before; 0 in a new file and in one of the original
  std::int64_t to_version = 0;  ///< the version now
  bool adopted = false;         ///< tables of the original were there before ours
  /// Edges also carry `edge_type_id`, the id of a row of `edge_types`: whoever writes `edge_type`
  /// must write both.
  bool edges_have_type_id = false;
};

/// The schema version this library writes.
[[nodiscard]] std::int64_t current_schema_version() noexcept;

/// Brings a file to the current schema: an empty one, one of an earlier release, or one of the
/// original program (which keeps its rows and gains columns, tables and indexes). Each step commits
/// together with its number, so a second run takes up where the first stopped; on a current file
/// nothing is written. Not inside a transaction. `org` is the organization of a tenant file, empty
/// for the system file. Fails with `schema_too_new`; `schema_mismatch` (a file of the other kind or
/// of another organization, or columns that lack or differ in kind, each in `details`);
/// `layout_mismatch` (the same in an event table); `storage_*`.
[[nodiscard]] result<file_layout> migrate(connection& db, file_kind kind, const org_id& org);

}  // namespace quire::sqlite
