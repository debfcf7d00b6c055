#include "schema_comparison.hpp"

#include "sub_schema.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/pointer.hpp>
#include <quire/schema/value.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>

namespace quire::evolution {
namespace {

namespace json = boost::json;

/// Bounds on one comparison, far above what people write.
constexpr std::size_t max_steps = 100'000;
constexpr std::size_t max_depth = 256;
constexpr std::size_t max_noted = 10'000;

const json::value& any_value() {
  static const json::value made = true;
  return made;
}
const json::object& no_rules() {
  static const json::object made;
  return made;
}

/// All keywords that are compared by name; others are compared as they are.
constexpr std::array<std::string_view, 33> known_keywords{"type",
                                                          "const",
                                                          "enum",
                                                          "properties",
                                                          "required",
                                                          "additionalProperties",
                                                          "patternProperties",
                                                          "minProperties",
                                                          "maxProperties",
                                                          "unevaluatedProperties",
                                                          "items",
                                                          "prefixItems",
                                                          "additionalItems",
                                                          "minItems",
                                                          "maxItems",
                                                          "uniqueItems",
                                                          "contains",
                                                          "minContains",
                                                          "maxContains",
                                                          "minLength",
                                                          "maxLength",
                                                          "pattern",
                                                          "format",
                                                          "minimum",
                                                          "maximum",
                                                          "exclusiveMinimum",
                                                          "exclusiveMaximum",
                                                          "multipleOf",
                                                          "anyOf",
                                                          "oneOf",
                                                          "allOf",
                                                          "not",
                                                          "$defs"};

std::string at(const std::string& path, std::string_view step) {
  auto out = path;
  schema::append_step(out, step);
  return out;
}
std::string at(const std::string& path, std::string_view step, std::string_view next) {
  return at(at(path, step), next);
}

/// What people call the place in a schema: `'size.width'`, `items of 'tags'`.
std::string subject(const std::string& path) {
  const auto steps = schema::steps_of(path);
  std::string name;
  if (!steps) return "the value";
  for (std::size_t i = 0; i < steps->size(); ++i) {
    const auto& step = (*steps)[i];
    const bool has_name = i + 1 < steps->size();
    if ((step == "properties" || step == "$defs") && has_name) {
      if (step == "$defs") name.clear();
      name += (name.empty() ? "" : ".") + (*steps)[++i];
    } else if (step == "items" || step == "prefixItems" || step == "additionalItems") {
      name += "[]";
      if (has_name && schema::index_of((*steps)[i + 1])) ++i;
    } else if (step == "additionalProperties") {
      name += ".*";
    } else if (step == "patternProperties") {
      name += ".*";
      if (has_name) ++i;
    }
  }
  return name.empty() ? "the value" : "'" + printable(name) + "'";
}

std::string shown(const json::value& value) { return printable(json_text(value), 60); }

const json::value* member(const json::object& from, std::string_view name) {
  return from.if_contains(name);
}

/// The list's strings; other items are left out.
std::vector<std::string> strings(const json::array* list) {
  std::vector<std::string> out;
  if (list == nullptr) return out;
  for (const auto& item : *list) {
    if (item.is_string()) out.emplace_back(item.get_string().data(), item.get_string().size());
  }
  return out;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<const json::value*> pointers_to(const json::array& list) {
  std::vector<const json::value*> out;
  for (const auto& item : list) out.push_back(&item);
  return out;
}

/// Items of a list: those with a place of their own, and what the rest is.
struct item_rules {
  const json::array* prefix = nullptr;
  std::string_view prefix_keyword = "prefixItems";
  const json::value* rest = &any_value();
  std::string_view rest_keyword = "items";

  explicit item_rules(const json::object& schema) {
    const auto* items = member(schema, "items");
    prefix = array_in(schema, "prefixItems");
    if (prefix == nullptr && items != nullptr && items->is_array()) {
      prefix = &items->get_array();
      prefix_keyword = "items";
    }
    if (items != nullptr && !items->is_array()) rest = items;
    if (const auto* additional = member(schema, "additionalItems")) {
      rest = additional;
      rest_keyword = "additionalItems";
    }
  }
  [[nodiscard]] std::size_t places() const noexcept {
    return prefix != nullptr ? prefix->size() : 0;
  }
  [[nodiscard]] const json::value& item(std::size_t i) const noexcept {
    return i < places() ? (*prefix)[i] : *rest;
  }
};

}  // namespace

schema_comparison::schema_comparison(part p, std::string_view type, const value& before,
                                     const value& after)
    : before_(before), after_(after) {
  about_.part = p;
  about_.type = std::string{type};
  const auto definitions = [](const value& from) -> const object* {
    return from.is_object() ? object_in(from.get_object(), "$defs") : nullptr;
  };
  a_definitions_ = definitions(before);
  b_definitions_ = definitions(after);
  equal_is_same_ = a_definitions_ == nullptr || b_definitions_ == nullptr
                       ? a_definitions_ == b_definitions_
                       : schema::equal(value(*a_definitions_), value(*b_definitions_));
}

std::vector<change> schema_comparison::run() {
  if (schema::equal(before_, after_)) return {};
  compare(before_, after_, "");
  if (noted_.empty()) neutral("", "restated", "the same is said in another form");
  return std::move(noted_);
}

void schema_comparison::note(change_class severity, const std::string& path, std::string_view kind,
                             std::string reason, bool needs_scan) {
  // A flood is cut, but never so that it looks harmless.
  if (noted_.size() >= max_noted && severity != change_class::breaking) return;
  if (noted_.size() >= max_noted + 1) return;
  auto made = about_;
  made.path = path;
  made.kind = std::string{kind};
  made.severity = severity;
  made.reason = std::move(reason);
  made.needs_scan = needs_scan;
  noted_.push_back(std::move(made));
}

bool schema_comparison::spend() { return ++steps_ <= max_steps; }

std::vector<change> schema_comparison::look(const value& a, const value& b,
                                            const std::string& path) {
  auto kept = std::move(noted_);
  noted_.clear();
  compare(a, b, path);
  auto out = std::move(noted_);
  noted_ = std::move(kept);
  return out;
}

bool schema_comparison::is_same(const value& a, const value& b, const std::string& path) {
  if (!spend()) return false;
  if (equal_is_same_) return schema::equal(a, b);
  return look(a, b, path).empty();
}

// --- One place

void schema_comparison::compare(const value& a, const value& b, const std::string& path) {
  if (!spend() || depth_ >= max_depth) {
    return breaking(path, "too_complex", subject(path) + " is too complex to compare");
  }
  if (equal_is_same_ && schema::equal(a, b)) return;
  if (a.is_bool() && b.is_bool() && a.get_bool() == b.get_bool()) return;
  ++depth_;
  const auto reference = [](const value& x) {
    return x.is_object() && x.get_object().contains("$ref");
  };
  if (reference(a) || reference(b)) {
    compare_references(a, b, path);
  } else if (is_never(a) || is_never(b)) {
    if (is_never(a) && !is_never(b)) {
      additive(path, "rule_removed", subject(path) + " was forbidden and is allowed now");
    } else if (is_never(b) && !is_never(a)) {
      breaking(path, "rule_added", subject(path) + " is forbidden now");
    }
  } else {
    const auto rules = [](const value& x) -> const object* {
      return x.is_bool() ? &no_rules() : x.if_object();
    };
    const auto* old_rules = rules(a);
    const auto* new_rules = rules(b);
    if (old_rules != nullptr && new_rules != nullptr) {
      compare_rules(*old_rules, *new_rules, path);
    } else if (!schema::equal(a, b)) {
      breaking(path, "unknown", "the schema of " + subject(path) + " cannot be read");
    }
  }
  --depth_;
}

/// Follows references on both sides, and notes annotations beside them.
void schema_comparison::compare_references(const value& a, const value& b,
                                           const std::string& path) {
  struct meant {
    const value* schema;
    std::string path;
    bool plain = true;  // nothing but annotations stands beside the references
  };
  const auto follow = [&](const value& from, const object* definitions) {
    meant out{.schema = &from, .path = path};
    for (std::size_t n = 0; n < max_depth && out.schema != nullptr && out.schema->is_object();
         ++n) {
      const auto& rules = out.schema->get_object();
      const auto* reference = member(rules, "$ref");
      if (reference == nullptr) break;
      out.plain = out.plain && is_only(rules, "$ref");
      if (!reference->is_string()) {
        out.schema = nullptr;
        break;
      }
      const std::string_view name{reference->get_string().data(), reference->get_string().size()};
      out.schema = find_definition(definitions, name);
      out.path = name.starts_with('#') ? std::string{name.substr(1)} : at("/$defs", name);
    }
    return out;
  };
  const auto old_meant = follow(a, a_definitions_);
  const auto new_meant = follow(b, b_definitions_);
  const auto* resolved = new_meant.schema;
  const bool still_reference =
      resolved != nullptr && resolved->is_object() && resolved->get_object().contains("$ref");
  const bool beside = (!old_meant.plain || !new_meant.plain) && !schema::equal(a, b);
  if (old_meant.schema == nullptr || resolved == nullptr || still_reference || beside) {
    return breaking(path, "unknown", "what " + subject(path) + " refers to cannot be compared");
  }
  compare_annotations(a.is_object() ? a.get_object() : no_rules(),
                      b.is_object() ? b.get_object() : no_rules(), path);
  const std::pair both{old_meant.schema, resolved};
  if (std::find(under_way_.begin(), under_way_.end(), both) != under_way_.end()) return;
  under_way_.push_back(both);
  compare(*old_meant.schema, *resolved, new_meant.path);
  under_way_.pop_back();
}

void schema_comparison::compare_rules(const object& a, const object& b, const std::string& path) {
  compare_annotations(a, b, path);
  if (compare_literals(a, b, path) || compare_as_unions(a, b, path)) return;
  const auto first = noted_.size();
  const auto both = compare_kinds(a, b, path);
  if (both.bits == 0) return;
  compare_lone_literals(a, b, path);
  if ((both.bits & (kind_set::integer | kind_set::fraction)) != 0) compare_numbers(a, b, path);
  if ((both.bits & kind_set::string) != 0) compare_strings(a, b, path);
  if ((both.bits & kind_set::array) != 0) compare_lists(a, b, path);
  if ((both.bits & kind_set::object) != 0) compare_objects(a, b, path);
  compare_any_of(a, b, path);
  compare_one_of(a, b, path);
  compare_all_of(a, b, path);
  compare_not(a, b, path);
  compare_unknown(a, b, path);
  compare_unevaluated(a, b, path, first);
  compare_rest(a, b, path, "unevaluatedProperties");
}

/// `unevaluatedProperties` judges what nothing else names, so that even loosening a rule elsewhere
/// may leave members to it that were none of its business.
void schema_comparison::compare_unevaluated(const object& a, const object& b,
                                            const std::string& path, std::size_t first) {
  constexpr std::string_view keyword = "unevaluatedProperties";
  const auto* unevaluated = member(b, keyword);
  if (unevaluated == nullptr || is_any(*unevaluated)) return;
  const auto rest = [&](const object& from) {
    auto out = without_annotations(value(from));
    out.get_object().erase(keyword);
    return out;
  };
  if (equal_is_same_ && schema::equal(rest(a), rest(b))) return;
  bool told = false;
  for (auto i = first; i < noted_.size(); ++i) {
    auto& severity = noted_[i].severity;
    if (severity == change_class::additive) severity = change_class::breaking;
    told = told || severity == change_class::breaking;
  }
  if (!told) {
    breaking(at(path, keyword), "rule_changed",
             "which members of " + subject(path) + " nothing names has changed");
  }
}

void schema_comparison::compare_annotations(const object& a, const object& b,
                                            const std::string& path) {
  const auto differs = [&](std::string_view keyword) {
    neutral(at(path, keyword), "annotation_changed",
            std::string{printable(keyword)} + " of " + subject(path) + " changed");
  };
  for (const auto& one : a) {
    if (!is_annotation(name_of(one))) continue;
    const auto* other = member(b, name_of(one));
    if (other == nullptr || !schema::equal(one.value(), *other)) differs(name_of(one));
  }
  for (const auto& one : b) {
    if (is_annotation(name_of(one)) && member(a, name_of(one)) == nullptr) differs(name_of(one));
  }
}

void schema_comparison::compare_unknown(const object& a, const object& b, const std::string& path) {
  const auto is_known = [](std::string_view keyword) {
    return is_annotation(keyword) ||
           std::find(known_keywords.begin(), known_keywords.end(), keyword) != known_keywords.end();
  };
  const auto differs = [&](std::string_view keyword) {
    breaking(at(path, keyword), "unknown",
             "'" + printable(keyword) + "' of " + subject(path) + " changed");
  };
  for (const auto& one : a) {
    if (is_known(name_of(one))) continue;
    const auto* other = member(b, name_of(one));
    if (other == nullptr || !schema::equal(one.value(), *other)) differs(name_of(one));
  }
  for (const auto& one : b) {
    if (!is_known(name_of(one)) && member(a, name_of(one)) == nullptr) differs(name_of(one));
  }
}

// --- Literals and kinds

/// Schemas that only list values. True when that is all there is to say.
bool schema_comparison::compare_literals(const object& a, const object& b,
                                         const std::string& path) {
  const auto old_values = literals_of(a);
  const auto new_values = literals_of(b);
  if (!old_values && !new_values) return false;
  if (old_values && new_values) {
    compare_literal_sets(*old_values, *new_values, path);
    return true;
  }
  if (new_values) {
    // A union may have had these literals among others: then it is told member by member.
    if (is_only(a, "anyOf") && is_only(b, "anyOf")) return false;
    breaking(path, "union_member_removed",
             subject(path) + " allows only " + std::to_string(new_values->size()) +
                 " listed values now");
    return true;
  }
  if (is_only(a, "anyOf") && is_only(b, "anyOf")) return false;
  schema::compile_options options;
  options.definitions = b_definitions_;
  const auto compiled = schema::compile(value(b), options);
  const bool all_pass =
      compiled && std::all_of(old_values->begin(), old_values->end(),
                              [&](const value* one) { return schema::check(*compiled, *one); });
  if (all_pass) {
    additive(path, "union_widened", subject(path) + " allows more than the listed values now");
  } else {
    breaking(path, "union_member_removed",
             subject(path) + " no longer allows all values that were listed");
  }
  return true;
}

void schema_comparison::compare_literal_sets(const literals& a, const literals& b,
                                             const std::string& path) {
  const auto contains = [](const literals& all, const value& one) {
    return std::any_of(all.begin(), all.end(),
                       [&](const value* other) { return schema::equal(*other, one); });
  };
  const auto first = noted_.size();
  for (const auto* one : a) {
    if (!contains(b, *one)) {
      breaking(path, "union_member_removed", subject(path) + " may no longer be " + shown(*one));
    }
  }
  for (const auto* one : b) {
    if (!contains(a, *one)) {
      additive(path, "union_member_added", subject(path) + " may now also be " + shown(*one));
    }
  }
  if (noted_.size() != first) return;
  const bool same_order =
      std::equal(a.begin(), a.end(), b.begin(), b.end(),
                 [](const value* x, const value* y) { return schema::equal(*x, *y); });
  if (!same_order) {
    neutral(path, "reordered", "the values of " + subject(path) + " are listed in another order");
  }
}

/// `const` and `enum` beside other rules.
void schema_comparison::compare_lone_literals(const object& a, const object& b,
                                              const std::string& path) {
  for (const std::string_view keyword : {"const", "enum"}) {
    const auto* old_rule = member(a, keyword);
    const auto* new_rule = member(b, keyword);
    if (old_rule == nullptr && new_rule == nullptr) continue;
    if (keyword == "enum" && old_rule != nullptr && new_rule != nullptr && old_rule->is_array() &&
        new_rule->is_array()) {
      compare_literal_sets(pointers_to(old_rule->get_array()), pointers_to(new_rule->get_array()),
                           at(path, keyword));
    } else {
      compare_rule(a, b, path, keyword);
    }
  }
}

kind_set schema_comparison::compare_kinds(const object& a, const object& b,
                                          const std::string& path) {
  const auto old_kinds = kinds_of(a);
  const auto new_kinds = kinds_of(b);
  const auto place = at(path, "type");
  if (!old_kinds || !new_kinds) {
    breaking(place, "unknown", "the kind of " + subject(path) + " cannot be read");
    return {.bits = 0};
  }
  const auto only = [](kind_set x, kind_set without) {
    return kind_set{.bits = static_cast<std::uint8_t>(x.bits & ~without.bits)};
  };
  const kind_set both{.bits = static_cast<std::uint8_t>(old_kinds->bits & new_kinds->bits)};
  const auto gone = only(*old_kinds, *new_kinds);
  const auto come = only(*new_kinds, *old_kinds);
  if (gone.bits != 0) {
    breaking(place, "kind_changed",
             subject(path) + " was " + to_string(*old_kinds) + " and is " + to_string(*new_kinds) +
                 " now");
  } else if (come.bits != 0) {
    additive(place, "kind_added", subject(path) + " may now also be " + to_string(come));
  }
  return both;
}

// --- Scalars

/// A rule that either is there or not: when it differs, nothing is known of what it allows.
void schema_comparison::compare_rule(const object& a, const object& b, const std::string& path,
                                     std::string_view keyword) {
  const auto* old_rule = member(a, keyword);
  const auto* new_rule = member(b, keyword);
  if (old_rule == nullptr && new_rule == nullptr) return;
  const auto place = at(path, keyword);
  const auto name = "'" + std::string{keyword} + "' of " + subject(path);
  if (new_rule == nullptr) {
    additive(place, "rule_removed", name + " was removed");
  } else if (old_rule == nullptr) {
    breaking(place, "rule_added", name + " is new");
  } else if (!schema::equal(*old_rule, *new_rule)) {
    breaking(place, "rule_changed", name + " changed");
  }
}

void schema_comparison::compare_numbers(const object& a, const object& b, const std::string& path) {
  compare_limit(a, b, path, "minimum", "exclusiveMinimum", true);
  compare_limit(a, b, path, "exclusiveMinimum", "minimum", true);
  compare_limit(a, b, path, "maximum", "exclusiveMaximum", false);
  compare_limit(a, b, path, "exclusiveMaximum", "maximum", false);
  compare_divisor(a, b, path);
}

/// One of the two forms of a bound, `keyword`; `other` is the second form of the same bound.
void schema_comparison::compare_limit(const object& a, const object& b, const std::string& path,
                                      std::string_view keyword, std::string_view other,
                                      bool lower) {
  const auto* old_bound = member(a, keyword);
  const auto* new_bound = member(b, keyword);
  if (old_bound == nullptr && new_bound == nullptr) return;
  if (old_bound != nullptr && new_bound != nullptr && schema::equal(*old_bound, *new_bound)) return;
  const auto place = at(path, keyword);
  const auto name = std::string{keyword} + " of " + subject(path);
  const std::string_view reaches = lower ? "minimum" : "maximum";
  const std::string_view exceeds = lower ? "exclusiveMinimum" : "exclusiveMaximum";
  const bool is_strict = keyword == exceeds;
  // Do the bounds of one schema imply a bound of this form?
  const auto implied = [&](const object& by, const value& bound) {
    const auto* same = member(by, keyword);
    if (same != nullptr && same->is_number() && holds(*same, reaches, bound)) return true;
    const auto* second = member(by, other);
    return second != nullptr && second->is_number() &&
           holds(*second, is_strict ? exceeds : reaches, bound);
  };
  if (new_bound != nullptr && (!new_bound->is_number() || !implied(a, *new_bound))) {
    if (old_bound == nullptr) {
      return breaking(place, "bound_added", name + " is new: " + shown(*new_bound));
    }
    return breaking(place, "bound_tightened",
                    name + (lower ? " rose from " : " fell from ") + shown(*old_bound) + " to " +
                        shown(*new_bound));
  }
  if (old_bound == nullptr) {
    return neutral(place, "restated", name + " is written in another form");
  }
  if (!old_bound->is_number() || implied(b, *old_bound)) {
    return neutral(place, "restated", name + " is written in another form");
  }
  if (new_bound == nullptr) return additive(place, "bound_removed", name + " was removed");
  additive(place, "bound_widened",
           name + (lower ? " fell from " : " rose from ") + shown(*old_bound) + " to " +
               shown(*new_bound));
}

void schema_comparison::compare_divisor(const object& a, const object& b, const std::string& path) {
  const auto* old_rule = member(a, "multipleOf");
  const auto* new_rule = member(b, "multipleOf");
  const auto is_whole = [](const value& x) { return x.is_int64() || x.is_uint64(); };
  // Only whole numbers are exact: 0.3 is no multiple of 0.1.
  if (old_rule != nullptr && new_rule != nullptr && is_whole(*old_rule) && is_whole(*new_rule) &&
      !schema::equal(*old_rule, *new_rule) && holds(*old_rule, "multipleOf", *new_rule)) {
    return additive(at(path, "multipleOf"), "bound_widened",
                    subject(path) + " must be a multiple of " + shown(*new_rule) +
                        " only, no longer of " + shown(*old_rule));
  }
  compare_rule(a, b, path, "multipleOf");
}

void schema_comparison::compare_strings(const object& a, const object& b, const std::string& path) {
  compare_count(a, b, path, "minLength", true);
  compare_count(a, b, path, "maxLength", false);
  compare_rule(a, b, path, "pattern");
  compare_rule(a, b, path, "format");
}

/// A bound on a count. Below `floor` a lower one says nothing more.
void schema_comparison::compare_count(const object& a, const object& b, const std::string& path,
                                      std::string_view keyword, bool lower, std::uint64_t floor) {
  constexpr auto none = std::numeric_limits<std::uint64_t>::max();
  const auto read = [&](const object& from) -> std::optional<std::uint64_t> {
    const auto* bound = member(from, keyword);
    if (bound == nullptr) return lower ? floor : none;
    boost::system::error_code status;
    const auto count = bound->to_number<std::uint64_t>(status);
    if (status) return std::nullopt;
    return lower ? std::max(count, floor) : count;
  };
  const auto* old_bound = member(a, keyword);
  const auto* new_bound = member(b, keyword);
  const auto old_count = read(a);
  const auto new_count = read(b);
  if (!old_count || !new_count) return compare_rule(a, b, path, keyword);
  if (*old_count == *new_count) return;
  const auto place = at(path, keyword);
  const auto name = std::string{keyword} + " of " + subject(path);
  const bool tighter = lower ? *new_count > *old_count : *new_count < *old_count;
  if (old_bound == nullptr) {
    return breaking(place, "bound_added", name + " is new: " + shown(*new_bound));
  }
  if (new_bound == nullptr) return additive(place, "bound_removed", name + " was removed");
  note(tighter ? change_class::breaking : change_class::additive, place,
       tighter ? "bound_tightened" : "bound_widened",
       name + (*new_count > *old_count ? " rose from " : " fell from ") + shown(*old_bound) +
           " to " + shown(*new_bound));
}

// --- Lists

void schema_comparison::compare_lists(const object& a, const object& b, const std::string& path) {
  compare_count(a, b, path, "minItems", true);
  compare_count(a, b, path, "maxItems", false);
  const auto is_unique = [](const object& from) {
    const auto* rule = member(from, "uniqueItems");
    return rule != nullptr && !(rule->is_bool() && !rule->get_bool());
  };
  if (is_unique(a) != is_unique(b)) {
    const bool removed = is_unique(a);
    note(removed ? change_class::additive : change_class::breaking, at(path, "uniqueItems"),
         removed ? "rule_removed" : "rule_added",
         "items of " + subject(path) + (removed ? " may repeat now" : " may no longer repeat"));
  }
  compare_items(a, b, path);
  compare_contains(a, b, path);
}

void schema_comparison::compare_items(const object& a, const object& b, const std::string& path) {
  const item_rules old_items(a);
  const item_rules new_items(b);
  const auto places = std::max(old_items.places(), new_items.places());
  for (std::size_t i = 0; i < places; ++i) {
    const auto place = i < new_items.places()
                           ? at(path, new_items.prefix_keyword, std::to_string(i))
                           : at(path, new_items.rest_keyword);
    compare(old_items.item(i), new_items.item(i), place);
  }
  compare(*old_items.rest, *new_items.rest, at(path, new_items.rest_keyword));
}

void schema_comparison::compare_contains(const object& a, const object& b,
                                         const std::string& path) {
  const auto* old_rule = member(a, "contains");
  const auto* new_rule = member(b, "contains");
  if (old_rule == nullptr || new_rule == nullptr) return compare_rule(a, b, path, "contains");
  const auto place = at(path, "contains");
  if (member(b, "maxContains") != nullptr) {
    // More matches may be too many, and fewer too few.
    for (auto& one : look(*old_rule, *new_rule, place)) {
      if (one.severity == change_class::additive) one.severity = change_class::breaking;
      noted_.push_back(std::move(one));
    }
  } else {
    compare(*old_rule, *new_rule, place);
  }
  compare_count(a, b, path, "minContains", true, 1);
  compare_count(a, b, path, "maxContains", false);
}

// --- Objects

void schema_comparison::compare_objects(const object& a, const object& b, const std::string& path) {
  compare_properties(a, b, path);
  compare_required(a, b, path);
  compare_records(a, b, path);
  compare_rest(a, b, path, "additionalProperties");
  compare_count(a, b, path, "minProperties", true);
  compare_count(a, b, path, "maxProperties", false);
}

void schema_comparison::compare_properties(const object& a, const object& b,
                                           const std::string& path) {
  const auto* old_set = object_in(a, "properties");
  const auto* new_set = object_in(b, "properties");
  const auto& old_properties = old_set != nullptr ? *old_set : no_rules();
  const auto& new_properties = new_set != nullptr ? *new_set : no_rules();
  for (const auto& one : old_properties) {
    const auto place = at(path, "properties", name_of(one));
    if (const auto* other = member(new_properties, name_of(one))) {
      compare(one.value(), *other, place);
    } else {
      breaking(place, "property_removed", subject(place) + " was removed");
    }
  }
  const auto required = strings(array_in(b, "required"));
  for (const auto& one : new_properties) {
    // A new property that is required is told as such, once.
    if (member(old_properties, name_of(one)) != nullptr || has(required, name_of(one))) continue;
    compare_added(a, std::string{name_of(one)}, one.value(), at(path, "properties", name_of(one)));
  }
}

/// A new optional property: what could be stored under its name so far?
void schema_comparison::compare_added(const object& a, const std::string& name, const value& added,
                                      const std::string& path) {
  const auto* rest = member(a, "additionalProperties");
  const auto* records = object_in(a, "patternProperties");
  const bool by_name_only = records == nullptr || records->empty();
  const auto reason = subject(path) + " is new and optional";
  const bool harmless = is_any(added) || (by_name_only && rest != nullptr &&
                                          (is_never(*rest) || is_harmless(*rest, added, path)));
  if (harmless) return additive(path, "property_added", reason);
  note(
      change_class::breaking, path, "property_added",
      reason + "; stored values may hold something else under that name: '" + printable(name) + "'",
      true);
}

void schema_comparison::compare_required(const object& a, const object& b,
                                         const std::string& path) {
  const auto old_names = strings(array_in(a, "required"));
  const auto new_names = strings(array_in(b, "required"));
  const auto* old_set = object_in(a, "properties");
  const auto* new_set = object_in(b, "properties");
  const auto declares = [](const object* set, const std::string& name) {
    return set != nullptr && set->contains(name);
  };
  bool differs = false;
  for (const auto& name : new_names) {
    if (has(old_names, name)) continue;
    differs = true;
    const auto place = at(path, "properties", name);
    const bool is_new = declares(new_set, name) && !declares(old_set, name);
    breaking(declares(new_set, name) ? place : at(path, "required"), "required_added",
             subject(place) + (is_new ? " is new and required" : " is now required"));
  }
  for (const auto& name : old_names) {
    if (has(new_names, name)) continue;
    differs = true;
    // Of a removed property this says nothing more.
    if (declares(old_set, name) && !declares(new_set, name)) continue;
    const auto place = at(path, "properties", name);
    additive(declares(new_set, name) ? place : at(path, "required"), "required_removed",
             subject(place) + " is now optional");
  }
  // Declared anew, though it was required before without a schema of its own.
  for (const auto& name : new_names) {
    if (has(old_names, name) && declares(new_set, name) && !declares(old_set, name)) {
      compare_added(a, name, new_set->at(name), at(path, "properties", name));
    }
  }
  if (!differs && old_names != new_names) {
    neutral(at(path, "required"), "reordered",
            "the required members of " + subject(path) + " are listed in another order");
  }
}

void schema_comparison::compare_records(const object& a, const object& b, const std::string& path) {
  const auto* old_set = object_in(a, "patternProperties");
  const auto* new_set = object_in(b, "patternProperties");
  const auto& old_records = old_set != nullptr ? *old_set : no_rules();
  const auto& new_records = new_set != nullptr ? *new_set : no_rules();
  for (const auto& one : old_records) {
    const auto place = at(path, "patternProperties", name_of(one));
    const auto name =
        "members of " + subject(path) + " named like '" + printable(name_of(one)) + "'";
    if (const auto* other = member(new_records, name_of(one))) {
      compare(one.value(), *other, place);
      continue;
    }
    const auto* rest = member(b, "additionalProperties");
    if (rest == nullptr || is_any(*rest)) {
      additive(place, "rule_removed", name + " may be anything now");
    } else {
      breaking(place, "property_removed", name + " have no rule of their own any more");
    }
  }
  for (const auto& one : new_records) {
    if (member(old_records, name_of(one)) != nullptr) continue;
    note(is_any(one.value()) ? change_class::additive : change_class::breaking,
         at(path, "patternProperties", name_of(one)), "rule_added",
         "there is a new rule for members of " + subject(path) + " named like '" +
             printable(name_of(one)) + "'");
  }
}

/// `additionalProperties` or `unevaluatedProperties`.
void schema_comparison::compare_rest(const object& a, const object& b, const std::string& path,
                                     std::string_view keyword) {
  const auto rest_of = [&](const object& from) -> const value& {
    const auto* rest = member(from, keyword);
    return rest != nullptr ? *rest : any_value();
  };
  const auto& old_rest = rest_of(a);
  const auto& new_rest = rest_of(b);
  const auto place = at(path, keyword);
  const auto name = path.empty() ? std::string{"the object"} : subject(path);
  if (is_never(new_rest) && !is_never(old_rest)) {
    return breaking(place, "object_closed", name + " takes no other members any more");
  }
  if (is_never(old_rest) && !is_never(new_rest)) {
    return additive(place, "object_opened", name + " takes other members now");
  }
  compare(old_rest, new_rest, place);
}

// --- Combinations

/// Schemas that are unions and nothing else, or one such against a schema without alternatives.
/// True when that is all there is to say.
bool schema_comparison::compare_as_unions(const object& a, const object& b,
                                          const std::string& path) {
  const bool old_union = is_only(a, "anyOf") && array_in(a, "anyOf") != nullptr;
  const bool new_union = is_only(b, "anyOf") && array_in(b, "anyOf") != nullptr;
  if (!old_union && !new_union) return false;
  if (old_union && new_union) {
    match_alternatives(pointers_to(a.at("anyOf").get_array()),
                       pointers_to(b.at("anyOf").get_array()), at(path, "anyOf"));
    return true;
  }
  if ((new_union && a.contains("anyOf")) || (old_union && b.contains("anyOf"))) return false;
  // A schema of its own counts as a union of one. Its annotations have been compared already.
  const auto alone = [](const object& from) {
    object out;
    for (const auto& one : from) {
      if (!is_annotation(name_of(one))) out.emplace(one.key(), one.value());
    }
    return value(std::move(out));
  };
  if (new_union) {
    const auto single = alone(a);
    match_alternatives({&single}, pointers_to(b.at("anyOf").get_array()), at(path, "anyOf"));
    return true;
  }
  const auto single = alone(b);
  for (const auto* one : pointers_to(a.at("anyOf").get_array())) {
    if (is_harmless(*one, single, path)) continue;
    breaking(path, "union_member_removed",
             subject(path) + " no longer allows all that its alternatives allowed");
    return true;
  }
  additive(path, "union_widened", subject(path) + " allows more than its alternatives did");
  return true;
}

void schema_comparison::compare_any_of(const object& a, const object& b, const std::string& path) {
  const auto* old_list = array_in(a, "anyOf");
  const auto* new_list = array_in(b, "anyOf");
  if (old_list != nullptr && new_list != nullptr) {
    return match_alternatives(pointers_to(*old_list), pointers_to(*new_list), at(path, "anyOf"));
  }
  if (old_list == nullptr && new_list == nullptr) return compare_rule(a, b, path, "anyOf");
  if (new_list != nullptr) {
    return breaking(at(path, "anyOf"), "rule_added",
                    subject(path) + " must fit one of several alternatives now");
  }
  const bool named = std::any_of(old_list->begin(), old_list->end(), names_properties);
  note(named ? change_class::breaking : change_class::additive, at(path, "anyOf"),
       named ? "property_removed" : "rule_removed",
       "the alternatives of " + subject(path) + " were removed");
}

/// Each old alternative must find a new one that takes all its values.
void schema_comparison::match_alternatives(const std::vector<const value*>& a,
                                           const std::vector<const value*>& b,
                                           const std::string& path) {
  constexpr auto unmatched = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> match(a.size(), unmatched);
  std::vector<bool> used(b.size(), false);
  const auto place = [&](std::size_t j) { return at(path, std::to_string(j)); };
  const auto pair_up = [&](std::size_t i, auto&& fits) {
    for (std::size_t j = 0; j < b.size() && match[i] == unmatched; ++j) {
      if (used[j] || !fits(j)) continue;
      match[i] = j;
      used[j] = true;
    }
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    pair_up(i, [&](std::size_t j) { return is_same(*a[i], *b[j], place(j)); });
  }
  const bool reordered = !std::is_sorted(match.begin(), match.end());
  std::vector<std::size_t> removed;
  bool all_same = true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (match[i] != unmatched) continue;
    all_same = false;
    pair_up(i, [&](std::size_t j) { return is_harmless(*a[i], *b[j], place(j)); });
    if (match[i] == unmatched) {
      removed.push_back(i);
    } else {
      compare(*a[i], *b[match[i]], place(match[i]));
    }
  }
  for (const auto i : removed) {
    // What is left over at one end only is told in detail.
    pair_up(i, [&](std::size_t) { return removed.size() == 1; });
    if (match[i] != unmatched) {
      compare(*a[i], *b[match[i]], place(match[i]));
    } else {
      breaking(path, "union_member_removed",
               subject(path) + " lost an alternative: " + shown(*a[i]));
    }
  }
  for (std::size_t j = 0; j < b.size(); ++j) {
    if (used[j]) continue;
    all_same = false;
    additive(place(j), "union_member_added", subject(path) + " has one more alternative");
  }
  if (all_same && reordered) {
    neutral(path, "reordered",
            "the alternatives of " + subject(path) + " are listed in another order");
  }
}

void schema_comparison::compare_one_of(const object& a, const object& b, const std::string& path) {
  const auto* old_list = array_in(a, "oneOf");
  const auto* new_list = array_in(b, "oneOf");
  if (old_list == nullptr || new_list == nullptr) {
    if (old_list != nullptr && new_list == nullptr && !b.contains("oneOf") &&
        std::any_of(old_list->begin(), old_list->end(), names_properties)) {
      return breaking(at(path, "oneOf"), "property_removed",
                      "the alternatives of " + subject(path) + " were removed");
    }
    return compare_rule(a, b, path, "oneOf");
  }
  // Exactly one must fit, so that a wider alternative may refuse what passed.
  const auto mark = noted_.size();
  match_alternatives(pointers_to(*old_list), pointers_to(*new_list), at(path, "oneOf"));
  for (auto i = mark; i < noted_.size(); ++i) {
    if (noted_[i].severity == change_class::additive) noted_[i].severity = change_class::breaking;
  }
}

void schema_comparison::compare_all_of(const object& a, const object& b, const std::string& path) {
  const auto* old_list = array_in(a, "allOf");
  const auto* new_list = array_in(b, "allOf");
  if (old_list == nullptr && new_list == nullptr) return compare_rule(a, b, path, "allOf");
  const auto old_parts = old_list != nullptr ? pointers_to(*old_list) : literals{};
  const auto new_parts = new_list != nullptr ? pointers_to(*new_list) : literals{};
  std::vector<bool> used(old_parts.size(), false);
  std::vector<bool> done(new_parts.size(), false);
  const auto place = [&](std::size_t j) { return at(path, "allOf", std::to_string(j)); };
  const auto pair_up = [&](auto&& fits, auto&& then) {
    for (std::size_t j = 0; j < new_parts.size(); ++j) {
      for (std::size_t i = 0; i < old_parts.size() && !done[j]; ++i) {
        if (used[i] || !fits(i, j)) continue;
        used[i] = done[j] = true;
        then(i, j);
      }
    }
  };
  const auto tell = [&](std::size_t i, std::size_t j) {
    compare(*old_parts[i], *new_parts[j], place(j));
  };
  pair_up(
      [&](std::size_t i, std::size_t j) { return is_same(*old_parts[i], *new_parts[j], place(j)); },
      [](std::size_t, std::size_t) {});
  pair_up([&](std::size_t i,
              std::size_t j) { return is_harmless(*old_parts[i], *new_parts[j], place(j)); },
          tell);
  pair_up([](std::size_t, std::size_t) { return true; }, tell);
  for (std::size_t j = 0; j < new_parts.size(); ++j) {
    if (done[j]) continue;
    if (is_harmless(value(a), *new_parts[j], place(j))) {
      neutral(place(j), "restated", "a rule of " + subject(path) + " is written once more");
    } else {
      breaking(place(j), "rule_added", subject(path) + " must fit one more schema");
    }
  }
  for (std::size_t i = 0; i < old_parts.size(); ++i) {
    if (used[i]) continue;
    const bool named = names_properties(*old_parts[i]);
    note(named ? change_class::breaking : change_class::additive, at(path, "allOf"),
         named ? "property_removed" : "rule_removed",
         subject(path) + " need no longer fit " + shown(*old_parts[i]));
  }
}

void schema_comparison::compare_not(const object& a, const object& b, const std::string& path) {
  const auto* old_rule = member(a, "not");
  const auto* new_rule = member(b, "not");
  if (old_rule == nullptr || new_rule == nullptr) return compare_rule(a, b, path, "not");
  const auto place = at(path, "not");
  // What the new one forbids, the old one must have forbidden: the other way round.
  std::swap(a_definitions_, b_definitions_);
  const auto found = look(*new_rule, *old_rule, place);
  std::swap(a_definitions_, b_definitions_);
  if (found.empty()) return;
  const auto severity = worst(found);
  note(severity, place, severity == change_class::neutral ? "restated" : "rule_changed",
       "what " + subject(path) + " must not be changed");
}

}  // namespace quire::evolution
