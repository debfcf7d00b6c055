#include "compiler.hpp"
#include "formats.hpp"

#include <quire/messages/ids.hpp>

#include <boost/json/array.hpp>

#include <algorithm>

namespace quire::schema {

std::uint8_t kind_from(std::string_view name) {
  if (name == "string") return kinds::string;
  if (name == "object") return kinds::object;
  if (name == "array") return kinds::array;
  if (name == "integer") return kinds::whole;
  if (name == "number") return kinds::number;
  if (name == "boolean") return kinds::boolean;
  if (name == "null") return kinds::null;
  return 0;
}

bool compiler::read_type(const job& at, const keyword_values& given, node& made) {
  const auto* type = given[keyword::type];
  if (type == nullptr) return true;
  constexpr std::string_view expected =
      "one of string, object, array, integer, number, boolean, null, or a list of different ones";
  if (type->is_string()) {
    made.types = kind_from(type->get_string());
    return made.types != 0 || refuse_value(at, keyword::type, expected);
  }
  if (!type->is_array() || type->get_array().empty())
    return refuse_value(at, keyword::type, expected);
  made.types = 0;
  std::vector<std::string_view> seen;
  for (const auto& item : type->get_array()) {
    const auto kind = item.is_string() ? kind_from(item.get_string()) : std::uint8_t{0};
    if (kind == 0) return refuse_value(at, keyword::type, expected);
    if (std::find(seen.begin(), seen.end(), item.get_string()) != seen.end()) {
      return refuse_value(at, keyword::type, expected);
    }
    seen.push_back(item.get_string());
    made.types |= kind;
  }
  made.several_types = seen.size() > 1;
  return true;
}

bool compiler::read_bound(const job& at, const keyword_values& given, keyword k,
                          number_rules& rules, std::uint8_t bit, number& bound) {
  const auto* v = given[k];
  if (v == nullptr) return true;
  if (!v->is_number()) return refuse_value(at, k, "a number");
  bound = number::of(*v);
  rules.has |= bit;
  return true;
}

bool compiler::read_number(const job& at, const keyword_values& given, node& made) {
  number_rules rules;
  const bool good =
      read_bound(at, given, keyword::minimum, rules, number_rules::has_minimum, rules.minimum) &&
      read_bound(at, given, keyword::maximum, rules, number_rules::has_maximum, rules.maximum) &&
      read_bound(at, given, keyword::exclusive_minimum, rules, number_rules::has_above,
                 rules.above) &&
      read_bound(at, given, keyword::exclusive_maximum, rules, number_rules::has_below,
                 rules.below) &&
      read_bound(at, given, keyword::multiple_of, rules, number_rules::has_divisor, rules.divisor);
  if (!good) return false;
  if ((rules.has & number_rules::has_divisor) != 0 && compare(rules.divisor, number{}) <= 0) {
    return refuse_value(at, keyword::multiple_of, "above 0");
  }
  rules.decimal = standard();
  if (rules.has != 0) made.number = add(made_->numbers, rules);
  return true;
}

bool compiler::read_count(const job& at, const keyword_values& given, keyword k,
                          std::uint64_t& count, bool& any) {
  const auto* v = given[k];
  if (v == nullptr) return true;
  const auto n = number::of(*v);
  if (!v->is_number() || n.kind != number::form::natural)
    return refuse_value(at, k, "a whole number, 0 or more");
  count = n.natural;
  any = true;
  return true;
}

/// @param refused  set to the reason when it answers false.
bool compiler::read_pattern(std::string_view source, index& position, std::string& refused) {
  if (const auto known = patterns_.find(source); known != patterns_.end()) {
    position = known->second;
    return true;
  }
  if (source.size() > options_.limits.max_pattern_bytes) {
    refused = "a pattern may have at most " + std::to_string(options_.limits.max_pattern_bytes) +
              " bytes";
    return false;
  }
  auto compiled = pattern::compile(source);
  if (!compiled) {
    refused = std::move(compiled).error().context;
    return false;
  }
  position = add(made_->patterns, std::move(*compiled));
  patterns_.emplace(std::string{source}, position);
  return true;
}

index compiler::asserted_format(const job& at, std::string_view name) {
  if (!standard()) return find_format(name);
  // The standard makes formats annotations unless someone asks for more, and lets those pass that
  // are not known.
  if (!options_.assert_formats && (groups(at) & vocabularies::format_assertion) == 0) return none;
  const auto found = find_format(name);
  return made_->formats[found].known() ? found : none;
}

index compiler::find_format(std::string_view name) {
  auto& formats = made_->formats;
  const auto known =
      std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return f.name == name; });
  if (known != formats.end()) return static_cast<index>(known - formats.begin());
  format_rule rule{.name = std::string{name}, .built_in = nullptr, .registered = {}};
  if (const auto own = options_.formats.find(name); own != options_.formats.end()) {
    rule.registered = own->second;
  } else {
    rule.built_in = built_in_format(name, options_.dialect);
  }
  return add(formats, std::move(rule));
}

bool compiler::read_string(const job& at, const keyword_values& given, node& made) {
  string_rules rules;
  bool any = false;
  if (!read_count(at, given, keyword::min_length, rules.min_length, any) ||
      !read_count(at, given, keyword::max_length, rules.max_length, any)) {
    return false;
  }
  if (const auto* v = given[keyword::pattern]; v != nullptr) {
    if (!v->is_string()) return refuse_value(at, keyword::pattern, "a string");
    if (std::string why; !read_pattern(v->get_string(), rules.pattern, why))
      return refuse(step(at.pointer, "pattern"), "pattern", std::move(why));
    any = true;
  }
  if (const auto* v = given[keyword::format]; v != nullptr) {
    if (!v->is_string()) return refuse_value(at, keyword::format, "a string");
    rules.format = asserted_format(at, v->get_string());
    any = any || rules.format != none;
  }
  rules.code_points = standard();
  if (any) made.string = add(made_->strings, rules);
  return true;
}

}  // namespace quire::schema
