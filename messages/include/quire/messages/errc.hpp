#pragma once

#include <cstdint>
#include <ostream>
#include <string_view>

namespace quire {

/// Every way an operation of the engine can fail. Numbers are part of the wire format: never reused, never changed.
/// `retryable` says which may succeed when simply tried again; `protocol_code` gives the code of the call protocol.
enum class errc : std::uint8_t {
  none = 0,
  // General.
  not_found = 1,          ///< No such row, graph, type, file or job.
  conflict = 2,           ///< `expected` did not hold: the row changed since the caller read it.
  access_denied = 3,      ///< The session may not do this.
  validation_failed = 4,  ///< Attributes break the schema; `details` has a pointer and a reason for each.
  would_deadlock = 5,     ///< A blocking call from a thread of the engine's own actors.
  deadline_exceeded = 6,  ///< The request's deadline passed. Unless the context says "not applied", its fate is open.
  engine_closed = 7,      ///< The engine is closing or closed; nothing was done.
  view_expired = 8,       ///< A view was held longer than its maximum age.
  internal = 9,           ///< A bug of ours, caught before it did harm. Please report the context.

  // Storage: what SQLite and the file system say.
  storage_busy = 20,      ///< Too much in flight, or the file is locked by another process. Try again later.
  storage_full = 21,      ///< No space left. Nothing was done.
  storage_corrupt = 22,   ///< The file is damaged or is no database.
  storage_io = 23,        ///< Any other failure below SQLite.
  commit_unknown = 24,    ///< COMMIT failed in a way that leaves its fate open; read before trying again.
  schema_mismatch = 25,   ///< A file's tables are not ours.
  schema_too_new = 26,    ///< A file was written by a newer release.
  unique_violation = 27,
  foreign_key_violation = 28,
  not_null_violation = 29,
  check_violation = 30,
  append_only = 31,
  layout_mismatch = 32,   ///< An event table lacks a column or has another kind.

  // Input.
  invalid_org_id = 40,
  invalid_path = 41,
  invalid_key = 42,
  invalid_cursor = 43,
  filter_unsupported = 44,
  invalid_name = 45,
  reserved_name = 46,
  invalid_option = 47,
  unknown_option = 48,
  conflicting_options = 49,
  payload_not_json = 50,  ///< Text that should be JSON is not; the context has the position.
  payload_too_large = 51,
  depth_exceeded = 52,    ///< JSON nested deeper than 128 levels.
  too_large = 53,         ///< A document above 16 MiB.
  limit_exceeded = 54,

  // Definitions: modules and schemas.
  unclassified_entry = 60,
  unresolved_reference = 61,
  duplicate_type_name = 62,
  merge_conflict = 63,
  unknown_edge_type = 64,
  unknown_node_type = 65,
  empty_constraints = 66,
  invalid_config = 67,
  schema_invalid = 68,
  schema_too_large = 69,
  reserved_attribute = 70,

  // Data.
  unknown_type = 80,
  type_required = 81,
  constraint_violation = 82,
  direction_mismatch = 83,
  self_loop = 84,
  parallel_edge = 85,
  missing_endpoint = 86,
  patch_failed = 87,
  cast_failed = 88,
  create_failed = 89,

  // State.
  duplicate_key = 100,
  tenant_exists = 101,
  tenant_not_found = 102,
  graph_type_in_use = 103,
  graph_type_protected = 104,
  graph_archived = 105,
  graph_untyped = 106,
  migration_in_progress = 107,
  migration_refused = 108,  ///< A stored graph type differs from the module and no migration was asked for.
  breaking_change = 109,
  lossy_change = 110,
  version_ahead = 111,
  migration_failed = 112,

  // Events.
  offset_conflict = 130,
  offset_out_of_range = 131,
  subscriber_taken = 132,
  file_replaced = 133,
  malformed_event = 134,

  // Access control.
  acl_graph_missing = 150,  ///< This file has no graph of access control, or several.
  principal_missing = 151,  ///< The caller has no principal here.
  principal_ambiguous = 152,  ///< Two nodes claim to be one principal; neither counts.
  scope_missing = 153,
  resource_missing = 154,
  scope_escalation = 155,   ///< Nobody hands on what they do not hold.
  not_narrowable = 156,     ///< What was delegated as not to be handed on.
  delegation_cycle = 157,
  delegation_limit = 158,   ///< Too many delegations point at one principal.
  protected_row = 159,      ///< Only the engine itself changes this row.

  // Identity.
  credential_unknown = 170,
  credential_revoked = 171,
  credential_disabled = 172,
  credential_expired = 173,
  account_suspended = 174,
  account_deactivated = 175,
  owner_required = 176,     ///< An organization keeps an owner.
  already_rotated = 177,
  invalid_key_hash = 178,
  invalid_spec = 179,       ///< A requirement that cannot be checked.
};

/// The code's name, as in `quire: storage_busy: …`. Never fails.
[[nodiscard]] std::string_view to_string(errc code) noexcept;
/// The code with this name; `errc::none` when there is none.
[[nodiscard]] errc errc_from_string(std::string_view name) noexcept;
/// The call protocol's code: VALIDATION_ERROR, CONFLICT, NOT_FOUND, UNAVAILABLE, ACCESS_DENIED, TIMEOUT, ABORTED or
/// EXECUTION_ERROR.
[[nodiscard]] std::string_view protocol_code(errc code) noexcept;
/// True when the same request may succeed later, unchanged.
[[nodiscard]] bool retryable(errc code) noexcept;

inline std::ostream& operator<<(std::ostream& out, errc code) { return out << to_string(code); }

}  // namespace quire
