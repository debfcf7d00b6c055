#include "reshaper.hpp"

#include <quire/schema/reshape.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace quire::schema {
namespace {

namespace json = boost::json;

class filler : private reshaper {
 public:
  explicit filler(const program& p) noexcept : reshaper(p) {}

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
    if (v.is_object()) {
      const auto* given = default_of(x);
      if (given != nullptr && given->is_object()) {
        for (const auto& member : given->get_object())
          v.get_object().emplace(member.key(), member.value());
      }
      if (x.object != none) fill_object(p_.objects[x.object], v.get_object());
    } else if (v.is_array() && x.array != none) {
      auto& items = v.get_array();
      const auto& rules = p_.arrays[x.array];
      for (std::size_t i = 0; i < items.size(); ++i) fill(element(rules, i), items[i]);
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
      if (member == nullptr) {
        const auto* given = default_behind(known.node);
        if (given == nullptr) continue;
        member = &members.emplace(names[i], *given).first->value();
      }
      fill(known.node, *member);
    }
    for (auto& member : members) {
      if (declared(rules, member.key()) != none) continue;
      if (const auto n = by_pattern(rules, member.key()); n != none) {
        if (default_behind(n) != nullptr) fill(n, member.value());
      } else {
        fill(rules.additional, member.value());
      }
    }
  }

  /// The default of a schema, or of the one it refers to.
  const json::value* default_behind(index n) const {
    while (n != none) {
      const node& x = p_.nodes[n];
      if (const auto* given = default_of(x); given != nullptr) return given;
      n = x.logic == none ? none : p_.logics[x.logic].reference;
    }
    return nullptr;
  }

  void fill_union(span_of list, json::value& v) {
    for (auto i = list.first; i < list.end(); ++i) {
      json::value candidate = v;
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
