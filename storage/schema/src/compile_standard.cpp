// What only the standard dialect has: its own keywords, references across documents, and the
// dynamic scope.

#include "compiler.hpp"

#include <quire/messages/ids.hpp>

#include <algorithm>
#include <iterator>

namespace quire::schema {

bool compiler::read_standard(const job& at, const keyword_values& given, node& made) {
  standard_rules rules;
  enters_.resize(made_->nodes.size(), none);
  if (documents_->resources()[at.resource].root == at.schema) enters_[at.node] = at.resource;
  if (const auto* v = given[keyword::dynamic_reference];
      v != nullptr && !read_dynamic_reference(at, *v, rules)) {
    return false;
  }
  if (!read_conditions(at, given, rules) || !read_dependencies(at, given, rules)) return false;
  auto read_one = [&](keyword k, index& n) {
    if (const auto* v = given[k]; v != nullptr) n = child(at, *v, k);
    return n != none;
  };
  const bool names = read_one(keyword::property_names, rules.property_names);
  const bool items = read_one(keyword::unevaluated_items, rules.unevaluated_items);
  const bool properties = read_one(keyword::unevaluated_properties, rules.unevaluated_properties);
  const bool any = names || items || properties || rules.dynamic_reference != none ||
                   rules.condition != none || rules.dependencies.count != 0;
  if (any) made.standard = add(made_->standards, rules);
  return true;
}

bool compiler::read_dynamic_reference(const job& at, const json::value& reference,
                                      standard_rules& rules) {
  const auto found = resolve(at, keyword::dynamic_reference, reference);
  if (!found) return false;
  rules.dynamic_reference = place(*found->schema);
  if (!found->dynamic_anchor.empty()) {
    const auto next = static_cast<index>(dynamic_names_.size());
    rules.dynamic_name =
        dynamic_names_.emplace(std::string{found->dynamic_anchor}, next).first->second;
  }
  return !failure_;
}

bool compiler::read_conditions(const job& at, const keyword_values& given, standard_rules& rules) {
  const auto* condition = given[keyword::if_condition];
  // Without `if` the others say nothing.
  if (condition == nullptr) return true;
  rules.condition = child(at, *condition, keyword::if_condition);
  if (const auto* v = given[keyword::if_then]; v != nullptr)
    rules.consequence = child(at, *v, keyword::if_then);
  if (const auto* v = given[keyword::if_else]; v != nullptr)
    rules.alternative = child(at, *v, keyword::if_else);
  return true;
}

bool compiler::read_dependencies(const job& at, const keyword_values& given,
                                 standard_rules& rules) {
  std::vector<dependency> found;
  if (const auto* v = given[keyword::dependent_required]; v != nullptr) {
    if (!v->is_object())
      return refuse_value(at, keyword::dependent_required, "an object of lists of names");
    for (const auto& member : v->get_object()) {
      auto& made = found.emplace_back();
      made.name = member.key();
      if (!read_dependent_names(at, member.value(), made.required)) return false;
    }
  }
  if (const auto* v = given[keyword::dependent_schemas]; v != nullptr) {
    if (!v->is_object())
      return refuse_value(at, keyword::dependent_schemas, "an object of schemas");
    for (const auto& member : v->get_object()) {
      auto& made = found.emplace_back();
      made.name = member.key();
      made.node =
          child(at, member.value(), keyword::dependent_schemas, std::string_view{member.key()});
    }
  }
  rules.dependencies = {.first = static_cast<index>(made_->dependencies.size()),
                        .count = static_cast<index>(found.size())};
  std::move(found.begin(), found.end(), std::back_inserter(made_->dependencies));
  return true;
}

bool compiler::read_dependent_names(const job& at, const json::value& list,
                                    std::vector<std::string>& out) {
  constexpr std::string_view expected = "an object of lists of different names";
  if (!list.is_array()) return refuse_value(at, keyword::dependent_required, expected);
  for (const auto& name : list.get_array()) {
    if (!name.is_string()) return refuse_value(at, keyword::dependent_required, expected);
    out.emplace_back(std::string_view{name.get_string()});
  }
  auto sorted = out;
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end() ||
         refuse_value(at, keyword::dependent_required, expected);
}

std::optional<documents::target> compiler::resolve(const job& at, keyword k,
                                                   const json::value& reference) {
  if (!reference.is_string()) {
    refuse_value(at, k, "a string");
    return std::nullopt;
  }
  auto found =
      documents_->resolve(at.resource, reference.get_string(), step(at.pointer, name_of(k)));
  if (found) return *found;
  if (!failure_) failure_ = std::move(found).error();
  return std::nullopt;
}

index compiler::place(const json::value& schema) {
  if (schema.is_bool()) return schema.get_bool() ? any_node : never_node;
  const auto& where = documents_->at(schema);
  auto known = shared_.find(&schema);
  if (known == shared_.end()) {
    const auto position = enqueue(
        {.schema = &schema, .resource = where.resource, .pointer = where.location, .depth = 1});
    known = shared_.emplace(&schema, position).first;
  }
  enters_.resize(made_->nodes.size(), none);
  enters_[known->second] = where.resource;
  return known->second;
}

void compiler::read_dynamic_anchors() {
  if (dynamic_names_.empty()) return;
  for (const auto& resource : documents_->resources()) {
    for (const auto& [name, schema] : resource.dynamic_anchors) {
      if (dynamic_names_.contains(name)) place(*schema);
    }
  }
}

void compiler::mark_resources() {
  if (dynamic_names_.empty()) return;
  made_->dynamic_names = static_cast<index>(dynamic_names_.size());
  for (const auto& resource : documents_->resources()) {
    span_of bound{.first = static_cast<index>(made_->bindings.size()), .count = 0};
    for (const auto& [name, schema] : resource.dynamic_anchors) {
      const auto used = dynamic_names_.find(name);
      if (used == dynamic_names_.end()) continue;
      made_->bindings.push_back({.name = used->second, .node = shared_.at(schema)});
      ++bound.count;
    }
    made_->resources.push_back(bound);
  }
  for (index n = 0; n < enters_.size(); ++n) {
    if (enters_[n] == none || made_->resources[enters_[n]].count == 0) continue;
    auto& x = made_->nodes[n];
    if (x.standard == none) x.standard = add(made_->standards, standard_rules{});
    made_->standards[x.standard].resource = enters_[n];
  }
}

}  // namespace quire::schema
