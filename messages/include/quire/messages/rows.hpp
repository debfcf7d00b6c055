#pragma once

#include <quire/messages/document.hpp>
#include <quire/messages/ids.hpp>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace quire {

/// Unix seconds, as rows keep them.
using row_time = std::chrono::sys_seconds;

/// Who defines a graph type.
enum class type_scope : std::uint8_t { system = 0, tenant = 1, user = 2 };
enum class graph_status : std::uint8_t { active = 0, archived = 1, draft = 2 };

[[nodiscard]] std::string_view to_string(type_scope scope) noexcept;
[[nodiscard]] std::string_view to_string(graph_status status) noexcept;
[[nodiscard]] result<type_scope> type_scope_from_string(std::string_view text);
[[nodiscard]] result<graph_status> graph_status_from_string(std::string_view text);
inline std::ostream& operator<<(std::ostream& out, type_scope x) { return out << to_string(x); }
inline std::ostream& operator<<(std::ostream& out, graph_status x) { return out << to_string(x); }

/// A row of `node_types`.
struct node_type_row {
  row_id id{};
  type_name name{};
  document schema{};
  friend bool operator==(const node_type_row&, const node_type_row&) = default;
};

/// A row of `edge_types`. An empty list of ends allows any node type there.
struct edge_type_row {
  row_id id{};
  type_name name{};
  document schema{};
  std::vector<type_name> sources{};
  std::vector<type_name> targets{};
  friend bool operator==(const edge_type_row&, const edge_type_row&) = default;
};

/// A row of `graph_types` with its node and edge types.
struct graph_type {
  row_id id{};
  graph_type_name name{};
  std::string description{};
  document config{};
  std::int64_t version = 1;
  type_scope scope = type_scope::tenant;
  row_time created_at{};
  row_time updated_at{};
  std::vector<node_type_row> node_types{};
  std::vector<edge_type_row> edge_types{};
  friend bool operator==(const graph_type&, const graph_type&) = default;
};

/// A row of `graphs`.
struct graph {
  graph_id id{};
  graph_type_name type{};    ///< empty when the type was deleted
  std::string name{};
  std::string description{};
  std::string owner{};       ///< logical id of an account; empty: owned by the system
  std::string project{};     ///< logical id of a project; empty: of the whole organization
  graph_status status = graph_status::active;
  document metadata{};
  row_time created_at{};
  row_time updated_at{};
  friend bool operator==(const graph&, const graph&) = default;
};

/// A row of `nodes`.
struct node {
  row_id id{};
  graph_id graph{};
  node_key key{};
  type_name type{};          ///< empty when unknown
  document attributes{};
  document metadata{};
  row_time created_at{};
  row_time updated_at{};
  friend bool operator==(const node&, const node&) = default;
};

/// A row of `edges`.
struct edge {
  row_id id{};
  graph_id graph{};
  edge_key key{};            ///< empty: anonymous
  type_name type{};          ///< empty when unknown
  node_key source{};
  node_key target{};
  bool undirected = false;
  document attributes{};
  document metadata{};
  row_time created_at{};
  row_time updated_at{};
  friend bool operator==(const edge&, const edge&) = default;
};

/// A row of `organizations`.
struct organization {
  org_id id{};
  std::string name{};
  std::string slug{};
  account_id owner{};
  row_time created_at{};
  row_time updated_at{};
  friend bool operator==(const organization&, const organization&) = default;
};

/// One page of a list. `next_cursor` is empty on the last one.
template <class T>
struct page {
  std::vector<T> items{};
  std::string next_cursor{};
  friend bool operator==(const page&, const page&) = default;
};

}  // namespace quire
