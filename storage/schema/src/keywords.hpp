#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quire::schema {

/// Groups of keywords as bits. The standard calls its own "vocabularies".
namespace vocabularies {
constexpr std::uint16_t module = 1;
constexpr std::uint16_t core = 2;
constexpr std::uint16_t applicator = 4;
constexpr std::uint16_t unevaluated = 8;
constexpr std::uint16_t validation = 16;
constexpr std::uint16_t metadata = 32;
constexpr std::uint16_t format_annotation = 64;
constexpr std::uint16_t format_assertion = 128;
constexpr std::uint16_t content = 256;
/// What a schema of the standard uses unless its metaschema says otherwise.
constexpr std::uint16_t standard =
    core | applicator | unevaluated | validation | metadata | format_annotation | content;
}  // namespace vocabularies

/// Keywords with an effect on verdicts or on what the reshaping functions make.
enum class keyword : std::uint8_t {
  additional_items,
  additional_properties,
  all_of,
  any_of,
  constant,
  contains,
  default_value,
  definitions,
  dependent_required,
  dependent_schemas,
  dynamic_reference,
  enumeration,
  exclusive_maximum,
  exclusive_minimum,
  format,
  if_condition,
  if_else,
  if_then,
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
  property_names,
  reference,
  required,
  type,
  unevaluated_items,
  unevaluated_properties,
  unique_items,
  annotation,  ///< known and without effect
  unknown,
};

constexpr std::size_t keyword_count = static_cast<std::size_t>(keyword::annotation);

/// What a keyword is called and which groups have it.
struct keyword_row {
  std::string_view name;
  std::uint16_t groups;
};

/// In the order of `keyword`.
constexpr std::array<keyword_row, keyword_count> keyword_rows{{
    {"additionalItems", vocabularies::module},
    {"additionalProperties", vocabularies::module | vocabularies::applicator},
    {"allOf", vocabularies::module | vocabularies::applicator},
    {"anyOf", vocabularies::module | vocabularies::applicator},
    {"const", vocabularies::module | vocabularies::validation},
    {"contains", vocabularies::module | vocabularies::applicator},
    {"default", vocabularies::module | vocabularies::metadata},
    {"$defs", vocabularies::module | vocabularies::core},
    {"dependentRequired", vocabularies::validation},
    {"dependentSchemas", vocabularies::applicator},
    {"$dynamicRef", vocabularies::core},
    {"enum", vocabularies::module | vocabularies::validation},
    {"exclusiveMaximum", vocabularies::module | vocabularies::validation},
    {"exclusiveMinimum", vocabularies::module | vocabularies::validation},
    {"format",
     vocabularies::module | vocabularies::format_annotation | vocabularies::format_assertion},
    {"if", vocabularies::applicator},
    {"else", vocabularies::applicator},
    {"then", vocabularies::applicator},
    {"items", vocabularies::module | vocabularies::applicator},
    {"maxContains", vocabularies::module | vocabularies::validation},
    {"maxItems", vocabularies::module | vocabularies::validation},
    {"maxLength", vocabularies::module | vocabularies::validation},
    {"maxProperties", vocabularies::module | vocabularies::validation},
    {"maximum", vocabularies::module | vocabularies::validation},
    {"minContains", vocabularies::module | vocabularies::validation},
    {"minItems", vocabularies::module | vocabularies::validation},
    {"minLength", vocabularies::module | vocabularies::validation},
    {"minProperties", vocabularies::module | vocabularies::validation},
    {"minimum", vocabularies::module | vocabularies::validation},
    {"multipleOf", vocabularies::module | vocabularies::validation},
    {"not", vocabularies::module | vocabularies::applicator},
    {"oneOf", vocabularies::module | vocabularies::applicator},
    {"pattern", vocabularies::module | vocabularies::validation},
    {"patternProperties", vocabularies::module | vocabularies::applicator},
    {"prefixItems", vocabularies::module | vocabularies::applicator},
    {"properties", vocabularies::module | vocabularies::applicator},
    {"propertyNames", vocabularies::applicator},
    {"$ref", vocabularies::module | vocabularies::core},
    {"required", vocabularies::module | vocabularies::validation},
    {"type", vocabularies::module | vocabularies::validation},
    {"unevaluatedItems", vocabularies::unevaluated},
    {"unevaluatedProperties", vocabularies::module | vocabularies::unevaluated},
    {"uniqueItems", vocabularies::module | vocabularies::validation},
}};

constexpr std::string_view name_of(keyword k) {
  return keyword_rows[static_cast<std::size_t>(k)].name;
}

/// The keyword of this name in some of these groups; else an annotation or unknown, which differ
/// only in the module dialect: there, names that begin with `x-` are annotations.
[[nodiscard]] keyword keyword_from(std::string_view name, std::uint16_t groups) noexcept;

/// The keywords of one schema, by kind.
class keyword_values {
 public:
  /// @param groups   whose keywords count; others are unknown.
  /// @param unknown  set to the first name that is no keyword, if there is one.
  keyword_values(const boost::json::object& schema, std::uint16_t groups,
                 std::string_view& unknown) noexcept;

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
