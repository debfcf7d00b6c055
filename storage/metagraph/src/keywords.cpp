#include "keywords.hpp"

#include <boost/json/array.hpp>

namespace quire::metagraph {

namespace json = boost::json;

holds content_of(std::string_view keyword) noexcept {
  if (keyword == "properties" || keyword == "patternProperties" || keyword == "$defs") {
    return holds::map;
  }
  if (keyword == "anyOf" || keyword == "oneOf" || keyword == "allOf" || keyword == "prefixItems") {
    return holds::list;
  }
  if (keyword == "items") return holds::schema_or_list;
  if (keyword == "additionalProperties" || keyword == "unevaluatedProperties" ||
      keyword == "additionalItems" || keyword == "contains" || keyword == "not") {
    return holds::schema;
  }
  return holds::data;
}

bool is_annotation(std::string_view keyword) noexcept {
  return keyword == "title" || keyword == "description" || keyword == "default" ||
         keyword == "examples" || keyword == "$id" || keyword == "$schema" ||
         keyword == "$comment" || keyword.starts_with("x-");
}

const json::object* object_member(const json::object& from, std::string_view name) noexcept {
  const auto* found = from.if_contains(name);
  return found != nullptr ? found->if_object() : nullptr;
}

std::size_t text_size(const json::value& value) noexcept {
  switch (value.kind()) {
    case json::kind::string: return value.get_string().size() + 2;
    case json::kind::array: {
      std::size_t sum = 2 + value.get_array().size();
      for (const auto& item : value.get_array()) sum += text_size(item);
      return sum;
    }
    case json::kind::object: {
      std::size_t sum = 2;
      for (const auto& member : value.get_object()) {
        sum += member.key().size() + 4 + text_size(member.value());
      }
      return sum;
    }
    default: return 1;
  }
}

json::object core_of(const json::object& schema) {
  json::object core;
  for (const auto& member : schema) {
    if (!is_annotation(view(member.key()))) core.emplace(member.key(), member.value());
  }
  return core;
}

void add_annotations(json::object& to, const json::object& from) {
  for (const auto& member : from) {
    if (is_annotation(view(member.key()))) to.emplace(member.key(), member.value());
  }
}

}  // namespace quire::metagraph
