#pragma once

#include <quire/messages/queries.hpp>
#include <quire/messages/requests.hpp>

#include <caf/fwd.hpp>

#include <type_traits>

namespace caf::detail {
class stringification_inspector;
}

namespace quire {

namespace wire {

template <class T, class... Ts>
inline constexpr bool is_one_of = (std::is_same_v<T, Ts> || ...);

/// The values of messages/ that can travel in a CAF message. Enums travel inside them only: CAF
/// would store any number.
template <class T>
concept value =
    is_one_of<std::remove_const_t<T>,
              // ids
              org_id, account_id, graph_id, node_key, edge_key, type_name, graph_type_name, row_id,
              change_seq, stream_offset, topic, consumer_name,
              // values
              document, session_ref, error_detail, error, change_event,
              // rows
              node_type_row, edge_type_row, graph_type, graph, node, edge, organization, page<node>,
              page<edge>, page<neighbor>,
              // operations
              define_graph_type, delete_graph_type, create_graph, update_graph, delete_graph,
              create_node, upsert_node, update_node, delete_node, create_edge, upsert_edge,
              update_edge, delete_edge, operation, removed, outcome, write_request, write_reply,
              // queries
              list_options, find_node, find_edge, list_nodes, list_edges, find_neighbors, neighbor,
              find_path, path, graph_stat, stat_graph, query, read_request, read_reply>;

}  // namespace wire

// How CAF writes, reads and prints these values; found by argument-dependent lookup. Thread-safe as
// the value is.
//
// Bytes: members in the order of the struct. A text is its length (CAF's variable-length integer)
// and its bytes; whole numbers and times are 8 bytes, enums, bools and the index of a variant 1
// byte; a list or map is its length and its items; a document is its text, empty when absent. A
// session is its kind and, as its kind says, the actor or the ticket; a ticket is never printed.
// docs/messages.md has the versions.
//
// Reading trusts nothing: lengths are checked against `limits` and memory grows only as bytes
// arrive; a document is parsed and bounded (`payload_not_json`, `depth_exceeded`, `too_large`); a
// number that names no enumerator or no alternative is `unknown_option`, a length beyond the bounds
// `limit_exceeded`, missing bytes whatever CAF says (`from_caf`: internal). After a failure the
// value is valid but unspecified.

template <wire::value T>
caf::error inspect(caf::serializer& sink, T& x);

template <wire::value T>
caf::error inspect(caf::deserializer& source, T& x);

/// For logs: names and values, long texts and lists cut, everything printable.
template <wire::value T>
void inspect(caf::detail::stringification_inspector& out, T& x);

}  // namespace quire
