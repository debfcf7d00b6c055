#include "reshaper.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/limits.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/reshape.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>

namespace quire::schema {
namespace {

namespace json = boost::json;

// What one created value costs, so that a small schema cannot ask for a value that fills the
// memory.
constexpr std::uint64_t steps_per_value = 64;

/// The kind to make where `type` leaves a choice: the first listed, else the one that other
/// keywords speak of.
std::uint8_t kind_to_make(const program& p, const node& x) {
  if (x.several_types) return p.annotations[x.annotations].order[0];
  if (x.types != kinds::all) return x.types;
  if (x.object != none) return kinds::object;
  if (x.array != none) return kinds::array;
  if (x.string != none) return kinds::string;
  return x.number != none ? kinds::number : kinds::all;
}

/// The members of both, those of `part` first in doubt; anything else is replaced.
void join(json::value& into, json::value part) {
  if (into.is_object() && part.is_object()) {
    for (auto& member : part.get_object())
      into.get_object().insert_or_assign(member.key(), std::move(member.value()));
  } else {
    into = std::move(part);
  }
}

}  // namespace

error failure_at(errc code, const std::string& path, std::string reason) {
  auto context = "value at '" + printable(path) + "': " + reason;
  return fail(
      code, std::move(context),
      {{.code = std::string{to_string(code)}, .pointer = path, .message = std::move(reason)}});
}

error budget_ended() {
  return fail(errc::limit_exceeded,
              "reshaping this value takes more than the allowed number of steps");
}

bool reshaper::accepts_nothing(index n) {
  if (n == any_node) return true;
  if (!pay()) return false;
  const node& x = p_.nodes[n];
  if (x.types != kinds::all) return false;
  if (x.logic == none) return true;
  const auto& rules = p_.logics[x.logic];
  if (rules.never || rules.constant != none || rules.literals != none) return false;
  const deeper level(left_);
  auto count = [&](span_of list) {
    index accepted = 0;
    for (auto i = list.first; i < list.end(); ++i)
      accepted += static_cast<index>(accepts_nothing(p_.links[i]));
    return accepted;
  };
  return (rules.reference == none || accepts_nothing(rules.reference)) &&
         count(rules.all_of) == rules.all_of.count &&
         (rules.any_of.count == 0 || count(rules.any_of) != 0) &&
         (rules.one_of.count == 0 || count(rules.one_of) == 1) &&
         (rules.negated == none || !accepts_nothing(rules.negated));
}

result<json::value> creator::make(index n, std::string& path) {
  if (!left_.spend(steps_per_value)) return budget_ended();
  if (level_ >= limits::max_document_depth) {
    return failure_at(errc::create_failed, path, "the schema demands itself without end");
  }
  const node& x = p_.nodes[n];
  if (const auto* given = default_of(x); given != nullptr) return paid(added(*given));
  ++level_;
  const dynamic_scope::inside inside(check_.scope(), resource_of(x));
  auto made = x.standard == none ? make_own(x, path) : make_standard(x, path);
  --level_;
  return made;
}

result<json::value> creator::paid(json::value made) {
  if (left_.exhausted) return budget_ended();
  return made;
}

result<json::value> creator::make_own(const node& x, std::string& path) {
  if (x.logic == none) return make_kind(x, path);
  const auto& rules = p_.logics[x.logic];
  if (rules.never) return failure_at(errc::create_failed, path, "no value fits");
  if (rules.constant != none) return paid(added(p_.constants[rules.constant]));
  if (rules.literals != none) {
    const auto& all = p_.literal_sets[rules.literals].all;
    if (all.empty()) return failure_at(errc::create_failed, path, "no value fits an empty enum");
    return paid(added(all.front()));
  }
  if (rules.negated != none)
    return failure_at(errc::create_failed, path, "no value can be made for 'not'");
  if (rules.all_of.count != 0) return make_joined(x, rules.all_of, path);
  if (rules.any_of.count != 0) return make(p_.links[rules.any_of.first], path);
  if (rules.one_of.count != 0) return make(p_.links[rules.one_of.first], path);
  return make(rules.reference, path);
}

result<json::value> creator::make_standard(const node& x, std::string& path) {
  const auto& rules = p_.standards[x.standard];
  const auto meant = check_.scope().target(rules);
  const bool own = x.logic != none || kind_to_make(p_, x) != kinds::all || meant == none;
  auto made = own ? make_own(x, path) : make(meant, path);
  if (!made) return made;
  for (auto i = rules.dependencies.first; i < rules.dependencies.end(); ++i) {
    const auto& rule = p_.dependencies[i];
    if (!made->is_object() || !made->get_object().contains(rule.name)) continue;
    for (const auto& name : rule.required) {
      const auto n = x.object == none ? none : declared(p_.objects[x.object], name);
      auto member = make(n == none ? any_node : n, path);
      if (!member) return member;
      made->get_object().emplace(name, *std::move(member));
    }
  }
  std::optional<error> failure;
  each_applied(x, *made, [&](index part) {
    if (failure || check_.passes(part, *made)) return;
    auto more = make(part, path);
    if (more) {
      join(*made, *std::move(more));
    } else {
      failure = more.error();
    }
  });
  if (failure) return *std::move(failure);
  return made;
}

result<json::value> creator::make_kind(const node& x, std::string& path) {
  switch (kind_to_make(p_, x)) {
    case kinds::null: return json::value(nullptr);
    case kinds::boolean: return json::value(false);
    case kinds::whole:
    case kinds::number: {
      if (x.number == none) return json::value(0);
      const auto& rules = p_.numbers[x.number];
      return (rules.has & number_rules::has_minimum) != 0 ? to_json(rules.minimum) : json::value(0);
    }
    case kinds::string: {
      if (x.string == none) return json::value("");
      const auto& rules = p_.strings[x.string];
      if (rules.pattern != none || rules.format != none) {
        return failure_at(errc::create_failed, path, "no text can be made for a pattern or format");
      }
      if (!left_.spend(rules.min_length)) return budget_ended();
      return json::value(std::string(rules.min_length, ' '));
    }
    case kinds::array: return make_array(x, path);
    case kinds::object: return make_object(x, path);
    default: return json::value(json::object_kind);
  }
}

result<json::value> creator::make_array(const node& x, std::string& path) {
  json::array items;
  if (x.array == none) return json::value(std::move(items));
  const auto& rules = p_.arrays[x.array];
  if (rules.unique || (rules.contains != none && rules.min_contains != 0)) {
    return failure_at(errc::create_failed, path,
                      "no elements can be made for uniqueItems or contains");
  }
  const auto length = path.size();
  for (std::uint64_t i = 0; i < rules.min_items; ++i) {
    append_step(path, std::to_string(i));
    auto item = make(element(rules, i), path);
    if (!item) return item;
    path.resize(length);
    items.push_back(*std::move(item));
  }
  return json::value(std::move(items));
}

result<json::value> creator::make_object(const node& x, std::string& path) {
  json::object members;
  if (x.object == none) return json::value(std::move(members));
  const auto& rules = p_.objects[x.object];
  const auto& names = p_.tables[rules.names];
  const auto length = path.size();
  for (index i = 0; i < rules.properties.count; ++i) {
    const auto& known = p_.properties[rules.properties.first + i];
    if (!known.required) continue;
    append_step(path, names[i]);
    auto member = make(known.node, path);
    if (!member) return member;
    path.resize(length);
    members.emplace(names[i], *std::move(member));
  }
  return json::value(std::move(members));
}

result<json::value> creator::make_joined(const node& x, span_of parts, std::string& path) {
  json::value joined(json::object_kind);
  if (x.object != none) {
    auto own = make_object(x, path);
    if (!own) return own;
    joined = *std::move(own);
  }
  for (auto i = parts.first; i < parts.end(); ++i) {
    auto part = make(p_.links[i], path);
    if (!part) return part;
    join(joined, *std::move(part));
  }
  return joined;
}

result<json::value> create(const compiled_schema& schema) {
  const auto* p = schema.get();
  if (p == nullptr) return failure_at(errc::create_failed, "", "no value fits");
  std::string path;
  auto made = creator{*p}.make(p->root, path);
  if (!made) return made;
  if (const auto found = errors(schema, *made, 1); !found.empty()) {
    return failure_at(errc::create_failed, found[0].path,
                      "the created value does not fit: " + printable(found[0].message));
  }
  return made;
}

}  // namespace quire::schema
