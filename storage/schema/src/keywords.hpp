#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quire::schema {

/// Keywords of the module dialect, without those that only explain.
enum class keyword : std::uint8_t {
  additional_items,
  additional_properties,
  all_of,
  any_of,
  constant,
  contains,
  default_value,
  definitions,
  enumeration,
  exclusive_maximum,
  exclusive_minimum,
  format,
  items,
  max_contains,
  max_items,
  max_length,
  max_properties,
  maximum,
  min_contains,
  min_items,
  min_length,
  min_properties,
  minimum,
  multiple_of,
  negation,
  one_of,
  pattern,
  pattern_properties,
  prefix_items,
  properties,
  reference,
  required,
  type,
  unevaluated_properties,
  unique_items,
  annotation,  ///< known and without effect on verdicts
  unknown,
};

constexpr std::size_t keyword_count = static_cast<std::size_t>(keyword::annotation);

/// Names in the order of `keyword`.
constexpr std::array<std::string_view, keyword_count> keyword_names{"additionalItems",
                                                                    "additionalProperties",
                                                                    "allOf",
                                                                    "anyOf",
                                                                    "const",
                                                                    "contains",
                                                                    "default",
                                                                    "$defs",
                                                                    "enum",
                                                                    "exclusiveMaximum",
                                                                    "exclusiveMinimum",
                                                                    "format",
                                                                    "items",
                                                                    "maxContains",
                                                                    "maxItems",
                                                                    "maxLength",
                                                                    "maxProperties",
                                                                    "maximum",
                                                                    "minContains",
                                                                    "minItems",
                                                                    "minLength",
                                                                    "minProperties",
                                                                    "minimum",
                                                                    "multipleOf",
                                                                    "not",
                                                                    "oneOf",
                                                                    "pattern",
                                                                    "patternProperties",
                                                                    "prefixItems",
                                                                    "properties",
                                                                    "$ref",
                                                                    "required",
                                                                    "type",
                                                                    "unevaluatedProperties",
                                                                    "uniqueItems"};

constexpr std::string_view name_of(keyword k) { return keyword_names[static_cast<std::size_t>(k)]; }

/// The keyword of this name. Names that begin with `x-` are annotations.
[[nodiscard]] keyword keyword_from(std::string_view name) noexcept;

/// The keywords of one schema, by kind.
class keyword_values {
 public:
  /// @param unknown  set to the first name that is no keyword, if there is one.
  keyword_values(const boost::json::object& schema, std::string_view& unknown) noexcept;

  /// nullptr when the schema has no such keyword.
  [[nodiscard]] const boost::json::value* operator[](keyword k) const noexcept {
    return values_[static_cast<std::size_t>(k)];
  }
  /// How many keywords there are, without annotations; `default` counts.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  std::array<const boost::json::value*, keyword_count> values_{};
  std::size_t count_ = 0;
};

}  // namespace quire::schema
