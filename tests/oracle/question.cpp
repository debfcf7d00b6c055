#include "question.hpp"

#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace quire::oracle {
namespace {

namespace json = boost::json;

constexpr std::array of_names{"properties", "patternProperties", "$defs"};
constexpr std::array of_one_or_more{"items",
                                    "prefixItems",
                                    "allOf",
                                    "anyOf",
                                    "oneOf",
                                    "not",
                                    "contains",
                                    "additionalProperties",
                                    "unevaluatedProperties"};

bool some_below(const json::value& schema, const std::function<bool(const json::object&)>& f) {
  if (schema.is_array()) {
    return std::any_of(schema.get_array().begin(), schema.get_array().end(),
                       [&](const auto& part) { return some_below(part, f); });
  }
  if (!schema.is_object()) return false;
  const auto& keywords = schema.get_object();
  if (f(keywords)) return true;
  for (const auto* name : of_names) {
    const auto* list = keywords.if_contains(name);
    if (list == nullptr || !list->is_object()) continue;
    for (const auto& member : list->get_object()) {
      if (some_below(member.value(), f)) return true;
    }
  }
  return std::any_of(of_one_or_more.begin(), of_one_or_more.end(), [&](const auto* name) {
    const auto* part = keywords.if_contains(name);
    return part != nullptr && some_below(*part, f);
  });
}

const json::value* inside(const json::value* v, std::string_view name) {
  return v != nullptr && v->is_object() ? v->get_object().if_contains(name) : nullptr;
}
const json::value* inside(const json::value* v, std::size_t position) {
  return v != nullptr && v->is_array() ? v->get_array().if_contains(position) : nullptr;
}
/// What became an element of a list; a single value may have become the only one.
const json::value* before_element(const json::value* v, std::size_t position) {
  const bool single = v != nullptr && !v->is_array() && position == 0;
  return single ? v : inside(v, position);
}
const json::value* before_element(const json::value* v, std::string_view name) {
  return inside(v, name);
}

void compare(const place& at, std::vector<place>& found) {
  auto below = [&](auto step, std::string_view name) {
    place next{at.path, before_element(at.before, step), inside(at.ours, step),
               inside(at.theirs, step), at.ours->is_array()};
    schema::append_step(next.path, name);
    compare(next, found);
  };
  const auto* a = at.ours;
  const auto* b = at.theirs;
  if (a != nullptr && b != nullptr) {
    // Members of what was a list before are only to be understood together.
    const bool from_list = at.before != nullptr && at.before->is_array();
    if (a->is_object() && b->is_object() && !from_list) {
      for (const auto& member : a->get_object())
        below(std::string_view{member.key()}, member.key());
      for (const auto& member : b->get_object()) {
        if (!a->get_object().contains(member.key()))
          below(std::string_view{member.key()}, member.key());
      }
      return;
    }
    if (a->is_array() && b->is_array()) {
      const auto count = std::max(a->get_array().size(), b->get_array().size());
      for (std::size_t i = 0; i < count; ++i) below(i, std::to_string(i));
      return;
    }
    if (schema::equal(*a, *b)) return;
  }
  found.push_back(at);
}

std::string referred_name(std::string_view text) {
  constexpr std::string_view prefix = "#/$defs/";
  if (!text.starts_with(prefix)) return std::string{text};
  text.remove_prefix(prefix.size());
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("~1")) {
      name += '/';
      ++i;
    } else if (text.substr(i).starts_with("~0")) {
      name += '~';
      ++i;
    } else if (text.substr(i).starts_with("%20")) {
      name += ' ';
      i += 2;
    } else {
      name += text[i];
    }
  }
  return name;
}

}  // namespace

std::vector<place> differing(const json::value& before, const json::value& ours,
                             const json::value& theirs) {
  std::vector<place> found;
  compare({.path = "", .before = &before, .ours = &ours, .theirs = &theirs, .in_list = false},
          found);
  return found;
}

bool some_schema(const question& asked, const std::function<bool(const json::object&)>& f) {
  if (some_below(asked.schema, f)) return true;
  if (asked.definitions == nullptr) return false;
  return std::any_of(asked.definitions->begin(), asked.definitions->end(),
                     [&](const auto& entry) { return some_below(entry.value(), f); });
}

bool some_value(const json::value& v, const std::function<bool(const json::value&)>& f) {
  if (f(v)) return true;
  if (v.is_array()) {
    return std::any_of(v.get_array().begin(), v.get_array().end(),
                       [&](const auto& item) { return some_value(item, f); });
  }
  return v.is_object() &&
         std::any_of(v.get_object().begin(), v.get_object().end(),
                     [&](const auto& member) { return some_value(member.value(), f); });
}

const json::object& target_of(const question& asked, const json::object& schema) {
  const auto* at = &schema;
  const auto* wrapper = asked.schema.get_object().if_contains("$defs");
  for (const auto* reference = at->if_contains("$ref"); reference != nullptr;
       reference = at->if_contains("$ref")) {
    const auto* entries = asked.definitions != nullptr ? asked.definitions : wrapper->if_object();
    at = &entries->at(referred_name(reference->get_string())).as_object();
  }
  return *at;
}

}  // namespace quire::oracle
