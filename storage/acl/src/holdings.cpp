#include "list_cursor.hpp"
#include "rows_reader.hpp"
#include "snapshot.hpp"

#include <quire/acl/lists.hpp>
#include <quire/events/change_reader.hpp>

#include <array>
#include <string>
#include <utility>

namespace quire::acl {
namespace {

constexpr std::string_view resource_prefix = "resource:";

/// Edges at a principal (?2) in the order of (other end, row id), after (?3, ?4), at most ?5: the
/// other end, the row id, what the edge is called, its attributes.
struct holdings_sql {
  sqlite::lazy_statement grants{
      "list grants",
      "SELECT target_node_key, id, coalesce(key, id), attributes FROM edges WHERE graph_id = ?1 "
      "AND "
      "source_node_key = ?2 AND edge_type = 'scopes' AND (target_node_key, id) > (?3, ?4) ORDER BY "
      "target_node_key, id LIMIT ?5"};
  sqlite::lazy_statement delegations_in{
      "list delegations into a principal",
      "SELECT source_node_key, id, coalesce(key, id), attributes FROM edges WHERE graph_id = ?1 "
      "AND "
      "target_node_key = ?2 AND edge_type = 'delegates' AND (source_node_key, id) > (?3, ?4) ORDER "
      "BY source_node_key, id LIMIT ?5"};
  sqlite::lazy_statement delegations_out{"list delegations of a principal",
                                         "SELECT target_node_key, id, coalesce(key, id), "
                                         "attributes FROM edges WHERE graph_id = ?1 AND "
                                         "source_node_key = ?2 AND +edge_type = 'delegates' AND "
                                         "(target_node_key, id) > (?3, ?4) ORDER "
                                         "BY target_node_key, id LIMIT ?5"};
  sqlite::lazy_statement memberships{"list memberships",
                                     "SELECT target_node_key, id, coalesce(key, id), attributes "
                                     "FROM edges WHERE graph_id = ?1 AND "
                                     "source_node_key = ?2 AND edge_type = 'belongs_to' AND "
                                     "(target_node_key, id) > (?3, ?4) ORDER "
                                     "BY target_node_key, id LIMIT ?5"};
  sqlite::lazy_statement members{"list members",
                                 "SELECT source_node_key, id, coalesce(key, id), attributes FROM "
                                 "edges WHERE graph_id = ?1 AND "
                                 "target_node_key = ?2 AND +edge_type = 'belongs_to' AND "
                                 "(source_node_key, id) > (?3, ?4) ORDER "
                                 "BY source_node_key, id LIMIT ?5"};

  [[nodiscard]] std::array<std::pair<holding_kind, sqlite::lazy_statement*>, 5> in_order() {
    return {{{holding_kind::grant, &grants},
             {holding_kind::delegation_in, &delegations_in},
             {holding_kind::delegation_out, &delegations_out},
             {holding_kind::membership, &memberships},
             {holding_kind::member, &members}}};
  }
};

/// A line, and where it stands among the others.
struct placed_holding {
  holding line{};
  std::string other{};  // as in the row
  std::string id{};
};

/// Fills one page, kind after kind.
class holdings_reader : rows_reader {
 public:
  holdings_reader(sqlite::connection& db, const graph_id& graph, std::string_view principal)
      : rows_reader(db, graph), key_(principal) {}

  [[nodiscard]] result<std::vector<placed_holding>> read(holding_kind after_kind,
                                                         std::string_view after_other,
                                                         std::string_view after_id, bool from_start,
                                                         std::size_t limit) {
    auto node = principal_node(key_);
    if (!node) return node.error();
    if (!*node) {
      return fail(errc::principal_missing,
                  "'" + printable(key_) + "' is no principal of the graph of access control");
    }
    if (from_start) {
      auto& scopes = out_.emplace_back().line;
      scopes.scopes = (*node)->direct.scopes;
      scopes.malformed = (*node)->malformed;
    }
    if (from_start || after_kind < holding_kind::resources) {
      if (!(*node)->direct.resources.empty() && out_.size() < limit) {
        auto& resources = out_.emplace_back().line;
        resources.kind = holding_kind::resources;
        resources.resources = (*node)->direct.resources;
      }
    }
    for (const auto& [kind, statement] : edges_.in_order()) {
      if (out_.size() >= limit) break;
      if (!from_start && kind < after_kind) continue;
      const bool goes_on = !from_start && kind == after_kind;
      auto ok = read_edges(kind, *statement, goes_on ? after_other : std::string_view{},
                           goes_on ? after_id : std::string_view{}, limit - out_.size());
      if (!ok) return ok.error();
    }
    if (auto ok = cut_grants(); !ok) return ok.error();
    return std::move(out_);
  }

 private:
  [[nodiscard]] result<void> read_edges(holding_kind kind, sqlite::lazy_statement& statement,
                                        std::string_view other, std::string_view id,
                                        std::size_t limit) {
    auto prepared = statement.get(db_);
    if (!prepared) return prepared.error();
    auto& rows = **prepared;
    rows.bind(1, graph_);
    rows.bind(2, key_);
    rows.bind(3, other);
    rows.bind(4, id);
    rows.bind(5, static_cast<std::int64_t>(limit));
    for (;;) {
      auto row = rows.step();
      if (!row) return row.error();
      if (!*row) return {};
      auto& made = out_.emplace_back();
      made.other = rows.text(0);
      made.id = rows.text(1);
      made.line = line_of(kind, made.other, rows.text(2), rows.text(3));
    }
  }

  [[nodiscard]] holding line_of(holding_kind kind, std::string_view other, std::string_view edge,
                                std::string_view attributes) {
    holding made;
    made.kind = kind;
    made.edge = edge;
    made.other = other;
    if (kind == holding_kind::grant) {
      const bool is_resource = other.starts_with(resource_prefix);
      const auto* actions = is_resource ? parser.grant(attributes) : nullptr;
      made.malformed = actions == nullptr;
      if (actions == nullptr) return made;
      made.other = other.substr(resource_prefix.size());
      made.resources = resource_map{{made.other, copy_of(*actions)}};
      return made;
    }
    const bool receives = kind == holding_kind::delegation_in || kind == holding_kind::membership;
    const auto from = receives ? other : std::string_view{key_};
    const auto to = receives ? std::string_view{key_} : other;
    auto step =
        kind == holding_kind::delegation_in || kind == holding_kind::delegation_out
            ? delegation(edge, from, attributes)
            : (kind == holding_kind::membership ? membership(edge, key_, other, attributes)
                                                : membership(edge, other, key_, attributes));
    made.scopes = std::move(step.scopes);
    made.resources = std::move(step.resources);
    made.narrowable = step.narrowable;
    made.expires_at = step.expires_at;
    made.level = step.level;
    made.malformed = step.malformed || !kind_of_key(to);
    return made;
  }

  /// Of a grant counts what the resource lists.
  [[nodiscard]] result<void> cut_grants() {
    for (auto& x : out_) {
      if (x.line.kind != holding_kind::grant || x.line.malformed) continue;
      auto allowed = limit(x.other);
      if (!allowed) return allowed.error();
      x.line.malformed = !allowed->found;
      if (!allowed->found) {
        x.line.resources.reset();
        continue;
      }
      for (auto& [key, actions] : *x.line.resources) {
        std::erase_if(actions, [&](const auto& action) { return !allowed->has(action); });
      }
    }
    return {};
  }

  std::string key_;
  holdings_sql edges_{};
  std::vector<placed_holding> out_{};
};

}  // namespace

std::string_view to_string(holding_kind kind) noexcept {
  switch (kind) {
    case holding_kind::scopes: return "scopes";
    case holding_kind::resources: return "resources";
    case holding_kind::grant: return "grant";
    case holding_kind::delegation_in: return "delegation_in";
    case holding_kind::delegation_out: return "delegation_out";
    case holding_kind::membership: return "membership";
    case holding_kind::member: return "member";
  }
  return "";
}

result<page<holding>> grants_of(sqlite::connection& db, const graph_id& graph,
                                std::string_view principal, const list_request& request) {
  const std::string_view texts[] = {principal};
  auto list = digest_of("acl.grants_of", graph, texts, request);
  if (!list) return list.error();
  auto snapshot = snapshot_of(db);
  if (!snapshot) return snapshot.error();
  auto seq = events::change_reader(db).last();
  if (!seq) return seq.error();
  auto kind = holding_kind::scopes;
  std::string other;
  std::string id;
  if (!request.cursor.empty()) {
    auto place = place_of(*list, request.cursor, 3);
    if (!place) return place.error();
    if (auto ok = check_unchanged(db, graph, place->made_at, *seq); !ok) return ok.error();
    const auto* number = std::get_if<std::int64_t>(&place->values[0]);
    auto* at = std::get_if<std::string>(&place->values[1]);
    auto* row = std::get_if<std::string>(&place->values[2]);
    if (number == nullptr || at == nullptr || row == nullptr || *number < 0 ||
        *number > static_cast<std::int64_t>(holding_kind::member)) {
      return list_changed();
    }
    kind = static_cast<holding_kind>(*number);
    other = std::move(*at);
    id = std::move(*row);
  }
  auto lines = holdings_reader(db, graph, principal)
                   .read(kind, other, id, request.cursor.empty(), request.limit + 1);
  if (!lines) return lines.error();
  page<holding> out;
  if (lines->size() > request.limit) {
    lines->pop_back();
    auto& last = lines->back();
    auto cursor = cursor_of(
        *list, {*seq,
                {sqlite::sql_value{static_cast<std::int64_t>(last.line.kind)},
                 sqlite::sql_value{std::move(last.other)}, sqlite::sql_value{std::move(last.id)}}});
    if (!cursor) return cursor.error();
    out.next_cursor = std::move(*cursor);
  }
  for (auto& x : *lines) out.items.push_back(std::move(x.line));
  return out;
}

std::vector<sqlite::lazy_statement> list_statements() {
  holdings_sql sql;
  std::vector<sqlite::lazy_statement> out;
  for (const auto& [kind, s] : sql.in_order()) out.emplace_back(s->name().data(), s->sql().data());
  return out;
}

}  // namespace quire::acl
