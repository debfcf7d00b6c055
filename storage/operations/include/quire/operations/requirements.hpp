#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/messages/queries.hpp>
#include <quire/messages/requests.hpp>

#include <span>
#include <string>
#include <string_view>

namespace quire::operations {

/// What somebody must be allowed in order to run an operation. Constant; the texts live for ever.
struct requirement_of {
  std::string_view operation;            ///< `nodes.create`, for people and the audit trail
  std::span<const std::string> scopes;   ///< all of them
};

/// Of one step of a write request.
[[nodiscard]] requirement_of requirement(const operation& op) noexcept;
/// Of one query.
[[nodiscard]] requirement_of requirement(const find_node& what) noexcept;
[[nodiscard]] requirement_of requirement(const find_edge& what) noexcept;
[[nodiscard]] requirement_of requirement(const list_nodes& what) noexcept;
[[nodiscard]] requirement_of requirement(const list_edges& what) noexcept;
[[nodiscard]] requirement_of requirement(const find_neighbors& what) noexcept;
[[nodiscard]] requirement_of requirement(const find_path& what) noexcept;
[[nodiscard]] requirement_of requirement(const stat_graph& what) noexcept;
[[nodiscard]] requirement_of requirement(const query& what) noexcept;

/// Requirements of what is no message of its own.
enum class deed : std::uint8_t {
  read_graphs,
  read_types,
  read_changes,      ///< and of each event the scope of its table
  read_everything,   ///< free SQL and checks of a whole file
  change_types,      ///< ensuring and migrating graph types
  read_access,       ///< explanations and lists about others
};
[[nodiscard]] requirement_of requirement(deed what) noexcept;
/// Of seeing the events of a table.
[[nodiscard]] const std::string& read_scope(table t) noexcept;
[[nodiscard]] const std::string& write_scope(table t) noexcept;

/// What the principal of an organization holds in its tenant: all authority in a tenant starts there.
[[nodiscard]] std::span<const std::string> scopes_of_organizations() noexcept;

inline constexpr std::string_view acl_write = "acl:write";
inline constexpr std::string_view acl_admin = "acl:admin";
inline constexpr std::string_view acl_explain = "acl:explain";

}  // namespace quire::operations
