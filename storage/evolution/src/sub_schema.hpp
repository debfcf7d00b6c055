#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace quire::evolution {

/// What `#/$defs/Name` or a bare name means; null when nothing.
[[nodiscard]] const boost::json::value* find_definition(const boost::json::object* definitions,
                                                        std::string_view reference);

/// What a stored schema says of the value at a JSON pointer: one schema, or a union of those that
/// its alternatives give. Nothing when it says nothing of it.
[[nodiscard]] std::optional<boost::json::value> schema_at(const boost::json::object& schema,
                                                          std::string_view pointer);

}  // namespace quire::evolution
