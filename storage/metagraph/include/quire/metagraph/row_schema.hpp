#pragma once

#include <quire/messages/error.hpp>

#include <boost/json/object.hpp>

namespace quire::metagraph {

/// A row's schema as this engine would have written it: acyclic references inlined whatever their
/// form, circular ones as `#/$defs/Name` with `$defs` of those only, no `$id` and no `$schema`. No
/// base is merged. What the engine wrote itself comes back as it is. Safe from any thread. Fails
/// with `schema_invalid`, `unresolved_reference`, `schema_too_large`, `depth_exceeded`.
[[nodiscard]] result<boost::json::object> normal_row_schema(const boost::json::object& schema);

}  // namespace quire::metagraph
