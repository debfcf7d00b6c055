#include "keywords.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/messages/limits.hpp>
#include <quire/metagraph/merge.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace quire::metagraph {
namespace {

namespace json = boost::json;

/// More alternatives than people write; fewer than products of unions soon have.
constexpr std::size_t max_alternatives = 64;
/// Pairs tried when two unions meet.
constexpr std::size_t max_pairs = 256;
/// Literals tried against references, each of which means compiling what they reach.
constexpr std::size_t max_referring_tests = 256;

// --- Kinds of values, as `type` names them
// ---------------------------------------------------------

namespace kinds {
constexpr std::uint8_t whole = 1U << 0U;
constexpr std::uint8_t fraction = 1U << 1U;
constexpr std::uint8_t number = whole | fraction;
constexpr std::uint8_t string = 1U << 2U;
constexpr std::uint8_t boolean = 1U << 3U;
constexpr std::uint8_t null = 1U << 4U;
constexpr std::uint8_t array = 1U << 5U;
constexpr std::uint8_t object = 1U << 6U;
}  // namespace kinds

struct kind_name {
  std::string_view name;
  std::uint8_t bits;
};

/// `number` before `integer`: a set is named by the widest names that fit.
constexpr std::array<kind_name, 7> kind_names{{{"string", kinds::string},
                                               {"number", kinds::number},
                                               {"integer", kinds::whole},
                                               {"boolean", kinds::boolean},
                                               {"null", kinds::null},
                                               {"array", kinds::array},
                                               {"object", kinds::object}}};

/// The kinds that a `type` admits; 0 when it is none.
std::uint8_t kinds_of(const json::value& type) {
  std::uint8_t bits = 0;
  const auto add = [&](const json::value& name) {
    if (!name.is_string()) return;
    for (const auto& known : kind_names) {
      if (view(name.get_string()) == known.name) bits |= known.bits;
    }
  };
  if (type.is_array()) {
    for (const auto& item : type.get_array()) add(item);
  } else {
    add(type);
  }
  return bits;
}

json::value type_of(std::uint8_t bits) {
  json::array names;
  for (const auto& known : kind_names) {
    if ((bits & known.bits) == known.bits) {
      names.emplace_back(json::string_view{known.name.data(), known.name.size()});
      bits = static_cast<std::uint8_t>(bits & ~known.bits);
    }
  }
  if (names.size() == 1) return names.front();
  return names;
}

// --- Numbers
// ----------------------------------------------------------------------------------------

/// -1, 0 or 1. Exact where long double holds 64-bit integers.
int compare_numbers(const json::value& a, const json::value& b) {
  const auto wide = [](const json::value& v) -> long double {
    if (v.is_int64()) return static_cast<long double>(v.get_int64());
    if (v.is_uint64()) return static_cast<long double>(v.get_uint64());
    return static_cast<long double>(v.get_double());
  };
  const auto x = wide(a);
  const auto y = wide(b);
  return x < y ? -1 : static_cast<int>(y < x);
}

// --- Schemas
// ----------------------------------------------------------------------------------------

json::value never_schema() {
  json::object out;
  out.emplace("not", json::object{});
  return out;
}

bool is_never(const json::object& core) {
  if (core.size() != 1) return false;
  const auto* negated = object_member(core, "not");
  return negated != nullptr && negated->empty();
}

/// Both forms of a schema as an object.
json::object as_object(const json::value& schema) {
  if (const auto* object = schema.if_object()) return *object;
  if (schema.is_bool() && !schema.get_bool()) return never_schema().get_object();
  return {};
}

/// `const`, `enum`, or an `anyOf` of these; with or without `type`.
bool is_literals(const json::object& core) {
  if (core.empty() || core.size() > 2) return false;
  if (core.size() == 2 && !core.contains("type")) return false;
  if (core.contains("const")) return true;
  if (const auto* values = core.if_contains("enum")) return values->is_array();
  const auto* members = core.if_contains("anyOf");
  // A `type` beside `anyOf` would have to be told to each member.
  if (members == nullptr || !members->is_array() || core.size() != 1) return false;
  const auto& list = members->get_array();
  return !list.empty() && std::all_of(list.begin(), list.end(), [](const json::value& member) {
    return member.is_object() && is_literals(core_of(member.get_object()));
  });
}

using literal_test = std::function<bool(const json::value&)>;

/// The schema with the literals that pass; nothing when none does.
std::optional<json::object> keep_literals(const json::object& schema, const literal_test& passes) {
  if (const auto* constant = schema.if_contains("const")) {
    if (!passes(*constant)) return std::nullopt;
    return schema;
  }
  if (const auto* values = schema.if_contains("enum")) {
    json::array kept;
    for (const auto& item : values->get_array()) {
      if (passes(item)) kept.push_back(item);
    }
    if (kept.empty()) return std::nullopt;
    auto out = schema;
    out["enum"] = std::move(kept);
    return out;
  }
  json::array kept;
  for (const auto& member : schema.at("anyOf").get_array()) {
    if (auto narrowed = keep_literals(member.get_object(), passes)) {
      kept.emplace_back(*std::move(narrowed));
    }
  }
  if (kept.empty()) return std::nullopt;
  if (kept.size() == 1) {
    auto out = kept.front().get_object();
    add_annotations(out, schema);
    return out;
  }
  auto out = schema;
  out["anyOf"] = std::move(kept);
  return out;
}

void list_literals(const json::object& schema, std::vector<const json::value*>& out) {
  if (const auto* constant = schema.if_contains("const")) {
    out.push_back(constant);
  } else if (const auto* values = schema.if_contains("enum")) {
    for (const auto& item : values->get_array()) out.push_back(&item);
  } else {
    for (const auto& member : schema.at("anyOf").get_array()) {
      list_literals(member.get_object(), out);
    }
  }
}

/// Keywords that say something about several members at once and merge only as a group.
struct keyword_group {
  std::array<std::string_view, 3> keywords;
};
constexpr std::array<keyword_group, 2> groups{
    {{{"items", "prefixItems", "additionalItems"}}, {{"contains", "minContains", "maxContains"}}}};

bool has_any(const json::object& schema, const keyword_group& group) {
  return std::any_of(group.keywords.begin(), group.keywords.end(),
                     [&](std::string_view k) { return schema.contains(k); });
}

/// Schemas whose keywords can be judged one by one.
bool is_plain(const json::object& core) {
  constexpr std::array<std::string_view, 8> others{
      "const", "enum", "anyOf", "oneOf", "allOf", "$ref", "$defs", "unevaluatedProperties"};
  return std::none_of(others.begin(), others.end(),
                      [&](std::string_view k) { return core.contains(k); });
}

bool refers(const json::value& schema) {
  if (const auto* list = schema.if_array()) {
    return std::any_of(list->begin(), list->end(), refers);
  }
  const auto* object = schema.if_object();
  return object != nullptr && (object->contains("$ref") ||
                               std::any_of(object->begin(), object->end(), [](const auto& member) {
                                 return refers(member.value());
                               }));
}

bool describes_objects(const json::object& core) {
  if (const auto* type = core.if_contains("type")) return kinds_of(*type) == kinds::object;
  constexpr std::array<std::string_view, 6> keywords{"properties",        "required",
                                                     "patternProperties", "additionalProperties",
                                                     "minProperties",     "maxProperties"};
  return std::any_of(keywords.begin(), keywords.end(),
                     [&](std::string_view k) { return core.contains(k); });
}

/// The object of schemas under `keyword`, or an empty one.
const json::object& map_of(const json::object& schema, std::string_view keyword) {
  static const json::object none;
  const auto* found = object_member(schema, keyword);
  return found != nullptr ? *found : none;
}

/// `additionalProperties` when it is a schema that refuses something but not everything.
const json::value* demanding_additional(const json::object& schema) {
  const auto* found = schema.if_contains("additionalProperties");
  return found != nullptr && found->is_object() && !found->get_object().empty() ? found : nullptr;
}

bool is_closed(const json::object& schema) {
  const auto* found = schema.if_contains("additionalProperties");
  return found != nullptr && ((found->is_bool() && !found->get_bool()) ||
                              (found->is_object() && is_never(core_of(found->get_object()))));
}

bool lists_name(const json::object& schema, json::string_view name) {
  const auto* list = schema.if_contains("required");
  if (list == nullptr || !list->is_array()) return false;
  return std::any_of(list->get_array().begin(), list->get_array().end(), [&](const auto& item) {
    return item.is_string() && json::string_view{item.get_string()} == name;
  });
}

/// Steps into a member for as long as it lives.
class path_step {
 public:
  path_step(std::string& path, std::string_view name) : path_(path), length_(path.size()) {
    schema::append_step(path_, name);
  }
  path_step(const path_step&) = delete;
  path_step& operator=(const path_step&) = delete;
  ~path_step() { path_.resize(length_); }

 private:
  std::string& path_;
  std::size_t length_;
};

/// The alternatives of a type: one object schema, or the members of a union of them.
struct alternatives {
  std::vector<json::object> members;
  std::string_view keyword = "anyOf";
  json::object annotations;  ///< of the union; those of a single object are in it
};

class merger {
 public:
  explicit merger(const json::object* definitions) : definitions_(definitions) {}

  result<json::value> merge(const json::value& base, const json::value& type) {
    if (++depth_ > limits::max_document_depth) return too_deep();
    auto merged = merge_objects(as_object(base), as_object(type));
    --depth_;
    if (!merged) return merged.error();
    return json::value(*std::move(merged));
  }

  result<json::object> merge_types(const json::value& base, const json::value& type) {
    auto of_base = flatten(base);
    if (!of_base) return of_base.error();
    auto of_type = flatten(type);
    if (!of_type) return of_type.error();
    if (of_base->members.size() > 1 && of_base->keyword == "oneOf") {
      return invalid("a base must be one object schema or an 'anyOf' of them, not a 'oneOf'");
    }
    auto joined = combine(*of_base, *of_type);
    if (!joined) return joined.error();
    // A union keeps its own annotations; those of the base would say nothing about it.
    joined->annotations = of_type->members.size() > 1 ? of_type->annotations : joined->annotations;
    return type_schema(*std::move(joined));
  }

 private:
  /// Nothing passes here.
  error conflict(std::string what) {
    impossible_at_ = path_.size();
    return fail(errc::merge_conflict,
                "at '" + printable(path_) + "': " + what +
                    "; change one of the two so that some value can pass both",
                {{.code = "merge_conflict", .pointer = path_, .message = what}});
  }
  /// Does the error say that nothing at all passes here? A conflict further inside may be about
  /// something that can be left out.
  bool is_impossible(const error& e) const {
    return e.code == errc::merge_conflict && impossible_at_ == path_.size();
  }
  error invalid(std::string what) const {
    return fail(errc::schema_invalid, "at '" + printable(path_) + "': " + what,
                {{.code = "schema_invalid", .pointer = path_, .message = what}});
  }
  error too_deep() const {
    return fail(errc::depth_exceeded,
                "schemas are nested deeper than " + std::to_string(limits::max_document_depth) +
                    " levels at '" + printable(path_) + "'; name the inner ones and refer to them",
                {{.code = "depth_exceeded", .pointer = path_, .message = "Nested too deeply"}});
  }

  error too_many() const {
    return fail(
        errc::schema_too_large,
        "at '" + printable(path_) + "': a type has more than " + std::to_string(max_alternatives) +
            " alternatives, or unions that multiply; make them several types",
        {{.code = "schema_too_large", .pointer = path_, .message = "Too many alternatives"}});
  }

  /// Puts merged keywords into the order of `type`, with the annotations of both.
  static json::object finish(const json::object& core, const json::object& base,
                             const json::object& type) {
    json::object out;
    out.reserve(core.size() + 4);
    for (const auto& member : type) {
      if (is_annotation(view(member.key()))) {
        out.emplace(member.key(), member.value());
      } else if (const auto* merged = core.if_contains(member.key())) {
        out.emplace(member.key(), *merged);
      }
    }
    for (const auto& member : core) out.emplace(member.key(), member.value());
    add_annotations(out, base);
    return out;
  }

  result<json::object> merge_objects(const json::object& base, const json::object& type) {
    const auto base_core = core_of(base);
    const auto type_core = core_of(type);
    if (base_core.empty() || is_never(type_core)) return finish(type_core, base, type);
    if (type_core.empty() || is_never(base_core)) return finish(base_core, base, type);
    if (schema::equal(base_core, type_core)) return finish(type_core, base, type);
    if (is_literals(type_core)) return merge_literals(type_core, base_core, base, type);
    if (is_literals(base_core)) return merge_literals(base_core, type_core, base, type);
    if (is_plain(base_core) && is_plain(type_core)) {
      auto merged = merge_plain(base_core, type_core);
      if (!merged) return merged.error();
      if (*merged) return finish(**merged, base, type);
    }
    return finish(all_of(base_core, type_core), base, type);
  }

  /// `allOf` of both. Members that are there already are not added again.
  static json::object all_of(const json::object& base_core, const json::object& type_core) {
    const auto members = [](const json::object& core) -> json::array {
      const auto* list = core.size() == 1 ? core.if_contains("allOf") : nullptr;
      if (list != nullptr && list->is_array()) return list->get_array();
      json::array alone;
      alone.emplace_back(core);
      return alone;
    };
    auto joined = members(type_core);
    for (auto& member : members(base_core)) {
      const auto same = [&](const json::value& x) { return schema::equal(x, member); };
      if (std::none_of(joined.begin(), joined.end(), same)) joined.push_back(std::move(member));
    }
    if (joined.size() == 1 && joined.front().is_object()) return joined.front().get_object();
    json::object out;
    out.emplace("allOf", std::move(joined));
    return out;
  }

  result<json::object> merge_literals(const json::object& literals, const json::object& other,
                                      const json::object& base, const json::object& type) {
    std::optional<json::object> kept;
    if (is_literals(other)) {
      kept = keep_common(literals, other);
    } else {
      schema::compile_options options;
      if (refers(other)) {
        options.definitions = definitions_;
        if (++referring_tests_ > max_referring_tests) {
          return fail(errc::schema_too_large,
                      "at '" + printable(path_) + "': more than " +
                          std::to_string(max_referring_tests) +
                          " literals face references; write out what they refer to",
                      {{.code = "schema_too_large",
                        .pointer = path_,
                        .message = "Too many literals that face references"}});
        }
      }
      auto compiled = schema::compile(other, options);
      if (!compiled) return in_context(compiled.error(), "at '" + printable(path_) + "'");
      kept = keep_literals(
          literals, [&](const json::value& literal) { return schema::check(*compiled, literal); });
    }
    if (!kept) return conflict("no literal of one side passes the other side");
    return finish(*kept, base, type);
  }

  /// Linear, unlike trying each against each: unions of literals may be long.
  static std::optional<json::object> keep_common(const json::object& literals,
                                                 const json::object& other) {
    std::vector<const json::value*> listed;
    list_literals(other, listed);
    std::unordered_set<std::string> strings;
    std::vector<const json::value*> rest;
    for (const auto* literal : listed) {
      if (literal->is_string()) {
        strings.emplace(view(literal->get_string()));
      } else {
        rest.push_back(literal);
      }
    }
    const auto number_order = [](const json::value* a, const json::value* b) {
      return compare_numbers(*a, *b) < 0;
    };
    const auto first_number =
        std::partition(rest.begin(), rest.end(), [](const auto* v) { return !v->is_number(); });
    std::sort(first_number, rest.end(), number_order);
    return keep_literals(literals, [&](const json::value& literal) {
      if (literal.is_string()) return strings.contains(std::string{view(literal.get_string())});
      if (literal.is_number()) {
        return std::binary_search(first_number, rest.end(), &literal, number_order);
      }
      return std::any_of(rest.begin(), first_number,
                         [&](const auto* v) { return schema::equal(*v, literal); });
    });
  }

  /// Keyword by keyword; nothing when one schema cannot say both.
  result<std::optional<json::object>> merge_plain(const json::object& base,
                                                  const json::object& type) {
    using outcome = std::optional<json::object>;
    json::object out;
    if (auto ok = merge_kinds(base, type, out); !ok) return ok.error();
    for (const auto& group : groups) {
      auto merged = merge_group(group, base, type, out);
      if (!merged) return merged.error();
      if (!*merged) return outcome{};
    }
    auto properties = merge_properties(base, type, out);
    if (!properties) return properties.error();
    if (!*properties) return outcome{};
    for (const auto* side : {&type, &base}) {
      const auto& other = side == &type ? base : type;
      for (const auto& member : *side) {
        const auto keyword = view(member.key());
        if (out.contains(keyword) || is_handled(keyword)) continue;
        const auto* facing = other.if_contains(keyword);
        if (facing == nullptr || schema::equal(*facing, member.value())) {
          out.emplace(member.key(), member.value());
          continue;
        }
        auto merged = tighter(keyword, *facing, member.value());
        if (!merged) return outcome{};
        out.emplace(member.key(), *std::move(merged));
      }
    }
    return outcome{std::move(out)};
  }

  /// Keywords that the steps before the last have merged, also when they left nothing of them.
  static bool is_handled(std::string_view keyword) {
    return keyword == "type" || keyword == "properties" || keyword == "patternProperties" ||
           keyword == "additionalProperties" || keyword == "required";
  }

  /// The narrower of two values of a keyword; nothing when both must be kept.
  static std::optional<json::value> tighter(std::string_view keyword, const json::value& a,
                                            const json::value& b) {
    constexpr std::array<std::string_view, 5> lower{"minimum", "exclusiveMinimum", "minLength",
                                                    "minItems", "minProperties"};
    constexpr std::array<std::string_view, 5> upper{"maximum", "exclusiveMaximum", "maxLength",
                                                    "maxItems", "maxProperties"};
    const auto among = [&](const auto& list) {
      return std::find(list.begin(), list.end(), keyword) != list.end();
    };
    if (a.is_number() && b.is_number() && among(lower)) return compare_numbers(a, b) > 0 ? a : b;
    if (a.is_number() && b.is_number() && among(upper)) return compare_numbers(a, b) < 0 ? a : b;
    if (keyword == "uniqueItems" && a.is_bool() && b.is_bool()) {
      return json::value(a.get_bool() || b.get_bool());
    }
    return std::nullopt;
  }

  result<void> merge_kinds(const json::object& base, const json::object& type, json::object& out) {
    const auto* of_base = base.if_contains("type");
    const auto* of_type = type.if_contains("type");
    if (of_base == nullptr && of_type == nullptr) return {};
    if (of_base == nullptr || of_type == nullptr) {
      out.emplace("type", of_base == nullptr ? *of_type : *of_base);
      return {};
    }
    const auto base_kinds = kinds_of(*of_base);
    const auto type_kinds = kinds_of(*of_type);
    const auto common = static_cast<std::uint8_t>(base_kinds & type_kinds);
    if (common == 0) {
      return conflict("different kinds: " + printable(json_text(*of_base), 40) + " and " +
                      printable(json_text(*of_type), 40));
    }
    if (common == type_kinds) {
      out.emplace("type", *of_type);
    } else if (common == base_kinds) {
      out.emplace("type", *of_base);
    } else {
      out.emplace("type", type_of(common));
    }
    return {};
  }

  /// False: both sides have the group and say different things.
  result<bool> merge_group(const keyword_group& group, const json::object& base,
                           const json::object& type, json::object& out) {
    const bool in_base = has_any(base, group);
    const bool in_type = has_any(type, group);
    if (!in_base && !in_type) return true;
    const auto take = [&](const json::object& side) {
      for (const auto keyword : group.keywords) {
        if (const auto* found = side.if_contains(keyword)) out.emplace(keyword, *found);
      }
    };
    if (!in_base || !in_type) {
      take(in_type ? type : base);
      return true;
    }
    const auto same = [&](std::string_view keyword) {
      const auto* a = base.if_contains(keyword);
      const auto* b = type.if_contains(keyword);
      return a == nullptr || b == nullptr ? a == b : schema::equal(*a, *b);
    };
    if (std::all_of(group.keywords.begin(), group.keywords.end(), same)) {
      take(type);
      return true;
    }
    if (group.keywords[0] != "items") return false;
    return merge_items(base, type, out);
  }

  result<bool> merge_items(const json::object& base, const json::object& type, json::object& out) {
    const auto* rest_of_base = base.if_contains("additionalItems");
    const auto* rest_of_type = type.if_contains("additionalItems");
    const bool same_rest = rest_of_base == nullptr || rest_of_type == nullptr
                               ? rest_of_base == rest_of_type
                               : schema::equal(*rest_of_base, *rest_of_type);
    for (const std::string_view keyword : {"items", "prefixItems"}) {
      const auto* a = base.if_contains(keyword);
      const auto* b = type.if_contains(keyword);
      if (a == nullptr && b == nullptr) continue;
      if (a == nullptr || b == nullptr || !same_rest) return false;
      const path_step step(path_, keyword);
      if (!a->is_array() && !b->is_array()) {
        auto merged = merge(*a, *b);
        if (!merged) return merged.error();
        out.emplace(keyword, *std::move(merged));
        continue;
      }
      if (!a->is_array() || !b->is_array()) return false;
      const auto& of_base = a->get_array();
      const auto& of_type = b->get_array();
      if (of_base.size() != of_type.size()) return false;
      json::array members;
      for (std::size_t i = 0; i < of_type.size(); ++i) {
        const path_step item(path_, std::to_string(i));
        auto merged = merge(of_base[i], of_type[i]);
        if (!merged) return merged.error();
        members.push_back(*std::move(merged));
      }
      out.emplace(keyword, std::move(members));
    }
    if (rest_of_type != nullptr) out.emplace("additionalItems", *rest_of_type);
    return true;
  }

  /// Does a pattern of `patternProperties` meet the name?
  static result<bool> meets(const json::object& patterns, json::string_view name) {
    if (patterns.empty()) return false;
    json::object refusing;
    for (const auto& member : patterns) refusing.emplace(member.key(), never_schema());
    json::object schema;
    schema.emplace("patternProperties", std::move(refusing));
    auto compiled = schema::compile(schema);
    if (!compiled) return compiled.error();
    json::object probe;
    probe.emplace(name, nullptr);
    return !schema::check(*compiled, probe);
  }

  /// What `additionalProperties` of the other side does to a property that only one side names.
  /// `property` is from `type` when `own` is its side.
  result<json::value> narrow_by_additional(const json::object& other, json::string_view name,
                                           const json::value& property, bool from_type,
                                           bool needed) {
    const auto* additional = demanding_additional(other);
    if (additional == nullptr) return property;
    const auto patterned = meets(map_of(other, "patternProperties"), name);
    if (!patterned) return patterned.error();
    if (*patterned) return property;
    auto merged = from_type ? merge(*additional, property) : merge(property, *additional);
    // The property may just never be present, unless it has to be.
    if (!merged && is_impossible(merged.error()) && !needed) {
      const auto never = as_object(false);
      const auto of_additional = as_object(*additional);
      const auto of_property = as_object(property);
      return json::value(from_type ? finish(never, of_additional, of_property)
                                   : finish(never, of_property, of_additional));
    }
    return merged;
  }

  result<bool> merge_properties(const json::object& base, const json::object& type,
                                json::object& out) {
    const auto& base_patterns = map_of(base, "patternProperties");
    const auto& type_patterns = map_of(type, "patternProperties");
    const auto covers = [](const json::object& some, const json::object& all) {
      return std::all_of(some.begin(), some.end(),
                         [&](const auto& member) { return all.contains(member.key()); });
    };
    // Which names `additionalProperties` is about would depend on both patterns at once.
    if (demanding_additional(base) != nullptr && !covers(type_patterns, base_patterns)) {
      return false;
    }
    if (demanding_additional(type) != nullptr && !covers(base_patterns, type_patterns)) {
      return false;
    }
    if (auto ok = join_properties(base, type, out); !ok) return ok.error();
    if (auto ok = join_patterns(base_patterns, type_patterns, out); !ok) return ok.error();
    if (auto ok = join_additional(base, type, out); !ok) return ok.error();
    join_required(base, type, out);
    return true;
  }

  result<void> join_properties(const json::object& base, const json::object& type,
                               json::object& out) {
    if (!type.contains("properties") && !base.contains("properties")) return {};
    const auto here = path_.size();
    const auto* kind = out.if_contains("type");
    const bool always_object = kind != nullptr && kinds_of(*kind) == kinds::object;
    const path_step step(path_, "properties");
    const auto& of_base = map_of(base, "properties");
    const auto& of_type = map_of(type, "properties");
    json::object joined;
    joined.reserve(of_base.size() + of_type.size());
    const auto needed = [&](json::string_view name) {
      return lists_name(base, name) || lists_name(type, name);
    };
    // A property that must be there and cannot makes the whole object impossible.
    const auto refuse = [&](const error& e, json::string_view name) {
      if (is_impossible(e) && always_object && needed(name)) impossible_at_ = here;
      return e;
    };
    for (const auto& member : of_type) {
      const path_step at(path_, view(member.key()));
      const auto* facing = of_base.if_contains(member.key());
      auto merged = facing != nullptr ? merge(*facing, member.value())
                                      : narrow_by_additional(base, member.key(), member.value(),
                                                             true, needed(member.key()));
      if (!merged) return refuse(merged.error(), member.key());
      joined.emplace(member.key(), *std::move(merged));
    }
    for (const auto& member : of_base) {
      if (of_type.contains(member.key())) continue;
      const path_step at(path_, view(member.key()));
      auto merged =
          narrow_by_additional(type, member.key(), member.value(), false, needed(member.key()));
      if (!merged) return refuse(merged.error(), member.key());
      joined.emplace(member.key(), *std::move(merged));
    }
    out.emplace("properties", std::move(joined));
    return {};
  }

  result<void> join_patterns(const json::object& of_base, const json::object& of_type,
                             json::object& out) {
    if (of_base.empty() && of_type.empty()) return {};
    const path_step step(path_, "patternProperties");
    json::object joined;
    for (const auto& member : of_type) {
      const path_step at(path_, view(member.key()));
      const auto* facing = of_base.if_contains(member.key());
      if (facing == nullptr) {
        joined.emplace(member.key(), member.value());
        continue;
      }
      auto merged = merge(*facing, member.value());
      if (!merged) return merged.error();
      joined.emplace(member.key(), *std::move(merged));
    }
    for (const auto& member : of_base) joined.emplace(member.key(), member.value());
    out.emplace("patternProperties", std::move(joined));
    return {};
  }

  result<void> join_additional(const json::object& base, const json::object& type,
                               json::object& out) {
    const auto* of_base = base.if_contains("additionalProperties");
    const auto* of_type = type.if_contains("additionalProperties");
    if (of_base == nullptr && of_type == nullptr) return {};
    if (is_closed(base) || is_closed(type)) {
      out.emplace("additionalProperties", false);
      return {};
    }
    const auto* base_demand = demanding_additional(base);
    const auto* type_demand = demanding_additional(type);
    if (base_demand == nullptr || type_demand == nullptr) {
      const auto* kept = type_demand != nullptr   ? type_demand
                         : base_demand != nullptr ? base_demand
                         : of_type != nullptr     ? of_type
                                                  : of_base;
      out.emplace("additionalProperties", *kept);
      return {};
    }
    const path_step step(path_, "additionalProperties");
    auto merged = merge(*base_demand, *type_demand);
    if (merged) {
      out.emplace("additionalProperties", *std::move(merged));
    } else if (is_impossible(merged.error())) {
      out.emplace("additionalProperties", false);  // no further property could pass both
    } else {
      return merged.error();
    }
    return {};
  }

  static void join_required(const json::object& base, const json::object& type, json::object& out) {
    json::array joined;
    std::unordered_set<std::string_view> seen;
    bool given = false;
    for (const auto* side : {&type, &base}) {
      const auto* list = side->if_contains("required");
      if (list == nullptr || !list->is_array()) continue;
      given = true;
      for (const auto& name : list->get_array()) {
        if (name.is_string() && seen.insert(view(name.get_string())).second) joined.push_back(name);
      }
    }
    if (given) out.emplace("required", std::move(joined));
  }

  // --- Types
  // ----------------------------------------------------------------------------------------

  /// One object schema out of two, or the error that there is none.
  result<json::object> merge_pair(const json::object& base, const json::object& type) {
    auto merged = merge_objects(base, type);
    if (!merged) return merged.error();
    if (merged->contains("allOf") || merged->contains("anyOf") || !describes_objects(*merged)) {
      auto e = conflict("the two cannot be said by one flat object schema");
      impossible_at_ = std::string::npos;  // some value may well pass both
      return e;
    }
    return merged;
  }

  result<alternatives> combine(const alternatives& base, const alternatives& type) {
    alternatives out;
    if (base.members.size() == 1) {
      out.keyword = type.keyword;
      out.annotations = type.annotations;
      for (const auto& t : type.members) {
        auto merged = merge_pair(base.members.front(), t);
        if (!merged) return merged.error();
        out.members.push_back(*std::move(merged));
      }
      return out;
    }
    out.keyword = base.keyword;
    out.annotations = type.members.size() == 1 ? base.annotations : type.annotations;
    if (type.members.size() > 1 && (base.keyword == "oneOf" || type.keyword == "oneOf")) {
      return invalid("two unions apply to one object and one of them is a 'oneOf'; write 'anyOf'");
    }
    if (base.members.size() * type.members.size() > max_pairs) return too_many();
    std::size_t bytes = 0;
    for (const auto& t : type.members) {
      if (auto ok = combine_unions(base, t, out, bytes); !ok) return ok.error();
    }
    if (out.members.empty()) return conflict("no member of one union goes with one of the other");
    return out;
  }

  /// All that `t` can be under a union of bases. Members that nothing could pass are left out.
  result<void> combine_unions(const alternatives& base, const json::object& t, alternatives& out,
                              std::size_t& bytes) {
    std::vector<json::object> merged_all;
    for (const auto& b : base.members) {
      auto merged = merge_pair(b, t);
      if (!merged && is_impossible(merged.error())) continue;
      if (!merged) return merged.error();
      // It says what one of the bases says already: the others would only repeat it.
      if (base.keyword == "anyOf" && schema::equal(*merged, t)) {
        merged_all.assign(1, t);
        break;
      }
      merged_all.push_back(*std::move(merged));
    }
    for (auto& one : merged_all) {
      const auto same = [&](const json::object& x) { return schema::equal(x, one); };
      const bool repeats =
          base.keyword == "anyOf" && std::any_of(out.members.begin(), out.members.end(), same);
      if (repeats) continue;
      bytes += text_size(one);
      if (out.members.size() == max_alternatives || bytes > limits::max_type_schema_bytes) {
        return too_many();
      }
      out.members.push_back(std::move(one));
    }
    return {};
  }

  /// The alternatives of a schema: references followed, `allOf` joined, unions told apart.
  result<alternatives> flatten(const json::value& schema) {
    if (++depth_ > limits::max_document_depth) return too_deep();
    auto out = flatten_here(schema);
    --depth_;
    return out;
  }

  result<alternatives> flatten_here(const json::value& schema) {
    constexpr const char* no_object =
        "a type must be an object schema; add \"type\": \"object\" and put the value into a "
        "property";
    if (!schema.is_object()) return invalid(no_object);
    const auto& given = schema.get_object();
    json::object own;
    for (const auto& member : given) {
      const auto keyword = view(member.key());
      if (keyword == "allOf" || keyword == "anyOf" || keyword == "oneOf" || keyword == "$ref" ||
          keyword == "$defs" || keyword == "unevaluatedProperties" || is_annotation(keyword)) {
        continue;
      }
      own.emplace(member.key(), member.value());
    }
    std::optional<alternatives> all;
    if (!own.empty()) {
      if (!describes_objects(own) || !is_plain(own)) return invalid(no_object);
      all.emplace().members.push_back(std::move(own));
    }
    if (const auto* reference = given.if_contains("$ref")) {
      if (auto ok = take(follow(*reference), all); !ok) return ok.error();
    }
    if (const auto* list = given.if_contains("allOf"); list != nullptr && list->is_array()) {
      for (std::size_t i = 0; i < list->get_array().size(); ++i) {
        const path_step step(path_, "allOf");
        const path_step item(path_, std::to_string(i));
        if (auto ok = take(flatten(list->get_array()[i]), all); !ok) return ok.error();
      }
    }
    for (const std::string_view keyword : {"anyOf", "oneOf"}) {
      const auto* list = given.if_contains(keyword);
      if (list == nullptr || !list->is_array()) continue;
      if (auto ok = take(flatten_union(keyword, list->get_array()), all); !ok) return ok.error();
    }
    if (!all) return invalid(no_object);
    if (const auto* rule = given.if_contains("unevaluatedProperties")) {
      if (auto ok = close(*all, *rule); !ok) return ok.error();
    }
    if (all->members.size() == 1) {
      all->members.front() = finish(core_of(all->members.front()), all->members.front(), given);
    } else {
      json::object annotations;
      add_annotations(annotations, given);
      add_annotations(annotations, all->annotations);
      all->annotations = std::move(annotations);
    }
    return *std::move(all);
  }

  /// Joins a part of a schema with the parts before it, which come first in the result.
  result<void> take(result<alternatives> part, std::optional<alternatives>& all) {
    if (!part) return part.error();
    if (!all) {
      all = *std::move(part);
      return {};
    }
    auto joined = combine(*part, *all);
    if (!joined) return joined.error();
    all = *std::move(joined);
    return {};
  }

  result<alternatives> flatten_union(std::string_view keyword, const json::array& list) {
    alternatives out;
    out.keyword = keyword;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const path_step step(path_, keyword);
      const path_step item(path_, std::to_string(i));
      auto member = flatten(list[i]);
      if (!member) return member.error();
      if (keyword == "oneOf" && member->members.size() > 1) {
        return invalid("a union stands inside a 'oneOf'; write 'anyOf'");
      }
      std::move(member->members.begin(), member->members.end(), std::back_inserter(out.members));
      if (out.members.size() > max_alternatives) return too_many();
    }
    if (out.members.empty()) return invalid("'" + std::string{keyword} + "' has no member");
    return out;
  }

  result<alternatives> follow(const json::value& reference) {
    constexpr std::string_view prefix = "#/$defs/";
    auto name = reference.is_string() ? view(reference.get_string()) : std::string_view{};
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    const auto* target = definitions_ != nullptr ? definitions_->if_contains(name) : nullptr;
    if (target == nullptr) {
      return fail(errc::unresolved_reference,
                  "at '" + printable(path_) + "': '" + printable(name) +
                      "' names no definition; add one, or name an existing one",
                  {{.code = "unresolved_reference",
                    .pointer = path_ + "/$ref",
                    .message = "Expected the name of a definition"}});
    }
    if (std::find(following_.begin(), following_.end(), name) != following_.end()) {
      return invalid("'" + printable(name) + "' refers to itself without an object in between");
    }
    following_.push_back(name);
    auto out = flatten(*target);
    following_.pop_back();
    return out;
  }

  /// `unevaluatedProperties`: after the flattening every property of the parts is known.
  result<void> close(alternatives& all, const json::value& rule) {
    if (rule.is_bool() && rule.get_bool()) return {};
    for (auto& member : all.members) {
      const auto* present = demanding_additional(member);
      if (!rule.is_object() || is_closed(member)) {
        member["additionalProperties"] = false;
      } else if (present == nullptr) {
        member["additionalProperties"] = rule;
      } else {
        const path_step step(path_, "unevaluatedProperties");
        auto merged = merge(*present, rule);
        if (!merged && !is_impossible(merged.error())) return merged.error();
        member["additionalProperties"] = merged ? *std::move(merged) : json::value(false);
      }
    }
    return {};
  }

  static json::object type_schema(alternatives all) {
    for (auto& member : all.members) member.emplace("type", "object");
    if (all.members.size() == 1) return std::move(all.members.front());
    json::object out;
    json::array list;
    for (auto& member : all.members) list.emplace_back(std::move(member));
    out.emplace(all.keyword, std::move(list));
    add_annotations(out, all.annotations);
    return out;
  }

  const json::object* definitions_;
  std::string path_;
  std::size_t depth_ = 0;
  std::size_t referring_tests_ = 0;
  std::size_t impossible_at_ = std::string::npos;  // length of the path of the last conflict
  std::vector<std::string_view> following_;
};

}  // namespace

json::object built_in_base() {
  json::object label;
  label.emplace("type", "string");
  json::object tags;
  tags.emplace("type", "array");
  tags.emplace("items", json::object{{"type", "string"}});
  json::object properties;
  properties.emplace("label", std::move(label));
  properties.emplace("tags", std::move(tags));
  json::object base;
  base.emplace("type", "object");
  base.emplace("properties", std::move(properties));
  return base;
}

result<json::value> merge_schemas(const json::value& base, const json::value& type,
                                  const json::object* definitions) {
  return merger{definitions}.merge(base, type);
}

result<json::object> merge_type(const json::value& base, const json::value& type,
                                const json::object* definitions) {
  return merger{definitions}.merge_types(base, type);
}

}  // namespace quire::metagraph
