#pragma once

#include "keywords.hpp"
#include "name_table.hpp"
#include "number.hpp"
#include "pattern.hpp"

#include <quire/schema/compile.hpp>

#include <boost/json/value.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace quire::schema {

/// Position of a schema, or of a set of rules, in one of the arrays of a program.
using index = std::uint32_t;
constexpr index none = std::numeric_limits<index>::max();

constexpr index any_node = 0;    ///< accepts everything
constexpr index never_node = 1;  ///< accepts nothing

/// Kinds of values as bits. A number is `whole` or `fraction`; "number" is both.
namespace kinds {
constexpr std::uint8_t null = 1;
constexpr std::uint8_t boolean = 2;
constexpr std::uint8_t whole = 4;
constexpr std::uint8_t fraction = 8;
constexpr std::uint8_t string = 16;
constexpr std::uint8_t array = 32;
constexpr std::uint8_t object = 64;
constexpr std::uint8_t number = whole | fraction;
constexpr std::uint8_t all = 127;
}  // namespace kinds

/// A stretch of an array.
struct span_of {
  index first = 0;
  index count = 0;

  [[nodiscard]] index end() const noexcept { return first + count; }
};

/// One schema: which kinds it lets in, and where the rules for each kind are.
struct node {
  std::uint8_t types = kinds::all;
  bool several_types = false;  ///< `type` was a list of several names
  bool only_types = false;     ///< nothing but `types` decides
  index number = none;
  index string = none;
  index array = none;
  index object = none;
  index logic = none;  ///< rules for values of every kind
  index standard = none;
  index annotations = none;
};

struct number_rules {
  enum : std::uint8_t {
    has_minimum = 1,
    has_maximum = 2,
    has_above = 4,
    has_below = 8,
    has_divisor = 16
  };
  std::uint8_t has = 0;
  bool decimal = false;  ///< `divisor` divides numbers as they are written, not as doubles
  number minimum;
  number maximum;
  number above;  ///< exclusiveMinimum
  number below;  ///< exclusiveMaximum
  number divisor;
};

constexpr std::uint64_t no_maximum = std::numeric_limits<std::uint64_t>::max();

struct string_rules {
  std::uint64_t min_length = 0;
  std::uint64_t max_length = no_maximum;
  index pattern = none;
  index format = none;
  bool code_points = false;  ///< lengths count these, not UTF-16 code units
};

struct array_rules {
  std::uint64_t min_items = 0;
  std::uint64_t max_items = no_maximum;
  span_of prefix;                               ///< in `program::links`
  index rest = any_node;                        ///< elements after the prefix
  keyword prefix_from = keyword::prefix_items;  ///< the keywords that say so
  keyword rest_from = keyword::items;
  index contains = none;
  std::uint64_t min_contains = 1;
  std::uint64_t max_contains = no_maximum;
  bool counts_matches = false;  ///< `minContains` was given
  bool unique = false;
  bool all_covered = false;  ///< a schema for all elements after the prefix was given
  bool tuple = false;        ///< a prefix and neither fewer nor more elements
};

struct property {
  index node = any_node;
  bool declared = false;  ///< named in `properties`; else only in `required`
  bool literal = false;   ///< its schema has `const` itself, not behind a reference
  bool required = false;
  index rank = none;  ///< position in `required`
};

struct pattern_property {
  index pattern = none;
  index node = any_node;
  bool own_default = false;  ///< its schema has `default` itself, not behind a reference
};

struct object_rules {
  std::uint64_t min_properties = 0;
  std::uint64_t max_properties = no_maximum;
  index names = none;  ///< in `program::tables`; parallel to `properties`
  span_of properties;  ///< in the schema's order
  index required = 0;  ///< how many of them are required
  span_of patterns;
  index additional = any_node;
  bool additional_is_schema = false;    ///< the keyword was a schema, not true or false
  bool additional_has_default = false;  ///< that schema has `default` itself
  bool has_additional = false;          ///< the keyword was given
  index unevaluated = none;             ///< a node when `unevaluatedProperties` was given
  bool unevaluated_is_schema = false;   ///< that keyword was a schema, not true or false
  bool sparse = false;  ///< nothing is said about names other than those in `properties`
};

/// A union of literals.
struct literal_set {
  name_table strings;
  std::vector<boost::json::value> others;
  std::vector<boost::json::value> all;  ///< in the schema's order
  bool from_any_of = false;
};

struct logic_rules {
  bool never = false;
  index constant = none;  ///< in `program::constants`
  index literals = none;
  index reference = none;
  span_of all_of;  ///< these three in `program::links`
  span_of any_of;
  span_of one_of;
  index negated = none;
};

/// Names that the presence of another makes required, or a schema that it brings to bear.
struct dependency {
  std::string name;
  std::vector<std::string> required;
  index node = none;
};

/// Rules that the module dialect does not have. A schema with any of them takes a longer way
/// through the checker.
struct standard_rules {
  index resource = none;  ///< entered with this schema; in `program::resources`
  /// What `$dynamicRef` means unless the dynamic scope binds `dynamic_name`.
  index dynamic_reference = none;
  index dynamic_name = none;
  index condition = none;  ///< `if`
  index consequence = none;
  index alternative = none;
  span_of dependencies;
  index property_names = none;
  index unevaluated_items = none;
  index unevaluated_properties = none;
};

/// One `$dynamicAnchor` of a schema resource.
struct dynamic_binding {
  index name = none;  ///< names are numbered from 0
  index node = none;
};

struct annotation {
  index default_value = none;           ///< in `program::constants`
  std::array<std::uint8_t, 7> order{};  ///< kinds of a `type` list as listed, 0 after the last
};

struct format_rule {
  std::string name;
  bool (*built_in)(std::string_view) = nullptr;
  format_check registered;

  [[nodiscard]] bool known() const noexcept { return built_in != nullptr || registered; }
  [[nodiscard]] bool accepts(std::string_view text) const {
    return built_in != nullptr ? built_in(text) : registered(text);
  }
};

/// A compiled schema: flat arrays that refer to one another by position. Never changes once
/// `compile` returned it.
struct program {
  std::vector<node> nodes;
  std::vector<number_rules> numbers;
  std::vector<string_rules> strings;
  std::vector<array_rules> arrays;
  std::vector<object_rules> objects;
  std::vector<logic_rules> logics;
  std::vector<standard_rules> standards;
  std::vector<annotation> annotations;
  std::vector<index> links;
  std::vector<property> properties;
  std::vector<pattern_property> pattern_properties;
  std::vector<name_table> tables;
  std::vector<pattern> patterns;
  std::vector<format_rule> formats;
  std::vector<literal_set> literal_sets;
  std::vector<boost::json::value> constants;
  std::vector<dependency> dependencies;
  std::vector<span_of> resources;  ///< the bindings of each, in `bindings`
  std::vector<dynamic_binding> bindings;
  index dynamic_names = 0;             ///< how many different ones there are
  std::vector<std::string> locations;  ///< of each node: a pointer, or a URI, `#` and a pointer
  enum dialect dialect = dialect::module;
  index root = any_node;
  std::uint64_t max_steps = 0;
};

}  // namespace quire::schema
