#include "support.hpp"

#include <quire/schema/edits.hpp>
#include <quire/schema/reshape.hpp>
#include <quire/schema/value.hpp>
#include <quire/test/seed.hpp>
#include <quire/test/value_laws.hpp>

#include <array>

using quire::result;
using quire::test::adds_nothing;
using quire::test::keeps_scalars;
using quire::test::random_source;
using quire::test::resolves;
namespace json = boost::json;
namespace schema = quire::schema;

namespace {

constexpr std::size_t rounds = 3'000;

constexpr std::array names{"a", "b", "c", "a/b", "~", "", "~1", "0", "ä", "long name with spaces"};

json::value random_value(random_source& from, std::size_t depth) {
  switch (from.below(depth == 0 ? 7 : 10)) {
    case 0: return nullptr;
    case 1: return from.chance(0.5);
    case 2: return static_cast<std::int64_t>(from.below(4)) - 1;
    case 3: return static_cast<double>(from.below(8)) / 2;
    case 4: return std::uint64_t{18446744073709551610ULL} + from.below(5);
    case 5: return names[from.below(names.size())];
    case 6: return json::value(std::string(from.below(4), 'x'));
    case 7: {
      json::array items;
      for (auto n = from.below(4); n > 0; --n) items.push_back(random_value(from, depth - 1));
      return items;
    }
    default: {
      json::object members;
      for (auto n = from.below(5); n > 0; --n)
        members[names[from.below(names.size())]] = random_value(from, depth - 1);
      return members;
    }
  }
}

/// A value close to another: most of it is kept.
json::value changed(random_source& from, const json::value& v, std::size_t depth) {
  if (depth == 0 || from.chance(0.2)) return random_value(from, depth);
  if (v.is_object()) {
    json::object members;
    for (const auto& member : v.get_object()) {
      if (!from.chance(0.2))
        members.emplace(member.key(), changed(from, member.value(), depth - 1));
    }
    if (from.chance(0.3)) members[names[from.below(names.size())]] = random_value(from, depth - 1);
    return members;
  }
  return v;
}

/// The same value with the members of every object in another order.
json::value shuffled(random_source& from, const json::value& v) {
  if (v.is_array()) {
    json::array items;
    for (const auto& item : v.get_array()) items.push_back(shuffled(from, item));
    return items;
  }
  if (!v.is_object()) return v;
  std::vector<std::string> keys;
  for (const auto& member : v.get_object()) keys.emplace_back(member.key());
  std::shuffle(keys.begin(), keys.end(), from.engine());
  json::object members;
  for (const auto& key : keys) members.emplace(key, shuffled(from, v.at(key)));
  return members;
}

/// A schema with what only draft 2020-12 has; its parts come from `child`.
template <class Child>
json::value random_standard_schema(random_source& from, Child&& child) {
  auto name = [&] { return names[from.below(names.size())]; };
  json::object made;
  switch (from.below(9)) {
    case 0: made = {{"if", child()}, {"then", child()}, {"else", child()}}; break;
    case 1: made = {{"dependentRequired", {{name(), {name()}}}}}; break;
    case 2: made = {{"dependentSchemas", {{name(), child()}, {name(), child()}}}}; break;
    case 3: made = {{"propertyNames", {{"maxLength", from.below(5)}}}}; break;
    case 4:
      made = {{"contains", child()}, {"minContains", 0}, {"maxContains", from.below(3)}};
      break;
    case 5: made = {{"$ref", "#/$defs/" + std::string(from.chance(0.5) ? "A" : "B")}}; break;
    case 6: made = {{"items", {{"$dynamicRef", "#node"}}}}; break;
    case 7:
      made = {{"properties", {{name(), {{"$dynamicRef", "#node"}}}, {name(), child()}}}};
      break;
    default: made = {{"anyOf", {child(), child()}}};
  }
  if (from.chance(0.3)) made["unevaluatedItems"] = from.chance(0.5) ? json::value(false) : child();
  if (from.chance(0.3))
    made["unevaluatedProperties"] = from.chance(0.5) ? json::value(false) : child();
  if (from.chance(0.2)) made["prefixItems"] = json::array{child()};
  if (from.chance(0.2)) made["properties"] = json::object{{name(), child()}};
  return made;
}

/// @param standard  also with what only draft 2020-12 has.
json::value random_schema(random_source& from, std::size_t depth, bool standard = false) {
  auto child = [&] { return random_schema(from, depth - 1, standard); };
  auto children = [&] {
    json::array list;
    for (auto n = 1 + from.below(3); n > 0; --n) list.push_back(child());
    return list;
  };
  if (standard && depth != 0 && from.chance(0.5)) return random_standard_schema(from, child);
  switch (from.below(depth == 0 ? 8 : 16)) {
    case 0: return json::object{};
    case 1: return json::object{{"type", "string"}, {"minLength", from.below(3)}};
    case 2: return json::object{{"type", "integer"}, {"minimum", from.below(3)}};
    case 3: return json::object{{"type", "number"}, {"multipleOf", 0.5}};
    case 4: return json::object{{"const", random_value(from, 1)}};
    case 5: return json::object{{"type", {"null", "boolean", "string"}}};
    case 6: return json::object{{"enum", {random_value(from, 1), random_value(from, 1)}}};
    case 7: return json::object{{"type", "object"}};
    case 8: return json::object{{"anyOf", children()}};
    case 9: return json::object{{"allOf", children()}, {"unevaluatedProperties", child()}};
    case 10: return json::object{{"oneOf", children()}};
    case 11: return json::object{{"not", child()}};
    case 12:
      return json::object{{"type", "array"}, {"items", child()}, {"uniqueItems", from.chance(0.5)}};
    case 13: return json::object{{"prefixItems", children()}, {"contains", child()}};
    case 14:
      return json::object{{"patternProperties", {{"^[a-z]", child()}}},
                          {"additionalProperties", child()}};
    default: {
      json::object properties;
      json::array required;
      for (auto n = from.below(4); n > 0; --n) {
        const auto* name = names[from.below(names.size())];
        if (properties.emplace(name, child()).second && from.chance(0.4))
          required.emplace_back(name);
      }
      json::object made{{"type", "object"}, {"properties", properties}, {"required", required}};
      if (from.chance(0.4))
        made["additionalProperties"] = from.chance(0.5) ? json::value(false) : child();
      return made;
    }
  }
}

/// A document of draft 2020-12: a schema, two that it may refer to, and a resource inside it that
/// binds the same dynamic name. References go down only, but for the dynamic ones.
json::value random_document(random_source& from) {
  json::object base{{"$id", "base"},
                    {"$dynamicAnchor", "node"},
                    {"allOf", {random_schema(from, 2), random_schema(from, 2)}},
                    {"items", {{"$dynamicRef", "#node"}}}};
  return json::object{
      {"$id", "http://test/"},
      {"$dynamicAnchor", "node"},
      {"anyOf", {random_schema(from, 3, true), {{"$ref", "base"}}, random_schema(from, 2, true)}},
      {"$defs", {{"A", random_schema(from, 2)}, {"B", random_schema(from, 2)}, {"C", base}}}};
}

result<schema::compiled_schema> compile_document(const json::value& text) {
  schema::compile_options options;
  options.dialect = schema::dialect::draft2020_12;
  return schema::compile(text, options);
}

/// Does a pointer from an error's `schema_path` lead to something in the schema?
bool is_in_schema(const json::value& text, const std::string& schema_path) {
  boost::system::error_code ec;
  return schema_path.empty() || text.find_pointer(schema_path, ec) != nullptr;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_properties)

BOOST_AUTO_TEST_CASE(the_laws_hold_in_draft_2020_12) {
  random_source from{16};
  std::size_t passed = 0;
  std::size_t cast_count = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto text = random_document(from);
    const auto s = compile_document(text);
    BOOST_TEST_REQUIRE(s.has_value(), json::serialize(text)
                                          << " seed " << from.used() << ": " << s.error());
    for (int j = 0; j < 4; ++j) {
      const auto value = random_value(from, 3);
      BOOST_TEST_INFO_SCOPE(json::serialize(text)
                            << " and " << json::serialize(value) << " seed " << from.used());
      const bool good = schema::check(*s, value);
      passed += static_cast<std::size_t>(good);
      const auto found = schema::errors(*s, value);
      BOOST_TEST(found.empty() == good);
      for (const auto& e : found) {
        BOOST_TEST(resolves(value, e.path), e.path);
        BOOST_TEST(is_in_schema(text, e.schema_path), e.schema_path);
        BOOST_TEST(e.code != "too_complex");
      }
      if (const auto cast = schema::cast(*s, value); cast) {
        cast_count += static_cast<std::size_t>(!good);
        BOOST_TEST(schema::check(*s, cast->value));
        BOOST_TEST((!good || schema::equal(cast->value, value)));
      } else {
        BOOST_TEST((!good && cast.error().code == quire::errc::cast_failed));
      }
      const auto cleaned = schema::clean(*s, value).value();
      BOOST_TEST(adds_nothing(value, cleaned));
      BOOST_TEST((!good || schema::check(*s, cleaned)));
      BOOST_TEST(keeps_scalars(value, schema::default_missing(*s, value).value()));
      // A list of lists without end may be made of what is no list; that has no end.
      if (const auto once = schema::convert(*s, value)) {
        BOOST_TEST(schema::equal(*once, schema::convert(*s, *once).value()));
      } else {
        BOOST_TEST(once.error().code == quire::errc::limit_exceeded);
      }
    }
    const auto created = schema::create(*s);
    BOOST_TEST((created ? schema::check(*s, *created)
                        : created.error().code == quire::errc::create_failed));
  }
  BOOST_TEST(passed > rounds);
  BOOST_TEST(passed < rounds * 4);
  BOOST_TEST(cast_count > rounds / 10);
}

BOOST_AUTO_TEST_CASE(patching_with_the_difference_gives_the_other_value) {
  random_source from{11};
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto a = random_value(from, 4);
    const auto b = from.chance(0.5) ? changed(from, a, 4) : random_value(from, 4);
    const auto edits = schema::diff(a, b);
    BOOST_TEST(edits.empty() == schema::equal(a, b));
    const auto made = schema::patch(a, edits);
    BOOST_TEST_REQUIRE(made.has_value(), json::serialize(a) << " to " << json::serialize(b)
                                                            << " seed " << from.used());
    BOOST_TEST(schema::equal(*made, b),
               json::serialize(a) << " to " << json::serialize(b) << " seed " << from.used());
  }
}

BOOST_AUTO_TEST_CASE(errors_are_empty_exactly_if_check_passes_and_their_paths_resolve) {
  random_source from{12};
  std::size_t passed = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto text = random_schema(from, 3);
    const auto s = schema::compile(text);
    BOOST_TEST_REQUIRE(s.has_value(), json::serialize(text) << " seed " << from.used());
    for (int j = 0; j < 5; ++j) {
      const auto value = random_value(from, 3);
      const bool good = schema::check(*s, value);
      const auto found = schema::errors(*s, value);
      passed += static_cast<std::size_t>(good);
      BOOST_TEST(good == found.empty(), json::serialize(text)
                                            << " against " << json::serialize(value) << " seed "
                                            << from.used());
      for (const auto& e : found) {
        BOOST_TEST(resolves(value, e.path), e.path << " in " << json::serialize(value));
        BOOST_TEST(schema::error_number(e.code) >= 0, e.code);
        BOOST_TEST(is_in_schema(text, e.schema_path), e.schema_path);
      }
    }
  }
  BOOST_TEST(passed > rounds);  // neither all pass nor all fail
  BOOST_TEST(passed < rounds * 4);
}

BOOST_AUTO_TEST_CASE(the_order_of_members_never_matters) {
  random_source from{13};
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto text = random_schema(from, 3);
    const auto value = random_value(from, 3);
    const auto s = schema::compile(text);
    const auto t = schema::compile(shuffled(from, text));
    BOOST_TEST_REQUIRE((s.has_value() && t.has_value()));
    const auto other = shuffled(from, value);
    BOOST_TEST(schema::equal(value, other));
    BOOST_TEST(schema::diff(value, other).empty());
    BOOST_TEST(schema::check(*s, value) == schema::check(*t, other),
               json::serialize(text)
                   << " against " << json::serialize(value) << " seed " << from.used());
  }
}

BOOST_AUTO_TEST_CASE(what_is_cast_or_created_fits_and_what_fits_is_not_cast) {
  random_source from{14};
  std::size_t made = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto text = random_schema(from, 3);
    const auto value = random_value(from, 3);
    const auto s = schema::compile(text);
    BOOST_TEST_REQUIRE(s.has_value());
    const auto cast = schema::cast(*s, value);
    if (schema::check(*s, value)) {
      BOOST_TEST_REQUIRE(cast.has_value());
      BOOST_TEST(schema::equal(cast->value, value));
      BOOST_TEST((cast->replaced.empty() && cast->dropped.empty()));
    } else if (cast) {
      ++made;
      BOOST_TEST(schema::check(*s, cast->value));
      for (const auto& path : cast->replaced) BOOST_TEST(resolves(value, path));
      for (const auto& path : cast->dropped) BOOST_TEST(resolves(value, path));
    } else {
      BOOST_TEST(cast.error().code == quire::errc::cast_failed);
    }
    const auto created = schema::create(*s);
    BOOST_TEST((created ? schema::check(*s, *created)
                        : created.error().code == quire::errc::create_failed));
  }
  BOOST_TEST(made > rounds / 10);
}

BOOST_AUTO_TEST_CASE(
    defaults_change_no_scalar_cleaning_adds_nothing_and_converting_twice_changes_nothing) {
  random_source from{15};
  for (std::size_t i = 0; i < rounds; ++i) {
    auto text = random_schema(from, 3);
    if (text.is_object() && from.chance(0.3)) text.get_object()["default"] = random_value(from, 2);
    const auto value = random_value(from, 3);
    const auto s = schema::compile(text);
    BOOST_TEST_REQUIRE(s.has_value());
    const auto shown = json::serialize(text) + " and " + json::serialize(value) + " seed " +
                       std::to_string(from.used());
    BOOST_TEST(keeps_scalars(value, schema::default_missing(*s, value).value()), shown);
    BOOST_TEST(adds_nothing(value, schema::clean(*s, value).value()), shown);
    const auto once = schema::convert(*s, value).value();
    const auto twice = schema::convert(*s, once).value();
    BOOST_TEST(schema::equal(once, twice),
               shown << " gave " << json::serialize(once) << " and " << json::serialize(twice));
  }
}

BOOST_AUTO_TEST_SUITE_END()
