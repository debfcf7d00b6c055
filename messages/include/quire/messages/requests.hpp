#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/messages/rows.hpp>
#include <quire/messages/session.hpp>

#include <cstdint>
#include <variant>
#include <vector>

namespace quire {

// --- Operations: what one request may do to one tenant file ---------------------------------------------------------
// Documents left empty mean "not given". Common failures of all: not_found, graph_archived, graph_untyped,
// migration_in_progress, storage_*.

/// Defines a graph type by its module (`{"$defs": {…}}` or the bare set of entries). The same module again changes
/// nothing. Fails with the codes of definitions, `migration_refused` when the stored type differs,
/// `graph_type_protected` for system types. Commits alone.
struct define_graph_type {
  graph_type_name name{};
  document module{};
  std::string description{};
  type_scope scope = type_scope::tenant;
  account_id owner{};  ///< of scope `user`
};

/// Removes a graph type that no live graph uses (`graph_type_in_use`); archived graphs become untyped. Commits alone.
struct delete_graph_type {
  graph_type_name name{};
};

/// Creates a graph of a type. Fails with `unknown_type`.
struct create_graph {
  graph_id id{};  ///< empty: the engine makes one
  std::string name{};
  graph_type_name type{};
  std::string description{};
  std::string owner{};
  std::string project{};
  graph_status status = graph_status::active;
  document metadata{};
};

/// Changes name, description, status or metadata; an empty text or document leaves the member as it is.
struct update_graph {
  graph_id id{};
  std::string name{};
  std::string description{};
  document metadata{};
  bool set_status = false;
  graph_status status = graph_status::active;
};

/// Removes a graph and all in it; one event. A graph too large for one commit is archived at once and removed in parts,
/// while everything else goes on: the outcome is then the archived graph, and the event comes with the last part.
struct delete_graph {
  graph_id id{};
};

/// Fails with `duplicate_key`, `invalid_key`, `unknown_type`, `type_required`, `validation_failed`.
struct create_node {
  graph_id graph{};
  node_key key{};
  type_name type{};  ///< empty: inferred when exactly one fits
  document attributes{};
  document metadata{};
  row_id id{};  ///< empty: the engine makes one
};

enum class upsert_mode : std::uint8_t {
  replace = 0,  ///< the attributes become those given
  merge = 1,    ///< JSON merge patch (RFC 7396) of the present ones
};

/// Creates the node or changes its attributes. The type of an existing node stays (`unknown_type` if another is named).
struct upsert_node {
  graph_id graph{};
  node_key key{};
  type_name type{};
  document attributes{};
  upsert_mode mode = upsert_mode::replace;
};

/// Changes attributes as a whole (`attributes`) or by an edit list (`patch`), not both (`conflicting_options`). With
/// `expected`, only if the present attributes equal it (`conflict`).
struct update_node {
  graph_id graph{};
  node_key key{};
  document attributes{};
  document patch{};
  document expected{};
  document metadata{};
};

/// Removes the node and its edges, with an event for each. Fails with `limit_exceeded` above the number of edges one
/// commit may remove.
struct delete_node {
  graph_id graph{};
  node_key key{};
};

enum class edge_direction : std::uint8_t {
  as_graph = 0,  ///< as the graph type's config says; directed in a mixed one
  directed = 1,
  undirected = 2,
};

/// Fails with `missing_endpoint`, `constraint_violation`, `direction_mismatch`, `self_loop`, `parallel_edge`, and as
/// `create_node`.
struct create_edge {
  graph_id graph{};
  edge_key key{};  ///< empty: anonymous
  type_name type{};
  node_key source{};
  node_key target{};
  document attributes{};
  document metadata{};
  edge_direction direction = edge_direction::as_graph;
  row_id id{};
};

/// Creates the keyed edge or changes its attributes; type, ends and direction of an existing one must be the same.
struct upsert_edge {
  graph_id graph{};
  edge_key key{};
  type_name type{};
  node_key source{};
  node_key target{};
  document attributes{};
  upsert_mode mode = upsert_mode::replace;
  edge_direction direction = edge_direction::as_graph;
};

/// As `update_node`. Exactly one of `key` and `id` names the edge.
struct update_edge {
  graph_id graph{};
  edge_key key{};
  row_id id{};
  document attributes{};
  document patch{};
  document expected{};
  document metadata{};
};

struct delete_edge {
  graph_id graph{};
  edge_key key{};
  row_id id{};
};

/// One step of a request. New kinds are added at the end: the position is the wire format.
using operation =
    std::variant<define_graph_type, delete_graph_type, create_graph, update_graph, delete_graph, create_node,
                 upsert_node, update_node, delete_node, create_edge, upsert_edge, update_edge, delete_edge>;

/// A row that was removed.
struct removed {
  row_id id{};
  std::string key{};
  std::int64_t edges = 0;  ///< edges removed with it
  friend bool operator==(const removed&, const removed&) = default;
};

/// What one operation did.
struct outcome {
  /// The row as it is now; monostate when the request asked for none.
  std::variant<std::monostate, graph_type, graph, node, edge, removed> row{};
  bool created = false;
  bool changed = false;  ///< false: the operation found everything as asked and wrote nothing
  friend bool operator==(const outcome&, const outcome&) = default;
};

/// Several operations on one tenant that commit or fail as one.
/// Answer: write_reply, sent only after COMMIT returned.
struct write_request {
  static constexpr int version = 1;
  session_ref session{};
  /// Absolute; a request found past it is not applied (`deadline_exceeded`). `timestamp::max()`: none.
  timestamp deadline = timestamp::max();
  std::vector<operation> operations{};
  /// False: answers carry no rows, which spares bulk loaders the copies.
  bool want_rows = true;
};

struct write_reply {
  static constexpr int version = 1;
  /// Number of the last change of this request; when it changed nothing, of the last change of the file.
  change_seq seq{};
  std::vector<outcome> outcomes{};
  friend bool operator==(const write_reply&, const write_reply&) = default;
};

// --- Requests to SYSTEM --------------------------------------------------------------------------------------------

/// A new organization. Name and slug default to the id; the owner's account is made when the address is new.
struct new_organization {
  org_id id{};
  std::string owner_email{};
  std::string name{};
  std::string slug{};
};

}  // namespace quire
