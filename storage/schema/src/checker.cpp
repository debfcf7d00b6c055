#include "checker.hpp"

#include <quire/schema/check.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace quire::schema {
namespace {

namespace json = boost::json;

constexpr std::size_t names_per_step = 4;  // looked up
constexpr std::size_t format_bytes_per_step = 8;
constexpr std::uint64_t steps_to_sort = 4;     // one element
constexpr std::size_t pairs_at_most = 16;      // elements compared each with each
constexpr std::size_t on_stack_at_most = 256;  // elements whose hashes fit on the stack

}  // namespace

bool long_enough(std::string_view text, const string_rules& rules) noexcept {
  // A unit takes one to three bytes, a code point one to four.
  const auto min = rules.min_length;
  if (text.size() < min) return false;
  if (text.size() / 4 >= min) return true;
  return (rules.code_points ? code_point_length(text) : utf16_length(text)) >= min;
}

bool short_enough(std::string_view text, const string_rules& rules) noexcept {
  const auto max = rules.max_length;
  if (text.size() <= max) return true;
  if (text.size() / 4 > max) return false;
  return (rules.code_points ? code_point_length(text) : utf16_length(text)) <= max;
}

bool divides(const number_rules& rules, const number& n) noexcept {
  return rules.decimal ? is_decimal_multiple(n, rules.divisor) : is_multiple(n, rules.divisor);
}

inline bool checker::child_passes(index n, const json::value& v) {
  const node& x = p_.nodes[n];
  return x.only_types ? left_.spend(1) && (x.types & kind_of(v)) != 0 : passes(n, v);
}

bool checker::passes(index n, const json::value& v) { return apply(n, v, unasked{}); }

template <class Seen>
bool checker::apply(index n, const json::value& v, Seen seen) {
  if (left_.exhausted || !left_.spend(1)) return false;
  return p_.nodes[n].standard == none ? own_rules_pass(n, v, seen) : apply_standard(n, v, seen);
}

/// Everything but the rules that only the standard has.
template <class Seen>
bool checker::own_rules_pass(index n, const json::value& v, Seen seen) {
  const node& x = p_.nodes[n];
  switch (v.kind()) {
    case json::kind::null:
      if ((x.types & kinds::null) == 0) return false;
      break;
    case json::kind::bool_:
      if ((x.types & kinds::boolean) == 0) return false;
      break;
    case json::kind::int64:
    case json::kind::uint64:
      if ((x.types & kinds::whole) == 0) return false;
      if (x.number != none && !number_passes(p_.numbers[x.number], number::of(v))) return false;
      break;
    case json::kind::double_: {
      const auto value = number::of(v.get_double());
      if ((x.types & (value.whole() ? kinds::whole : kinds::fraction)) == 0) return false;
      if (x.number != none && !number_passes(p_.numbers[x.number], value)) return false;
      break;
    }
    case json::kind::string:
      if ((x.types & kinds::string) == 0) return false;
      if (x.string != none && !string_passes(p_.strings[x.string], v.get_string())) return false;
      break;
    case json::kind::array:
      if ((x.types & kinds::array) == 0) return false;
      if (x.array != none && !array_passes(p_.arrays[x.array], v.get_array(), seen)) return false;
      break;
    case json::kind::object:
      if ((x.types & kinds::object) == 0) return false;
      if (x.object != none && !object_passes(n, v, seen)) return false;
      break;
  }
  return x.logic == none || logic_passes(p_.logics[x.logic], v, seen);
}

bool checker::number_passes(const number_rules& rules, const number& n) const noexcept {
  using r = number_rules;
  return ((rules.has & r::has_minimum) == 0 || compare(n, rules.minimum) >= 0) &&
         ((rules.has & r::has_maximum) == 0 || compare(n, rules.maximum) <= 0) &&
         ((rules.has & r::has_above) == 0 || compare(n, rules.above) > 0) &&
         ((rules.has & r::has_below) == 0 || compare(n, rules.below) < 0) &&
         ((rules.has & r::has_divisor) == 0 || divides(rules, n));
}

bool checker::string_passes(const string_rules& rules, std::string_view text) {
  if (!left_.spend(reading(text.size()))) return false;
  if (rules.min_length != 0 && !long_enough(text, rules)) return false;
  if (rules.max_length != no_maximum && !short_enough(text, rules)) return false;
  if (rules.pattern != none && !matches(rules.pattern, text)) return false;
  if (rules.format == none) return true;
  const auto& format = p_.formats[rules.format];
  return format.known() && left_.spend(text.size() / format_bytes_per_step) && format.accepts(text);
}

template <class Seen>
bool checker::array_passes(const array_rules& rules, const json::array& items, Seen seen) {
  if (items.size() < rules.min_items || items.size() > rules.max_items) return false;
  const deeper level(left_);
  const auto prefix = std::min<std::size_t>(rules.prefix.count, items.size());
  for (std::size_t i = 0; i < prefix; ++i) {
    const auto n = p_.links[rules.prefix.first + i];
    if (n != any_node && !passes(n, items[i])) return false;
  }
  if (rules.rest != any_node) {
    for (std::size_t i = prefix; i < items.size(); ++i) {
      if (!child_passes(rules.rest, items[i])) return false;
    }
  }
  if (rules.unique && !all_differ(items)) return false;
  if constexpr (!std::is_same_v<Seen, unasked>) {
    if (rules.all_covered) {
      seen->add_from(0);
    } else {
      for (std::size_t i = 0; i < prefix; ++i) seen->add(i);
    }
  }
  if (rules.contains == none) return true;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!passes(rules.contains, items[i])) continue;
    ++count;
    if constexpr (!std::is_same_v<Seen, unasked>) seen->add(i);
  }
  return !exhausted() && count >= rules.min_contains && count <= rules.max_contains;
}

template <class Seen>
bool checker::object_passes(index n, const json::value& v, Seen seen) {
  const auto& rules = p_.objects[p_.nodes[n].object];
  const auto& members = v.get_object();
  if (members.size() < std::max<std::uint64_t>(rules.min_properties, rules.required) ||
      members.size() > rules.max_properties) {
    return false;
  }
  const deeper level(left_);
  const bool few = std::is_same_v<Seen, unasked> && rules.sparse &&
                   members.size() > std::size_t{4} * rules.properties.count;
  if (!left_.spend((few ? rules.properties.count : members.size()) / names_per_step)) return false;
  if (few ? !declared_pass(rules, members) : !members_pass(rules, members, seen)) return false;
  if (rules.unevaluated == none || rules.unevaluated == any_node) return true;
  for (const auto& member : members) {
    if (!is_named(n, v, member.key()) && !passes(rules.unevaluated, member.value())) return false;
  }
  return true;
}

/// All members, each looked up in the schema.
template <class Seen>
bool checker::members_pass(const object_rules& rules, const json::object& members, Seen seen) {
  const auto& names = p_.tables[rules.names];
  index expected = 0;  // most writers keep the order of the schema
  index required = 0;
  for (const auto& member : members) {
    const std::string_view name = member.key();
    const auto position = names.find(name, expected);
    bool named = false;
    if (position != name_table::npos) {
      expected = position + 1;
      const auto& known = p_.properties[rules.properties.first + position];
      if (known.node != any_node && !child_passes(known.node, member.value())) return false;
      required += static_cast<index>(known.required);
      named = known.declared;
    }
    for (auto i = rules.patterns.first; i < rules.patterns.end(); ++i) {
      const auto& rule = p_.pattern_properties[i];
      if (!matches(rule.pattern, name)) continue;
      named = true;
      if (rule.node != any_node && !child_passes(rule.node, member.value())) return false;
    }
    if (!named && rules.additional != any_node && !child_passes(rules.additional, member.value()))
      return false;
    if constexpr (!std::is_same_v<Seen, unasked>) {
      if (named || rules.has_additional)
        seen->add(static_cast<std::size_t>(&member - members.begin()));
    }
  }
  return required == rules.required && !exhausted();
}

/// Only what the schema declares, each looked up in an object that has much more.
bool checker::declared_pass(const object_rules& rules, const json::object& members) {
  const auto& names = p_.tables[rules.names];
  for (index i = 0; i < rules.properties.count; ++i) {
    const auto& known = p_.properties[rules.properties.first + i];
    if (known.node == any_node && !known.required) continue;
    const auto* member = members.if_contains(names[i]);
    if (member == nullptr) {
      if (known.required) return false;
    } else if (known.node != any_node && !child_passes(known.node, *member)) {
      return false;
    }
  }
  return true;
}

bool checker::is_named(index n, const json::value& object, std::string_view name) {
  if (!left_.spend(1)) return false;
  const node& x = p_.nodes[n];
  if (x.object != none) {
    const auto& rules = p_.objects[x.object];
    if (rules.has_additional) return true;
    const auto position = p_.tables[rules.names].find(name);
    if (position != name_table::npos && p_.properties[rules.properties.first + position].declared)
      return true;
    for (auto i = rules.patterns.first; i < rules.patterns.end(); ++i) {
      if (matches(p_.pattern_properties[i].pattern, name)) return true;
    }
  }
  if (x.logic == none) return false;
  const auto& rules = p_.logics[x.logic];
  if (rules.reference != none && names(rules.reference, object, name)) return true;
  for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i) {
    if (names(p_.links[i], object, name)) return true;
  }
  for (const auto& list : {rules.any_of, rules.one_of}) {
    for (auto i = list.first; i < list.end(); ++i) {
      if (names(p_.links[i], object, name) && passes(p_.links[i], object)) return true;
    }
  }
  return false;
}

bool checker::names(index n, const json::value& object, std::string_view name) {
  const auto rules = p_.nodes[n].object;
  return (rules != none && p_.objects[rules].unevaluated != none) || is_named(n, object, name);
}

template <class Seen>
bool checker::logic_passes(const logic_rules& rules, const json::value& v, Seen seen) {
  if (rules.never) return false;
  if (rules.constant != none && !is_constant(rules.constant, v)) return false;
  if (rules.literals != none && !is_one_of(p_.literal_sets[rules.literals], v)) return false;
  if (rules.reference == none && rules.all_of.count == 0 && rules.any_of.count == 0 &&
      rules.one_of.count == 0 && rules.negated == none) {
    return true;
  }
  const deeper level(left_);
  if (rules.reference != none && !apply(rules.reference, v, seen)) return false;
  for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i) {
    if (!apply(p_.links[i], v, seen)) return false;
  }
  if constexpr (std::is_same_v<Seen, unasked>) {
    if (rules.any_of.count != 0 && !has_some_match(rules.any_of, v)) return false;
    if (rules.one_of.count != 0 && !has_one_match(rules.one_of, v)) return false;
  } else {
    // Each member that fits has something to say about the children.
    index count = 0;
    for (auto i = rules.any_of.first; i < rules.any_of.end(); ++i)
      count += static_cast<index>(try_apply(p_.links[i], v, seen));
    if (rules.any_of.count != 0 && count == 0) return false;
    count = 0;
    for (auto i = rules.one_of.first; i < rules.one_of.end(); ++i)
      count += static_cast<index>(try_apply(p_.links[i], v, seen));
    if (rules.one_of.count != 0 && count != 1) return false;
  }
  return rules.negated == none || fails(rules.negated, v);
}

bool checker::is_constant(index constant, const json::value& v) {
  return equal_within(left_, p_.constants[constant], v);
}

bool checker::is_one_of(const literal_set& set, const json::value& v) {
  if (v.is_string()) {
    return left_.spend(reading(v.get_string().size())) &&
           set.strings.find(v.get_string()) != name_table::npos;
  }
  return std::any_of(set.others.begin(), set.others.end(),
                     [&](const auto& x) { return equal_within(left_, x, v); });
}

bool checker::has_some_match(span_of list, const json::value& v) {
  for (auto i = list.first; i < list.end(); ++i) {
    if (passes(p_.links[i], v)) return true;
  }
  return false;
}

bool checker::has_one_match(span_of list, const json::value& v) {
  std::uint32_t count = 0;
  for (auto i = list.first; i < list.end() && count < 2; ++i)
    count += static_cast<std::uint32_t>(passes(p_.links[i], v));
  return count == 1 && !exhausted();
}

bool checker::fails(index n, const json::value& v) { return !passes(n, v) && !exhausted(); }

std::uint64_t checker::count_matches(index n, const json::array& items) {
  std::uint64_t count = 0;
  for (const auto& item : items) count += static_cast<std::uint64_t>(passes(n, item));
  return count;
}

bool checker::all_differ(const json::array& items) {
  if (items.size() <= pairs_at_most) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (equal_within(left_, items[i], items[j])) return false;
      }
    }
    return !exhausted();
  }
  // By hash, and each with each only where hashes are equal.
  if (!left_.spend(steps_to_sort * items.size())) return false;
  using entry = std::pair<std::uint64_t, const json::value*>;
  std::array<entry, on_stack_at_most> near;
  std::vector<entry> far;
  if (items.size() > near.size()) far.resize(items.size());
  entry* const first = far.empty() ? near.data() : far.data();
  entry* const last = std::transform(items.begin(), items.end(), first, [this](const auto& v) {
    return entry{hash_of(left_, v), &v};
  });
  if (exhausted()) return false;
  std::sort(first, last, [](const entry& a, const entry& b) { return a.first < b.first; });
  for (auto* a = first; a != last; ++a) {
    for (auto* b = a + 1; b != last && b->first == a->first; ++b) {
      if (equal_within(left_, *a->second, *b->second)) return false;
    }
  }
  return !exhausted();
}

template <class Seen>
bool checker::try_apply(index n, const json::value& v, Seen seen) {
  if constexpr (std::is_same_v<Seen, unasked>) {
    return apply(n, v, seen);
  } else {
    evaluated own(v);
    if (!left_.spend(own.size()) || !apply(n, v, &own)) return false;
    seen->add_all(own);
    return true;
  }
}

/// A schema with rules that only the standard has. Its unevaluated children are those that neither
/// it nor what it applies in place has evaluated; what is beside it does not count.
template <class Seen>
bool checker::apply_standard(index n, const json::value& v, Seen seen) {
  const auto& rules = p_.standards[p_.nodes[n].standard];
  const deeper level(left_);
  const dynamic_scope::inside inside(scope_, rules.resource);
  const bool asks = (rules.unevaluated_items != none && v.is_array()) ||
                    (rules.unevaluated_properties != none && v.is_object());
  if (!asks) return standard_passes(n, v, seen);
  evaluated own(v);
  if (!left_.spend(own.size()) || !standard_passes(n, v, &own) || !unevaluated_pass(rules, v, own))
    return false;
  if constexpr (!std::is_same_v<Seen, unasked>) seen->add_from(0);
  return true;
}

bool checker::evaluates(index n, const json::value& v, evaluated& seen) {
  return standard_passes(n, v, &seen);
}

bool checker::unevaluated_pass(const standard_rules& rules, const json::value& v,
                               const evaluated& seen) {
  if (v.is_array()) {
    const auto& items = v.get_array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!seen.has(i) && !passes(rules.unevaluated_items, items[i])) return false;
    }
  } else {
    std::size_t i = 0;
    for (const auto& member : v.get_object()) {
      if (!seen.has(i++) && !passes(rules.unevaluated_properties, member.value())) return false;
    }
  }
  return !exhausted();
}

template <class Seen>
bool checker::standard_passes(index n, const json::value& v, Seen seen) {
  if (!own_rules_pass(n, v, seen)) return false;
  const auto& rules = p_.standards[p_.nodes[n].standard];
  if (const auto* members = v.if_object()) {
    if (!left_.spend(rules.dependencies.count)) return false;
    if (rules.property_names != none) {
      for (const auto& member : *members) {
        if (!name_passes(rules.property_names, member.key())) return false;
      }
    }
    for (auto i = rules.dependencies.first; i < rules.dependencies.end(); ++i) {
      const auto& rule = p_.dependencies[i];
      if (!left_.spend(1 + rule.required.size() / names_per_step)) return false;
      if (!members->contains(rule.name)) continue;
      for (const auto& name : rule.required) {
        if (!members->contains(name)) return false;
      }
      if (rule.node != none && !apply(rule.node, v, seen)) return false;
    }
  }
  if (rules.condition != none) {
    const auto branch = try_apply(rules.condition, v, seen) ? rules.consequence : rules.alternative;
    if (exhausted() || (branch != none && !apply(branch, v, seen))) return false;
  }
  const auto meant = scope_.target(rules);
  return meant == none || apply(meant, v, seen);
}

bool checker::name_passes(index n, std::string_view name) {
  std::array<unsigned char, 256> near;
  json::monotonic_resource memory(near.data(), near.size());
  return passes(n, json::value(name, &memory));
}

bool check(const compiled_schema& schema, const json::value& value) {
  const auto* p = schema.get();
  if (p == nullptr) return false;
  budget left{.steps = p->max_steps};
  checker run(*p, left);
  return run.passes(p->root, value) && !left.exhausted;
}

}  // namespace quire::schema
