#include "sub_schema.hpp"

#include <quire/schema/pointer.hpp>

#include <boost/json/array.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace quire::evolution {
namespace {

namespace json = boost::json;

/// References in one another, and combinations in place.
constexpr std::size_t max_detours = 64;

class finder {
 public:
  explicit finder(const json::object* definitions) noexcept : definitions_(definitions) {}

  void look(const json::value& schema, std::span<const std::string> steps, std::size_t detours) {
    const auto* rules = schema.if_object();
    if (rules == nullptr || detours > max_detours || found_.size() > max_detours) return;
    if (steps.empty()) {
      found_.push_back(schema);
      return;
    }
    if (const auto* reference = rules->if_contains("$ref"); reference && reference->is_string()) {
      const auto& name = reference->get_string();
      const auto* meant = find_definition(definitions_, {name.data(), name.size()});
      if (meant != nullptr) look(*meant, steps, detours + 1);
    }
    for (const auto* keyword : {"allOf", "anyOf", "oneOf"}) {
      const auto* members = rules->if_contains(keyword);
      if (members == nullptr || !members->is_array()) continue;
      for (const auto& one : members->get_array()) look(one, steps, detours + 1);
    }
    into_object(*rules, steps);
    into_list(*rules, steps);
  }

  [[nodiscard]] std::vector<json::value>& found() noexcept { return found_; }

 private:
  void into_object(const json::object& rules, std::span<const std::string> steps) {
    if (const auto* named = rules.if_contains("properties"); named && named->is_object()) {
      if (const auto* one = named->get_object().if_contains(steps.front())) {
        look(*one, steps.subspan(1), 0);
        return;
      }
    }
    if (const auto* records = rules.if_contains("patternProperties");
        records && records->is_object()) {
      for (const auto& one : records->get_object()) look(one.value(), steps.subspan(1), 0);
    }
    if (const auto* rest = rules.if_contains("additionalProperties")) {
      look(*rest, steps.subspan(1), 0);
    }
  }

  void into_list(const json::object& rules, std::span<const std::string> steps) {
    const auto position = schema::index_of(steps.front());
    if (!position) return;
    for (const auto* keyword : {"prefixItems", "items"}) {
      const auto* items = rules.if_contains(keyword);
      if (items == nullptr) continue;
      if (!items->is_array()) {
        look(*items, steps.subspan(1), 0);
      } else if (*position < items->get_array().size()) {
        look(items->get_array()[*position], steps.subspan(1), 0);
        return;
      }
    }
    if (const auto* rest = rules.if_contains("additionalItems")) look(*rest, steps.subspan(1), 0);
  }

  const json::object* definitions_;
  std::vector<json::value> found_;
};

}  // namespace

const json::value* find_definition(const json::object* definitions, std::string_view reference) {
  if (definitions == nullptr) return nullptr;
  constexpr std::string_view prefix = "#/$defs";
  if (!reference.starts_with('#')) return definitions->if_contains(reference);
  if (!reference.starts_with(prefix)) return nullptr;
  const auto steps = schema::steps_of(reference.substr(prefix.size()));
  if (!steps || steps->size() != 1) return nullptr;
  return definitions->if_contains(steps->front());
}

std::optional<json::value> schema_at(const json::object& schema, std::string_view pointer) {
  const auto steps = schema::steps_of(pointer);
  if (!steps) return std::nullopt;
  const auto* definitions = schema.if_contains("$defs");
  finder all(definitions != nullptr ? definitions->if_object() : nullptr);
  all.look(json::value(schema), *steps, 0);
  auto& found = all.found();
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) return std::move(found.front());
  json::array members;
  for (auto& one : found) members.push_back(std::move(one));
  return json::object{{"anyOf", std::move(members)}};
}

}  // namespace quire::evolution
