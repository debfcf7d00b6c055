#include <quire/acl/graph_module.hpp>
#include <quire/acl/graph_rows.hpp>
#include <quire/acl/view.hpp>
#include <quire/messages/change_event.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/operations/membership.hpp>
#include <quire/sqlite/transaction.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace quire::operations {
namespace {

namespace json = boost::json;

constexpr std::string_view edge_prefix = "member:";
// So many events of others may lie between the stored offset and the present before it is stored anew.
constexpr std::int64_t worth_storing = 10'000;

constexpr std::array topics = {change_op::created, change_op::updated, change_op::deleted};

constexpr const char* select_members =
    "SELECT m.id, m.account_id, a.access_level = 'service', m.membership_level FROM organization_members m "
    "JOIN accounts a ON a.id = m.account_id WHERE m.org_id = ?1";

acl::principal_id principal_of(const known_member& who) {
  return {who.service ? acl::principal_kind::service : acl::principal_kind::account, who.account.get()};
}

std::string edge_key_of(const row_id& member) { return std::string{edge_prefix} + member.get(); }

result<known_member> member_row(sqlite::statement& s) {
  auto level = membership_level_from_string(s.text(3));
  if (!level) return level.error();
  return known_member{.id = row_id{std::string{s.text(0)}},
                      .account = account_id{std::string{s.text(1)}},
                      .service = s.integer(2) != 0,
                      .level = *level};
}

/// The last event about memberships of anybody, trimmed ones included. A few look-ups by an index.
result<stream_offset> last_offset(sqlite::connection& system) {
  auto statement = system.prepare("find the last membership event",
                                  "SELECT offset FROM _honker_stream WHERE topic = ?1 ORDER BY offset DESC LIMIT 1");
  if (!statement) return statement.error();
  stream_offset last;
  for (const auto op : topics) {
    statement->reset();
    statement->bind(1, change_topic(table::organization_members, op));
    auto row = statement->step();
    if (!row) return row.error();
    if (*row) last = std::max(last, stream_offset{statement->integer(0)});
  }
  // Where all of them were trimmed away there were some all the same.
  auto trimmed = system.prepare("find how far membership events were trimmed",
                                "SELECT trimmed_to FROM _quire_streams WHERE topic = ?1");
  if (!trimmed) return trimmed.error();
  for (const auto op : topics) {
    trimmed->reset();
    trimmed->bind(1, change_topic(table::organization_members, op));
    auto row = trimmed->step();
    if (!row) return row.error();
    if (*row) last = std::max(last, stream_offset{trimmed->integer(0)});
  }
  return last;
}

/// True when events after `from` were trimmed away.
result<bool> has_gap(sqlite::connection& system, stream_offset from) {
  auto statement = system.prepare("look for trimmed membership events",
                                  "SELECT 1 FROM _quire_streams WHERE topic = ?1 AND trimmed_to > ?2");
  if (!statement) return statement.error();
  for (const auto op : topics) {
    statement->reset();
    statement->bind(1, change_topic(table::organization_members, op));
    statement->bind(2, from.get());
    auto row = statement->step();
    if (!row || *row) return row;
  }
  return false;
}

/// Ids of the memberships that events of the organization name.
result<std::set<std::string>> named_after(sqlite::connection& system, const org_id& org, stream_offset from) {
  auto statement = system.prepare("read membership events",
                                  "SELECT payload FROM _honker_stream WHERE topic = ?1 AND offset > ?2 AND key = ?3");
  if (!statement) return statement.error();
  std::set<std::string> ids;
  for (const auto op : topics) {
    statement->reset();
    statement->bind(1, change_topic(table::organization_members, op));
    statement->bind(2, from.get());
    statement->bind(3, org);
    while (true) {
      auto row = statement->step();
      if (!row) return row.error();
      if (!*row) break;
      auto event = change_event_from_json(statement->text(0));
      if (event) ids.insert(event->id.get());  // what a foreign program wrote there is no event of ours
    }
  }
  return ids;
}

result<std::optional<known_member>> find_member(sqlite::connection& system, const org_id& org, const std::string& id) {
  auto statement = system.prepare("find a membership", std::string{select_members} + " AND m.id = ?2");
  if (!statement) return statement.error();
  statement->bind(1, org);
  statement->bind(2, id);
  auto row = statement->step();
  if (!row) return row.error();
  if (!*row) return std::optional<known_member>{};
  auto member = member_row(*statement);
  if (!member) return member.error();
  return std::optional{std::move(*member)};
}

}  // namespace

std::string_view to_string(drift_kind x) noexcept {
  switch (x) {
    case drift_kind::missing: return "missing";
    case drift_kind::surplus: return "surplus";
    case drift_kind::differing: return "differing";
  }
  return "";
}

result<membership_state> read_memberships(sqlite::connection& system, const org_id& org) {
  std::optional<sqlite::read_transaction> snapshot;
  if (!system.in_transaction()) {
    auto begun = sqlite::read_transaction::begin(system);
    if (!begun) return begun.error();
    snapshot.emplace(std::move(*begun));
  }
  membership_state state;
  auto last = last_offset(system);
  if (!last) return last.error();
  state.offset = *last;
  auto statement = system.prepare("read the memberships of an organization", select_members);
  if (!statement) return statement.error();
  statement->bind(1, org);
  while (true) {
    auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return state;
    auto member = member_row(*statement);
    if (!member) return member.error();
    state.members.push_back(std::move(*member));
  }
}

result<changed_memberships> memberships_changed(sqlite::connection& system, stream_offset after) {
  changed_memberships found;
  auto last = last_offset(system);
  if (!last) return last.error();
  found.offset = *last;
  auto statement = system.prepare("find whose memberships changed",
                                  "SELECT DISTINCT key FROM _honker_stream WHERE topic = ?1 AND offset > ?2");
  if (!statement) return statement.error();
  std::set<std::string> orgs;
  for (const auto op : topics) {
    statement->reset();
    statement->bind(1, change_topic(table::organization_members, op));
    statement->bind(2, after.get());
    while (true) {
      auto row = statement->step();
      if (!row) return row.error();
      if (!*row) break;
      orgs.emplace(statement->text(0));
    }
  }
  for (const auto& org : orgs) found.organizations.emplace_back(org);
  return found;
}

result<std::optional<stream_offset>> membership_sync::stored_offset(sqlite::connection& tenant) {
  auto statement = sql_.offset.get(tenant);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  auto row = s.step();
  if (!row) return row.error();
  return *row ? std::optional{stream_offset{s.integer(0)}} : std::nullopt;
}

result<void> membership_sync::store_offset(stream_offset offset, sqlite::connection& tenant) {
  auto statement = sql_.store.get(tenant);
  if (!statement) return statement.error();
  (**statement).bind(1, std::to_string(offset.get()));
  return (**statement).run();
}

result<bool> membership_sync::is_behind(sqlite::connection& tenant, sqlite::connection& system) {
  auto stored = stored_offset(tenant);
  if (!stored) return stored.error();
  if (!*stored) return true;
  const auto from = std::max(**stored, known_);
  auto last = last_offset(system);
  if (!last) return last.error();
  if (*last <= from) return false;
  auto gap = has_gap(system, from);
  if (!gap || *gap) return gap;
  auto named = named_after(system, org_, from);
  if (!named) return named.error();
  if (!named->empty() || last->get() - (**stored).get() > worth_storing) return true;
  known_ = *last;
  return false;
}

result<std::vector<membership_sync::graph_edge>> membership_sync::stored_edges(const graph_id& graph,
                                                                              sqlite::connection& tenant) {
  auto statement = sql_.edges.get(tenant);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, graph);
  std::vector<graph_edge> all;
  while (true) {
    auto row = s.step();
    if (!row) return row.error();
    if (!*row) return all;
    all.push_back({std::string{s.text(0)}, std::string{s.text(1)}, std::string{s.text(2)}, std::string{s.text(3)}});
  }
}

result<std::optional<membership_sync::graph_edge>> membership_sync::stored_edge(const graph_id& graph,
                                                                               const std::string& key,
                                                                               sqlite::connection& tenant) {
  auto statement = sql_.edge.get(tenant);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, graph);
  s.bind(2, key);
  auto row = s.step();
  if (!row) return row.error();
  if (!*row) return std::optional<graph_edge>{};
  return std::optional{
      graph_edge{std::string{s.text(0)}, std::string{s.text(1)}, std::string{s.text(2)}, std::string{s.text(3)}}};
}

result<void> membership_sync::put(const known_member& member, const graph_id& graph, bool replace,
                                  metagraph::write_context& in, metagraph::node_writer& nodes,
                                  metagraph::edge_writer& edges) {
  const auto who = principal_of(member);
  const auto org = acl::principal_id{acl::principal_kind::org, org_.get()};
  for (const auto& one : {who, org}) {
    const auto key = key_of(one);
    bool there = false;
    {
      auto statement = sql_.principal.get(in.db);
      if (!statement) return statement.error();
      auto& s = **statement;
      const sqlite::reset_guard guard{s};
      s.bind(1, graph);
      s.bind(2, key);
      auto row = s.step();
      if (!row) return row.error();
      there = *row;
    }
    if (there) continue;
    const json::object attributes{{acl::attribute_names::identity_type, to_string(one.kind)},
                                  {acl::attribute_names::identity_id, one.id},
                                  {acl::attribute_names::scopes, json::array{}}};
    auto made = nodes.apply(create_node{.graph = graph,
                                        .key = node_key{key},
                                        .type = type_name{std::string{acl::type_names::principal}},
                                        .attributes = document::from(attributes)},
                            in);
    if (!made) return made.error();
  }
  const auto key = edge_key{edge_key_of(member.id)};
  if (replace) {
    if (auto gone = edges.apply(delete_edge{.graph = graph, .key = key}, in); !gone) return gone.error();
  }
  const json::object attributes{{acl::attribute_names::membership_level, to_string(member.level)}};
  auto made = edges.apply(upsert_edge{.graph = graph,
                                      .key = key,
                                      .type = type_name{std::string{acl::type_names::belongs_to}},
                                      .source = node_key{key_of(who)},
                                      .target = node_key{key_of(org)},
                                      .attributes = document::from(attributes)},
                          in);
  return made ? result<void>{} : result<void>{made.error()};
}

result<membership_report> membership_sync::follow(sqlite::connection& system, how way, metagraph::write_context& in,
                                                  metagraph::node_writer& nodes, metagraph::edge_writer& edges) {
  std::optional<sqlite::read_transaction> snapshot;
  if (auto begun = sqlite::read_transaction::begin(system); begun) {
    snapshot.emplace(std::move(*begun));
  } else {
    return begun.error();
  }
  auto graph = acl::find_acl_graph(in.db);
  if (!graph) return graph.error();
  auto stored = stored_offset(in.db);
  if (!stored) return stored.error();

  membership_report report;
  report.reconciled = way != how::events || !*stored;
  if (!report.reconciled) {
    auto gap = has_gap(system, **stored);
    if (!gap) return gap.error();
    report.reconciled = *gap;
  }

  // What should be there, and what is: of everything, or of what the events name.
  std::map<std::string, known_member> wanted;
  std::map<std::string, graph_edge> present;
  if (report.reconciled) {
    auto all = read_memberships(system, org_);
    if (!all) return all.error();
    report.offset = all->offset;
    for (auto& member : all->members) wanted.emplace(edge_key_of(member.id), std::move(member));
    auto edges_now = stored_edges(*graph, in.db);
    if (!edges_now) return edges_now.error();
    for (auto& edge : *edges_now) present.emplace(edge.key, std::move(edge));
  } else {
    auto last = last_offset(system);
    if (!last) return last.error();
    report.offset = std::max(*last, **stored);
    auto named = named_after(system, org_, **stored);
    if (!named) return named.error();
    for (const auto& id : *named) {
      auto member = find_member(system, org_, id);
      if (!member) return member.error();
      const auto key = edge_key_of(row_id{id});
      if (*member) wanted.emplace(key, std::move(**member));
      auto edge = stored_edge(*graph, key, in.db);
      if (!edge) return edge.error();
      if (*edge) present.emplace(key, std::move(**edge));
    }
  }

  // Surplus first: a member who left and came back has another edge on the same pair of principals.
  for (const auto& [key, edge] : present) {
    const auto member = wanted.find(key);
    if (member == wanted.end()) {
      report.drifts.push_back({drift_kind::surplus, key, edge.source});
      if (way == how::report_only) continue;
      if (auto gone = edges.apply(delete_edge{.graph = *graph, .key = edge_key{key}}, in); !gone) return gone.error();
    }
  }
  for (const auto& [key, member] : wanted) {
    const auto account = key_of(principal_of(member));
    const auto edge = present.find(key);
    const bool there = edge != present.end();
    const bool moved = there && (edge->second.source != account ||
                                 edge->second.target != acl::key_of({acl::principal_kind::org, org_.get()}));
    if (there && !moved && edge->second.level == to_string(member.level)) continue;
    report.drifts.push_back({there ? drift_kind::differing : drift_kind::missing, key, account});
    if (way == how::report_only) continue;
    if (auto ok = put(member, *graph, moved, in, nodes, edges); !ok) return ok.error();
  }
  if (way == how::report_only) return report;
  if (auto ok = store_offset(report.offset, in.db); !ok) return ok.error();
  return report;
}

std::vector<const sqlite::lazy_statement*> membership_sync::statements() const {
  static_assert(sizeof(sql_) == 5 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.offset, &sql_.store, &sql_.edges, &sql_.edge, &sql_.principal};
}

}  // namespace quire::operations
