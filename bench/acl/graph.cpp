#include "graph.hpp"

#include <quire/acl/graph_module.hpp>
#include <quire/messages/id_maker.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/migrate.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/sqlite/transaction.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstring>

namespace quire::bench {
namespace {

namespace json = boost::json;
namespace types = acl::type_names;
namespace attributes = acl::attribute_names;

std::uint64_t pair_of(place who, place what) { return (std::uint64_t{who} << 32U) | what; }

json::array names_of(mask of, const std::vector<std::string>& all) {
  json::array out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((of >> i & 1U) != 0) out.emplace_back(all[i]);
  }
  return out;
}

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const auto& text : list) out.emplace_back(text);
  return out;
}

/// The graph type, as every file has it, and one graph of it.
result<graph_id> write_type_and_graph(sqlite::connection& db, const environment& env) {
  const auto definition = acl::acl_definition();
  const auto checked = metagraph::definition_of(definition);
  if (!checked) return checked.error();
  const graph_id graph{id_maker{env}.next().get()};
  const auto insert = [&](const char* sql,
                          std::initializer_list<std::string_view> values) -> result<void> {
    auto statement = db.prepare("insert the graph type", sql);
    if (!statement) return statement.error();
    int at = 0;
    for (const auto value : values) statement->bind(++at, value);
    return statement->run();
  };
  auto r = insert(
      "INSERT INTO graph_types (id, name, config) VALUES (?1, ?2, ?3)",
      {acl::row_ids::graph_type, acl::graph_type_of_acl, json::serialize(checked->rows.config)});
  if (!r) return r.error();
  for (const auto& row : checked->rows.node_types) {
    const auto id = acl::row_id_of_type(row.name);
    if (!id) return id.error();
    r = insert("INSERT INTO node_types (id, graph_type_id, name, schema) VALUES (?1, ?2, ?3, ?4)",
               {id->get(), acl::row_ids::graph_type, row.name, json::serialize(row.schema)});
    if (!r) return r.error();
  }
  for (const auto& row : checked->rows.edge_types) {
    const auto id = acl::row_id_of_type(row.name);
    if (!id) return id.error();
    r = insert(
        "INSERT INTO edge_types (id, graph_type_id, name, schema, allowed_source_types, "
        "allowed_target_types) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        {id->get(), acl::row_ids::graph_type, row.name, json::serialize(row.schema),
         json::serialize(texts(row.sources)), json::serialize(texts(row.targets))});
    if (!r) return r.error();
  }
  r = insert("INSERT INTO graphs (id, graph_type_id, name, status) VALUES (?1, ?2, ?3, 'active')",
             {graph.get(), acl::row_ids::graph_type, acl::graph_type_of_acl});
  if (!r) return r.error();
  return graph;
}

/// Writes rows of one graph through statements that are prepared once.
class rows {
 public:
  static result<rows> begin(sqlite::connection& db, graph_id graph, const environment& env) {
    auto node = db.prepare(
        "insert node",
        "INSERT INTO nodes (id, created_at, updated_at, graph_id, key, attributes, node_type) "
        "VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6)");
    if (!node) return node.error();
    auto edge = db.prepare(
        "insert edge",
        "INSERT INTO edges (id, created_at, updated_at, graph_id, source_node_key, "
        "target_node_key, attributes, edge_type) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7)");
    if (!edge) return edge.error();
    return rows{std::move(*node), std::move(*edge), std::move(graph), env};
  }

  result<void> node(std::string_view type, std::string_view key, const json::object& attributes) {
    start(node_);
    node_.bind(4, key);
    node_.bind(5, std::string_view{json::serialize(attributes)});
    node_.bind(6, type);
    return node_.run();
  }

  result<void> edge(std::string_view type, std::string_view from, std::string_view to,
                    const json::object& attributes) {
    start(edge_);
    edge_.bind(4, from);
    edge_.bind(5, to);
    edge_.bind(6, std::string_view{json::serialize(attributes)});
    edge_.bind(7, type);
    return edge_.run();
  }

 private:
  rows(sqlite::statement node, sqlite::statement edge, graph_id graph, const environment& env)
      : node_(std::move(node)),
        edge_(std::move(edge)),
        graph_(std::move(graph)),
        ids_(env),
        seconds_(
            std::chrono::duration_cast<std::chrono::seconds>(env.time->now().time_since_epoch())
                .count()) {}

  void start(sqlite::statement& insert) {
    insert.bind(1, ids_.next());
    insert.bind(2, seconds_);
    insert.bind(3, graph_);
  }

  sqlite::statement node_;
  sqlite::statement edge_;
  graph_id graph_;
  id_maker ids_;
  std::int64_t seconds_;
};

result<void> write_nodes(rows& out, const acl_graph& graph) {
  for (place i = 0; i < graph.principals.size(); ++i) {
    const auto& p = graph.principals[i];
    auto r = out.node(types::principal, graph.key_of(i),
                      {{attributes::identity_type, to_string(p.kind)},
                       {attributes::identity_id, p.id},
                       {attributes::scopes, names_of(p.scopes, graph.scopes)}});
    if (!r) return r.error();
  }
  for (const auto& r : graph.resources) {
    auto written = out.node(types::resource, acl::resource_key(r.type, r.id),
                            {{attributes::resource_type, r.type}, {attributes::resource_id, r.id}});
    if (!written) return written.error();
  }
  return {};
}

json::object attributes_of(const acl_graph::delegation& d, const acl_graph& graph) {
  json::object out{{attributes::narrowed_scopes, names_of(d.scopes, graph.scopes)}};
  if (d.resources) {
    json::object narrowed;
    for (const auto& [r, actions] : *d.resources) {
      const auto& resource = graph.resources[r];
      narrowed[resource.type + ":" + resource.id] = names_of(actions, graph.actions);
    }
    out[attributes::narrowed_resources] = std::move(narrowed);
  }
  out[attributes::narrowable] = d.narrowable;
  if (d.expires_at) out[attributes::expires_at] = *d.expires_at;
  return out;
}

result<void> write_edges(rows& out, const acl_graph& graph) {
  for (const auto& m : graph.memberships) {
    auto r = out.edge(types::belongs_to, graph.key_of(m.account), graph.key_of(m.org),
                      {{attributes::membership_level, to_string(m.level)}});
    if (!r) return r.error();
  }
  for (const auto& d : graph.delegations) {
    auto r = out.edge(types::delegates, graph.key_of(d.from), graph.key_of(d.to),
                      attributes_of(d, graph));
    if (!r) return r.error();
  }
  for (const auto& g : graph.grants) {
    const auto& resource = graph.resources[g.resource];
    auto r = out.edge(types::scopes, graph.key_of(g.principal),
                      acl::resource_key(resource.type, resource.id),
                      {{attributes::actions, names_of(g.actions, graph.actions)}});
    if (!r) return r.error();
  }
  return {};
}

}  // namespace

std::string acl_graph::key_of(place who) const {
  const auto& p = principals[who];
  return acl::key_of({p.kind, p.id});
}

std::vector<std::string> acl_graph::scope_texts(mask of) const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    if ((of >> i & 1U) != 0) out.push_back(scopes[i]);
  }
  return out;
}

plain_judge::plain_judge(const acl_graph& graph, std::int64_t now)
    : graph_(graph), now_(now), into_(graph.principals.size()) {
  for (place i = 0; i < graph.delegations.size(); ++i) {
    const auto& d = graph.delegations[i];
    into_[d.to].push_back({.from = d.from, .edge = i, .membership = false});
  }
  for (place i = 0; i < graph.memberships.size(); ++i) {
    const auto& m = graph.memberships[i];
    into_[m.account].push_back({.from = m.org, .edge = i, .membership = true});
  }
  for (const auto& g : graph.grants) grants_[pair_of(g.principal, g.resource)] |= g.actions;
  for (place i = 0; i < graph.principals.size(); ++i) {
    if (graph.key_of(i) == acl::member_role) member_role_ = i;
  }
}

bool plain_judge::holds(place who, const question& q) const {
  if (q.scope && (graph_.principals[who].scopes >> *q.scope & 1U) == 0) return false;
  const auto found = grants_.find(pair_of(who, q.resource));
  return found != grants_.end() && (found->second >> q.action & 1U) != 0;
}

bool plain_judge::passes(const step& s, const question& q, bool last) const {
  if (s.membership) {
    return graph_.memberships[s.edge].level != membership_level::member ||
           (member_role_ && holds(*member_role_, q));
  }
  const auto& d = graph_.delegations[s.edge];
  if (d.expires_at && *d.expires_at <= now_) return false;
  if (!d.narrowable && !last) return false;
  if (q.scope && (d.scopes >> *q.scope & 1U) == 0) return false;
  return !d.resources || std::ranges::any_of(*d.resources, [&](const auto& r) {
    return r.first == q.resource && (r.second >> q.action & 1U) != 0;
  });
}

plain_judge::answer plain_judge::ask(const question& q) const {
  answer told;
  std::unordered_set<place> seen{q.subject};
  std::vector<place> frontier{q.subject};
  for (int steps = 0; !frontier.empty(); ++steps) {
    told.steps = steps;
    std::vector<place> next;
    for (const auto who : frontier) {
      ++told.visited;
      if (holds(who, q)) {
        told.allowed = true;
        return told;
      }
      for (const auto& s : into_[who]) {
        if (passes(s, q, steps == 0) && seen.insert(s.from).second) next.push_back(s.from);
      }
    }
    frontier = std::move(next);
  }
  return told;
}

result<graph_id> write_file(const acl_graph& graph, const std::filesystem::path& file,
                            const environment& env) {
  auto db = sqlite::connection::open(
      file, {.mode = sqlite::open_mode::create, .sync = sqlite::durability::normal});
  if (!db) return db.error();
  if (auto r = sqlite::migrate(*db, sqlite::file_kind::tenant, org_id{"acme"}); !r)
    return r.error();
  auto all = sqlite::transaction::begin_immediate(*db);
  if (!all) return all.error();
  auto id = write_type_and_graph(*db, env);
  if (!id) return id.error();
  {
    auto out = rows::begin(*db, *id, env);
    if (!out) return out.error();
    if (auto r = write_nodes(*out, graph); !r) return r.error();
    if (auto r = write_edges(*out, graph); !r) return r.error();
  }
  if (auto r = all->commit(); !r) return r.error();
  if (auto r = db->checkpoint(true); !r) return r.error();
  return *id;
}

result<std::unique_ptr<everybody_active>> everybody_active::make(
    const acl_graph& graph, const std::filesystem::path& file) {
  auto db = sqlite::connection::open(
      file, {.mode = sqlite::open_mode::create, .sync = sqlite::durability::normal});
  if (!db) return db.error();
  if (auto r = sqlite::migrate(*db, sqlite::file_kind::system, org_id{}); !r) return r.error();
  auto all = sqlite::transaction::begin_immediate(*db);
  if (!all) return all.error();
  {
    auto account = db->prepare(
        "insert account", "INSERT INTO accounts (id, email, access_level) VALUES (?1, ?2, ?3)");
    if (!account) return account.error();
    const auto insert = [&](std::string_view id, std::string_view level) {
      account->bind(1, id);
      account->bind(2, std::string{id} + "@example.org");
      account->bind(3, level);
      return account->run();
    };
    auto organization = db->prepare(
        "insert organization",
        "INSERT INTO organizations (id, name, slug, owner_id) VALUES (?1, ?1, ?1, 'root')");
    if (!organization) return organization.error();
    if (auto r = insert("root", "admin"); !r) return r.error();
    for (const auto& p : graph.principals) {
      if (p.kind == acl::principal_kind::role) continue;
      result<void> r;
      if (p.kind == acl::principal_kind::org) {
        organization->bind(1, p.id);
        r = organization->run();
      } else {
        r = insert(p.id, p.kind == acl::principal_kind::service ? "service" : "user");
      }
      if (!r) return r.error();
    }
  }
  if (auto r = all->commit(); !r) return r.error();
  auto image = identity::image_reader{}.build(*db);
  if (!image) return image.error();
  return std::unique_ptr<everybody_active>{new everybody_active(std::move(*image))};
}

seeded_environment::seeded_environment(std::uint64_t seed, timestamp start)
    : clock_(start), random_(seed) {}

void seeded_environment::seeded::fill(std::span<std::byte> out) {
  // splitmix64
  for (std::size_t at = 0; at < out.size(); at += sizeof state_) {
    auto x = state_ += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    x ^= x >> 31U;
    std::memcpy(out.data() + at, &x, std::min(sizeof x, out.size() - at));
  }
}

}  // namespace quire::bench
