#pragma once

#include <quire/messages/identity.hpp>
#include <quire/metagraph/edge_writer.hpp>
#include <quire/metagraph/node_writer.hpp>
#include <quire/metagraph/write_context.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace quire::operations {

/// One membership with the kind of its account: what the graph of access control mirrors.
struct known_member {
  row_id id{};               ///< of the row of `organization_members`
  account_id account{};
  bool service = false;      ///< the account's level is `service`
  membership_level level = membership_level::member;
};

/// The memberships of one organization at one moment of the system file.
struct membership_state {
  std::vector<known_member> members{};
  stream_offset offset{};    ///< of the system file's stream: all events up to here are in it
};
/// In one snapshot. Fails with `storage_*`.
[[nodiscard]] result<membership_state> read_memberships(sqlite::connection& system, const org_id& org);

/// Organizations whose memberships changed after an offset of the system file's stream, and where the stream ends.
struct changed_memberships {
  std::vector<org_id> organizations{};
  stream_offset offset{};
};
[[nodiscard]] result<changed_memberships> memberships_changed(sqlite::connection& system, stream_offset after);

/// Where graph and table disagreed.
enum class drift_kind : std::uint8_t {
  missing = 0,    ///< a membership without its edge
  surplus = 1,    ///< an edge without its membership
  differing = 2,  ///< another level or account
};
[[nodiscard]] std::string_view to_string(drift_kind x) noexcept;
inline std::ostream& operator<<(std::ostream& out, drift_kind x) { return out << to_string(x); }

struct drift {
  drift_kind kind = drift_kind::missing;
  std::string edge{};        ///< key, `member:{id of the membership}`
  std::string account{};     ///< key of the principal
  friend bool operator==(const drift&, const drift&) = default;
};

struct membership_report {
  bool reconciled = false;   ///< everything was compared, because events were missing or it was asked for
  std::vector<drift> drifts{};  ///< what differed before; repaired unless only a report was asked for
  stream_offset offset{};
};

/// Makes the graph of access control of one tenant follow the memberships in the system file. The table wins. Each change
/// copies the state of now, so repeated, reordered and lost events do no harm. One per writer connection, in its thread.
class membership_sync {
 public:
  explicit membership_sync(org_id org) : org_(std::move(org)) {}

  enum class how : std::uint8_t {
    events,       ///< what the events after the stored offset name; everything when there is a gap
    everything,   ///< compare and repair all
    report_only,  ///< compare all, change nothing
  };

  /// True when the system file has events of this organization that the tenant has not applied, or a gap. Quick when not.
  [[nodiscard]] result<bool> is_behind(sqlite::connection& tenant, sqlite::connection& system);
  /// Inside the caller's transaction on the tenant; stores the offset there. Fails with `acl_graph_missing`, `storage_*`.
  [[nodiscard]] result<membership_report> follow(sqlite::connection& system, how way, metagraph::write_context& in,
                                                 metagraph::node_writer& nodes, metagraph::edge_writer& edges);

  /// All it may run on a tenant, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  struct graph_edge {
    std::string key;
    std::string source;
    std::string target;
    std::string level;
  };
  [[nodiscard]] result<std::optional<stream_offset>> stored_offset(sqlite::connection& tenant);
  [[nodiscard]] result<void> store_offset(stream_offset offset, sqlite::connection& tenant);
  [[nodiscard]] result<std::vector<graph_edge>> stored_edges(const graph_id& graph, sqlite::connection& tenant);
  [[nodiscard]] result<std::optional<graph_edge>> stored_edge(const graph_id& graph, const std::string& key,
                                                              sqlite::connection& tenant);
  [[nodiscard]] result<void> put(const known_member& member, const graph_id& graph, bool replace,
                                 metagraph::write_context& in, metagraph::node_writer& nodes,
                                 metagraph::edge_writer& edges);

  org_id org_;
  stream_offset known_{};  ///< nothing of this organization up to here, though it is not stored
  struct {
    sqlite::lazy_statement offset{"read how far memberships were followed",
                                  "SELECT CAST(value AS INTEGER) FROM _quire_meta WHERE key = 'sync.offset:system'"};
    sqlite::lazy_statement store{"store how far memberships were followed",
                                 "INSERT INTO _quire_meta (key, value) VALUES ('sync.offset:system', ?1) "
                                 "ON CONFLICT (key) DO UPDATE SET value = excluded.value"};
    sqlite::lazy_statement edges{"read the memberships of the graph",
                                 "SELECT key, source_node_key, target_node_key, attributes ->> '$.membershipLevel' "
                                 "FROM edges WHERE graph_id = ?1 AND edge_type = 'belongs_to'"};
    sqlite::lazy_statement edge{"read a membership of the graph",
                                "SELECT key, source_node_key, target_node_key, attributes ->> '$.membershipLevel' "
                                "FROM edges WHERE graph_id = ?1 AND key = ?2"};
    sqlite::lazy_statement principal{"look for a principal", "SELECT 1 FROM nodes WHERE graph_id = ?1 AND key = ?2"};
  } sql_;
};

}  // namespace quire::operations
