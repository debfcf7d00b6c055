#include "formats.hpp"
#include "keywords.hpp"
#include "program.hpp"
#include "value_work.hpp"

#include <quire/messages/ids.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_map>

namespace quire::schema {
namespace {

namespace json = boost::json;

/// `$defs` around a schema, and those around them. References look from the inside out.
struct scope {
  const scope* outer = nullptr;
  const json::object* entries = nullptr;
  std::string pointer;  // of the `$defs`
};

/// A schema that has a node but was not read yet. Schemas wait in a queue, so that no nesting can
/// exhaust the stack.
struct job {
  index node = none;
  const json::value* schema = nullptr;
  const scope* around = nullptr;
  std::string pointer;
  std::size_t depth = 0;
};

std::string step(std::string pointer, std::string_view name) {
  append_step(pointer, name);
  return pointer;
}

std::string step(std::string pointer, std::size_t position) {
  return step(std::move(pointer), std::to_string(position));
}

std::uint8_t kind_from(std::string_view name) {
  if (name == "string") return kinds::string;
  if (name == "object") return kinds::object;
  if (name == "array") return kinds::array;
  if (name == "integer") return kinds::whole;
  if (name == "number") return kinds::number;
  if (name == "boolean") return kinds::boolean;
  if (name == "null") return kinds::null;
  return 0;
}

std::uint8_t kind_of(const json::value& v) {
  switch (v.kind()) {
    case json::kind::null: return kinds::null;
    case json::kind::bool_: return kinds::boolean;
    case json::kind::string: return kinds::string;
    case json::kind::array: return kinds::array;
    case json::kind::object: return kinds::object;
    default: return number::of(v).whole() ? kinds::whole : kinds::fraction;
  }
}

/// The name in `#/$defs/Name`, unescaped; a bare name as it is.
std::optional<std::string> referred_name(std::string_view reference) {
  constexpr std::string_view prefix = "#/$defs/";
  if (!reference.starts_with(prefix)) {
    if (reference.empty() || reference.front() == '#') return std::nullopt;
    return std::string{reference};
  }
  reference.remove_prefix(prefix.size());
  auto hex = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string decoded;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == '%') {
      if (reference.size() - i < 3 || hex(reference[i + 1]) < 0 || hex(reference[i + 2]) < 0)
        return std::nullopt;
      decoded += static_cast<char>(hex(reference[i + 1]) * 16 + hex(reference[i + 2]));
      i += 2;
    } else {
      decoded += reference[i];
    }
  }
  std::string name;
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    if (decoded[i] == '/') return std::nullopt;
    if (decoded[i] == '~') {
      if (++i == decoded.size() || (decoded[i] != '0' && decoded[i] != '1')) return std::nullopt;
      name += decoded[i] == '0' ? '~' : '/';
    } else {
      name += decoded[i];
    }
  }
  return name;
}

class compiler {
 public:
  explicit compiler(const compile_options& options)
      : options_(options), made_(std::make_shared<program>()) {
    // The two nodes with fixed positions.
    made_->nodes.resize(2);
    pointers_.resize(2);
    logic_rules never;
    never.never = true;
    made_->nodes[never_node].logic = add(made_->logics, never);
    made_->max_steps = options.limits.max_steps;
  }

  result<compiled_schema> run(const json::value& schema) {
    const scope* outermost = nullptr;
    if (options_.definitions != nullptr) {
      scopes_.push_back({.outer = nullptr, .entries = options_.definitions, .pointer = "/$defs"});
      outermost = &scopes_.back();
    }
    made_->root = enqueue(schema, outermost, "", 1);
    shared_.emplace(&schema, made_->root);
    while (!failure_ && !queue_.empty()) {
      const auto next = std::move(queue_.front());
      queue_.pop_front();
      read(next);
    }
    if (!failure_) check_circles();
    if (failure_) return *std::move(failure_);
    shorten();
    return compiled_schema{std::move(made_)};
  }

 private:
  template <class T>
  static index add(std::vector<T>& to, T x) {
    to.push_back(std::move(x));
    return static_cast<index>(to.size() - 1);
  }

  bool refuse(const std::string& pointer, std::string_view rule, std::string message,
              errc code = errc::schema_invalid) {
    if (!failure_) {
      auto context = "schema at '" + printable(pointer) + "': " + message;
      failure_ =
          fail(code, std::move(context),
               {{.code = std::string{rule}, .pointer = pointer, .message = std::move(message)}});
    }
    return false;
  }
  bool refuse_value(const job& at, keyword k, std::string_view expected) {
    return refuse(step(at.pointer, name_of(k)), "keyword_value",
                  "'" + std::string{name_of(k)} + "' must be " + std::string{expected});
  }

  /// Gives a schema its node; it is read later.
  index enqueue(const json::value& schema, const scope* around, std::string pointer,
                std::size_t depth) {
    if (schema.is_bool()) return schema.get_bool() ? any_node : never_node;
    if (made_->nodes.size() >= options_.limits.max_nodes) {
      refuse(pointer, "too_large",
             "more than " + std::to_string(options_.limits.max_nodes) + " schemas",
             errc::schema_too_large);
      return never_node;
    }
    if (depth > options_.limits.max_depth) {
      refuse(
          pointer, "depth",
          "schemas are nested deeper than " + std::to_string(options_.limits.max_depth) + " levels",
          errc::depth_exceeded);
      return never_node;
    }
    const auto position = add(made_->nodes, node{});
    pointers_.push_back(pointer);
    queue_.push_back({.node = position,
                      .schema = &schema,
                      .around = around,
                      .pointer = std::move(pointer),
                      .depth = depth});
    return position;
  }
  index child(const job& at, const json::value& schema, std::string pointer) {
    return enqueue(schema, at.around, std::move(pointer), at.depth + 1);
  }

  void read(job at) {
    if (!at.schema->is_object()) {
      refuse(at.pointer, "keyword_value", "a schema must be an object, true or false");
      return;
    }
    std::string_view unknown;
    const keyword_values given(at.schema->get_object(), unknown);
    if (unknown.data() != nullptr) {
      refuse(step(at.pointer, unknown), "unknown_keyword",
             "'" + printable(unknown) + "' is no keyword; names of one's own begin with 'x-'");
      return;
    }
    if (const auto* entries = given[keyword::definitions]; entries != nullptr) {
      if (!entries->is_object()) {
        refuse_value(at, keyword::definitions, "an object");
        return;
      }
      scopes_.push_back({.outer = at.around,
                         .entries = &entries->get_object(),
                         .pointer = step(at.pointer, "$defs")});
      at.around = &scopes_.back();
      for (const auto& entry : entries->get_object()) share(entry.value(), *at.around, entry.key());
    }
    // Nodes move while their children are made, so the node is put together here and stored at the
    // end.
    node made;
    const bool good = read_type(at, given, made) && read_number(at, given, made) &&
                      read_string(at, given, made) && read_array(at, given, made) &&
                      read_object(at, given, made) && read_logic(at, given, made);
    if (!good) return;
    annotation notes;
    if (const auto* v = given[keyword::default_value]; v != nullptr)
      notes.default_value = add(made_->constants, copy_of(*v));
    if (made.several_types) {
      std::size_t position = 0;
      for (const auto& name : given[keyword::type]->get_array())
        notes.order[position++] = kind_from(name.get_string());
    }
    if (notes.default_value != none || made.several_types)
      made.annotations = add(made_->annotations, notes);
    made_->nodes[at.node] = made;
  }

  bool read_type(const job& at, const keyword_values& given, node& made) {
    const auto* type = given[keyword::type];
    if (type == nullptr) return true;
    constexpr std::string_view expected =
        "one of string, object, array, integer, number, boolean, null, or a list of different ones";
    if (type->is_string()) {
      made.types = kind_from(type->get_string());
      return made.types != 0 || refuse_value(at, keyword::type, expected);
    }
    if (!type->is_array() || type->get_array().empty())
      return refuse_value(at, keyword::type, expected);
    made.types = 0;
    std::vector<std::string_view> seen;
    for (const auto& item : type->get_array()) {
      const auto kind = item.is_string() ? kind_from(item.get_string()) : std::uint8_t{0};
      if (kind == 0) return refuse_value(at, keyword::type, expected);
      if (std::find(seen.begin(), seen.end(), item.get_string()) != seen.end()) {
        return refuse_value(at, keyword::type, expected);
      }
      seen.push_back(item.get_string());
      made.types |= kind;
    }
    made.several_types = seen.size() > 1;
    return true;
  }

  bool read_bound(const job& at, const keyword_values& given, keyword k, number_rules& rules,
                  std::uint8_t bit, number& bound) {
    const auto* v = given[k];
    if (v == nullptr) return true;
    if (!v->is_number()) return refuse_value(at, k, "a number");
    bound = number::of(*v);
    rules.has |= bit;
    return true;
  }

  bool read_number(const job& at, const keyword_values& given, node& made) {
    number_rules rules;
    const bool good =
        read_bound(at, given, keyword::minimum, rules, number_rules::has_minimum, rules.minimum) &&
        read_bound(at, given, keyword::maximum, rules, number_rules::has_maximum, rules.maximum) &&
        read_bound(at, given, keyword::exclusive_minimum, rules, number_rules::has_above,
                   rules.above) &&
        read_bound(at, given, keyword::exclusive_maximum, rules, number_rules::has_below,
                   rules.below) &&
        read_bound(at, given, keyword::multiple_of, rules, number_rules::has_divisor,
                   rules.divisor);
    if (!good) return false;
    if ((rules.has & number_rules::has_divisor) != 0 && compare(rules.divisor, number{}) <= 0) {
      return refuse_value(at, keyword::multiple_of, "above 0");
    }
    if (rules.has != 0) made.number = add(made_->numbers, rules);
    return true;
  }

  /// Reads a count of things, which may be written as `2.0`.
  bool read_count(const job& at, const keyword_values& given, keyword k, std::uint64_t& count,
                  bool& any) {
    const auto* v = given[k];
    if (v == nullptr) return true;
    const auto n = number::of(*v);
    if (!v->is_number() || n.kind != number::form::natural)
      return refuse_value(at, k, "a whole number, 0 or more");
    count = n.natural;
    any = true;
    return true;
  }

  bool read_pattern(const std::string& pointer, std::string_view source, index& position) {
    if (const auto known = patterns_.find(source); known != patterns_.end()) {
      position = known->second;
      return true;
    }
    if (source.size() > options_.limits.max_pattern_bytes) {
      return refuse(pointer, "pattern",
                    "a pattern may have at most " +
                        std::to_string(options_.limits.max_pattern_bytes) + " bytes");
    }
    auto compiled = pattern::compile(source);
    if (!compiled) return refuse(pointer, "pattern", compiled.error().context);
    position = add(made_->patterns, std::move(*compiled));
    patterns_.emplace(std::string{source}, position);
    return true;
  }

  index find_format(std::string_view name) {
    auto& formats = made_->formats;
    const auto known =
        std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return f.name == name; });
    if (known != formats.end()) return static_cast<index>(known - formats.begin());
    format_rule rule{.name = std::string{name}, .built_in = nullptr, .registered = {}};
    if (const auto own = options_.formats.find(name); own != options_.formats.end()) {
      rule.registered = own->second;
    } else {
      rule.built_in = built_in_format(name);
    }
    return add(formats, std::move(rule));
  }

  bool read_string(const job& at, const keyword_values& given, node& made) {
    string_rules rules;
    bool any = false;
    if (!read_count(at, given, keyword::min_length, rules.min_length, any) ||
        !read_count(at, given, keyword::max_length, rules.max_length, any)) {
      return false;
    }
    if (const auto* v = given[keyword::pattern]; v != nullptr) {
      if (!v->is_string()) return refuse_value(at, keyword::pattern, "a string");
      if (!read_pattern(step(at.pointer, "pattern"), v->get_string(), rules.pattern)) return false;
      any = true;
    }
    if (const auto* v = given[keyword::format]; v != nullptr) {
      if (!v->is_string()) return refuse_value(at, keyword::format, "a string");
      rules.format = find_format(v->get_string());
      any = true;
    }
    if (any) made.string = add(made_->strings, rules);
    return true;
  }

  bool read_list(const job& at, keyword k, const json::value& list, span_of& out) {
    if (!list.is_array() || (k != keyword::items && list.get_array().empty())) {
      return refuse_value(at, k, "a list of schemas, at least one");
    }
    std::vector<index> made;
    const auto pointer = step(at.pointer, name_of(k));
    for (const auto& item : list.get_array())
      made.push_back(child(at, item, step(pointer, made.size())));
    out = {.first = static_cast<index>(made_->links.size()),
           .count = static_cast<index>(made.size())};
    made_->links.insert(made_->links.end(), made.begin(), made.end());
    return true;
  }

  bool read_array(const job& at, const keyword_values& given, node& made) {
    array_rules rules;
    bool any = false;
    bool contains_count = false;
    if (!read_count(at, given, keyword::min_items, rules.min_items, any) ||
        !read_count(at, given, keyword::max_items, rules.max_items, any) ||
        !read_count(at, given, keyword::min_contains, rules.min_contains, contains_count) ||
        !read_count(at, given, keyword::max_contains, rules.max_contains, contains_count)) {
      return false;
    }
    const auto* items = given[keyword::items];
    const auto* prefix = given[keyword::prefix_items];
    const auto* additional = given[keyword::additional_items];
    const bool list = prefix != nullptr || (items != nullptr && items->is_array());
    if (prefix != nullptr) {
      if (items != nullptr && items->is_array())
        return refuse_value(at, keyword::items, "a schema beside 'prefixItems'");
      if (!read_list(at, keyword::prefix_items, *prefix, rules.prefix)) return false;
    } else if (list && !read_list(at, keyword::items, *items, rules.prefix)) {
      return false;
    }
    if (items != nullptr && !items->is_array()) {
      if (additional != nullptr)
        return refuse_value(at, keyword::additional_items, "left out beside a schema in 'items'");
      rules.rest = child(at, *items, step(at.pointer, "items"));
    } else if (additional != nullptr) {
      if (!list)
        return refuse_value(at, keyword::additional_items, "left out without a list of items");
      rules.rest = child(at, *additional, step(at.pointer, "additionalItems"));
    }
    if (const auto* v = given[keyword::unique_items]; v != nullptr) {
      if (!v->is_bool()) return refuse_value(at, keyword::unique_items, "true or false");
      rules.unique = v->get_bool();
    }
    // Without `contains` its counts say nothing, as in JSON Schema.
    if (const auto* v = given[keyword::contains]; v != nullptr)
      rules.contains = child(at, *v, step(at.pointer, "contains"));
    rules.tuple =
        list && rules.min_items == rules.prefix.count && rules.max_items == rules.prefix.count;
    any = any || list || items != nullptr || rules.unique || rules.contains != none;
    if (any) made.array = add(made_->arrays, rules);
    return true;
  }

  bool read_object(const job& at, const keyword_values& given, node& made) {
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
      const auto pointer = step(at.pointer, "properties");
      for (const auto& member : declared->get_object()) {
        names.emplace_back(member.key());
        properties.push_back(
            {.node = child(at, member.value(), step(pointer, member.key())), .declared = true});
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
      const auto pointer = step(at.pointer, "patternProperties");
      std::vector<pattern_property> patterns;
      for (const auto& member : v->get_object()) {
        const auto where = step(pointer, member.key());
        pattern_property made_pattern;
        if (!read_pattern(where, member.key(), made_pattern.pattern)) return false;
        made_pattern.node = child(at, member.value(), where);
        patterns.push_back(made_pattern);
      }
      rules.patterns = {.first = static_cast<index>(made_->pattern_properties.size()),
                        .count = static_cast<index>(patterns.size())};
      made_->pattern_properties.insert(made_->pattern_properties.end(), patterns.begin(),
                                       patterns.end());
    }
    if (const auto* v = given[keyword::additional_properties]; v != nullptr) {
      rules.additional = child(at, *v, step(at.pointer, "additionalProperties"));
      rules.has_additional = true;
      rules.additional_is_schema = !v->is_bool();
    }
    if (const auto* v = given[keyword::unevaluated_properties]; v != nullptr) {
      rules.unevaluated = child(at, *v, step(at.pointer, "unevaluatedProperties"));
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

  bool read_required(const job& at, const json::value& list, const json::object* declared,
                     std::vector<std::string>& names, std::vector<property>& properties) {
    constexpr std::string_view expected = "a list of different strings";
    if (!list.is_array()) return refuse_value(at, keyword::required, expected);
    const auto declared_count = names.size();
    std::unordered_map<std::string_view, std::size_t> positions;
    for (std::size_t i = 0; declared != nullptr && i < declared_count; ++i)
      positions.emplace((declared->begin() + static_cast<std::ptrdiff_t>(i))->key(), i);
    for (const auto& item : list.get_array()) {
      if (!item.is_string()) return refuse_value(at, keyword::required, expected);
      const auto [known, added] = positions.emplace(item.get_string(), names.size());
      if (added) {
        names.emplace_back(item.get_string());
        properties.push_back({.node = any_node, .declared = false});
      }
      auto& property = properties[known->second];
      if (property.required) return refuse_value(at, keyword::required, expected);
      property.required = true;
    }
    return true;
  }

  index add_literals(const json::array& values) {
    literal_set set;
    std::vector<std::string> strings;
    std::unordered_map<std::string_view, bool> seen;
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

  /// The literals of an `anyOf` whose members are nothing but literals.
  static std::optional<json::array> as_literals(const json::value& list) {
    json::array literals;
    for (const auto& member : list.get_array()) {
      if (!member.is_object()) return std::nullopt;
      std::string_view unknown;
      const keyword_values given(member.get_object(), unknown);
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

  bool read_logic(const job& at, const keyword_values& given, node& made) {
    logic_rules rules;
    bool any = false;
    if (const auto* v = given[keyword::constant]; v != nullptr) {
      rules.constant = add(made_->constants, copy_of(*v));
      any = true;
    }
    if (const auto* v = given[keyword::enumeration]; v != nullptr) {
      if (!v->is_array() || v->get_array().empty())
        return refuse_value(at, keyword::enumeration, "a list, at least one value");
      rules.literals = add_literals(v->get_array());
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
                          ? as_literals(*v)
                          : std::nullopt;
      if (literals) {
        rules.literals = add_literals(*literals);
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
        rules.negated = child(at, *v, step(at.pointer, "not"));
      }
      any = true;
    }
    if (any) made.logic = add(made_->logics, rules);
    return true;
  }

  /// The node of an entry of `$defs`; made once, whoever refers to it.
  index share(const json::value& schema, const scope& owner, std::string_view name) {
    if (const auto known = shared_.find(&schema); known != shared_.end()) return known->second;
    const auto position = enqueue(schema, &owner, step(owner.pointer, name), 1);
    shared_.emplace(&schema, position);
    return position;
  }

  bool read_reference(const job& at, const json::value& reference, index& target) {
    if (!reference.is_string()) return refuse_value(at, keyword::reference, "a string");
    const std::string_view text = reference.get_string();
    if (const auto name = referred_name(text)) {
      for (const auto* s = at.around; s != nullptr; s = s->outer) {
        if (const auto* entry = s->entries->if_contains(*name); entry != nullptr) {
          target = share(*entry, *s, *name);
          return !failure_;
        }
      }
    }
    return refuse(
        step(at.pointer, "$ref"), "unresolved_reference",
        "'" + printable(text) + "' names no definition; write its bare name or '#/$defs/Name'",
        errc::unresolved_reference);
  }

  template <class F>
  void each_in_place(index n, F&& f) const {
    const auto logic = made_->nodes[n].logic;
    if (logic == none) return;
    const auto& rules = made_->logics[logic];
    if (rules.reference != none) f(rules.reference);
    if (rules.negated != none) f(rules.negated);
    for (const auto& list : {rules.all_of, rules.any_of, rules.one_of}) {
      for (auto i = list.first; i < list.end(); ++i) f(made_->links[i]);
    }
  }

  /// Refuses schemas that apply themselves to the same value again, and chains in place that are
  /// too long for the stack. Counts for each node, once all it applies in place are counted, how
  /// many lie below it.
  void check_circles() {
    const auto count = made_->nodes.size();
    std::vector<std::uint32_t> height(count, 0);
    std::vector<std::uint32_t> waits_for(count, 0);
    std::vector<std::vector<index>> used_by(count);
    std::vector<index> ready;
    for (index n = 0; n < count; ++n) {
      each_in_place(n, [&](index below) {
        used_by[below].push_back(n);
        ++waits_for[n];
      });
      if (waits_for[n] == 0) ready.push_back(n);
    }
    for (std::size_t i = 0; i < ready.size(); ++i) {
      const auto n = ready[i];
      if (height[n] > options_.limits.max_depth) {
        refuse(pointers_[n], "depth",
               "references follow one another more than " +
                   std::to_string(options_.limits.max_depth) + " times without descending",
               errc::depth_exceeded);
        return;
      }
      for (const auto above : used_by[n]) {
        height[above] = std::max(height[above], height[n] + 1);
        if (--waits_for[above] == 0) ready.push_back(above);
      }
    }
    if (ready.size() == count) return;
    // What still waits is on a circle or above one; follow it until a node comes again.
    std::vector<bool> seen(count, false);
    auto at = static_cast<index>(
        std::find_if(waits_for.begin(), waits_for.end(), [](auto n) { return n != 0; }) -
        waits_for.begin());
    while (!seen[at]) {
      seen[at] = true;
      auto next = at;
      each_in_place(at, [&](index below) {
        if (waits_for[below] != 0) next = below;
      });
      at = next;
    }
    refuse(pointers_[at], "circular_reference",
           "the schema refers to itself without descending into the value");
  }

  /// Lets references lead straight to what they mean, and schemas that say nothing be the node that
  /// is skipped.
  void shorten() {
    auto& p = *made_;
    std::vector<index> instead(p.nodes.size());
    for (index n = 0; n < p.nodes.size(); ++n) {
      const auto& x = p.nodes[n];
      const bool bare = x.types == kinds::all && x.number == none && x.string == none &&
                        x.array == none && x.object == none && x.annotations == none;
      instead[n] = n;
      if (!bare) continue;
      if (x.logic == none) {
        instead[n] = any_node;
        continue;
      }
      const auto& rules = p.logics[x.logic];
      const bool others = rules.constant != none || rules.literals != none ||
                          rules.negated != none || rules.all_of.count != 0 ||
                          rules.any_of.count != 0 || rules.one_of.count != 0;
      if (others) continue;
      if (rules.never) {
        instead[n] = never_node;
      } else if (rules.reference != none) {
        instead[n] = rules.reference;
      }
    }
    auto meant = [&](index& n) {
      while (n != none && instead[n] != n) n = instead[n];
    };
    for (auto& n : instead) meant(n);
    for (auto& n : p.links) meant(n);
    for (auto& x : p.properties) meant(x.node);
    for (auto& x : p.pattern_properties) meant(x.node);
    for (auto& x : p.arrays) {
      meant(x.rest);
      meant(x.contains);
    }
    for (auto& x : p.objects) {
      meant(x.additional);
      meant(x.unevaluated);
      x.sparse = x.patterns.count == 0 && x.additional == any_node;
    }
    for (auto& x : p.logics) {
      meant(x.reference);
      meant(x.negated);
    }
    meant(p.root);
  }

  const compile_options& options_;
  std::shared_ptr<program> made_;
  std::deque<scope> scopes_;  // stable addresses
  std::deque<job> queue_;
  std::vector<std::string> pointers_;  // of each node, for errors found late
  std::unordered_map<const json::value*, index> shared_;
  std::map<std::string, index, std::less<>> patterns_;
  std::optional<error> failure_;
};

}  // namespace

result<compiled_schema> compile(const json::value& schema, const compile_options& options) {
  return compiler{options}.run(schema);
}

}  // namespace quire::schema
