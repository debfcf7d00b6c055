#include "checker.hpp"

#include <quire/schema/check.hpp>
#include <quire/schema/value.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace quire::schema {
namespace {

namespace json = boost::json;

constexpr std::size_t pairs_at_most = 16;      // elements compared each with each
constexpr std::size_t on_stack_at_most = 256;  // elements whose hashes fit on the stack

}  // namespace

bool length_at_least(std::string_view text, std::uint64_t min) noexcept {
  // A unit takes one to three bytes.
  if (text.size() < min) return false;
  return text.size() / 3 >= min || utf16_length(text) >= min;
}

bool length_at_most(std::string_view text, std::uint64_t max) noexcept {
  if (text.size() <= max) return true;
  return text.size() / 3 <= max && utf16_length(text) <= max;
}

bool checker::passes(index n, const json::value& v) {
  if (left_.exhausted || !left_.spend(1)) return false;
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
      if (x.array != none && !array_passes(p_.arrays[x.array], v.get_array())) return false;
      break;
    case json::kind::object:
      if ((x.types & kinds::object) == 0) return false;
      if (x.object != none && !object_passes(n, v)) return false;
      break;
  }
  return x.logic == none || logic_passes(p_.logics[x.logic], v);
}

bool checker::number_passes(const number_rules& rules, const number& n) const noexcept {
  using r = number_rules;
  return ((rules.has & r::has_minimum) == 0 || compare(n, rules.minimum) >= 0) &&
         ((rules.has & r::has_maximum) == 0 || compare(n, rules.maximum) <= 0) &&
         ((rules.has & r::has_above) == 0 || compare(n, rules.above) > 0) &&
         ((rules.has & r::has_below) == 0 || compare(n, rules.below) < 0) &&
         ((rules.has & r::has_divisor) == 0 || is_multiple(n, rules.divisor));
}

bool checker::string_passes(const string_rules& rules, std::string_view text) {
  if (rules.min_length != 0 && !length_at_least(text, rules.min_length)) return false;
  if (rules.max_length != no_maximum && !length_at_most(text, rules.max_length)) return false;
  if (rules.pattern != none && !matches(rules.pattern, text)) return false;
  if (rules.format == none) return true;
  const auto& format = p_.formats[rules.format];
  return format.known() && format.accepts(text);
}

bool checker::array_passes(const array_rules& rules, const json::array& items) {
  if (items.size() < rules.min_items || items.size() > rules.max_items) return false;
  const deeper level(left_);
  const auto prefix = std::min<std::size_t>(rules.prefix.count, items.size());
  for (std::size_t i = 0; i < prefix; ++i) {
    const auto n = p_.links[rules.prefix.first + i];
    if (n != any_node && !passes(n, items[i])) return false;
  }
  if (rules.rest != any_node) {
    for (std::size_t i = prefix; i < items.size(); ++i) {
      if (!passes(rules.rest, items[i])) return false;
    }
  }
  if (rules.unique && !all_differ(items)) return false;
  if (rules.contains == none) return true;
  const auto count = count_matches(rules.contains, items);
  return !exhausted() && count >= std::max<std::uint64_t>(rules.min_contains, 1) &&
         count <= rules.max_contains;
}

bool checker::object_passes(index n, const json::value& v) {
  const auto& rules = p_.objects[p_.nodes[n].object];
  const auto& members = v.get_object();
  if (members.size() < std::max<std::uint64_t>(rules.min_properties, rules.required) ||
      members.size() > rules.max_properties) {
    return false;
  }
  const deeper level(left_);
  const bool few = rules.sparse && members.size() > std::size_t{4} * rules.properties.count;
  if (few ? !declared_pass(rules, members) : !members_pass(rules, members)) return false;
  if (rules.unevaluated == none || rules.unevaluated == any_node) return true;
  for (const auto& member : members) {
    if (!is_named(n, v, member.key()) && !passes(rules.unevaluated, member.value())) return false;
  }
  return true;
}

/// All members, each looked up in the schema.
bool checker::members_pass(const object_rules& rules, const json::object& members) {
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
      if (known.node != any_node && !passes(known.node, member.value())) return false;
      required += static_cast<index>(known.required);
      named = known.declared;
    }
    for (auto i = rules.patterns.first; i < rules.patterns.end(); ++i) {
      const auto& rule = p_.pattern_properties[i];
      if (!matches(rule.pattern, name)) continue;
      named = true;
      if (rule.node != any_node && !passes(rule.node, member.value())) return false;
    }
    if (!named && rules.additional != any_node && !passes(rules.additional, member.value()))
      return false;
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
    } else if (known.node != any_node && !passes(known.node, *member)) {
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
  if (rules.reference != none && evaluates(rules.reference, object, name)) return true;
  for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i) {
    if (evaluates(p_.links[i], object, name)) return true;
  }
  for (const auto& list : {rules.any_of, rules.one_of}) {
    for (auto i = list.first; i < list.end(); ++i) {
      if (evaluates(p_.links[i], object, name) && passes(p_.links[i], object)) return true;
    }
  }
  return false;
}

bool checker::evaluates(index n, const json::value& object, std::string_view name) {
  const auto rules = p_.nodes[n].object;
  return (rules != none && p_.objects[rules].unevaluated != none) || is_named(n, object, name);
}

bool checker::logic_passes(const logic_rules& rules, const json::value& v) {
  if (rules.never) return false;
  if (rules.constant != none && !is_constant(rules.constant, v)) return false;
  if (rules.literals != none && !is_one_of(p_.literal_sets[rules.literals], v)) return false;
  if (rules.reference == none && rules.all_of.count == 0 && rules.any_of.count == 0 &&
      rules.one_of.count == 0 && rules.negated == none) {
    return true;
  }
  const deeper level(left_);
  if (rules.reference != none && !passes(rules.reference, v)) return false;
  for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i) {
    if (!passes(p_.links[i], v)) return false;
  }
  if (rules.any_of.count != 0 && !has_some_match(rules.any_of, v)) return false;
  if (rules.one_of.count != 0 && !has_one_match(rules.one_of, v)) return false;
  return rules.negated == none || fails(rules.negated, v);
}

bool checker::is_constant(index constant, const json::value& v) {
  return equal_within(left_, p_.constants[constant], v);
}

bool checker::is_one_of(const literal_set& set, const json::value& v) {
  if (v.is_string()) return set.strings.find(v.get_string()) != name_table::npos;
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
  using entry = std::pair<std::uint64_t, const json::value*>;
  std::array<entry, on_stack_at_most> near;
  std::vector<entry> far;
  if (items.size() > near.size()) far.resize(items.size());
  entry* const first = far.empty() ? near.data() : far.data();
  entry* const last = std::transform(items.begin(), items.end(), first, [](const json::value& v) {
    return entry{hash_of(v), &v};
  });
  std::sort(first, last, [](const entry& a, const entry& b) { return a.first < b.first; });
  for (auto* a = first; a != last; ++a) {
    for (auto* b = a + 1; b != last && b->first == a->first; ++b) {
      if (equal_within(left_, *a->second, *b->second)) return false;
    }
  }
  return !exhausted();
}

bool check(const compiled_schema& schema, const json::value& value) {
  const auto* p = schema.get();
  if (p == nullptr) return false;
  budget left{.steps = p->max_steps};
  checker run(*p, left);
  return run.passes(p->root, value) && !left.exhausted;
}

}  // namespace quire::schema
