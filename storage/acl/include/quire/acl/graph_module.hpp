#pragma once

#include <quire/messages/error.hpp>
#include <quire/messages/ids.hpp>
#include <quire/messages/requests.hpp>

#include <cstdint>
#include <string_view>

// The graph type of access control: the same rows, with the same ids, in every file.
namespace quire::acl {

inline constexpr std::string_view graph_type_of_acl = "acl";
inline constexpr std::int64_t module_version = 1;

/// Stored names of its node and edge types. Rows of other types, or of none, count as nothing.
namespace type_names {
inline constexpr std::string_view principal = "principal";
inline constexpr std::string_view resource = "resource";
inline constexpr std::string_view delegates = "delegates";
inline constexpr std::string_view scopes = "scopes";
inline constexpr std::string_view belongs_to = "belongs_to";
}  // namespace type_names

/// Members of the attributes.
namespace attribute_names {
inline constexpr std::string_view identity_type = "identityType";
inline constexpr std::string_view identity_id = "identityId";
inline constexpr std::string_view scopes = "scopes";
inline constexpr std::string_view resources = "resources";
inline constexpr std::string_view resource_type = "resourceType";
inline constexpr std::string_view resource_id = "resourceId";
inline constexpr std::string_view actions = "actions";
inline constexpr std::string_view narrowed_scopes = "narrowedScopes";
inline constexpr std::string_view narrowed_resources = "narrowedResources";
inline constexpr std::string_view narrowable = "narrowable";
inline constexpr std::string_view expires_at = "expiresAt";
inline constexpr std::string_view membership_level = "membershipLevel";
inline constexpr std::string_view label = "label";
inline constexpr std::string_view tags = "tags";
}  // namespace attribute_names

/// Ids of its rows, as they are in every file.
namespace row_ids {
inline constexpr std::string_view graph_type = "a5c2649f-3e91-42f9-b92d-b1e9f3874ec7";
inline constexpr std::string_view principal = "4bb30815-e604-4db0-9c32-233f7ca12529";
inline constexpr std::string_view resource = "2f0336eb-fe5c-48ca-80a9-e57bf903e1e5";
inline constexpr std::string_view delegates = "71ca3863-b933-41ea-bf08-76dadc381c7d";
inline constexpr std::string_view scopes = "9ef403e3-6202-48e9-b724-a4ad2a441e29";
inline constexpr std::string_view belongs_to = "2d0a1299-6ebd-481a-800c-1c7263c73676";
}  // namespace row_ids

/// The id of the row of one of the types above, by its stored name. Fails with `unknown_type`.
[[nodiscard]] result<row_id> row_id_of_type(std::string_view stored_name);

/// The definition of the graph type, of scope `system`.
[[nodiscard]] define_graph_type acl_definition();

}  // namespace quire::acl
