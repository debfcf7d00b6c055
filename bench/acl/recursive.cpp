#include "recursive.hpp"

#include <quire/sqlite/transaction.hpp>

namespace quire::bench {
namespace {

// ?1 graph, ?2 subject, ?3 scope, ?4 key of the resource's node, ?5 its type and id, ?6 action,
// ?7 now in Unix seconds. Indexes are named, because without statistics SQLite may read all 20,000
// members of an organization or all 10,000 rights of a department.
constexpr std::string_view check_sql = R"sql(
WITH RECURSIVE back(key, is_subject) AS (
  SELECT ?2, 1
  UNION
  SELECT e.source_node_key, 0
  FROM back CROSS JOIN edges AS e INDEXED BY idx_edges_delegates
    ON e.graph_id = ?1 AND e.target_node_key = back.key
  WHERE e.edge_type = 'delegates'
    AND EXISTS (SELECT 1 FROM json_each(e.attributes, '$.narrowedScopes') WHERE value = ?3)
    AND (back.is_subject OR coalesce(e.attributes ->> '$.narrowable', 1))
    AND coalesce(e.attributes ->> '$.expiresAt' > ?7, 1)
    AND (e.attributes -> '$.narrowedResources' IS NULL
         OR EXISTS (SELECT 1 FROM json_each(e.attributes, '$.narrowedResources."' || ?5 || '"') WHERE value = ?6))
    AND (e.source_node_key GLOB 'role:*' OR EXISTS (SELECT 1 FROM temp.active WHERE key = e.source_node_key))
  UNION
  SELECT e.target_node_key, 0
  FROM back CROSS JOIN edges AS e INDEXED BY idx_edges_belongs_to
    ON e.graph_id = ?1 AND e.source_node_key = back.key
  WHERE e.edge_type = 'belongs_to'
    AND (e.attributes ->> '$.membershipLevel' IN ('owner', 'admin')
         OR EXISTS (SELECT 1 FROM nodes AS m WHERE m.graph_id = ?1 AND m.key = 'role:member'
                    AND EXISTS (SELECT 1 FROM json_each(m.attributes, '$.scopes') WHERE value = ?3)
                    AND (EXISTS (SELECT 1 FROM json_each(m.attributes, '$.resources."' || ?5 || '"') WHERE value = ?6)
                         OR EXISTS (SELECT 1 FROM edges AS s INDEXED BY idx_edges_scopes
                                    WHERE s.graph_id = ?1 AND s.target_node_key = ?4
                                      AND s.source_node_key = m.key AND s.edge_type = 'scopes'
                                      AND EXISTS (SELECT 1 FROM json_each(s.attributes, '$.actions') WHERE value = ?6)))))
    AND EXISTS (SELECT 1 FROM temp.active WHERE key = e.target_node_key)
)
SELECT 1
FROM back CROSS JOIN nodes AS n ON n.graph_id = ?1 AND n.key = back.key
WHERE n.node_type = 'principal'
  AND EXISTS (SELECT 1 FROM json_each(n.attributes, '$.scopes') WHERE value = ?3)
  AND (EXISTS (SELECT 1 FROM json_each(n.attributes, '$.resources."' || ?5 || '"') WHERE value = ?6)
       OR EXISTS (SELECT 1 FROM edges AS s INDEXED BY idx_edges_scopes
                  WHERE s.graph_id = ?1 AND s.target_node_key = ?4
                    AND s.source_node_key = n.key AND s.edge_type = 'scopes'
                    AND EXISTS (SELECT 1 FROM json_each(s.attributes, '$.actions') WHERE value = ?6)
                    AND NOT EXISTS (SELECT 1 FROM nodes AS r WHERE r.graph_id = ?1 AND r.key = ?4
                                    AND r.attributes -> '$.actions' IS NOT NULL
                                    AND ?6 NOT IN (SELECT value FROM json_each(r.attributes, '$.actions')))))
LIMIT 1)sql";

result<void> copy_active(sqlite::connection& db, const acl_graph& graph) {
  if (auto r = db.execute(
          "CREATE TEMP TABLE active (key TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID");
      !r) {
    return r.error();
  }
  auto all = sqlite::transaction::begin_immediate(db);
  if (!all) return all.error();
  auto insert = db.prepare("insert an active account", "INSERT INTO temp.active (key) VALUES (?1)");
  if (!insert) return insert.error();
  for (place i = 0; i < graph.principals.size(); ++i) {
    if (graph.principals[i].kind == acl::principal_kind::role) continue;
    insert->bind(1, graph.key_of(i));
    if (auto r = insert->run(); !r) return r.error();
  }
  return all->commit();
}

}  // namespace

result<recursive_check> recursive_check::open(const std::filesystem::path& file, graph_id graph,
                                              const acl_graph& who_is_active) {
  auto opened = sqlite::connection::open(file, {.mode = sqlite::open_mode::read_write});
  if (!opened) return opened.error();
  auto db = std::make_unique<sqlite::connection>(std::move(*opened));
  if (auto r = copy_active(*db, who_is_active); !r) return r.error();
  auto check = db->prepare("check", check_sql);
  if (!check) return check.error();
  check->bind(1, graph);
  return recursive_check{std::move(db), std::move(*check)};
}

result<bool> recursive_check::allows(const asked& q) {
  const auto resource_node = "resource:" + q.resource;
  const sqlite::reset_guard rewind{check_};
  check_.bind_view(2, q.subject);
  check_.bind_view(3, q.scope);
  check_.bind_view(4, resource_node);
  check_.bind_view(5, q.resource);
  check_.bind_view(6, q.action);
  check_.bind(7, q.now);
  return check_.step();
}

}  // namespace quire::bench
