#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/messages/error.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::operations {

/// One grant or delegation that was written or taken back in a tenant, as the audit trail of the system file tells it. Its id
/// is made from tenant and stream offset, so that telling it twice writes one row.
struct told_act {
  row_id id{};
  std::string action{};   ///< `acl.granted`, `acl.revoked`
  std::string actor{};    ///< account that acted, or `system`
  std::string target{};   ///< `from->to` of an edge, the key of a principal
};
/// Finds grants and delegations among changes, and remembers in the tenant what the audit trail has not been told yet: two files share no transaction. Written with the act,
/// taken back when the trail has it. One per writer connection, in its thread.
class audit_outbox {
 public:
  /// The acts among events: edges of the graph of access control but memberships, and principals that were given or lost
  /// something. One that is made with nothing, for others to delegate to, is no act.
  [[nodiscard]] result<std::vector<told_act>> acts_of(std::span<const change_event> events, const graph_id& graph,
                                                      const org_id& org, sqlite::connection& db);

  /// In the transaction of the act: events from `first` on are to be told.
  [[nodiscard]] result<void> mark(stream_offset first, sqlite::connection& db);
  /// All that was marked up to here is told.
  [[nodiscard]] result<void> clear(sqlite::connection& db);
  /// Where the untold begins; absent: nothing is.
  [[nodiscard]] result<std::optional<stream_offset>> pending(sqlite::connection& db);
  /// The untold acts, read back from the stream.
  [[nodiscard]] result<std::vector<told_act>> read(stream_offset first, const graph_id& graph, const org_id& org,
                                                   sqlite::connection& db);

  /// All it may run, so that a test can look at the plans.
  [[nodiscard]] std::vector<const sqlite::lazy_statement*> statements() const;

 private:
  [[nodiscard]] result<bool> holds_something(const graph_id& graph, const std::string& key, sqlite::connection& db);

  struct {
    sqlite::lazy_statement mark{"mark what the audit trail is to be told",
                                "INSERT INTO _quire_meta (key, value) VALUES ('audit.pending', ?1) ON CONFLICT (key) DO NOTHING"};
    sqlite::lazy_statement clear{"note that the audit trail was told", "DELETE FROM _quire_meta WHERE key = 'audit.pending'"};
    sqlite::lazy_statement pending{"read what the audit trail was not told",
                                   "SELECT CAST(value AS INTEGER) FROM _quire_meta WHERE key = 'audit.pending'"};
    sqlite::lazy_statement holds{"look whether a principal holds something of its own",
                                 "SELECT 1 FROM nodes WHERE graph_id = ?1 AND key = ?2 AND json_valid(attributes) AND "
                                 "(json_array_length(attributes, '$.scopes') > 0 OR attributes ->> '$.resources' IS NOT NULL)"};
    sqlite::lazy_statement read{"read events for the audit trail",
                                "SELECT offset, payload FROM _honker_stream WHERE topic = ?1 AND offset >= ?2 ORDER BY offset"};
  } sql_;
};

}  // namespace quire::operations
