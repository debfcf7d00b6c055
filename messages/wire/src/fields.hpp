#pragma once

#include <quire/messages/queries.hpp>
#include <quire/messages/requests.hpp>

#include <concepts>
#include <type_traits>

/// The members of every message in the order of the wire: one list for writing, reading and
/// printing. A visitor is called with the name of the type and its members. Order and kind of
/// members are the format: a change needs a new type.
namespace quire::wire {

template <class T, class U>
concept like = std::same_as<std::remove_const_t<T>, U>;

template <class V>
bool fields(V& v, like<error_detail> auto& x) {
  return v("error_detail", x.code, x.pointer, x.message);
}
template <class V>
bool fields(V& v, like<error> auto& x) {
  return v("error", x.code, x.context, x.details);
}
template <class V>
bool fields(V& v, like<change_event> auto& x) {
  return v("change_event", x.seq, x.org, x.graph, x.table, x.op, x.key, x.id, x.source, x.target,
           x.at, x.actor, x.attributes, x.offset);
}

// Rows.
template <class V>
bool fields(V& v, like<node_type_row> auto& x) {
  return v("node_type_row", x.id, x.name, x.schema);
}
template <class V>
bool fields(V& v, like<edge_type_row> auto& x) {
  return v("edge_type_row", x.id, x.name, x.schema, x.sources, x.targets);
}
template <class V>
bool fields(V& v, like<graph_type> auto& x) {
  return v("graph_type", x.id, x.name, x.description, x.config, x.version, x.scope, x.created_at,
           x.updated_at, x.node_types, x.edge_types);
}
template <class V>
bool fields(V& v, like<graph> auto& x) {
  return v("graph", x.id, x.type, x.name, x.description, x.owner, x.project, x.status, x.metadata,
           x.created_at, x.updated_at);
}
template <class V>
bool fields(V& v, like<node> auto& x) {
  return v("node", x.id, x.graph, x.key, x.type, x.attributes, x.metadata, x.created_at,
           x.updated_at);
}
template <class V>
bool fields(V& v, like<edge> auto& x) {
  return v("edge", x.id, x.graph, x.key, x.type, x.source, x.target, x.undirected, x.attributes,
           x.metadata, x.created_at, x.updated_at);
}
template <class V>
bool fields(V& v, like<organization> auto& x) {
  return v("organization", x.id, x.name, x.slug, x.owner, x.created_at, x.updated_at);
}
template <class V, class T>
requires like<T, page<node>> || like<T, page<edge>> || like<T, page<neighbor>>
bool fields(V& v, T& x) { return v("page", x.items, x.next_cursor); }

// Operations.
template <class V>
bool fields(V& v, like<define_graph_type> auto& x) {
  return v("define_graph_type", x.name, x.module, x.description, x.scope, x.owner);
}
template <class V>
bool fields(V& v, like<delete_graph_type> auto& x) {
  return v("delete_graph_type", x.name);
}
template <class V>
bool fields(V& v, like<create_graph> auto& x) {
  return v("create_graph", x.id, x.name, x.type, x.description, x.owner, x.project, x.status,
           x.metadata);
}
template <class V>
bool fields(V& v, like<update_graph> auto& x) {
  return v("update_graph", x.id, x.name, x.description, x.metadata, x.set_status, x.status);
}
template <class V>
bool fields(V& v, like<delete_graph> auto& x) {
  return v("delete_graph", x.id);
}
template <class V>
bool fields(V& v, like<create_node> auto& x) {
  return v("create_node", x.graph, x.key, x.type, x.attributes, x.metadata, x.id);
}
template <class V>
bool fields(V& v, like<upsert_node> auto& x) {
  return v("upsert_node", x.graph, x.key, x.type, x.attributes, x.mode);
}
template <class V>
bool fields(V& v, like<update_node> auto& x) {
  return v("update_node", x.graph, x.key, x.attributes, x.patch, x.expected, x.metadata);
}
template <class V>
bool fields(V& v, like<delete_node> auto& x) {
  return v("delete_node", x.graph, x.key);
}
template <class V>
bool fields(V& v, like<create_edge> auto& x) {
  return v("create_edge", x.graph, x.key, x.type, x.source, x.target, x.attributes, x.metadata,
           x.direction, x.id);
}
template <class V>
bool fields(V& v, like<upsert_edge> auto& x) {
  return v("upsert_edge", x.graph, x.key, x.type, x.source, x.target, x.attributes, x.mode,
           x.direction);
}
template <class V>
bool fields(V& v, like<update_edge> auto& x) {
  return v("update_edge", x.graph, x.key, x.id, x.attributes, x.patch, x.expected, x.metadata);
}
template <class V>
bool fields(V& v, like<delete_edge> auto& x) {
  return v("delete_edge", x.graph, x.key, x.id);
}
template <class V>
bool fields(V& v, like<removed> auto& x) {
  return v("removed", x.id, x.key, x.edges);
}
template <class V>
bool fields(V& v, like<outcome> auto& x) {
  return v("outcome", x.row, x.created, x.changed);
}
template <class V>
bool fields(V& v, like<write_request> auto& x) {
  return v("write_request", x.session, x.deadline, x.operations, x.want_rows);
}
template <class V>
bool fields(V& v, like<write_reply> auto& x) {
  return v("write_reply", x.seq, x.outcomes);
}

// Queries.
template <class V>
bool fields(V& v, like<list_options> auto& x) {
  return v("list_options", x.filter, x.order, x.limit, x.cursor);
}
template <class V>
bool fields(V& v, like<find_node> auto& x) {
  return v("find_node", x.graph, x.key);
}
template <class V>
bool fields(V& v, like<find_edge> auto& x) {
  return v("find_edge", x.graph, x.key, x.id);
}
template <class V>
bool fields(V& v, like<list_nodes> auto& x) {
  return v("list_nodes", x.graph, x.options);
}
template <class V>
bool fields(V& v, like<list_edges> auto& x) {
  return v("list_edges", x.graph, x.options);
}
template <class V>
bool fields(V& v, like<find_neighbors> auto& x) {
  return v("find_neighbors", x.graph, x.key, x.direction, x.edge_types, x.node_types, x.limit,
           x.cursor);
}
template <class V>
bool fields(V& v, like<neighbor> auto& x) {
  return v("neighbor", x.node, x.edge);
}
template <class V>
bool fields(V& v, like<find_path> auto& x) {
  return v("find_path", x.graph, x.from, x.to, x.direction, x.edge_types, x.max_depth,
           x.max_visited);
}
template <class V>
bool fields(V& v, like<path> auto& x) {
  return v("path", x.nodes, x.edges);
}
template <class V>
bool fields(V& v, like<graph_stat> auto& x) {
  return v("graph_stat", x.nodes, x.edges, x.nodes_by_type, x.edges_by_type, x.seq);
}
template <class V>
bool fields(V& v, like<stat_graph> auto& x) {
  return v("stat_graph", x.graph);
}
template <class V>
bool fields(V& v, like<read_request> auto& x) {
  return v("read_request", x.session, x.deadline, x.at_least, x.query);
}
template <class V>
bool fields(V& v, like<read_reply> auto& x) {
  return v("read_reply", x.value);
}

}  // namespace quire::wire
