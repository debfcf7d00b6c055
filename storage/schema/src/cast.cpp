#include "reshaper.hpp"

#include <quire/messages/ids.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/reshape.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <optional>

namespace quire::schema {
namespace {

namespace json = boost::json;

constexpr std::size_t bytes_per_step = 8;

class caster : private reshaper {
 public:
  caster(const program& p, const cast_options& options)
      : reshaper(p), options_(options), create_(p) {}

  result<cast_outcome> run(const json::value& value) {
    auto made = cast(p_.root, value);
    if (left_.exhausted) return budget_ended();
    if (!made) return made.error();
    outcome_.value = *std::move(made);
    return std::move(outcome_);
  }

 private:
  /// The flat form of an intersection of objects: what each part says about a name holds.
  struct flat_object {
    std::vector<const object_rules*> parts;
    std::vector<const standard_rules*> standards;
    bool only_objects = true;
  };

  result<json::value> cast(index n, const json::value& v) {
    if (n == any_node) return kept(v);
    if (!pay()) return budget_ended();
    if (check_.passes(n, v)) return kept(v);
    if (left_.exhausted) return budget_ended();
    const deeper level(left_);
    const node& x = p_.nodes[n];
    const dynamic_scope::inside inside(check_.scope(), resource_of(x));
    if (x.logic != none) {
      const auto& rules = p_.logics[x.logic];
      if (rules.never) return failure_at(errc::cast_failed, path_, "no value fits");
      const bool plain = rules.constant == none && rules.literals == none && rules.negated == none;
      if (!plain) return created(n, v);
      if (rules.any_of.count != 0) return cast_union(n, x, rules.any_of, v);
      if (rules.one_of.count != 0) return cast_union(n, x, rules.one_of, v);
      if (rules.all_of.count == 0 && rules.reference != none && x.object == none &&
          x.standard == none)
        return cast(rules.reference, v);
    }
    if (v.is_object()) {
      flat_object flat;
      flatten(n, v, flat);
      if (flat.only_objects && (!flat.parts.empty() || x.types == kinds::object))
        return cast_object(flat, v.get_object());
    } else if (x.standard != none) {
      return cast_applied(n, v);
    } else if (v.is_array() && x.array != none) {
      return cast_array(p_.arrays[x.array], v.get_array());
    }
    return created(n, v);
  }

  /// What fits as it is.
  result<json::value> kept(const json::value& v) {
    auto made = copied(v);
    if (left_.exhausted) return budget_ended();
    return made;
  }

  /// An array or scalar under rules of the standard: what the schema makes of it, and then each
  /// that is applied to it.
  result<json::value> cast_applied(index n, const json::value& v) {
    const node& x = p_.nodes[n];
    auto made = kept(v);
    if (v.is_array() && x.array != none) made = cast_array(p_.arrays[x.array], v.get_array());
    auto apply = [&](index part) {
      if (made) made = cast(part, json::value(*std::move(made)));
    };
    if (x.logic != none && p_.logics[x.logic].reference != none)
      apply(p_.logics[x.logic].reference);
    each_applied(x, v, apply);
    return made && equal_within(left_, *made, v) ? created(n, v) : made;
  }

  /// A created value instead of `v`.
  result<json::value> created(index n, const json::value& v) {
    create_.enter(check_.scope());
    auto made = create_.make(n, path_);
    if (!made) {
      const auto& e = made.error();
      if (e.code == errc::limit_exceeded) return e;
      return failure_at(errc::cast_failed, e.details[0].pointer, e.details[0].message);
    }
    if (!equal_within(left_, *made, v)) tell(outcome_.replaced, path_);
    return made;
  }

  result<json::value> missing(index n, std::string_view name) {
    const auto length = path_.size();
    append_step(path_, name);
    create_.enter(check_.scope());
    auto made = create_.make(n, path_);
    if (!made && made.error().code != errc::limit_exceeded) {
      made = failure_at(errc::cast_failed, path_, "missing, and none can be created");
    }
    path_.resize(length);
    return made;
  }

  result<json::value> cast_at(std::string_view name, index n, const json::value& v) {
    const auto length = path_.size();
    append_step(path_, name);
    auto made = cast(n, v);
    path_.resize(length);
    return made;
  }

  void drop(std::string_view name) {
    auto path = path_;
    append_step(path, name);
    tell(outcome_.dropped, std::move(path));
  }

  /// Paths are paid for, as a long name may stand above many of them.
  void tell(std::vector<std::string>& list, std::string path) {
    if (left_.spend(path.size() / bytes_per_step)) list.push_back(std::move(path));
  }

  void flatten(index n, const json::value& v, flat_object& flat) {
    if (!pay()) return;
    const deeper level(left_);
    const node& x = p_.nodes[n];
    const dynamic_scope::inside inside(check_.scope(), resource_of(x));
    if (const auto* rules = standard_of(x); rules != nullptr) {
      flat.standards.push_back(rules);
      each_applied(x, v, [&](index part) { flatten(part, v, flat); });
    }
    if ((x.types & kinds::object) == 0) flat.only_objects = false;
    if (x.object != none) flat.parts.push_back(&p_.objects[x.object]);
    if (x.logic == none) return;
    const auto& rules = p_.logics[x.logic];
    if (rules.never || rules.constant != none || rules.literals != none || rules.negated != none ||
        rules.any_of.count != 0 || rules.one_of.count != 0) {
      flat.only_objects = false;
    }
    if (rules.reference != none) flatten(rules.reference, v, flat);
    for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i) flatten(p_.links[i], v, flat);
  }

  /// All schemas that the parts have for a member; `named` when some part names it, `closed` when
  /// some part forbids it.
  struct member_rules {
    std::vector<index> schemas;
    bool named = false;
    bool closed = false;
    bool by_schema = false;
    bool forbidden = false;  ///< the name itself does not fit
  };

  member_rules rules_of(const flat_object& flat, std::string_view name) {
    member_rules found;
    const object_rules* unevaluated = nullptr;
    for (const auto* part : flat.parts) {
      auto n = declared(*part, name);
      if (n == none) n = by_pattern(*part, name);
      // A record casts all its members alike, also those with other names.
      if (p_.dialect == dialect::module && n == none && flat.parts.size() == 1 &&
          part->patterns.count != 0 && part->properties.count == 0 &&
          (part->additional != never_node || part->additional_is_schema)) {
        found.named = true;
        found.schemas = {p_.pattern_properties[part->patterns.first].node, part->additional};
      } else if (n != none) {
        found.named = true;
        found.schemas.push_back(n);
      } else if (part->has_additional) {
        found.closed =
            found.closed || (part->additional == never_node && !part->additional_is_schema);
        found.by_schema = found.by_schema || part->additional_is_schema;
        found.schemas.push_back(part->additional);
      }
      if (part->unevaluated != none) unevaluated = part;
    }
    for (const auto* rules : flat.standards) {
      if (rules->property_names != none && !check_.name_passes(rules->property_names, name))
        found.forbidden = true;
      if (found.named || rules->unevaluated_properties == none) continue;
      found.closed = found.closed || rules->unevaluated_properties == never_node;
      found.by_schema = found.by_schema || rules->unevaluated_properties != any_node;
      found.schemas.push_back(rules->unevaluated_properties);
    }
    if (!found.named && unevaluated != nullptr) {
      found.closed = found.closed || (unevaluated->unevaluated == never_node &&
                                      !unevaluated->unevaluated_is_schema);
      found.by_schema = found.by_schema || unevaluated->unevaluated_is_schema;
      found.schemas.push_back(unevaluated->unevaluated);
    }
    return found;
  }

  result<json::value> cast_object(const flat_object& flat, const json::object& members) {
    json::object made;
    for (const auto* part : flat.parts) {
      const auto& names = p_.tables[part->names];
      for (index i = 0; i < part->properties.count; ++i) {
        const auto& known = p_.properties[part->properties.first + i];
        if (made.contains(names[i])) continue;
        const auto* given = members.if_contains(names[i]);
        if (given != nullptr) {
          const auto rules = rules_of(flat, names[i]);
          if (rules.forbidden) continue;
          auto member = cast_member(rules.schemas, names[i], *given);
          if (!member) return member;
          made.emplace(names[i], *std::move(member));
        } else if (known.required) {
          auto member = demanded(flat, known.node, names[i]);
          if (!member) return member;
          made.emplace(names[i], *std::move(member));
        }
      }
    }
    for (const auto& given : members) {
      if (made.contains(given.key())) continue;
      const auto rules = rules_of(flat, given.key());
      if (rules.forbidden || rules.closed ||
          !(rules.named || rules.by_schema || options_.keep_extra)) {
        drop(given.key());
        continue;
      }
      auto member = cast_member(rules.schemas, given.key(), given.value());
      if (!member) return member;
      made.emplace(given.key(), *std::move(member));
    }
    for (const auto* rules : flat.standards) {
      for (auto i = rules->dependencies.first; i < rules->dependencies.end(); ++i) {
        const auto& rule = p_.dependencies[i];
        if (!made.contains(rule.name)) continue;
        for (const auto& name : rule.required) {
          if (made.contains(name)) continue;
          auto member = demanded(flat, any_node, name);
          if (!member) return member;
          made.emplace(name, *std::move(member));
        }
      }
    }
    return json::value(std::move(made));
  }

  /// A created member. Any part may demand it; the one that declares it says what to create.
  result<json::value> demanded(const flat_object& flat, index n, std::string_view name) {
    for (const auto* part : flat.parts) {
      if (const auto declaring = declared(*part, name); declaring != none && n == any_node)
        n = declaring;
    }
    return missing(n, name);
  }

  result<json::value> cast_member(const std::vector<index>& schemas, std::string_view name,
                                  const json::value& given) {
    auto member = kept(given);
    for (const auto n : schemas) {
      if (!member) break;
      member = cast_at(name, n, json::value(*std::move(member)));
    }
    return member;
  }

  result<json::value> cast_array(const array_rules& rules, const json::array& items) {
    const auto most = rules.tuple ? rules.prefix.count : rules.max_items;
    json::array made;
    const auto count = std::max<std::uint64_t>(items.size(), rules.min_items);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!pay()) return budget_ended();
      const auto n = element(rules, i);
      const bool given = i < items.size();
      const bool beyond_prefix = rules.prefix.count != 0 && i >= rules.prefix.count;
      if (i >= most || (n == never_node && beyond_prefix)) {
        if (!given) break;
        drop(std::to_string(i));
        continue;
      }
      auto item = given ? cast_at(std::to_string(i), n, items[i]) : padding(rules, n, i);
      if (!item) return item;
      const bool again =
          rules.unique && std::any_of(made.begin(), made.end(), [&](const auto& other) {
            return equal_within(left_, other, *item);
          });
      if (!again) {
        made.push_back(*std::move(item));
      } else if (given) {
        drop(std::to_string(i));
      }
    }
    return json::value(std::move(made));
  }

  /// What fills a list up to its least length: null where that fits, else a created element.
  result<json::value> padding(const array_rules& rules, index n, std::uint64_t position) {
    if (!rules.tuple && check_.passes(n, json::value(nullptr))) return json::value(nullptr);
    return missing(n, std::to_string(position));
  }

  result<json::value> cast_union(index n, const node& x, span_of list, const json::value& v) {
    if (default_of(x) != nullptr) return created(n, v);
    auto best = p_.links[list.first];
    std::uint64_t best_score = 0;
    for (auto i = list.first; i < list.end(); ++i) {
      const auto reached = score(p_.links[i], v);
      if (reached > best_score) {
        best = p_.links[i];
        best_score = reached;
      }
    }
    return cast(best, v);
  }

  /// How well a member of a union fits: 100 for each equal literal, 10 for each property that
  /// passes, 1 for each that is there; as the best of its members for a union; 1 for a whole value
  /// of another kind that passes.
  std::uint64_t score(index n, const json::value& v) {
    while (p_.nodes[n].object == none && p_.nodes[n].logic != none &&
           p_.logics[p_.nodes[n].logic].reference != none) {
      n = p_.logics[p_.nodes[n].logic].reference;
    }
    const node& x = p_.nodes[n];
    if (x.object == none && x.logic != none) {
      const auto& rules = p_.logics[x.logic];
      std::uint64_t best = 0;
      for (const auto& list : {rules.any_of, rules.one_of}) {
        const deeper level(left_);
        for (auto i = list.first; i < list.end() && !left_.exhausted; ++i)
          best = std::max(best, score(p_.links[i], v));
      }
      if (rules.any_of.count != 0 || rules.one_of.count != 0) return best;
    }
    if (x.object == none || !v.is_object()) return static_cast<std::uint64_t>(check_.passes(n, v));
    const auto& rules = p_.objects[x.object];
    const auto& names = p_.tables[rules.names];
    std::uint64_t sum = 0;
    for (index i = 0; i < rules.properties.count; ++i) {
      const auto* member = v.get_object().if_contains(names[i]);
      const auto& known = p_.properties[rules.properties.first + i];
      if (member == nullptr) {
        if (known.declared && accepts_nothing(known.node)) sum += 10;
        continue;
      }
      sum += 1;
      if (!check_.passes(known.node, *member)) continue;
      sum += known.literal ? 110 : 10;
    }
    return sum;
  }

  cast_options options_;
  creator create_;
  cast_outcome outcome_;
  std::string path_;
};

}  // namespace

result<cast_outcome> cast(const compiled_schema& schema, const json::value& value,
                          const cast_options& options) {
  const auto* p = schema.get();
  if (p == nullptr) return failure_at(errc::cast_failed, "", "no value fits");
  auto made = caster{*p, options}.run(copy_of(value));
  if (!made) return made;
  if (const auto found = errors(schema, made->value, 1); !found.empty()) {
    return failure_at(errc::cast_failed, found[0].path,
                      "the cast value does not fit: " + printable(found[0].message));
  }
  return made;
}

}  // namespace quire::schema
