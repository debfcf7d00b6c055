#include <quire/messages/errc.hpp>

#include <array>

namespace quire {
namespace {

/// What numbers without a meaning are called; not itself a code.
constexpr std::string_view unknown_name = "unknown_error";

}  // namespace

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::none: return "none";
    case errc::not_found: return "not_found";
    case errc::conflict: return "conflict";
    case errc::access_denied: return "access_denied";
    case errc::validation_failed: return "validation_failed";
    case errc::would_deadlock: return "would_deadlock";
    case errc::deadline_exceeded: return "deadline_exceeded";
    case errc::engine_closed: return "engine_closed";
    case errc::view_expired: return "view_expired";
    case errc::internal: return "internal";
    case errc::storage_busy: return "storage_busy";
    case errc::storage_full: return "storage_full";
    case errc::storage_corrupt: return "storage_corrupt";
    case errc::storage_io: return "storage_io";
    case errc::commit_unknown: return "commit_unknown";
    case errc::schema_mismatch: return "schema_mismatch";
    case errc::schema_too_new: return "schema_too_new";
    case errc::unique_violation: return "unique_violation";
    case errc::foreign_key_violation: return "foreign_key_violation";
    case errc::not_null_violation: return "not_null_violation";
    case errc::check_violation: return "check_violation";
    case errc::append_only: return "append_only";
    case errc::layout_mismatch: return "layout_mismatch";
    case errc::invalid_org_id: return "invalid_org_id";
    case errc::invalid_path: return "invalid_path";
    case errc::invalid_key: return "invalid_key";
    case errc::invalid_cursor: return "invalid_cursor";
    case errc::filter_unsupported: return "filter_unsupported";
    case errc::invalid_name: return "invalid_name";
    case errc::reserved_name: return "reserved_name";
    case errc::invalid_option: return "invalid_option";
    case errc::unknown_option: return "unknown_option";
    case errc::conflicting_options: return "conflicting_options";
    case errc::payload_not_json: return "payload_not_json";
    case errc::payload_too_large: return "payload_too_large";
    case errc::depth_exceeded: return "depth_exceeded";
    case errc::too_large: return "too_large";
    case errc::limit_exceeded: return "limit_exceeded";
    case errc::unclassified_entry: return "unclassified_entry";
    case errc::unresolved_reference: return "unresolved_reference";
    case errc::duplicate_type_name: return "duplicate_type_name";
    case errc::merge_conflict: return "merge_conflict";
    case errc::unknown_edge_type: return "unknown_edge_type";
    case errc::unknown_node_type: return "unknown_node_type";
    case errc::empty_constraints: return "empty_constraints";
    case errc::invalid_config: return "invalid_config";
    case errc::schema_invalid: return "schema_invalid";
    case errc::schema_too_large: return "schema_too_large";
    case errc::reserved_attribute: return "reserved_attribute";
    case errc::unknown_type: return "unknown_type";
    case errc::type_required: return "type_required";
    case errc::constraint_violation: return "constraint_violation";
    case errc::direction_mismatch: return "direction_mismatch";
    case errc::self_loop: return "self_loop";
    case errc::parallel_edge: return "parallel_edge";
    case errc::missing_endpoint: return "missing_endpoint";
    case errc::patch_failed: return "patch_failed";
    case errc::cast_failed: return "cast_failed";
    case errc::create_failed: return "create_failed";
    case errc::duplicate_key: return "duplicate_key";
    case errc::tenant_exists: return "tenant_exists";
    case errc::tenant_not_found: return "tenant_not_found";
    case errc::graph_type_in_use: return "graph_type_in_use";
    case errc::graph_type_protected: return "graph_type_protected";
    case errc::graph_archived: return "graph_archived";
    case errc::graph_untyped: return "graph_untyped";
    case errc::migration_in_progress: return "migration_in_progress";
    case errc::migration_refused: return "migration_refused";
    case errc::breaking_change: return "breaking_change";
    case errc::lossy_change: return "lossy_change";
    case errc::version_ahead: return "version_ahead";
    case errc::migration_failed: return "migration_failed";
    case errc::offset_conflict: return "offset_conflict";
    case errc::offset_out_of_range: return "offset_out_of_range";
    case errc::subscriber_taken: return "subscriber_taken";
    case errc::file_replaced: return "file_replaced";
    case errc::malformed_event: return "malformed_event";
    case errc::acl_graph_missing: return "acl_graph_missing";
    case errc::principal_missing: return "principal_missing";
    case errc::principal_ambiguous: return "principal_ambiguous";
    case errc::scope_missing: return "scope_missing";
    case errc::resource_missing: return "resource_missing";
    case errc::scope_escalation: return "scope_escalation";
    case errc::not_narrowable: return "not_narrowable";
    case errc::delegation_cycle: return "delegation_cycle";
    case errc::delegation_limit: return "delegation_limit";
    case errc::protected_row: return "protected_row";
    case errc::credential_unknown: return "credential_unknown";
    case errc::credential_revoked: return "credential_revoked";
    case errc::credential_disabled: return "credential_disabled";
    case errc::credential_expired: return "credential_expired";
    case errc::account_suspended: return "account_suspended";
    case errc::account_deactivated: return "account_deactivated";
    case errc::owner_required: return "owner_required";
    case errc::already_rotated: return "already_rotated";
    case errc::invalid_key_hash: return "invalid_key_hash";
    case errc::invalid_spec: return "invalid_spec";
  }
  return unknown_name;
}

errc errc_from_string(std::string_view name) noexcept {
  if (name == unknown_name) return errc::none;
  for (unsigned number = 0; number < 256; ++number) {
    const auto code = static_cast<errc>(number);
    if (to_string(code) == name) return code;
  }
  return errc::none;
}

std::string_view protocol_code(errc code) noexcept {
  switch (code) {
    case errc::none: return "";
    case errc::validation_failed:
    case errc::not_null_violation:
    case errc::check_violation:
    case errc::invalid_org_id:
    case errc::invalid_path:
    case errc::invalid_key:
    case errc::invalid_cursor:
    case errc::filter_unsupported:
    case errc::invalid_name:
    case errc::reserved_name:
    case errc::invalid_option:
    case errc::unknown_option:
    case errc::conflicting_options:
    case errc::payload_not_json:
    case errc::payload_too_large:
    case errc::depth_exceeded:
    case errc::too_large:
    case errc::unclassified_entry:
    case errc::unresolved_reference:
    case errc::duplicate_type_name:
    case errc::merge_conflict:
    case errc::unknown_edge_type:
    case errc::unknown_node_type:
    case errc::empty_constraints:
    case errc::invalid_config:
    case errc::schema_invalid:
    case errc::schema_too_large:
    case errc::reserved_attribute:
    case errc::unknown_type:
    case errc::type_required:
    case errc::constraint_violation:
    case errc::direction_mismatch:
    case errc::self_loop:
    case errc::parallel_edge:
    case errc::missing_endpoint:
    case errc::patch_failed:
    case errc::cast_failed:
    case errc::create_failed:
    case errc::invalid_key_hash:
    case errc::invalid_spec: return "VALIDATION_ERROR";
    case errc::conflict:
    case errc::unique_violation:
    case errc::foreign_key_violation:
    case errc::append_only:
    case errc::duplicate_key:
    case errc::tenant_exists:
    case errc::graph_type_in_use:
    case errc::graph_archived:
    case errc::graph_untyped:
    case errc::migration_refused:
    case errc::breaking_change:
    case errc::lossy_change:
    case errc::version_ahead:
    case errc::offset_conflict:
    case errc::offset_out_of_range:
    case errc::subscriber_taken:
    case errc::delegation_cycle:
    case errc::owner_required:
    case errc::already_rotated: return "CONFLICT";
    case errc::engine_closed:
    case errc::storage_busy:
    case errc::commit_unknown:
    case errc::migration_in_progress:
    case errc::file_replaced: return "UNAVAILABLE";
    case errc::not_found:
    case errc::tenant_not_found: return "NOT_FOUND";
    case errc::access_denied:
    case errc::limit_exceeded:
    case errc::graph_type_protected:
    case errc::acl_graph_missing:
    case errc::principal_missing:
    case errc::principal_ambiguous:
    case errc::scope_missing:
    case errc::resource_missing:
    case errc::scope_escalation:
    case errc::not_narrowable:
    case errc::delegation_limit:
    case errc::protected_row:
    case errc::credential_unknown:
    case errc::credential_revoked:
    case errc::credential_disabled:
    case errc::credential_expired:
    case errc::account_suspended:
    case errc::account_deactivated: return "ACCESS_DENIED";
    case errc::deadline_exceeded: return "TIMEOUT";
    case errc::would_deadlock:
    case errc::view_expired:
    case errc::internal:
    case errc::storage_full:
    case errc::storage_corrupt:
    case errc::storage_io:
    case errc::schema_mismatch:
    case errc::schema_too_new:
    case errc::layout_mismatch:
    case errc::migration_failed:
    case errc::malformed_event: return "EXECUTION_ERROR";
  }
  return "UNKNOWN_ERROR";
}

bool retryable(errc code) noexcept {
  return code == errc::storage_busy || code == errc::migration_in_progress || code == errc::file_replaced;
}

}  // namespace quire
