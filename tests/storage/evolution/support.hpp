#pragma once

#include <quire/evolution/change.hpp>
#include <quire/evolution/report.hpp>
#include <quire/evolution/row_caster.hpp>
#include <quire/metagraph/graph_type_view.hpp>
#include <quire/metagraph/module.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/value.hpp>
#include <quire/test/seed.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace quire::evolution::test {

/// JSON with ' for ".
inline boost::json::value parsed(std::string_view text) {
  std::string good{text};
  std::replace(good.begin(), good.end(), '\'', '"');
  return boost::json::parse(good);
}
inline document doc(std::string_view text) { return document::from(parsed(text)); }

inline metagraph::graph_module module_of(std::string_view entries) {
  auto made = metagraph::compile_module("work", parsed(entries).as_object());
  BOOST_TEST_REQUIRE(made.has_value(), entries << ": " << (made ? "" : to_string(made.error())));
  return *made;
}
inline metagraph::row_projection projection(std::string_view entries) {
  return metagraph::project_module(module_of(entries)).value();
}

/// The rows that a graph type has when Quire writes them.
inline graph_type rows_of(const metagraph::row_projection& from) {
  graph_type out;
  out.name = graph_type_name{"work"};
  out.config = document::from(from.config);
  const auto names = [](const std::vector<std::string>& all) {
    std::vector<type_name> made;
    for (const auto& one : all) made.emplace_back(one);
    return made;
  };
  for (const auto& row : from.node_types) {
    out.node_types.push_back({{}, type_name{row.name}, document::from(row.schema)});
  }
  for (const auto& row : from.edge_types) {
    out.edge_types.push_back({{},
                              type_name{row.name},
                              document::from(row.schema),
                              names(row.sources),
                              names(row.targets)});
  }
  return out;
}

inline std::shared_ptr<const metagraph::graph_type_view> view_of(std::string_view entries) {
  return metagraph::graph_type_view::from_module(module_of(entries)).value();
}

/// `class kind path`, in order.
inline std::vector<std::string> told(const std::vector<change>& changes) {
  std::vector<std::string> out;
  for (const auto& one : changes) {
    out.push_back(std::string{to_string(one.severity)} + (one.needs_scan ? "? " : " ") + one.kind +
                  " " + one.path);
  }
  return out;
}

/// Random values and schemas: few names and small numbers, so that they meet.
class generator {
 public:
  explicit generator(quire::test::random_source& from) : from_(from) {}

  /// Schemas may refer to definitions R and S, which the root of `circular_schema` has.
  bool references = false;

  boost::json::value circular_schema(std::size_t depth) {
    references = true;
    auto made = object_schema(depth);
    auto& definitions = made["$defs"].emplace_object();
    definitions["R"] = schema(depth);
    definitions["S"] = object_schema(depth);
    references = false;
    return made;
  }

  boost::json::value value(std::size_t depth) {
    switch (from_.below(depth == 0 ? 6 : 9)) {
      case 0: return nullptr;
      case 1: return from_.chance(0.5);
      case 2: return static_cast<std::int64_t>(from_.below(5)) - 1;
      case 3: return static_cast<double>(from_.below(8)) / 2;
      case 4: return names[from_.below(names.size())];
      case 5: return boost::json::value(std::string(from_.below(4), 'x'));
      case 6: {
        boost::json::array items;
        for (auto n = from_.below(4); n > 0; --n) items.push_back(value(depth - 1));
        return items;
      }
      default: return object(depth);
    }
  }

  boost::json::object object(std::size_t depth) {
    boost::json::object members;
    for (auto n = from_.below(4); n > 0; --n) {
      members[names[from_.below(names.size())]] = value(depth - 1);
    }
    return members;
  }

  boost::json::value schema(std::size_t depth) {
    using boost::json::array;
    using boost::json::object;
    const auto child = [&] { return schema(depth - 1); };
    const auto children = [&] {
      array list;
      for (auto n = 1 + from_.below(3); n > 0; --n) list.push_back(child());
      return list;
    };
    if (references && from_.chance(0.15)) {
      return object{{"$ref", from_.chance(0.5) ? "#/$defs/R" : "#/$defs/S"}};
    }
    switch (from_.below(depth == 0 ? 9 : 19)) {
      case 0: return object{};
      case 1: return object{{"type", "string"}, {"minLength", from_.below(3)}};
      case 2: return object{{"type", "integer"}, {"minimum", from_.below(3)}};
      case 3: return object{{"type", "number"}, {"multipleOf", from_.chance(0.5) ? 1 : 2}};
      case 4: return object{{"const", value(0)}};
      case 5: return kinds();
      case 6: return object{{"enum", array{"a", from_.below(3), value(0)}}};
      case 7: return object{{"exclusiveMinimum", from_.below(3)}, {"maximum", from_.below(4)}};
      case 8: return object{{"type", "string"}, {"maxLength", from_.below(4)}};
      case 9:
      case 10: return object{{"anyOf", children()}};
      case 11: return object{{"allOf", children()}};
      case 12: return object{{"oneOf", children()}};
      case 13: return object{{"not", child()}};
      case 14:
        return object{{"type", "array"},
                      {"items", child()},
                      {"uniqueItems", from_.chance(0.3)},
                      {"maxItems", from_.below(4)}};
      case 15: return object{{"prefixItems", children()}, {"contains", child()}};
      case 16:
        return object{{"patternProperties", {{"^[ab]", child()}}},
                      {"additionalProperties", child()}};
      case 17:
        return object{
            {"allOf", children()},
            {"unevaluatedProperties", from_.chance(0.5) ? boost::json::value(false) : child()}};
      default: return object_schema(depth);
    }
  }

  boost::json::object object_schema(std::size_t depth) {
    boost::json::object properties;
    boost::json::array required;
    for (auto n = from_.below(4); n > 0; --n) {
      const auto* name = names[from_.below(names.size())];
      if (properties.emplace(name, schema(depth - 1)).second && from_.chance(0.3)) {
        required.emplace_back(name);
      }
    }
    boost::json::object made{
        {"type", "object"}, {"properties", properties}, {"required", required}};
    if (from_.chance(0.4)) {
      made["additionalProperties"] =
          from_.chance(0.7) ? boost::json::value(false) : schema(depth - 1);
    }
    return made;
  }

  /// A schema or value close to another: most of it is kept.
  boost::json::value changed(const boost::json::value& v, std::size_t depth) {
    if (depth == 0) return from_.chance(0.7) ? v : leaf(v);
    if (const auto* object = v.if_object()) {
      boost::json::object members;
      for (const auto& member : *object) {
        if (from_.chance(0.06)) continue;
        members.emplace(member.key(),
                        from_.chance(0.5) ? changed(member.value(), depth - 1) : member.value());
      }
      if (from_.chance(0.08)) members["type"] = "object";
      if (from_.chance(0.05)) members["additionalProperties"] = from_.chance(0.5);
      return members;
    }
    if (const auto* list = v.if_array()) {
      boost::json::array items;
      for (const auto& item : *list) {
        if (from_.chance(0.08)) continue;
        items.push_back(from_.chance(0.5) ? changed(item, depth - 1) : item);
      }
      if (items.size() > 1 && from_.chance(0.3)) {
        std::shuffle(items.begin(), items.end(), from_.engine());
      }
      return items;
    }
    return from_.chance(0.6) ? v : leaf(v);
  }

  /// The same with the members of every object in another order.
  boost::json::value shuffled(const boost::json::value& v) {
    if (const auto* list = v.if_array()) {
      boost::json::array items;
      for (const auto& item : *list) items.push_back(shuffled(item));
      return items;
    }
    if (!v.is_object()) return v;
    std::vector<std::string> keys;
    for (const auto& member : v.get_object()) keys.emplace_back(member.key());
    std::shuffle(keys.begin(), keys.end(), from_.engine());
    boost::json::object members;
    for (const auto& key : keys) members.emplace(key, shuffled(v.at(key)));
    return members;
  }

 private:
  static constexpr std::array names{"a", "b", "c", "d/e", "~"};

  boost::json::value leaf(const boost::json::value& v) {
    if (v.is_int64() || v.is_uint64()) return from_.below(4);
    if (v.is_bool()) return from_.chance(0.5);
    return v.is_string() ? v : value(0);
  }
  boost::json::value kinds() {
    constexpr std::array all{"null", "boolean", "string", "integer", "number", "array", "object"};
    boost::json::array list;
    for (const auto* one : all) {
      if (from_.chance(0.4)) list.emplace_back(one);
    }
    if (list.empty()) list.emplace_back("string");
    return boost::json::object{{"type", list}};
  }

  quire::test::random_source& from_;
};

}  // namespace quire::evolution::test
