#pragma once

#include <quire/messages/document.hpp>
#include <quire/messages/error.hpp>
#include <quire/messages/rows.hpp>
#include <quire/metagraph/graph_type_view.hpp>

namespace quire::metagraph {

/// One JSON Schema document (2020-12) of a graph type: `$id` is its name, all node and edge types
/// stand under `$defs` in entry form (`CallNode`), references read `#/$defs/Name`, and `x-quire`
/// has config and constraints. Types whose stored schema is broken are exported as stored. Same
/// rows, same bytes. Safe from any thread. Fails with `schema_too_large`, `unresolved_reference`,
/// `depth_exceeded`.
[[nodiscard]] result<document> export_json_schema(const graph_type_view& view);
/// Fails also with `invalid_config`.
[[nodiscard]] result<document> export_json_schema(const quire::graph_type& rows);

}  // namespace quire::metagraph
