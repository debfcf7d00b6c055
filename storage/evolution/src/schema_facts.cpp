#include "schema_facts.hpp"

#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace quire::evolution {
namespace {

namespace json = boost::json;

struct named_kind {
  std::string_view name;
  std::uint8_t bits;
};
constexpr std::array<named_kind, 7> named_kinds{{
    {"null", kind_set::null},
    {"boolean", kind_set::boolean},
    {"integer", kind_set::integer},
    {"number", kind_set::integer | kind_set::fraction},
    {"string", kind_set::string},
    {"array", kind_set::array},
    {"object", kind_set::object},
}};

bool add_kind(const json::value& name, kind_set& to) {
  if (!name.is_string()) return false;
  for (const auto& one : named_kinds) {
    if (name.get_string() == json::string_view{one.name.data(), one.name.size()}) {
      to.bits |= one.bits;
      return true;
    }
  }
  return false;
}

/// The literals of one schema appended; false when it is something else or repeats one.
bool add_literals(const json::object& schema, std::vector<const json::value*>& to) {
  const json::value* type = nullptr;
  const json::value* literals = nullptr;
  std::string_view form;
  for (const auto& member : schema) {
    const auto keyword = name_of(member);
    if (is_annotation(keyword)) continue;
    if (keyword == "type") {
      type = &member.value();
    } else if (literals == nullptr && (keyword == "const" || keyword == "enum" ||
                                       keyword == "anyOf" || keyword == "oneOf")) {
      literals = &member.value();
      form = keyword;
    } else {
      return false;
    }
  }
  if (literals == nullptr) return false;
  const auto first = to.size();
  if (form == "const") {
    to.push_back(literals);
  } else if (!literals->is_array() || literals->get_array().empty()) {
    return false;
  } else if (form == "enum") {
    for (const auto& one : literals->get_array()) to.push_back(&one);
  } else {
    for (const auto& one : literals->get_array()) {
      if (!one.is_object() || !add_literals(one.get_object(), to)) return false;
    }
  }
  for (auto i = first; i < to.size(); ++i) {
    if (type != nullptr && !holds(*to[i], "type", *type)) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (schema::equal(*to[i], *to[j])) return false;
    }
  }
  return true;
}

}  // namespace

std::string to_string(kind_set kinds) {
  if (kinds.bits == kind_set::all) return "any kind";
  std::string out;
  auto left = kinds.bits;
  const auto add = [&](std::string_view name) {
    out.append(out.empty() ? "" : " or ").append(name);
  };
  for (const auto& one : named_kinds) {
    // An integer is named only where other numbers are not meant.
    if (one.bits == kind_set::integer && (left & kind_set::fraction) != 0) continue;
    if ((left & one.bits) != one.bits) continue;
    add(one.name);
    left = static_cast<std::uint8_t>(left & ~one.bits);
  }
  if ((left & kind_set::fraction) != 0) add("number with a fraction");
  return out.empty() ? "nothing" : out;
}

std::optional<kind_set> kinds_of(const json::object& schema) {
  const auto* type = schema.if_contains("type");
  if (type == nullptr) return kind_set{};
  kind_set out{.bits = 0};
  if (const auto* list = type->if_array()) {
    for (const auto& one : *list) {
      if (!add_kind(one, out)) return std::nullopt;
    }
    return out;
  }
  if (!add_kind(*type, out)) return std::nullopt;
  return out;
}

bool is_annotation(std::string_view keyword) noexcept {
  return keyword == "title" || keyword == "description" || keyword == "default" ||
         keyword == "examples" || keyword == "$id" || keyword == "$schema" ||
         keyword == "$comment" || keyword.starts_with("x-");
}

bool is_any(const json::value& schema) noexcept {
  if (schema.is_bool()) return schema.get_bool();
  const auto* rules = schema.if_object();
  return rules != nullptr && std::all_of(rules->begin(), rules->end(), [](const auto& member) {
           return is_annotation(name_of(member)) || name_of(member) == "$defs";
         });
}

bool is_never(const json::value& schema) noexcept {
  if (schema.is_bool()) return !schema.get_bool();
  const auto* rules = schema.if_object();
  return rules != nullptr && is_only(*rules, "not") && is_any(rules->at("not"));
}

bool is_only(const json::object& schema, std::string_view keyword) noexcept {
  bool found = false;
  for (const auto& member : schema) {
    const auto name = name_of(member);
    if (name == keyword) {
      found = true;
    } else if (!is_annotation(name) && name != "$defs") {
      return false;
    }
  }
  return found;
}

bool names_properties(const json::value& schema) noexcept {
  const auto* rules = schema.if_object();
  if (rules == nullptr) return false;
  for (const auto& member : *rules) {
    const auto keyword = name_of(member);
    if (keyword == "properties" || keyword == "$ref") return true;
    if (keyword != "allOf" && keyword != "anyOf" && keyword != "oneOf") continue;
    const auto* list = member.value().if_array();
    if (list != nullptr && std::any_of(list->begin(), list->end(), names_properties)) return true;
  }
  return false;
}

json::value without_annotations(const json::value& schema) {
  const auto* rules = schema.if_object();
  if (rules == nullptr) return schema;
  const auto all = [](const json::value& schemas) -> json::value {
    if (const auto* list = schemas.if_array()) {
      json::array out;
      for (const auto& one : *list) out.push_back(without_annotations(one));
      return out;
    }
    if (!schemas.is_object()) return schemas;
    json::object out;
    for (const auto& one : schemas.get_object()) {
      out.emplace(one.key(), without_annotations(one.value()));
    }
    return out;
  };
  json::object out;
  for (const auto& member : *rules) {
    const auto keyword = name_of(member);
    if (is_annotation(keyword) || keyword == "$defs") continue;
    const bool many = keyword == "properties" || keyword == "patternProperties" ||
                      keyword == "anyOf" || keyword == "oneOf" || keyword == "allOf" ||
                      keyword == "prefixItems" || (keyword == "items" && member.value().is_array());
    const bool data = keyword == "const" || keyword == "enum";
    out.emplace(member.key(), many   ? all(member.value())
                              : data ? member.value()
                                     : without_annotations(member.value()));
  }
  return out;
}

std::optional<std::vector<const json::value*>> literals_of(const json::object& schema) {
  std::vector<const json::value*> out;
  if (!add_literals(schema, out)) return std::nullopt;
  return out;
}

const json::object* object_in(const json::object& from, std::string_view name) noexcept {
  const auto* found = from.if_contains(name);
  return found != nullptr ? found->if_object() : nullptr;
}

const json::array* array_in(const json::object& from, std::string_view name) noexcept {
  const auto* found = from.if_contains(name);
  return found != nullptr ? found->if_array() : nullptr;
}

bool holds(const json::value& value, std::string_view keyword, const json::value& bound) {
  json::object schema;
  schema.emplace(keyword, bound);
  const auto compiled = schema::compile(json::value(std::move(schema)));
  return compiled && schema::check(*compiled, value);
}

}  // namespace quire::evolution
