#include "checker.hpp"
#include "compiler.hpp"

#include <boost/json/array.hpp>

#include <optional>
#include <unordered_map>

namespace quire::schema {
namespace {

/// The literals of an `anyOf` whose members are nothing but literals.
std::optional<json::array> as_literals(const json::value& list, std::uint16_t groups) {
  json::array literals;
  for (const auto& member : list.get_array()) {
    if (!member.is_object()) return std::nullopt;
    std::string_view unknown;
    const keyword_values given(member.get_object(), groups, unknown);
    const auto* constant = given[keyword::constant];
    const auto* type = given[keyword::type];
    if (unknown.data() != nullptr || constant == nullptr) return std::nullopt;
    if (given.count() != 1 + static_cast<std::size_t>(type != nullptr)) return std::nullopt;
    if (type != nullptr &&
        (!type->is_string() || (kind_from(type->get_string()) & kind_of(*constant)) == 0)) {
      return std::nullopt;
    }
    literals.push_back(*constant);
  }
  return literals;
}

}  // namespace

index compiler::add_literals(const json::array& values, bool from_any_of) {
  literal_set set;
  std::vector<std::string> strings;
  std::unordered_map<std::string_view, bool> seen;
  set.from_any_of = from_any_of;
  for (const auto& v : values) {
    set.all.push_back(copy_of(v));
    if (!v.is_string()) {
      set.others.push_back(copy_of(v));
    } else if (seen.emplace(v.get_string(), true).second) {
      strings.emplace_back(v.get_string());
    }
  }
  set.strings = name_table(std::move(strings));
  return add(made_->literal_sets, std::move(set));
}

bool compiler::read_logic(const job& at, const keyword_values& given, node& made) {
  logic_rules rules;
  bool any = false;
  if (const auto* v = given[keyword::constant]; v != nullptr) {
    rules.constant = add(made_->constants, copy_of(*v));
    any = true;
  }
  if (const auto* v = given[keyword::enumeration]; v != nullptr) {
    if (!v->is_array() || (v->get_array().empty() && !standard()))
      return refuse_value(at, keyword::enumeration, "a list, at least one value");
    rules.literals = add_literals(v->get_array(), false);
    any = true;
  }
  if (const auto* v = given[keyword::reference]; v != nullptr) {
    if (!read_reference(at, *v, rules.reference)) return false;
    any = true;
  }
  if (const auto* v = given[keyword::all_of]; v != nullptr) {
    if (!read_list(at, keyword::all_of, *v, rules.all_of)) return false;
    any = true;
  }
  if (const auto* v = given[keyword::any_of]; v != nullptr) {
    auto literals = v->is_array() && !v->get_array().empty() && rules.literals == none
                        ? as_literals(*v, groups(at))
                        : std::nullopt;
    if (literals) {
      rules.literals = add_literals(*literals, true);
    } else if (!read_list(at, keyword::any_of, *v, rules.any_of)) {
      return false;
    }
    any = true;
  }
  if (const auto* v = given[keyword::one_of]; v != nullptr) {
    if (!read_list(at, keyword::one_of, *v, rules.one_of)) return false;
    any = true;
  }
  if (const auto* v = given[keyword::negation]; v != nullptr) {
    if (v->is_object() && v->get_object().empty()) {
      rules.never = true;
    } else {
      rules.negated = child(at, *v, keyword::negation);
    }
    any = true;
  }
  if (any) made.logic = add(made_->logics, rules);
  return true;
}

}  // namespace quire::schema
