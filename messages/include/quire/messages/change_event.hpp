#pragma once

#include <quire/messages/document.hpp>
#include <quire/messages/environment.hpp>
#include <quire/messages/ids.hpp>

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace quire {

/// The twelve tables whose rows mutations are reported of.
enum class table : std::uint8_t {
  graph_types = 0,
  node_types = 1,
  edge_types = 2,
  graphs = 3,
  nodes = 4,
  edges = 5,
  accounts = 6,
  organizations = 7,
  organization_members = 8,
  api_keys = 9,
  peer_credentials = 10,
  audit_logs = 11,
};

enum class change_op : std::uint8_t { created = 0, updated = 1, deleted = 2 };

[[nodiscard]] std::string_view to_string(table t) noexcept;
[[nodiscard]] std::string_view to_string(change_op op) noexcept;
[[nodiscard]] result<table> table_from_string(std::string_view text);
[[nodiscard]] result<change_op> change_op_from_string(std::string_view text);
inline std::ostream& operator<<(std::ostream& out, table t) { return out << to_string(t); }
inline std::ostream& operator<<(std::ostream& out, change_op op) { return out << to_string(op); }
/// The stream topic of a change: `nodes:created`. The reference lives for ever.
[[nodiscard]] const topic& change_topic(table t, change_op op);

/// One committed mutation of one row.
struct change_event {
  static constexpr int version = 1;
  change_seq seq{};
  org_id org{};             ///< empty in the system file
  graph_id graph{};         ///< empty for tables without a graph
  quire::table table = quire::table::nodes;
  change_op op = change_op::created;
  std::string key{};        ///< key of a node or of an edge that has one; otherwise empty
  row_id id{};              ///< id of every other row; empty when `key` is set
  node_key source{};        ///< edges only
  node_key target{};        ///< edges only
  timestamp at{};
  std::string actor{};      ///< who is responsible: a principal's id, or `system`
  document attributes{};    ///< the new ones, only when the graph type says `eventPayload: full`
  /// Where the event stands in the stream. Not part of the payload; 0 until it is stored.
  stream_offset offset{};

  friend bool operator==(const change_event&, const change_event&) = default;
};

/// The events of one commit in order, shared by all that receive them.
using change_batch = std::vector<change_event>;

/// The payload as stored: one JSON object, members in the order of the struct, absent ones left out.
void append_json(std::string& out, const change_event& e);
[[nodiscard]] std::string to_json(const change_event& e);
/// Reads a stored payload. Fails with `malformed_event`. Unknown members are ignored.
[[nodiscard]] result<change_event> change_event_from_json(std::string_view text);

/// Appends `text` as a JSON string with quotes; `text` must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace quire
