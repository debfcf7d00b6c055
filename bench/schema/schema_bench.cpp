// Checking documents of three sizes against one schema each, as the engine does with every node and
// edge it writes, and compiling a module of 50 entries, as it does when a graph type is first used.
// Documents are parsed beforehand, in the schema's order and in a shuffled one.

#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

namespace json = boost::json;
namespace schema = quire::schema;

json::object ticket_schema() {
  return json::parse(R"({"type":"object","additionalProperties":false,
    "required":["id","title","status","priority","created"],
    "properties":{
      "id":{"type":"string","pattern":"^[a-z][a-z0-9-]{2,40}$"},
      "title":{"type":"string","minLength":1,"maxLength":200},
      "status":{"anyOf":[{"const":"open"},{"const":"active"},{"const":"done"}]},
      "priority":{"type":"integer","minimum":0,"maximum":9},
      "created":{"type":"string","format":"date-time"},
      "estimate":{"type":"number","minimum":0},
      "done":{"type":"boolean"},
      "assignee":{"type":["string","null"]},
      "score":{"type":"number"},
      "parent":{"type":"string","format":"uuid"}}})")
      .as_object();
}

json::object ticket(int i) {
  return {{"id", "ticket-" + std::to_string(i)},
          {"title", "Reset statements when a row set is dropped"},
          {"status", "active"},
          {"priority", 3},
          {"created", "2024-02-29T12:00:00.250Z"},
          {"estimate", 2.5},
          {"done", false},
          {"assignee", nullptr},
          {"score", 17},
          {"parent", "2eb8aa08-aa98-11ea-b4aa-73b441d16380"}};
}

json::object shuffled(const json::object& from) {
  std::vector<std::string> names;
  for (const auto& member : from) names.emplace_back(member.key());
  std::mt19937 engine(7);
  std::shuffle(names.begin(), names.end(), engine);
  json::object out;
  for (const auto& name : names) out.emplace(name, from.at(name));
  return out;
}

schema::compiled_schema compiled(const json::value& text) {
  auto made = schema::compile(text);
  if (!made) std::abort();
  return *made;
}

void run(benchmark::State& state, const schema::compiled_schema& s, const json::value& value) {
  const auto parsed = json::parse(json::serialize(value));
  if (!schema::check(s, parsed)) std::abort();
  for (auto step : state) {
    benchmark::DoNotOptimize(step);
    benchmark::DoNotOptimize(schema::check(s, parsed));
  }
}

void check_10_fields(benchmark::State& state) { run(state, compiled(ticket_schema()), ticket(1)); }
BENCHMARK(check_10_fields);

void check_10_fields_shuffled(benchmark::State& state) {
  run(state, compiled(ticket_schema()), shuffled(ticket(1)));
}
BENCHMARK(check_10_fields_shuffled);

/// Ten fields without formats and patterns: what the walk alone costs.
void check_10_plain_fields(benchmark::State& state) {
  json::object properties;
  json::array required;
  json::object value;
  for (int i = 0; i < 10; ++i) {
    const auto name = "field" + std::to_string(i);
    properties.emplace(name, json::object{{"type", i % 2 == 0 ? "string" : "integer"}});
    required.emplace_back(name);
    value.emplace(name, i % 2 == 0 ? json::value("text") : json::value(i));
  }
  run(state,
      compiled(
          json::object{{"type", "object"}, {"properties", properties}, {"required", required}}),
      value);
}
BENCHMARK(check_10_plain_fields);

void check_tickets(benchmark::State& state) {
  json::array list;
  for (int i = 0; i < state.range(0) / 10; ++i) list.push_back(ticket(i));
  run(state, compiled(json::object{{"type", "array"}, {"items", ticket_schema()}}), list);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(check_tickets)->Arg(100)->Arg(10'000);

/// Members of a record, checked by a pattern on their names and by a union.
void check_record(benchmark::State& state) {
  json::object value;
  for (int i = 0; i < state.range(0); ++i)
    value.emplace("key_" + std::to_string(i), i % 2 == 0 ? json::value(i) : json::value("x"));
  run(state,
      compiled(json::parse(
          R"({"patternProperties":{"^(.*)$":{"anyOf":[{"type":"integer"},{"type":"string"}]}}})")),
      value);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(check_record)->Arg(100)->Arg(10'000);

void tell_errors(benchmark::State& state) {
  const auto s = compiled(ticket_schema());
  auto value = ticket(1);
  value["priority"] = 12;
  for (auto step : state) {
    benchmark::DoNotOptimize(step);
    benchmark::DoNotOptimize(schema::errors(s, value));
  }
}
BENCHMARK(tell_errors);

void compile_module_of_50(benchmark::State& state) {
  json::object entries;
  for (int i = 0; i < 50; ++i) {
    auto entry = ticket_schema();
    entry["properties"].as_object()["next"] =
        json::object{{"$ref", "Entry" + std::to_string((i + 1) % 50)}};
    entries.emplace("Entry" + std::to_string(i), std::move(entry));
  }
  const json::object wrapper{{"$defs", entries}, {"$ref", "Entry0"}};
  for (auto step : state) {
    benchmark::DoNotOptimize(step);
    benchmark::DoNotOptimize(schema::compile(wrapper));
  }
}
BENCHMARK(compile_module_of_50);

}  // namespace
