#pragma once

#include <quire/sqlite/statement.hpp>

#include <vector>

namespace quire::acl {

/// Everything that is read of the graph of access control. ?1 is the graph; rows of other types
/// than ours are not there.
struct graph_sql {
  // One row or one end, by key.
  sqlite::lazy_statement node{
      "read a node of the graph of access control",
      "SELECT node_type, attributes FROM nodes WHERE graph_id = ?1 AND key = ?2"};
  sqlite::lazy_statement delegations_into{
      "read delegations",
      "SELECT coalesce(key, id), source_node_key, attributes FROM edges WHERE graph_id = ?1 AND "
      "target_node_key = ?2 AND edge_type = 'delegates'"};
  sqlite::lazy_statement memberships_of{
      "read memberships",
      "SELECT coalesce(key, id), target_node_key, attributes FROM edges WHERE graph_id = ?1 AND "
      "source_node_key = ?2 AND edge_type = 'belongs_to'"};
  sqlite::lazy_statement grants_of{
      "read grants",
      "SELECT target_node_key, attributes FROM edges WHERE graph_id = ?1 AND source_node_key = ?2 "
      "AND edge_type = 'scopes'"};

  // Both ends known.
  sqlite::lazy_statement delegations_between{
      "read delegations between two principals",
      "SELECT attributes FROM edges WHERE graph_id = ?1 AND target_node_key = ?2 AND "
      "source_node_key = ?3 AND edge_type = 'delegates'"};
  sqlite::lazy_statement memberships_between{
      "read the membership of a principal",
      "SELECT attributes FROM edges WHERE graph_id = ?1 AND source_node_key = ?2 AND "
      "target_node_key = ?3 AND edge_type = 'belongs_to'"};
  sqlite::lazy_statement grants_between{
      "read grants on a resource",
      "SELECT attributes FROM edges WHERE graph_id = ?1 AND source_node_key = ?2 AND "
      "target_node_key = ?3 AND edge_type = 'scopes'"};

  // Forward. The plus keeps SQLite from reading all edges of the type.
  sqlite::lazy_statement receivers_of{
      "find who is delegated to",
      "SELECT target_node_key FROM edges WHERE graph_id = ?1 AND source_node_key = ?2 AND "
      "+edge_type = 'delegates'"};
  sqlite::lazy_statement members_of{
      "find members",
      "SELECT source_node_key FROM edges WHERE graph_id = ?1 AND target_node_key = ?2 AND "
      "+edge_type = 'belongs_to'"};
  sqlite::lazy_statement holders_of{
      "find who has a grant on a resource",
      "SELECT source_node_key FROM edges WHERE graph_id = ?1 AND target_node_key = ?2 AND "
      "+edge_type = 'scopes'"};
  // A name may be written with escapes in JSON.
  sqlite::lazy_statement with_own_resources{"find principals with resources of their own",
                                            "SELECT key FROM nodes WHERE graph_id = ?1 AND "
                                            "node_type = 'principal' AND (instr(attributes, "
                                            "'\"resources\"') OR instr(attributes, '\\'))"};

  // All, in the order in which they lie in the file.
  sqlite::lazy_statement all_principals{
      "read all principals",
      "SELECT key, attributes FROM nodes WHERE graph_id = ?1 AND node_type = 'principal'"};
  sqlite::lazy_statement all_resources{
      "read all resources",
      "SELECT key, attributes FROM nodes WHERE graph_id = ?1 AND node_type = 'resource'"};
  sqlite::lazy_statement all_edges{
      "read all edges of the graph of access control",
      "SELECT source_node_key, target_node_key, attributes FROM edges WHERE graph_id = ?1 AND "
      "edge_type = ?2"};

  [[nodiscard]] std::vector<sqlite::lazy_statement*> all() {
    return {&node,
            &delegations_into,
            &memberships_of,
            &grants_of,
            &delegations_between,
            &memberships_between,
            &grants_between,
            &receivers_of,
            &members_of,
            &holders_of,
            &with_own_resources,
            &all_principals,
            &all_resources,
            &all_edges};
  }
};

}  // namespace quire::acl
