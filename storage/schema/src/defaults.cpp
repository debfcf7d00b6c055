#include "reshaper.hpp"

#include <quire/schema/reshape.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>

namespace quire::schema {
namespace {

namespace json = boost::json;

class filler : private reshaper {
 public:
  explicit filler(const program& p) : reshaper(p) {}

  result<json::value> run(const json::value& value) {
    json::value made = value;
    fill(p_.root, made);
    if (left_.exhausted) return budget_ended();
    return made;
  }

 private:
  void fill(index n, json::value& v) {
    if (n == any_node || !pay()) return;
    const deeper level(left_);
    const node& x = p_.nodes[n];
    const dynamic_scope::inside inside(check_.scope(), resource_of(x));
    fill_own(x, v);
    each_applied(x, v, [&](index part) { fill(part, v); });
  }

  void fill_own(const node& x, json::value& v) {
    if (v.is_object()) {
      const auto* given = default_of(x);
      if (given != nullptr && given->is_object()) {
        for (const auto& member : given->get_object()) {
          if (!v.get_object().contains(member.key()))
            v.get_object().emplace(member.key(), added(member.value()));
        }
      }
      if (x.object != none) fill_object(p_.objects[x.object], v.get_object());
    } else if (v.is_array() && x.array != none) {
      fill_array(x, v.get_array());
    }
    if (x.logic == none) return;
    const auto& rules = p_.logics[x.logic];
    if (rules.reference != none) fill(rules.reference, v);
    for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i) fill(p_.links[i], v);
    fill_union(rules.any_of, v);
    fill_union(rules.one_of, v);
  }

  void fill_object(const object_rules& rules, json::object& members) {
    const auto& names = p_.tables[rules.names];
    for (index i = 0; i < rules.properties.count; ++i) {
      const auto& known = p_.properties[rules.properties.first + i];
      auto* member = members.if_contains(names[i]);
      if (member != nullptr) {
        fill(known.node, *member);
      } else if (auto made = missing(known.node)) {
        members.emplace(names[i], *std::move(made));
      }
    }
    for (auto& member : members) {
      if (declared(rules, member.key()) != none) continue;
      // Only by schemas that have a default of their own.
      if (const auto* rule = pattern_of(rules, member.key()); rule != nullptr) {
        if (rule->own_default) fill(rule->node, member.value());
      } else if (rules.additional_has_default) {
        fill(rules.additional, member.value());
      }
    }
  }

  void fill_array(const node& x, json::array& items) {
    const auto& rules = p_.arrays[x.array];
    const auto* given = default_of(x);
    if (rules.tuple && given != nullptr && given->is_array()) {
      for (auto i = items.size(); i < given->get_array().size(); ++i)
        items.push_back(added(given->get_array()[i]));
    }
    for (std::size_t i = 0; i < items.size(); ++i) fill(element(rules, i), items[i]);
    // Positions of a tuple are like members of an object; none can be left out in between.
    while (rules.tuple && items.size() < rules.prefix.count) {
      auto made = missing(element(rules, items.size()));
      if (!made) break;
      items.push_back(*std::move(made));
    }
  }

  const pattern_property* pattern_of(const object_rules& rules, std::string_view name) {
    for (auto i = rules.patterns.first; i < rules.patterns.end(); ++i) {
      const auto& rule = p_.pattern_properties[i];
      if (check_.matches(rule.pattern, name)) return &rule;
    }
    return nullptr;
  }

  /// What takes the place of a missing value: the default of the schema, of the one it refers to,
  /// or of the first member of a union that makes something which fits.
  std::optional<json::value> missing(index n) {
    if (n == any_node || !pay()) return std::nullopt;
    const deeper level(left_);
    const node& x = p_.nodes[n];
    if (const auto* given = default_of(x); given != nullptr) {
      auto made = added(*given);
      fill(n, made);
      return made;
    }
    if (x.logic == none) return std::nullopt;
    const auto& rules = p_.logics[x.logic];
    if (rules.reference != none) return missing(rules.reference);
    if (rules.all_of.count != 0) return missing_joined(rules.all_of);
    for (const auto& list : {rules.any_of, rules.one_of}) {
      for (auto i = list.first; i < list.end(); ++i) {
        auto made = missing(p_.links[i]);
        if (made ? check_.passes(p_.links[i], *made) : accepts_nothing(p_.links[i])) return made;
      }
    }
    return std::nullopt;
  }

  std::optional<json::value> missing_joined(span_of parts) {
    std::optional<json::value> joined;
    for (auto i = parts.first; i < parts.end(); ++i) {
      auto made = missing(p_.links[i]);
      if (made && made->is_object() && joined && joined->is_object()) {
        for (auto& member : made->get_object())
          joined->get_object().insert_or_assign(member.key(), std::move(member.value()));
      } else {
        joined = std::move(made);
      }
    }
    return joined;
  }

  void fill_union(span_of list, json::value& v) {
    for (auto i = list.first; i < list.end(); ++i) {
      auto candidate = copied(v);
      fill(p_.links[i], candidate);
      if (check_.passes(p_.links[i], candidate)) {
        v = std::move(candidate);
        return;
      }
    }
  }
};

}  // namespace

result<json::value> default_missing(const compiled_schema& schema, const json::value& value) {
  const auto* p = schema.get();
  return p == nullptr ? result<json::value>{copy_of(value)} : filler{*p}.run(copy_of(value));
}

}  // namespace quire::schema
