#pragma once

namespace quire::evolution::violations_sql {

// All texts of find_violations; ?1 is the id of the graph type.

/// Every way in which rows write their type.
inline constexpr const char* node_types =
    "SELECT DISTINCT node_type FROM nodes WHERE graph_id IN (SELECT id FROM graphs WHERE "
    "graph_type_id = ?1) AND node_type IS NOT NULL";
inline constexpr const char* edge_types =
    "SELECT DISTINCT edge_type FROM edges WHERE graph_id IN (SELECT id FROM graphs WHERE "
    "graph_type_id = ?1) AND edge_type IS NOT NULL";

/// Edges of the written types ?2 (a JSON list) with the types of their ends; the attributes of an
/// end whose type is not among the written types ?3.
inline constexpr const char* ends =
    "SELECT e.id, e.graph_id, e.key, e.edge_type, e.source_node_key, e.target_node_key, "
    "s.node_type, t.node_type, "
    "CASE WHEN s.node_type IS NULL OR s.node_type NOT IN (SELECT value FROM json_each(?3)) THEN "
    "s.attributes END, "
    "CASE WHEN t.node_type IS NULL OR t.node_type NOT IN (SELECT value FROM json_each(?3)) THEN "
    "t.attributes END "
    "FROM edges e JOIN nodes s ON s.graph_id = e.graph_id AND s.key = e.source_node_key "
    "JOIN nodes t ON t.graph_id = e.graph_id AND t.key = e.target_node_key "
    "WHERE e.graph_id IN (SELECT id FROM graphs WHERE graph_type_id = ?1) AND e.edge_type IN "
    "(SELECT value FROM json_each(?2))";

inline constexpr const char* self_loops =
    "SELECT id, graph_id, key, source_node_key FROM edges WHERE graph_id IN (SELECT id FROM graphs "
    "WHERE graph_type_id = ?1) AND source_node_key = target_node_key LIMIT ?2";

/// Pairs of nodes with more than one edge; SQLite sorts the edges, on disk where they are many.
inline constexpr const char* parallel_edges =
    "SELECT graph_id, one, other, undirected, count(*) FROM (SELECT graph_id, undirected, "
    "CASE WHEN undirected THEN min(source_node_key, target_node_key) ELSE source_node_key END AS "
    "one, CASE WHEN undirected THEN max(source_node_key, target_node_key) ELSE target_node_key END "
    "AS other FROM edges WHERE graph_id IN (SELECT id FROM graphs WHERE graph_type_id = ?1)) "
    "GROUP BY graph_id, undirected, one, other HAVING count(*) > 1 LIMIT ?2";

/// Edges whose flag is not ?3.
inline constexpr const char* directions =
    "SELECT id, graph_id, key, source_node_key, target_node_key FROM edges WHERE graph_id IN "
    "(SELECT id FROM graphs WHERE graph_type_id = ?1) AND undirected <> ?3 LIMIT ?2";

}  // namespace quire::evolution::violations_sql
