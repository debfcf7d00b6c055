#include "reshaper.hpp"

#include <quire/schema/reshape.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace quire::schema {
namespace {

namespace json = boost::json;

/// Everything that is in either of two cleaned forms of one value.
void join(json::value& into, const json::value& other) {
  if (into.is_object() && other.is_object()) {
    for (const auto& member : other.get_object()) {
      const auto [known, added] = into.get_object().emplace(member.key(), member.value());
      if (!added) join(known->value(), member.value());
    }
  } else if (into.is_array() && other.is_array()) {
    auto& items = into.get_array();
    const auto& others = other.get_array();
    for (std::size_t i = 0; i < others.size(); ++i) {
      if (i < items.size()) {
        join(items[i], others[i]);
      } else {
        items.push_back(others[i]);
      }
    }
  }
}

class cleaner : private reshaper {
 public:
  explicit cleaner(const program& p) : reshaper(p) {}

  result<json::value> run(const json::value& value) {
    auto made = clean(p_.root, value);
    if (left_.exhausted) return budget_ended();
    return made;
  }

 private:
  json::value clean(index n, const json::value& v) {
    if (n == any_node || !pay()) return copied(v);
    const deeper level(left_);
    const node& x = p_.nodes[n];
    const dynamic_scope::inside inside(check_.scope(), resource_of(x));
    auto made = clean_own(x, v);
    // The standard has many ways to ask for members that it does not name. What fits goes on to
    // fit.
    const bool spoilt =
        p_.dialect == dialect::draft2020_12 && check_.passes(n, v) && !check_.passes(n, made);
    return spoilt ? copied(v) : made;
  }

  json::value clean_own(const node& x, const json::value& v) {
    const auto* logic = x.logic == none ? nullptr : &p_.logics[x.logic];
    // The parts of an intersection, `properties` beside it among them, each keep what they name.
    const bool parts =
        (logic != nullptr && (logic->reference != none || logic->all_of.count != 0 ||
                              logic->any_of.count != 0 || logic->one_of.count != 0)) ||
        applies(x, v);
    if (!parts || x.object != none || x.array != none) {
      auto made = clean_kind(x, v);
      if (parts) clean_parts(x, v, made);
      keep_unevaluated(x, v, made);
      return made;
    }
    json::value made = nullptr;
    clean_parts(x, v, made);
    keep_unevaluated(x, v, made);
    return made;
  }

  /// Does a rule of the standard apply a schema to this value?
  bool applies(const node& x, const json::value& v) {
    bool any = false;
    each_applied(x, v, [&](index) { any = true; });
    return any;
  }

  /// Joins into `made`, which is null at first, what each part makes of `v`.
  void clean_parts(const node& x, const json::value& v, json::value& made) {
    bool first = made.is_null();
    auto add = [&](json::value part) {
      if (first) {
        made = std::move(part);
      } else {
        join(made, part);
      }
      first = false;
    };
    each_applied(x, v, [&](index part) { add(clean(part, v)); });
    if (const auto* rules = standard_of(x);
        rules != nullptr && rules->condition != none && check_.passes(rules->condition, v)) {
      add(clean(rules->condition, v));
    }
    if (x.logic == none) return;
    const auto& rules = p_.logics[x.logic];
    if (rules.reference != none) add(clean(rules.reference, v));
    for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i) add(clean(p_.links[i], v));
    for (const auto& list : {rules.any_of, rules.one_of}) {
      if (list.count == 0) continue;
      auto i = list.first;
      while (i < list.end() && !check_.passes(p_.links[i], v)) ++i;
      add(i < list.end() ? clean(p_.links[i], v) : copied(v));
    }
  }

  json::value clean_kind(const node& x, const json::value& v) {
    const bool only_objects =
        x.types == kinds::object || (x.several_types && (x.types & kinds::object) != 0);
    if (v.is_object() && (x.object != none || only_objects)) return clean_object(x, v.get_object());
    if (v.is_array() && x.array != none) {
      const auto& rules = p_.arrays[x.array];
      const auto& items = v.get_array();
      const bool cut = rules.tuple || (rules.prefix.count != 0 && rules.rest == never_node);
      json::array made;
      for (std::size_t i = 0; i < items.size() && !(cut && i >= rules.prefix.count); ++i) {
        made.push_back(clean(element(rules, i), items[i]));
      }
      return json::value(std::move(made));
    }
    return copied(v);
  }

  json::value clean_object(const node& x, const json::object& members) {
    json::object made;
    if (x.object == none) return json::value(std::move(made));
    const auto& rules = p_.objects[x.object];
    for (const auto& member : members) {
      auto n = declared(rules, member.key());
      if (n == none) n = by_pattern(rules, member.key());
      if (n == none && rules.additional_is_schema &&
          check_.passes(rules.additional, member.value()))
        n = rules.additional;
      if (n != none) made.emplace(member.key(), clean(n, member.value()));
    }
    return json::value(std::move(made));
  }

  /// Members that no part names stay when they pass a schema in `unevaluatedProperties`.
  void keep_unevaluated(const node& x, const json::value& v, json::value& made) {
    if (!v.is_object() || !made.is_object()) return;
    auto n = none;
    if (x.object != none && p_.objects[x.object].unevaluated_is_schema)
      n = p_.objects[x.object].unevaluated;
    if (const auto* rules = standard_of(x);
        rules != nullptr && rules->unevaluated_properties != any_node) {
      n = rules->unevaluated_properties;
    }
    if (n == none) return;
    for (const auto& member : v.get_object()) {
      if (made.get_object().contains(member.key()) || !check_.passes(n, member.value())) continue;
      made.get_object().emplace(member.key(), clean(n, member.value()));
    }
  }
};

}  // namespace

result<json::value> clean(const compiled_schema& schema, const json::value& value) {
  const auto* p = schema.get();
  return p == nullptr ? result<json::value>{copy_of(value)} : cleaner{*p}.run(copy_of(value));
}

}  // namespace quire::schema
