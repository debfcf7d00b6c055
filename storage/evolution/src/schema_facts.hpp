#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quire::evolution {

/// A set of kinds, as `type` names them.
struct kind_set {
  enum : std::uint8_t {
    null = 1,
    boolean = 2,
    integer = 4,
    fraction = 8,  ///< numbers that are no integers
    string = 16,
    array = 32,
    object = 64,
    all = 127,
  };
  std::uint8_t bits = all;

  friend bool operator==(kind_set, kind_set) = default;
};
[[nodiscard]] std::string to_string(kind_set kinds);

/// What `type` allows; nothing when it cannot be read.
[[nodiscard]] std::optional<kind_set> kinds_of(const boost::json::object& schema);

/// The member as text to compare names with.
[[nodiscard]] inline std::string_view name_of(const boost::json::key_value_pair& member) noexcept {
  return {member.key().data(), member.key().size()};
}

/// Members that describe and do not constrain.
[[nodiscard]] bool is_annotation(std::string_view keyword) noexcept;
/// Every value passes, told without following references.
[[nodiscard]] bool is_any(const boost::json::value& schema) noexcept;
/// No value passes.
[[nodiscard]] bool is_never(const boost::json::value& schema) noexcept;
/// There is one constraining keyword, and it is this one.
[[nodiscard]] bool is_only(const boost::json::object& schema, std::string_view keyword) noexcept;
/// Names properties, in itself or in what it combines, or may do so by a reference.
[[nodiscard]] bool names_properties(const boost::json::value& schema) noexcept;

/// The schema without annotations, at every depth; `$defs` are left out too.
[[nodiscard]] boost::json::value without_annotations(const boost::json::value& schema);

/// The values of a schema that is a `const`, an `enum` or a union of such and nothing else; no
/// value occurs twice. They stand in the schema.
[[nodiscard]] std::optional<std::vector<const boost::json::value*>> literals_of(
    const boost::json::object& schema);

/// The member, when it is there and is an object or a list.
[[nodiscard]] const boost::json::object* object_in(const boost::json::object& from,
                                                   std::string_view name) noexcept;
[[nodiscard]] const boost::json::array* array_in(const boost::json::object& from,
                                                 std::string_view name) noexcept;

/// Does `value` pass `{keyword: bound}`? Judged by the very code that checks stored values.
[[nodiscard]] bool holds(const boost::json::value& value, std::string_view keyword,
                         const boost::json::value& bound);

}  // namespace quire::evolution
