#include "checker.hpp"

#include <quire/messages/ids.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace quire::schema {
namespace {

namespace json = boost::json;

constexpr std::string_view too_complex = "too_complex";
// Messages quote literals and patterns of a schema, which may be long.
constexpr std::size_t max_shown = 256;

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
  return json::serialize(literal);
}

/// Walks a value as the checker does, but goes on after a failure and writes each down.
class collector {
 public:
  collector(const program& p, budget& left, std::vector<value_error>& found, std::size_t max_errors)
      : check_(p, left), p_(p), left_(left), found_(found), max_errors_(max_errors) {}

  void visit(index n, const json::value& v) {
    if (n == any_node || full() || left_.exhausted || !left_.spend(1)) return;
    const deeper level(left_);
    if (n == never_node) return add("never", "Never", v);
    const node& x = p_.nodes[n];
    const auto before = found_.size();
    if ((x.types & kind_of(v)) == 0) {
      // That another literal was expected says it all.
      if (!misses_literal(x, v)) wrong_kind(x, v);
    } else {
      switch (v.kind()) {
        case json::kind::int64:
        case json::kind::uint64:
        case json::kind::double_:
          if (x.number != none) number_errors(x, p_.numbers[x.number], v);
          break;
        case json::kind::string:
          if (x.string != none) string_errors(p_.strings[x.string], v);
          break;
        case json::kind::array:
          if (x.array != none) array_errors(p_.arrays[x.array], v);
          break;
        case json::kind::object:
          if (x.object != none) object_errors(p_.objects[x.object], v);
          break;
        default: break;
      }
    }
    if (x.logic != none) logic_errors(p_.logics[x.logic], v);
    if (v.is_object() && x.object != none && found_.size() == before) unevaluated_errors(n, v);
  }

 private:
  [[nodiscard]] bool misses_literal(const node& x, const json::value& v) {
    const auto constant = x.logic == none ? none : p_.logics[x.logic].constant;
    return constant != none && !check_.is_constant(constant, v);
  }

  [[nodiscard]] bool full() const { return found_.size() >= max_errors_; }

  void add(std::string_view code, std::string message, const json::value& v) {
    if (full()) return;
    found_.push_back({.code = std::string{code},
                      .path = path_,
                      .message = std::move(message),
                      .value = copy_of(v)});
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

  void wrong_kind(const node& x, const json::value& v) {
    if (x.several_types) return add("union", "Expected union value", v);
    switch (x.types) {
      case kinds::null: return add("null", "Expected null", v);
      case kinds::boolean: return add("boolean", "Expected boolean", v);
      case kinds::whole: return add("integer", "Expected integer", v);
      case kinds::number: return add("number", "Expected number", v);
      case kinds::string: return add("string", "Expected string", v);
      case kinds::array:
        if (x.array != none && p_.arrays[x.array].tuple) return add("tuple", "Expected tuple", v);
        return add("array", "Expected array", v);
      default: return add("object", "Expected object", v);
    }
  }

  void number_errors(const node& x, const number_rules& rules, const json::value& v) {
    using r = number_rules;
    const auto n = number::of(v);
    const std::string kind =
        x.types != kinds::all && (x.types & kinds::fraction) == 0 ? "integer" : "number";
    auto unless = [&](bool good, std::uint8_t bit, std::string_view rule, std::string_view text,
                      const number& bound) {
      if ((rules.has & bit) == 0 || good) return;
      add(kind + "_" + std::string{rule},
          "Expected " + kind + " to be " + std::string{text} + " " + to_text(bound), v);
    };
    unless(compare(n, rules.below) < 0, r::has_below, "exclusive_maximum", "less than",
           rules.below);
    unless(compare(n, rules.above) > 0, r::has_above, "exclusive_minimum", "greater than",
           rules.above);
    unless(compare(n, rules.maximum) <= 0, r::has_maximum, "maximum", "less or equal to",
           rules.maximum);
    unless(compare(n, rules.minimum) >= 0, r::has_minimum, "minimum", "greater or equal to",
           rules.minimum);
    unless(is_multiple(n, rules.divisor), r::has_divisor, "multiple_of", "a multiple of",
           rules.divisor);
  }

  void string_errors(const string_rules& rules, const json::value& v) {
    const std::string_view text = v.get_string();
    if (!length_at_least(text, rules.min_length)) {
      add("min_length",
          "Expected string length greater or equal to " + std::to_string(rules.min_length), v);
    }
    if (!length_at_most(text, rules.max_length)) {
      add("max_length",
          "Expected string length less or equal to " + std::to_string(rules.max_length), v);
    }
    if (rules.pattern != none && !check_.matches(rules.pattern, text)) {
      add("pattern", "Expected string to match '" + p_.patterns[rules.pattern].source() + "'", v);
    }
    if (rules.format == none) return;
    const auto& format = p_.formats[rules.format];
    if (!format.known()) {
      add("format_unknown", "Unknown format '" + format.name + "'", v);
    } else if (!format.accepts(text)) {
      add("format", "Expected string to match '" + format.name + "' format", v);
    }
  }

  void array_errors(const array_rules& rules, const json::value& v) {
    const auto& items = v.get_array();
    if (rules.tuple) {
      if (items.size() != rules.prefix.count) {
        return add("tuple_length",
                   "Expected tuple to have " + std::to_string(rules.prefix.count) + " elements", v);
      }
    } else if (items.size() < rules.min_items) {
      add("array_min_items",
          "Expected array length to be greater or equal to " + std::to_string(rules.min_items), v);
    }
    if (items.size() > rules.max_items) {
      add("array_max_items",
          "Expected array length to be less or equal to " + std::to_string(rules.max_items), v);
    }
    for (std::size_t i = 0; i < items.size() && !full(); ++i) {
      const auto n = i < rules.prefix.count ? p_.links[rules.prefix.first + i] : rules.rest;
      at(i, [&] { visit(n, items[i]); });
    }
    if (rules.unique && !check_.all_differ(items))
      add("array_unique", "Expected array elements to be unique", v);
    if (rules.contains == none) return;
    const auto count = check_.count_matches(rules.contains, items);
    if (count == 0)
      add("array_contains", "Expected array to contain at least one matching value", v);
    if (rules.counts_matches && count < rules.min_contains) {
      add("array_min_contains",
          "Expected array to contain at least " + std::to_string(rules.min_contains) +
              " matching values",
          v);
    }
    if (count > rules.max_contains) {
      add("array_max_contains",
          "Expected array to contain no more than " + std::to_string(rules.max_contains) +
              " matching values",
          v);
    }
  }

  void object_errors(const object_rules& rules, const json::value& v) {
    const auto& members = v.get_object();
    const auto& names = p_.tables[rules.names];
    if (members.size() < rules.min_properties) {
      add("object_min",
          "Expected object to have at least " + std::to_string(rules.min_properties) +
              " properties",
          v);
    }
    if (members.size() > rules.max_properties) {
      add("object_max",
          "Expected object to have no more than " + std::to_string(rules.max_properties) +
              " properties",
          v);
    }
    for (const auto i : missing(rules, members)) {
      at(std::string_view{names[i]},
         [&] { add("object_required", "Expected required property", nullptr); });
    }
    // A record tells of the names it knows first.
    const bool record = rules.properties.count == 0;
    if (record) pattern_errors(rules, members);
    for (const auto& member : members) {
      if (full()) return;
      if (names_member(rules, member.key())) continue;
      at(std::string_view{member.key()}, [&] {
        if (rules.additional == never_node && !rules.additional_is_schema) {
          add("object_additional", "Unexpected property", member.value());
        } else {
          visit(rules.additional, member.value());
        }
      });
    }
    for (index i = 0; i < rules.properties.count; ++i) {
      const auto* member = members.if_contains(names[i]);
      if (member == nullptr) continue;
      at(std::string_view{names[i]},
         [&] { visit(p_.properties[rules.properties.first + i].node, *member); });
    }
    if (!record) pattern_errors(rules, members);
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

  void pattern_errors(const object_rules& rules, const json::object& members) {
    for (auto i = rules.patterns.first; i < rules.patterns.end(); ++i) {
      const auto& rule = p_.pattern_properties[i];
      for (const auto& member : members) {
        if (full()) return;
        if (!check_.matches(rule.pattern, member.key())) continue;
        at(std::string_view{member.key()}, [&] { visit(rule.node, member.value()); });
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

  void logic_errors(const logic_rules& rules, const json::value& v) {
    if (rules.never) add("never", "Never", v);
    if (rules.constant != none && !check_.is_constant(rules.constant, v)) {
      add("literal", "Expected " + shown(p_.constants[rules.constant]), v);
    }
    if (rules.literals != none && !check_.is_one_of(p_.literal_sets[rules.literals], v)) {
      add("union", "Expected union value", v);
    }
    if (rules.reference != none) visit(rules.reference, v);
    const auto before = found_.size();
    for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i) visit(p_.links[i], v);
    if (found_.size() != before) add("intersect", "Expected all values to match", v);
    if (rules.any_of.count != 0 && !check_.has_some_match(rules.any_of, v))
      add("union", "Expected union value", v);
    if (rules.one_of.count != 0 && !check_.has_one_match(rules.one_of, v))
      add("union", "Expected union value", v);
    if (rules.negated != none && !check_.fails(rules.negated, v))
      add("not", "Value should not match", v);
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
          add("unevaluated", "Unexpected property", member.value());
        } else {
          visit(unevaluated, member.value());
        }
      });
    }
  }

  checker check_;
  const program& p_;
  budget& left_;
  std::vector<value_error>& found_;
  std::size_t max_errors_;
  std::string path_;
};

}  // namespace

std::vector<value_error> errors(const compiled_schema& schema, const json::value& value,
                                std::size_t max_errors) {
  std::vector<value_error> found;
  const auto* p = schema.get();
  if (p == nullptr) {
    found.push_back({.code = "never", .path = "", .message = "Never", .value = copy_of(value)});
    return found;
  }
  budget left{.steps = p->max_steps};
  if (checker(*p, left).passes(p->root, value) && !left.exhausted) return found;
  if (!left.exhausted) {
    left = {.steps = p->max_steps};
    collector(*p, left, found, std::max<std::size_t>(max_errors, 1)).visit(p->root, value);
  }
  if (left.exhausted) {
    // What was found after the end of the budget is not to be trusted; the one sure thing is that
    // it ended.
    found.clear();
    found.push_back({.code = std::string{too_complex},
                     .path = "",
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
