#pragma once

#include <quire/acl/image.hpp>
#include <quire/acl/scopes.hpp>
#include <quire/acl/view.hpp>
#include <quire/messages/rows.hpp>
#include <quire/sqlite/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Who may do what, as complete lists: each line passes the check of today, and none that would is
// left out. In pages, in order of their texts, never cut. A cursor belongs to one state of the
// graph: once the graph changed it is `invalid_cursor`, and the caller begins again. Other changes
// of the file do not matter to it, as long as they are known.
namespace quire::acl {

struct list_request {
  timestamp now{};
  scope_mode mode = scope_mode::exact;
  std::size_t limit = 100;  ///< 1 to limits::max_page
  std::string cursor{};     ///< of the page before; empty: from the start
};

/// A kind of line in `grants_of`, in the order in which they come.
enum class holding_kind : std::uint8_t {
  scopes = 0,     ///< of its own
  resources = 1,  ///< of its own
  grant = 2,      ///< on a resource, by an edge
  delegation_in = 3,
  delegation_out = 4,
  membership = 5,  ///< of an organization
  member = 6,      ///< of this organization
};
[[nodiscard]] std::string_view to_string(holding_kind kind) noexcept;

/// What somebody holds, gets or gives.
struct holding {
  holding_kind kind = holding_kind::scopes;
  std::string edge{};   ///< key of the edge, or its row id; empty: no edge
  std::string other{};  ///< key of the other principal, or `type:id` of the resource of a grant
  std::vector<std::string> scopes{};  ///< held, or passed by a delegation
  std::optional<resource_map>
      resources{};  ///< likewise; absent in a delegation: resources pass whole
  bool narrowable = true;
  std::optional<std::int64_t> expires_at{};  ///< Unix seconds; may be past
  membership_level level = membership_level::member;
  bool malformed = false;  ///< counts as nothing
  friend bool operator==(const holding&, const holding&) = default;
};

/// All `type:id` on which the principal may do the action. A key with a wildcard stands for itself
/// and for all below it
/// (`doc:*`), beside those below it that are held or passed by name. None for a principal that is
/// malformed or not active. Fails with `invalid_cursor`, `invalid_option` (limit, no type, no
/// action), `principal_missing`.
[[nodiscard]] result<page<std::string>> resources_of(const acl_image& image,
                                                     const identity_view& identities,
                                                     std::string_view principal,
                                                     std::string_view action, std::string_view type,
                                                     const list_request& request);

/// Keys of all principals that may do the action on the resource; malformed ones and those whose
/// account or organization is gone are none. Fails with `invalid_cursor`, `invalid_option` (limit,
/// no type, no action).
[[nodiscard]] result<page<std::string>> principals_on(const acl_image& image,
                                                      const identity_view& identities,
                                                      std::string_view type, std::string_view id,
                                                      std::string_view action,
                                                      const list_request& request);

/// The same from the file, where there is no image: reads the part of the graph that matters. In
/// the transaction that is open on the connection, else in one of its own. `limit_exceeded` also
/// when that part is beyond the options. A cursor of an image goes on here and the other way round.
[[nodiscard]] result<page<std::string>> resources_of(sqlite::connection& db, const graph_id& graph,
                                                     const identity_view& identities,
                                                     std::string_view principal,
                                                     std::string_view action, std::string_view type,
                                                     const list_request& request,
                                                     const image_options& options = {});
[[nodiscard]] result<page<std::string>> principals_on(sqlite::connection& db, const graph_id& graph,
                                                      const identity_view& identities,
                                                      std::string_view type, std::string_view id,
                                                      std::string_view action,
                                                      const list_request& request,
                                                      const image_options& options = {});

/// What a principal holds directly, delegations into and out of it, memberships; malformed and
/// expired ones too, since this is for people who look after the graph. Only from the file: an
/// image forgets what counts for nothing. Fails with `principal_missing`, `invalid_cursor`,
/// `invalid_option` (limit), `storage_*`.
[[nodiscard]] result<page<holding>> grants_of(sqlite::connection& db, const graph_id& graph,
                                              std::string_view principal,
                                              const list_request& request);

/// What `grants_of` runs besides what an image does, so that a test can look at the plans.
[[nodiscard]] std::vector<sqlite::lazy_statement> list_statements();

}  // namespace quire::acl
