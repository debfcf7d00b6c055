#include "compiler.hpp"

#include <unordered_map>

namespace quire::schema {
namespace {

/// Does the schema itself have the keyword?
bool has(const json::value& schema, keyword k) {
  return schema.is_object() && schema.get_object().contains(name_of(k));
}

}  // namespace

bool compiler::read_object(const job& at, const keyword_values& given, node& made) {
  object_rules rules;
  bool any = false;
  if (!read_count(at, given, keyword::min_properties, rules.min_properties, any) ||
      !read_count(at, given, keyword::max_properties, rules.max_properties, any)) {
    return false;
  }
  std::vector<std::string> names;
  std::vector<property> properties;
  const auto* declared = given[keyword::properties];
  if (declared != nullptr) {
    if (!declared->is_object())
      return refuse_value(at, keyword::properties, "an object of schemas");
    for (const auto& member : declared->get_object()) {
      names.emplace_back(member.key());
      properties.push_back(
          {.node = child(at, member.value(), keyword::properties, std::string_view{member.key()}),
           .declared = true,
           .literal = has(member.value(), keyword::constant)});
    }
  }
  if (const auto* v = given[keyword::required]; v != nullptr) {
    if (!read_required(at, *v, declared != nullptr ? &declared->get_object() : nullptr, names,
                       properties))
      return false;
    rules.required = static_cast<index>(v->get_array().size());
  }
  if (const auto* v = given[keyword::pattern_properties]; v != nullptr) {
    if (!v->is_object())
      return refuse_value(at, keyword::pattern_properties, "an object of schemas");
    std::vector<pattern_property> patterns;
    for (const auto& member : v->get_object()) {
      pattern_property made_pattern;
      const std::string_view name = member.key();
      if (std::string why; !read_pattern(name, made_pattern.pattern, why)) {
        return refuse(step(step(at.pointer, "patternProperties"), name), "pattern", std::move(why));
      }
      made_pattern.node = child(at, member.value(), keyword::pattern_properties, name);
      made_pattern.own_default = has(member.value(), keyword::default_value);
      patterns.push_back(made_pattern);
    }
    rules.patterns = {.first = static_cast<index>(made_->pattern_properties.size()),
                      .count = static_cast<index>(patterns.size())};
    made_->pattern_properties.insert(made_->pattern_properties.end(), patterns.begin(),
                                     patterns.end());
  }
  if (const auto* v = given[keyword::additional_properties]; v != nullptr) {
    rules.additional = child(at, *v, keyword::additional_properties);
    rules.has_additional = true;
    rules.additional_is_schema = !v->is_bool();
    rules.additional_has_default = has(*v, keyword::default_value);
  }
  if (const auto* v = given[keyword::unevaluated_properties]; v != nullptr && !standard()) {
    rules.unevaluated = child(at, *v, keyword::unevaluated_properties);
    rules.unevaluated_is_schema = !v->is_bool();
  }
  any = any || declared != nullptr || !names.empty() || rules.patterns.count != 0 ||
        rules.has_additional || rules.unevaluated != none;
  if (!any) return true;
  rules.properties = {.first = static_cast<index>(made_->properties.size()),
                      .count = static_cast<index>(names.size())};
  made_->properties.insert(made_->properties.end(), properties.begin(), properties.end());
  rules.names = add(made_->tables, name_table(std::move(names)));
  rules.sparse = rules.patterns.count == 0 && rules.additional == any_node;
  made.object = add(made_->objects, rules);
  return true;
}

bool compiler::read_required(const job& at, const json::value& list, const json::object* declared,
                             std::vector<std::string>& names, std::vector<property>& properties) {
  constexpr std::string_view expected = "a list of different strings";
  if (!list.is_array()) return refuse_value(at, keyword::required, expected);
  const auto declared_count = names.size();
  std::unordered_map<std::string_view, std::size_t> positions;
  for (std::size_t i = 0; declared != nullptr && i < declared_count; ++i)
    positions.emplace((declared->begin() + static_cast<std::ptrdiff_t>(i))->key(), i);
  index rank = 0;
  for (const auto& item : list.get_array()) {
    if (!item.is_string()) return refuse_value(at, keyword::required, expected);
    const auto [known, added] = positions.emplace(item.get_string(), names.size());
    if (added) {
      names.emplace_back(item.get_string());
      properties.push_back({});
    }
    auto& property = properties[known->second];
    if (property.required) return refuse_value(at, keyword::required, expected);
    property.required = true;
    property.rank = rank++;
  }
  return true;
}

}  // namespace quire::schema
