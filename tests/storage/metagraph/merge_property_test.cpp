#include "module_fixture.hpp"

#include <quire/metagraph/merge.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>
#include <quire/test/seed.hpp>

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

namespace json = boost::json;
using quire::errc;
using namespace quire::metagraph;
namespace schema = quire::schema;

namespace {

constexpr std::array<const char*, 4> names{"a", "b", "label", "x_c"};

/// Schemas over so few names and values that two of them often meet.
class generator {
 public:
  explicit generator(quire::test::random_source& random) : random_(random) {}

  json::object object_schema(int depth) {
    json::object out;
    if (depth == 0 || random_.chance(0.8)) out["type"] = "object";
    auto& properties = out["properties"].emplace_object();
    json::array required;
    for (const auto* name : names) {
      if (random_.chance(0.5)) properties[name] = any_schema(depth + 1);
      if (random_.chance(0.2)) required.emplace_back(name);
    }
    if (random_.chance(0.3)) out["required"] = required;
    if (random_.chance(0.25)) out["additionalProperties"] = any_schema(depth + 1);
    if (random_.chance(0.1)) out["additionalProperties"] = true;
    if (random_.chance(0.15))
      out["patternProperties"].emplace_object()["^x_"] = any_schema(depth + 1);
    if (random_.chance(0.1)) out["minProperties"] = random_.below(3);
    if (random_.chance(0.1)) out["maxProperties"] = 1 + random_.below(4);
    return out;
  }

  json::value any_schema(int depth) {
    json::object out;
    if (random_.chance(0.1)) out["title"] = "t";
    switch (random_.below(depth < 3 ? 9 : 7)) {
      case 0: break;
      case 1: out["const"] = scalar(); break;
      case 2:
        for (std::size_t i = 0; i <= random_.below(4); ++i) {
          if (i == 0) out["enum"].emplace_array();
          out["enum"].as_array().push_back(scalar());
        }
        break;
      case 3: number(out); break;
      case 4: text(out); break;
      case 5: {
        auto& members = out["anyOf"].emplace_array();
        for (std::size_t i = 0; i <= random_.below(3); ++i)
          members.push_back(any_schema(depth + 1));
        break;
      }
      case 6:
        out["type"].emplace_array().emplace_back("string");
        out["type"].as_array().emplace_back(random_.chance(0.5) ? "null" : "integer");
        break;
      case 7: return object_schema(depth + 1);
      default:
        out["type"] = "array";
        if (random_.chance(0.7)) out["items"] = any_schema(depth + 1);
        if (random_.chance(0.3)) out["minItems"] = random_.below(3);
        if (random_.chance(0.3)) out["maxItems"] = random_.below(3);
        if (random_.chance(0.3)) out["uniqueItems"] = true;
        if (random_.chance(0.2)) out["contains"] = any_schema(depth + 1);
    }
    return json::value(std::move(out));
  }

  json::object object_value(int depth) {
    json::object out;
    for (const auto* name : {"a", "b", "label", "x_c", "x_d", "other"}) {
      if (random_.chance(0.4)) out[name] = value(depth + 1);
    }
    return out;
  }

 private:
  json::value value(int depth) {
    const auto kind = random_.below(10);
    if (kind == 0 && depth < 4) return json::value(object_value(depth));
    if (kind == 1 && depth < 4) {
      json::array out;
      for (std::size_t i = 0; i < random_.below(3); ++i) out.push_back(value(depth + 1));
      return json::value(std::move(out));
    }
    return scalar();
  }
  json::value scalar() {
    switch (random_.below(8)) {
      case 0: return 0;
      case 1: return 1;
      case 2: return 2.5;
      case 3: return "a";
      case 4: return "bb";
      case 5: return nullptr;
      case 6: return true;
      default: return 1.0;
    }
  }
  void number(json::object& out) {
    if (random_.chance(0.8)) out["type"] = random_.chance(0.5) ? "number" : "integer";
    if (random_.chance(0.4)) out["minimum"] = random_.below(3);
    if (random_.chance(0.4)) out["maximum"] = random_.below(4);
    if (random_.chance(0.2)) out["exclusiveMinimum"] = 0.5;
    if (random_.chance(0.2)) out["multipleOf"] = 1 + random_.below(2);
  }
  void text(json::object& out) {
    if (random_.chance(0.8)) out["type"] = "string";
    if (random_.chance(0.4)) out["minLength"] = random_.below(3);
    if (random_.chance(0.4)) out["maxLength"] = random_.below(3);
    if (random_.chance(0.4)) out["pattern"] = random_.chance(0.5) ? "a" : "b";
  }

  quire::test::random_source& random_;
};

schema::compiled_schema ready(const json::value& schema) {
  auto compiled = quire::schema::compile(schema);
  BOOST_REQUIRE_MESSAGE(compiled, json::serialize(schema) << ": " << compiled.error());
  return *compiled;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(merging_random_schemas)

BOOST_AUTO_TEST_CASE(passes_exactly_what_passes_both) {
  quire::test::random_source random(7);
  generator make(random);
  std::size_t merged_pairs = 0;
  std::size_t both = 0;
  std::size_t conflicts = 0;
  for (int pair = 0; pair < 3'000; ++pair) {
    const json::value base(make.object_schema(0));
    const json::value type(make.object_schema(0));
    const auto merged = merge_schemas(base, type);
    if (!merged) {
      BOOST_REQUIRE_MESSAGE(merged.error().code == errc::merge_conflict, merged.error());
      ++conflicts;
      continue;
    }
    ++merged_pairs;
    const auto of_base = ready(base);
    const auto of_type = ready(type);
    const auto of_merged = ready(*merged);
    for (int i = 0; i < 40; ++i) {
      const json::value value(make.object_value(0));
      const bool passes_both = schema::check(of_base, value) && schema::check(of_type, value);
      both += passes_both ? 1 : 0;
      BOOST_REQUIRE_MESSAGE(schema::check(of_merged, value) == passes_both,
                            "value " << json::serialize(value) << " base " << json::serialize(base)
                                     << " type " << json::serialize(type) << " merged "
                                     << json::serialize(*merged));
    }
  }
  BOOST_TEST(merged_pairs > 300U);
  BOOST_TEST(both > 300U);
  BOOST_TEST_MESSAGE(merged_pairs << " merged, " << conflicts << " conflicts, " << both
                                  << " passed");
}

BOOST_AUTO_TEST_CASE(gives_the_same_schema_the_second_time) {
  quire::test::random_source random(11);
  generator make(random);
  for (int pair = 0; pair < 3'000; ++pair) {
    json::value base(make.object_schema(0));
    json::value type(make.object_schema(0));
    if (random.chance(0.2)) base.as_object()["additionalProperties"] = false;
    if (random.chance(0.2)) type.as_object()["additionalProperties"] = false;
    const auto once = merge_schemas(base, type);
    if (!once) continue;
    const auto twice = merge_schemas(base, *once);
    BOOST_REQUIRE_MESSAGE(twice, json::serialize(base) << json::serialize(type));
    BOOST_REQUIRE_EQUAL(json::serialize(*twice), json::serialize(*once));
  }
}

BOOST_AUTO_TEST_CASE(refuses_only_what_fails_somewhere) {
  // A conflict may lie in an optional property, so values without it may pass both; but a property
  // named by the conflict never does.
  quire::test::random_source random(13);
  generator make(random);
  for (int pair = 0; pair < 2'000; ++pair) {
    const json::value base(make.any_schema(2));
    const json::value type(make.any_schema(2));
    const auto merged = merge_schemas(base, type);
    if (merged || !merged.error().details.at(0).pointer.empty()) continue;
    const auto of_base = ready(base);
    const auto of_type = ready(type);
    for (const char* text : {"0", "1", "2.5", "'a'", "'bb'", "null", "true", "[]", "{}", "[1]"}) {
      const auto value = quire::test::json(text);
      BOOST_REQUIRE_MESSAGE(!(schema::check(of_base, value) && schema::check(of_type, value)),
                            text << json::serialize(base) << json::serialize(type));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
