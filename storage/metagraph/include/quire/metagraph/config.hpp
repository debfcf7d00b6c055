#pragma once

#include <quire/messages/error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string_view>

namespace quire::metagraph {

/// What a graph type says about all its graphs. A regular value.
struct graph_config {
  enum class kind : std::uint8_t { directed = 0, undirected = 1, mixed = 2 };

  kind type = kind::directed;
  bool multi = false;             ///< parallel edges are allowed
  bool allow_self_loops = false;  ///< an edge may end where it starts
  bool full_events = false;       ///< change events carry the new attributes

  friend bool operator==(const graph_config&, const graph_config&) = default;
};

[[nodiscard]] std::string_view to_string(graph_config::kind type) noexcept;

/// Reads a stored config: `{"type", "multi", "allowSelfLoops", "eventPayload"}`. Null and missing
/// members get the defaults; members that only foreign programs know are passed over.
/// Fails with `invalid_config`; the detail has the pointer.
[[nodiscard]] result<graph_config> config_from_json(const boost::json::value& stored);

/// The config as stored: all four members as literals, in fixed order.
[[nodiscard]] boost::json::object config_to_json(const graph_config& config);

}  // namespace quire::metagraph
