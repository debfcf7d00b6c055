#include "checker.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/value.hpp>


#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace quire::schema {
namespace {

namespace json = boost::json;

constexpr std::string_view too_complex = "too_complex";
// Errors copy the values they speak of, which may be the whole document each time.
constexpr std::size_t max_told_bytes = std::size_t{64} << 20U;
// Messages quote literals and patterns of a schema, which may be long.
constexpr std::size_t max_shown = 256;
// What one step pays for when the rules of a text read it.
constexpr std::size_t bytes_per_step = 8;

constexpr std::array<std::pair<std::string_view, int>, 40> numbers{{
    {"array_contains", 0},
    {"array_max_contains", 1},
    {"array_max_items", 2},
    {"array_min_contains", 3},
    {"array_min_items", 4},
    {"array_unique", 5},
    {"array", 6},
    {"boolean", 14},
    {"integer_exclusive_maximum", 22},
    {"integer_exclusive_minimum", 23},
    {"integer_maximum", 24},
    {"integer_minimum", 25},
    {"integer_multiple_of", 26},
    {"integer", 27},
    {"unevaluated", 28},
    {"intersect", 29},
    {"literal", 32},
    {"never", 33},
    {"not", 34},
    {"null", 35},
    {"number_exclusive_maximum", 36},
    {"number_exclusive_minimum", 37},
    {"number_maximum", 38},
    {"number_minimum", 39},
    {"number_multiple_of", 40},
    {"number", 41},
    {"object_additional", 42},
    {"object_max", 43},
    {"object_min", 44},
    {"object_required", 45},
    {"object", 46},
    {"format_unknown", 49},
    {"format", 50},
    {"max_length", 51},
    {"min_length", 52},
    {"pattern", 53},
    {"string", 54},
    {"tuple_length", 56},
    {"tuple", 57},
    {"union", 62},
}};

/// As the literal reads inside a message: text in quotes, numbers as JavaScript writes them.
std::string shown(const json::value& literal) {
  if (literal.is_string()) return "'" + std::string{std::string_view{literal.get_string()}} + "'";
  if (literal.is_number()) return to_text(number::of(literal));
  return json_text(literal);
}

/// Walks a value as the checker does, but goes on after a failure and writes each down.
class collector {
 public:
  collector(const program& p, budget& left, std::vector<value_error>& found, std::size_t max_errors)
      : check_(p, left), p_(p), left_(left), found_(found), max_errors_(max_errors) {}

  /// The keyword that leads to a schema, and where in it.
  struct origin {
    index node = none;
    keyword k = keyword::reference;
    std::string_view name{};
    std::size_t position = no_position;
  };

  void visit(index n, const json::value& v, const origin& from) {
    if (n == any_node || n == none || full() || left_.exhausted || !left_.spend(1)) return;
    const deeper level(left_);
    if (n == never_node) return add(place_of(from), "never", "Never", v);
    const node& x = p_.nodes[n];
    const auto* standard = x.standard == none ? nullptr : &p_.standards[x.standard];
    const dynamic_scope::inside inside(check_.scope(),
                                       standard == nullptr ? none : standard->resource);
    const auto before = found_.size();
    if ((x.types & kind_of(v)) == 0) {
      // That another literal was expected says it all.
      if (!misses_literal(x, v)) wrong_kind(n, v);
    } else {
      switch (v.kind()) {
        case json::kind::int64:
        case json::kind::uint64:
        case json::kind::double_:
          if (x.number != none) number_errors(n, v);
          break;
        case json::kind::string:
          if (x.string != none) string_errors(n, v);
          break;
        case json::kind::array:
          if (x.array != none) array_errors(n, v);
          break;
        case json::kind::object:
          if (x.object != none) object_errors(n, v);
          break;
        default: break;
      }
    }
    if (x.logic != none) logic_errors(n, v);
    if (standard != nullptr) standard_errors(n, *standard, v);
    if (found_.size() != before) return;
    if (v.is_object() && x.object != none) unevaluated_errors(n, v);
    if (standard != nullptr) unevaluated_errors(n, *standard, v);
  }

 private:
  [[nodiscard]] bool misses_literal(const node& x, const json::value& v) {
    const auto constant = x.logic == none ? none : p_.logics[x.logic].constant;
    return constant != none && !check_.is_constant(constant, v);
  }

  static constexpr std::size_t no_position = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] bool full() const {
    return found_.size() >= max_errors_ || told_bytes_ >= max_told_bytes;
  }

  /// About the memory that a copy of the value takes; not much more than `limit` is counted.
  static std::size_t size_of(const json::value& v, std::size_t limit) {
    std::size_t sum = sizeof(v);
    if (v.is_string()) {
      sum += v.get_string().size();
    } else if (v.is_array()) {
      for (auto i = v.get_array().begin(); i != v.get_array().end() && sum < limit; ++i)
        sum += size_of(*i, limit - sum);
    } else if (v.is_object()) {
      for (auto i = v.get_object().begin(); i != v.get_object().end() && sum < limit; ++i)
        sum += i->key().size() + size_of(i->value(), limit - std::min(limit, sum));
    }
    return sum;
  }

  [[nodiscard]] std::string place_of(index n, keyword k) const {
    auto place = n == none ? std::string{} : p_.locations[n];
    append_step(place, name_of(k));
    return place;
  }
  [[nodiscard]] std::string place_of(const origin& from) const {
    if (from.node == none) return "";
    auto place = place_of(from.node, from.k);
    if (from.position != no_position) {
      append_step(place, std::to_string(from.position));
    } else if (from.name.data() != nullptr) {
      append_step(place, from.name);
    }
    return place;
  }

  void add(std::string place, std::string_view code, std::string message, const json::value& v) {
    if (full()) return;
    told_bytes_ += path_.size() + place.size() + size_of(v, max_told_bytes);
    found_.push_back({.code = std::string{code},
                      .path = path_,
                      .schema_path = std::move(place),
                      .message = std::move(message),
                      .value = copy_of(v)});
  }
  void add(index n, keyword k, std::string_view code, std::string message, const json::value& v) {
    if (!full()) add(place_of(n, k), code, std::move(message), v);
  }

  /// Runs `f` one step further down.
  template <class Step, class F>
  void at(Step step, F&& f) {
    const auto length = path_.size();
    if constexpr (std::is_integral_v<Step>) {
      append_step(path_, std::to_string(step));
    } else {
      append_step(path_, step);
    }
    f();
    path_.resize(length);
  }

  void wrong_kind(index n, const json::value& v) {
    const node& x = p_.nodes[n];
    auto wrong = [&](std::string_view code, std::string message) {
      add(n, keyword::type, code, std::move(message), v);
    };
    if (x.several_types) return wrong("union", "Expected union value");
    switch (x.types) {
      case kinds::null: return wrong("null", "Expected null");
      case kinds::boolean: return wrong("boolean", "Expected boolean");
      case kinds::whole: return wrong("integer", "Expected integer");
      case kinds::number: return wrong("number", "Expected number");
      case kinds::string: return wrong("string", "Expected string");
      case kinds::array:
        if (x.array != none && p_.arrays[x.array].tuple) return wrong("tuple", "Expected tuple");
        return wrong("array", "Expected array");
      default: return wrong("object", "Expected object");
    }
  }

  void number_errors(index at, const json::value& v) {
    using r = number_rules;
    const node& x = p_.nodes[at];
    const auto& rules = p_.numbers[x.number];
    const auto n = number::of(v);
    const std::string kind =
        x.types != kinds::all && (x.types & kinds::fraction) == 0 ? "integer" : "number";
    auto unless = [&](bool good, std::uint8_t bit, keyword k, std::string_view rule,
                      std::string_view text, const number& bound) {
      if ((rules.has & bit) == 0 || good) return;
      add(at, k, kind + "_" + std::string{rule},
          "Expected " + kind + " to be " + std::string{text} + " " + to_text(bound), v);
    };
    unless(compare(n, rules.below) < 0, r::has_below, keyword::exclusive_maximum,
           "exclusive_maximum", "less than", rules.below);
    unless(compare(n, rules.above) > 0, r::has_above, keyword::exclusive_minimum,
           "exclusive_minimum", "greater than", rules.above);
    unless(compare(n, rules.maximum) <= 0, r::has_maximum, keyword::maximum, "maximum",
           "less or equal to", rules.maximum);
    unless(compare(n, rules.minimum) >= 0, r::has_minimum, keyword::minimum, "minimum",
           "greater or equal to", rules.minimum);
    unless(divides(rules, n), r::has_divisor, keyword::multiple_of, "multiple_of", "a multiple of",
           rules.divisor);
  }

  void string_errors(index n, const json::value& v) {
    const auto& rules = p_.strings[p_.nodes[n].string];
    const std::string_view text = v.get_string();
    if (!left_.spend(text.size() / bytes_per_step)) return;
    if (!long_enough(text, rules)) {
      add(n, keyword::min_length, "min_length",
          "Expected string length greater or equal to " + std::to_string(rules.min_length), v);
    }
    if (!short_enough(text, rules)) {
      add(n, keyword::max_length, "max_length",
          "Expected string length less or equal to " + std::to_string(rules.max_length), v);
    }
    if (rules.pattern != none && !check_.matches(rules.pattern, text)) {
      add(n, keyword::pattern, "pattern",
          "Expected string to match '" + p_.patterns[rules.pattern].source() + "'", v);
    }
    if (rules.format == none) return;
    const auto& format = p_.formats[rules.format];
    if (!format.known()) {
      add(n, keyword::format, "format_unknown", "Unknown format '" + format.name + "'", v);
    } else if (!format.accepts(text)) {
      add(n, keyword::format, "format", "Expected string to match '" + format.name + "' format", v);
    }
  }

  void array_errors(index n, const json::value& v) {
    const auto& rules = p_.arrays[p_.nodes[n].array];
    const auto& items = v.get_array();
    if (rules.tuple) {
      if (items.size() != rules.prefix.count) {
        return add(n, items.size() < rules.prefix.count ? keyword::min_items : keyword::max_items,
                   "tuple_length",
                   "Expected tuple to have " + std::to_string(rules.prefix.count) + " elements", v);
      }
    } else if (items.size() < rules.min_items) {
      add(n, keyword::min_items, "array_min_items",
          "Expected array length to be greater or equal to " + std::to_string(rules.min_items), v);
    }
    if (items.size() > rules.max_items) {
      add(n, keyword::max_items, "array_max_items",
          "Expected array length to be less or equal to " + std::to_string(rules.max_items), v);
    }
    for (std::size_t i = 0; i < items.size() && !full(); ++i) {
      const bool early = i < rules.prefix.count;
      const auto item = early ? p_.links[rules.prefix.first + i] : rules.rest;
      const origin from{.node = n,
                        .k = early ? rules.prefix_from : rules.rest_from,
                        .position = early ? i : no_position};
      at(i, [&] { visit(item, items[i], from); });
    }
    if (rules.unique && !check_.all_differ(items))
      add(n, keyword::unique_items, "array_unique", "Expected array elements to be unique", v);
    if (rules.contains == none) return;
    const auto count = check_.count_matches(rules.contains, items);
    if (count == 0 && rules.min_contains != 0)
      add(n, keyword::contains, "array_contains",
          "Expected array to contain at least one matching value", v);
    if (rules.counts_matches && count < rules.min_contains) {
      add(n, keyword::min_contains, "array_min_contains",
          "Expected array to contain at least " + std::to_string(rules.min_contains) +
              " matching values",
          v);
    }
    if (count > rules.max_contains) {
      add(n, keyword::max_contains, "array_max_contains",
          "Expected array to contain no more than " + std::to_string(rules.max_contains) +
              " matching values",
          v);
    }
  }

  void object_errors(index n, const json::value& v) {
    const auto& rules = p_.objects[p_.nodes[n].object];
    const auto& members = v.get_object();
    const auto& names = p_.tables[rules.names];
    if (members.size() < rules.min_properties) {
      add(n, keyword::min_properties, "object_min",
          "Expected object to have at least " + std::to_string(rules.min_properties) +
              " properties",
          v);
    }
    if (members.size() > rules.max_properties) {
      add(n, keyword::max_properties, "object_max",
          "Expected object to have no more than " + std::to_string(rules.max_properties) +
              " properties",
          v);
    }
    for (const auto i : missing(rules, members)) {
      at(std::string_view{names[i]}, [&] {
        add(n, keyword::required, "object_required", "Expected required property", nullptr);
      });
    }
    // A record tells of the names it knows first.
    const bool record = rules.properties.count == 0;
    if (record) pattern_errors(n, members);
    for (const auto& member : members) {
      if (full()) return;
      if (names_member(rules, member.key())) continue;
      at(std::string_view{member.key()}, [&] {
        if (rules.additional == never_node && !rules.additional_is_schema) {
          add(n, keyword::additional_properties, "object_additional", "Unexpected property",
              member.value());
        } else {
          visit(rules.additional, member.value(), {.node = n, .k = keyword::additional_properties});
        }
      });
    }
    for (index i = 0; i < rules.properties.count; ++i) {
      const auto* member = members.if_contains(names[i]);
      if (member == nullptr) continue;
      at(std::string_view{names[i]}, [&] {
        visit(p_.properties[rules.properties.first + i].node, *member,
              {.node = n, .k = keyword::properties, .name = names[i]});
      });
    }
    if (!record) pattern_errors(n, members);
  }

  /// Positions of required properties that are not there, as `required` lists them.
  [[nodiscard]] std::vector<index> missing(const object_rules& rules, const json::object& members) {
    const auto& names = p_.tables[rules.names];
    auto rank = [&](index i) { return p_.properties[rules.properties.first + i].rank; };
    std::vector<index> found;
    for (index i = 0; i < rules.properties.count; ++i) {
      if (rank(i) != none && !members.contains(names[i])) found.push_back(i);
    }
    std::sort(found.begin(), found.end(), [&](index a, index b) { return rank(a) < rank(b); });
    return found;
  }

  void pattern_errors(index n, const json::object& members) {
    const auto& rules = p_.objects[p_.nodes[n].object];
    for (auto i = rules.patterns.first; i < rules.patterns.end(); ++i) {
      const auto& rule = p_.pattern_properties[i];
      for (const auto& member : members) {
        if (full()) return;
        if (!check_.matches(rule.pattern, member.key())) continue;
        at(std::string_view{member.key()}, [&] {
          visit(rule.node, member.value(),
                {.node = n,
                 .k = keyword::pattern_properties,
                 .name = p_.patterns[rule.pattern].source()});
        });
      }
    }
  }

  /// Is the member named by `properties` or `patternProperties`?
  bool names_member(const object_rules& rules, std::string_view name) {
    const auto position = p_.tables[rules.names].find(name);
    if (position != name_table::npos && p_.properties[rules.properties.first + position].declared)
      return true;
    for (auto i = rules.patterns.first; i < rules.patterns.end(); ++i) {
      if (check_.matches(p_.pattern_properties[i].pattern, name)) return true;
    }
    return false;
  }

  void logic_errors(index n, const json::value& v) {
    const auto& rules = p_.logics[p_.nodes[n].logic];
    if (rules.never) add(n, keyword::negation, "never", "Never", v);
    if (rules.constant != none && !check_.is_constant(rules.constant, v)) {
      add(n, keyword::constant, "literal", "Expected " + shown(p_.constants[rules.constant]), v);
    }
    if (rules.literals != none && !check_.is_one_of(p_.literal_sets[rules.literals], v)) {
      const bool any_of = p_.literal_sets[rules.literals].from_any_of;
      add(n, any_of ? keyword::any_of : keyword::enumeration, "union", "Expected union value", v);
    }
    if (rules.reference != none) visit(rules.reference, v, {.node = n, .k = keyword::reference});
    const auto before = found_.size();
    for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i)
      visit(p_.links[i], v, {.node = n, .k = keyword::all_of, .position = i - rules.all_of.first});
    if (found_.size() != before)
      add(n, keyword::all_of, "intersect", "Expected all values to match", v);
    if (rules.any_of.count != 0 && !check_.has_some_match(rules.any_of, v))
      add(n, keyword::any_of, "union", "Expected union value", v);
    if (rules.one_of.count != 0 && !check_.has_one_match(rules.one_of, v))
      add(n, keyword::one_of, "union", "Expected union value", v);
    if (rules.negated != none && !check_.fails(rules.negated, v))
      add(n, keyword::negation, "not", "Value should not match", v);
  }

  void unevaluated_errors(index n, const json::value& v) {
    const auto& rules = p_.objects[p_.nodes[n].object];
    const auto unevaluated = rules.unevaluated;
    if (unevaluated == none) return;
    for (const auto& member : v.get_object()) {
      if (full()) return;
      if (check_.is_named(n, v, member.key())) continue;
      at(std::string_view{member.key()}, [&] {
        if (unevaluated == never_node && !rules.unevaluated_is_schema) {
          add(n, keyword::unevaluated_properties, "unevaluated", "Unexpected property",
              member.value());
        } else {
          visit(unevaluated, member.value(), {.node = n, .k = keyword::unevaluated_properties});
        }
      });
    }
  }

  void standard_errors(index n, const standard_rules& rules, const json::value& v) {
    if (const auto* members = v.if_object()) member_errors(n, rules, *members, v);
    if (rules.condition != none) {
      const bool fits = check_.passes(rules.condition, v);
      if (left_.exhausted) return;
      visit(fits ? rules.consequence : rules.alternative, v,
            {.node = n, .k = fits ? keyword::if_then : keyword::if_else});
    }
    visit(check_.scope().target(rules), v, {.node = n, .k = keyword::dynamic_reference});
  }

  void member_errors(index n, const standard_rules& rules, const json::object& members,
                     const json::value& v) {
    for (const auto& member : members) {
      if (full() || rules.property_names == none) break;
      if (check_.name_passes(rules.property_names, member.key())) continue;
      at(std::string_view{member.key()}, [&] {
        add(n, keyword::property_names, "property_name", "Expected property name to match",
            json::value(member.key()));
      });
    }
    for (auto i = rules.dependencies.first; i < rules.dependencies.end(); ++i) {
      const auto& rule = p_.dependencies[i];
      if (full() || !members.contains(rule.name)) continue;
      for (const auto& name : rule.required) {
        if (members.contains(name)) continue;
        at(std::string_view{name}, [&] {
          auto place = place_of({.node = n, .k = keyword::dependent_required, .name = rule.name});
          add(std::move(place), "dependent_required",
              "Expected property beside '" + printable(rule.name, max_shown) + "'", nullptr);
        });
      }
      visit(rule.node, v, {.node = n, .k = keyword::dependent_schemas, .name = rule.name});
    }
  }

  void unevaluated_errors(index n, const standard_rules& rules, const json::value& v) {
    const bool items = v.is_array() && rules.unevaluated_items != none;
    const bool properties = v.is_object() && rules.unevaluated_properties != none;
    if (!items && !properties) return;
    evaluated seen(v);
    if (!left_.spend(seen.size()) || !check_.evaluates(n, v, seen)) return;
    auto judge = [&](index unevaluated, keyword k, const json::value& child) {
      if (unevaluated == never_node) {
        add(n, k, items ? "unevaluated_items" : "unevaluated",
            items ? "Unexpected element" : "Unexpected property", child);
      } else {
        visit(unevaluated, child, {.node = n, .k = k});
      }
    };
    std::size_t position = 0;
    if (items) {
      for (const auto& item : v.get_array()) {
        const auto here = position++;
        if (full() || seen.has(here)) continue;
        at(here, [&] { judge(rules.unevaluated_items, keyword::unevaluated_items, item); });
      }
      return;
    }
    for (const auto& member : v.get_object()) {
      if (full() || seen.has(position++)) continue;
      at(std::string_view{member.key()}, [&] {
        judge(rules.unevaluated_properties, keyword::unevaluated_properties, member.value());
      });
    }
  }

  checker check_;
  const program& p_;
  budget& left_;
  std::vector<value_error>& found_;
  std::size_t max_errors_;
  std::size_t told_bytes_ = 0;
  std::string path_;
};

}  // namespace

std::vector<value_error> errors(const compiled_schema& schema, const json::value& value,
                                std::size_t max_errors) {
  std::vector<value_error> found;
  const auto* p = schema.get();
  if (p == nullptr) {
    found.push_back({.code = "never",
                     .path = "",
                     .schema_path = "",
                     .message = "Never",
                     .value = copy_of(value)});
    return found;
  }
  budget left{.steps = p->max_steps};
  if (checker(*p, left).passes(p->root, value) && !left.exhausted) return found;
  if (!left.exhausted) {
    left = {.steps = p->max_steps};
    collector(*p, left, found, std::max<std::size_t>(max_errors, 1)).visit(p->root, value, {});
  }
  if (left.exhausted) {
    // What was found after the end of the budget is not to be trusted; the one sure thing is that
    // it ended.
    found.clear();
    found.push_back({.code = std::string{too_complex},
                     .path = "",
                     .schema_path = "",
                     .message = "Checking this value takes more than the allowed number of steps",
                     .value = nullptr});
  }
  return found;
}

int error_number(std::string_view code) noexcept {
  const auto known =
      std::find_if(numbers.begin(), numbers.end(), [&](const auto& x) { return x.first == code; });
  return known == numbers.end() ? -1 : known->second;
}

json::array errors_to_json(const std::vector<value_error>& found) {
  json::array out;
  for (const auto& e : found) {
    out.push_back({{"type", error_number(e.code)},
                   {"code", e.code},
                   {"path", e.path},
                   {"schemaPath", e.schema_path},
                   {"message", e.message},
                   {"value", e.value}});
  }
  return out;
}

error validation_error(const std::vector<value_error>& found, std::string context) {
  error e = fail(errc::validation_failed, std::move(context));
  for (const auto& x : found)
    e.details.push_back(
        {.code = x.code, .pointer = x.path, .message = printable(x.message, max_shown)});
  return e;
}

}  // namespace quire::schema
