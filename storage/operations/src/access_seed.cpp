#include <quire/acl/graph_module.hpp>
#include <quire/acl/view.hpp>
#include <quire/messages/id_maker.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/operations/access_seed.hpp>
#include <quire/operations/requirements.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/sqlite/transaction.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <tuple>

namespace quire::operations {
namespace {

namespace json = boost::json;

constexpr std::string_view no_metadata = "{}";

/// One row by one statement that is needed once.
template <class... Values>
result<void> insert(sqlite::connection& db, std::string_view name, std::string_view sql, const Values&... values) {
  auto statement = db.prepare(name, sql);
  if (!statement) return statement.error();
  int n = 0;
  (statement->bind(++n, values), ...);
  return statement->run();
}

std::string names_of(const std::vector<std::string>& names) {
  json::array list;
  for (const auto& name : names) list.emplace_back(name);
  return json_text(list);
}

class seeder {
 public:
  seeder(sqlite::connection& db, environment env)
      : db_(db), ids_(env), now_(std::chrono::floor<std::chrono::seconds>(env.time->now()).time_since_epoch().count()) {}

  result<void> types() {
    const auto definition = acl::acl_definition();
    auto checked = metagraph::definition_of(definition);
    if (!checked) return checked.error();
    const auto& rows = checked->rows;
    if (auto ok = insert(db_, "insert the graph type of access control",
                         "INSERT INTO graph_types (id, metadata, created_at, updated_at, name, description, config, version, "
                         "scope) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, 'system')",
                         acl::row_ids::graph_type, no_metadata, now_, definition.name, definition.description,
                         json_text(rows.config), acl::module_version);
        !ok) {
      return ok;
    }
    for (const auto& row : rows.node_types) {
      auto id = acl::row_id_of_type(row.name);
      if (!id) return id.error();
      if (auto ok = insert(db_, "insert a node type of access control",
                           "INSERT INTO node_types (id, metadata, created_at, updated_at, graph_type_id, name, schema) "
                           "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)",
                           *id, no_metadata, now_, acl::row_ids::graph_type, row.name, json_text(row.schema));
          !ok) {
        return ok;
      }
    }
    for (const auto& row : rows.edge_types) {
      auto id = acl::row_id_of_type(row.name);
      if (!id) return id.error();
      if (auto ok = insert(db_, "insert an edge type of access control",
                           "INSERT INTO edge_types (id, metadata, created_at, updated_at, graph_type_id, name, "
                           "allowed_source_types, allowed_target_types, schema) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8)",
                           *id, no_metadata, now_, acl::row_ids::graph_type, row.name, names_of(row.sources),
                           names_of(row.targets), json_text(row.schema));
          !ok) {
        return ok;
      }
    }
    return {};
  }

  result<void> graph() {
    graph_ = graph_id{ids_.next().get()};
    return insert(db_, "insert the graph of access control",
                  "INSERT INTO graphs (id, metadata, created_at, updated_at, graph_type_id, name, status) "
                  "VALUES (?1, ?2, ?3, ?3, ?4, ?5, 'active')",
                  graph_, no_metadata, now_, acl::row_ids::graph_type, acl::graph_type_of_acl);
  }

  result<void> principal(const acl::principal_id& who, std::span<const std::string> scopes) {
    json::array list;
    for (const auto& scope : scopes) list.emplace_back(scope);
    const json::object attributes{{acl::attribute_names::identity_type, to_string(who.kind)},
                                  {acl::attribute_names::identity_id, who.id},
                                  {acl::attribute_names::scopes, std::move(list)}};
    return insert(db_, "insert a principal",
                  "INSERT INTO nodes (id, metadata, created_at, updated_at, graph_id, key, attributes, node_type) "
                  "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
                  ids_.next(), no_metadata, now_, graph_, key_of(who), json_text(attributes), acl::type_names::principal);
  }

  result<void> member(const known_member& who, const org_id& org) {
    const acl::principal_id account{who.service ? acl::principal_kind::service : acl::principal_kind::account,
                                    who.account.get()};
    if (auto ok = principal(account, {}); !ok) return ok;
    const json::object attributes{{acl::attribute_names::membership_level, to_string(who.level)}};
    return insert(db_, "insert a membership",
                  "INSERT INTO edges (id, metadata, created_at, updated_at, graph_id, key, source_node_key, target_node_key, "
                  "attributes, edge_type) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                  ids_.next(), no_metadata, now_, graph_, "member:" + who.id.get(), key_of(account),
                  acl::key_of({acl::principal_kind::org, org.get()}), json_text(attributes), acl::type_names::belongs_to);
  }

  result<void> offset(stream_offset followed) {
    return insert(db_, "store how far memberships were followed",
                  "INSERT OR REPLACE INTO _quire_meta (key, value) VALUES ('sync.offset:system', ?1)",
                  std::to_string(followed.get()));
  }

 private:
  sqlite::connection& db_;
  id_maker ids_;
  std::int64_t now_;
  graph_id graph_;
};

result<void> seed(sqlite::connection& db, const org_id& org, const membership_state& members, environment env) {
  seeder rows{db, env};
  if (auto ok = rows.types(); !ok) return ok;
  if (auto ok = rows.graph(); !ok) return ok;
  if (org.get().empty()) return {};
  if (auto ok = rows.principal({acl::principal_kind::org, org.get()}, scopes_of_organizations()); !ok) return ok;
  for (const auto& member : members.members) {
    if (auto ok = rows.member(member, org); !ok) return ok;
  }
  return rows.offset(members.offset);
}

}  // namespace

result<bool> has_access(sqlite::connection& db) {
  auto statement = db.prepare("look for the graph type of access control", "SELECT 1 FROM graph_types WHERE name = ?1");
  if (!statement) return statement.error();
  statement->bind(1, acl::graph_type_of_acl);
  return statement->step();
}

result<void> seed_access(sqlite::connection& db, const org_id& org, const membership_state& members, environment env) {
  auto seeded = [&]() -> result<void> {
    if (db.in_transaction()) return seed(db, org, members, env);
    auto own = sqlite::transaction::begin_immediate(db);
    if (!own) return own.error();
    if (auto ok = seed(db, org, members, env); !ok) return ok;
    return own->commit();
  }();
  return seeded ? seeded : result<void>{in_context(seeded.error(), "the graph of access control")};
}

}  // namespace quire::operations
