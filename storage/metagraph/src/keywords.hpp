#pragma once

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quire::metagraph {

/// Where schemas stand inside a schema.
enum class holds : std::uint8_t {
  data,            ///< no schema
  schema,          ///< `not`
  schema_or_list,  ///< `items`
  list,            ///< `anyOf`
  map,             ///< `properties`
};

[[nodiscard]] holds content_of(std::string_view keyword) noexcept;

/// Members that describe and do not constrain.
[[nodiscard]] bool is_annotation(std::string_view keyword) noexcept;

[[nodiscard]] inline std::string_view view(const boost::json::string& text) noexcept {
  return {text.data(), text.size()};
}
[[nodiscard]] inline std::string_view view(boost::json::string_view text) noexcept {
  return {text.data(), text.size()};
}

/// The member, when it is there and is an object.
[[nodiscard]] const boost::json::object* object_member(const boost::json::object& from,
                                                       std::string_view name) noexcept;

/// Bytes of the value as compact text, at least; exact but for escapes and numbers.
[[nodiscard]] std::size_t text_size(const boost::json::value& value) noexcept;

/// The object without annotations.
[[nodiscard]] boost::json::object core_of(const boost::json::object& schema);
/// Adds the annotations of `from` that `to` lacks.
void add_annotations(boost::json::object& to, const boost::json::object& from);

}  // namespace quire::metagraph
