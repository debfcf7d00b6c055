#pragma once

#include <quire/messages/error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace quire::metagraph {

/// Fields that every node or edge type has: an open object with an optional `label` (string) and
/// optional `tags` (list of strings).
[[nodiscard]] boost::json::object built_in_base();

/// The schema that a value passes exactly if it passes `base` and `type`, with one exception: an
/// `additionalProperties: false` on either side closes the merged object and is judged after the
/// properties of both are joined. Members keep the order of `type`; those of `base` only come after
/// them; annotations of `type` win. Merging the result with `base` again changes nothing.
///
/// Where one schema cannot say both, the result is an `allOf` of both. References are compared, not
/// followed, except that literals are tried against them: `definitions` (may be null) has what
/// `#/$defs/Name` means. Pure; safe from any thread.
///
/// Fails with `merge_conflict` (nothing could pass; the detail has the pointer into the schema),
/// `schema_invalid`, `depth_exceeded`.
[[nodiscard]] result<boost::json::value> merge_schemas(
    const boost::json::value& base, const boost::json::value& type,
    const boost::json::object* definitions = nullptr);

/// As `merge_schemas` for the schema of a node or edge type, which must describe objects. An
/// `allOf` is flattened into one object schema first. Of an `anyOf` or `oneOf` every member is
/// merged. Fails also with `schema_invalid` (no object schema) and `schema_too_large` (alternatives
/// of alternatives that multiply).
[[nodiscard]] result<boost::json::object> merge_type(
    const boost::json::value& base, const boost::json::value& type,
    const boost::json::object* definitions = nullptr);

}  // namespace quire::metagraph
