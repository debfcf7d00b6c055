// What becomes of one stored row under a new definition.
#include "support.hpp"

#include <quire/schema/value.hpp>

#include <stdexcept>

using namespace quire;
using namespace quire::evolution;
using namespace quire::evolution::test;
namespace json = boost::json;

namespace {

/// A module with one node type `ticket` of these properties and more.
std::string ticket(const std::string& properties, const std::string& more = "") {
  return "{'TicketNode': {'type': 'object', 'properties': {" + properties + "}" + more +
         "}, 'NoteNode': {'type': 'object', 'properties': {'note': {'type': 'string'}}, "
         "'required': ['note']}, 'LinkEdge': {'type': 'object', 'properties': {}}}";
}

stored_row node_row(std::string type, std::string_view attributes) {
  return {.part = part::node_type,
          .id = row_id{"id-1"},
          .graph = graph_id{"g"},
          .key = "k",
          .type = std::move(type),
          .attributes = doc(attributes)};
}

evolution_options with(const std::string& type, row_migration migration) {
  evolution_options out;
  out.migrations.emplace(type, std::move(migration));
  return out;
}

row_caster caster(const std::string& before, const std::string& after,
                  const evolution_options& options = {}) {
  auto made = row_caster::make(view_of(before), view_of(after), options);
  BOOST_REQUIRE_MESSAGE(made, (made ? "" : to_string(made.error())));
  return *made;
}

errc refusal(const std::string& before, const std::string& after,
             const evolution_options& options) {
  const auto made = row_caster::make(view_of(before), view_of(after), options);
  return made ? errc::none : made.error().code;
}

std::string text(const json::value& value) { return json::serialize(value); }

std::vector<std::string> codes(const cast_row& row) {
  std::vector<std::string> out;
  for (const auto& e : row.report.errors) out.push_back(e.code + " " + e.path);
  return out;
}

using lines = std::vector<std::string>;

const std::string secret = "{'keyVersion': 1, 'salt': 's', 'iv': 'i', 'data': 'hush'}";
const std::string envelope =
    "{'type': 'object', 'required': ['keyVersion', 'salt', 'iv', 'data'], 'properties': "
    "{'keyVersion': {'type': 'integer'}, 'salt': {'type': 'string'}, 'iv': {'type': 'string'}, "
    "'data': {'type': 'string'}}, 'additionalProperties': false}";

}  // namespace

BOOST_AUTO_TEST_SUITE(casting_rows)

BOOST_AUTO_TEST_CASE(a_row_that_fits_stays_as_it_is) {
  const auto one = caster(ticket("'a': {'type': 'string'}"), ticket("'a': {'type': 'string'}"));
  const auto out = one.run(node_row("ticket", "{'a': 'x', 'extra': 1}"));
  BOOST_TEST(out.report.result == row_result::unchanged);
  BOOST_TEST(out.type == "ticket");
  BOOST_TEST(out.report.edits.empty());
  BOOST_TEST(one.leaves_alone(part::node_type, "ticket"));
}

BOOST_AUTO_TEST_CASE(a_missing_required_member_is_added_and_the_rest_is_kept) {
  const auto one =
      caster(ticket(""), ticket("'p': {'type': 'integer', 'default': 3}", ", 'required': ['p']"));
  const auto out = one.run(node_row("TicketNode", "{'extra': [1]}"));
  BOOST_TEST(out.report.result == row_result::added);
  BOOST_TEST(schema::equal(out.attributes, parsed("{'extra': [1], 'p': 3}")));
  BOOST_TEST_REQUIRE(out.report.edits.size() == 1U);
  BOOST_TEST(out.report.edits[0].path == "/p");
  BOOST_TEST(!one.leaves_alone(part::node_type, "ticket"));
}

BOOST_AUTO_TEST_CASE(a_stored_value_is_never_lost_without_permission) {
  const auto before = ticket("'a': {'type': 'string'}, 'b': {'type': 'object'}");
  const auto after = ticket(
      "'a': {'type': 'number'}, 'b': {'type': 'object', 'properties': {'c': "
      "{'type': 'integer'}}, 'additionalProperties': false}");
  const auto row = node_row("ticket", "{'a': 'seven', 'b': {'c': 1, 'd': 2}}");
  const auto refused = caster(before, after).run(row);
  BOOST_TEST(refused.report.result == row_result::failed);
  BOOST_TEST(codes(refused) == (lines{"lossy_change /a", "lossy_change /b/d"}),
             boost::test_tools::per_element());
  BOOST_TEST(refused.report.errors[0].value == json::value("seven"));
  evolution_options options;
  options.allow_lossy = true;
  const auto allowed = caster(before, after, options).run(row);
  BOOST_TEST(allowed.report.result == row_result::lossy);
  BOOST_TEST(allowed.report.errors.empty());
  BOOST_TEST(text(allowed.attributes) == R"({"a":0,"b":{"c":1}})");
  BOOST_TEST(allowed.report.edits.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_made_fails_with_the_path) {
  const auto one =
      caster(ticket(""), ticket("'p': {'type': 'string', 'pattern': '^x'}", ", 'required': ['p']"));
  const auto out = one.run(node_row("ticket", "{}"));
  BOOST_TEST(out.report.result == row_result::failed);
  BOOST_TEST_REQUIRE(!out.report.errors.empty());
  BOOST_TEST(out.report.errors[0].path == "/p");
}

BOOST_AUTO_TEST_CASE(attributes_that_are_no_json_fail_whatever_is_allowed) {
  evolution_options options;
  options.allow_lossy = true;
  auto row = node_row("ticket", "{}");
  row.attributes = document::trusted("{oops");
  const auto out = caster(ticket(""), ticket("'p': {}"), options).run(row);
  BOOST_TEST(codes(out) == lines{"payload_not_json "});
}

BOOST_AUTO_TEST_CASE(a_row_without_a_known_type_is_inferred_or_fails) {
  const auto before = ticket("'a': {'type': 'string'}", ", 'required': ['a']");
  const auto after =
      ticket("'a': {'type': 'string'}, 'p': {'type': 'integer'}", ", 'required': ['a', 'p']");
  const auto one = caster(before, after);
  const auto inferred = one.run(node_row("", "{'a': 'x'}"));
  BOOST_TEST(inferred.report.result == row_result::added);
  BOOST_TEST(inferred.type == "ticket");
  BOOST_TEST(one.run(node_row("ghost", "{'a': 'x', 'p': 1}")).type == "ticket");
  const auto none = one.run(node_row("", "{'b': 1}"));
  BOOST_TEST(codes(none) == lines{"unknown_type "});
  const auto both = one.run(node_row("", "{'a': 'x', 'p': 1, 'note': 'n'}"));
  BOOST_TEST(codes(both) == lines{"unknown_type "});
  stored_row edge{.part = part::edge_type, .id = row_id{"e"}, .attributes = doc("{}")};
  BOOST_TEST(one.run(edge).type == "link");
}

BOOST_AUTO_TEST_CASE(a_row_of_a_removed_type_fails_unless_it_gets_another) {
  const auto before = ticket("");
  const std::string after =
      "{'NoteNode': {'type': 'object', 'properties': {'note': {'type': "
      "'string'}}, 'required': ['note']}}";
  const auto row = node_row("ticket", "{'title': 'x'}");
  BOOST_TEST(codes(caster(before, after).run(row)) == lines{"unknown_type "});
  const auto out =
      caster(before, after,
             with("ticket", row_migration{}.retype("NoteNode").rename("/title", "/note")))
          .run(row);
  BOOST_TEST(out.report.result == row_result::added);
  BOOST_TEST(out.report.type == "ticket");
  BOOST_TEST(out.type == "note");
  BOOST_TEST(text(out.attributes) == R"({"note":"x"})");
}

BOOST_AUTO_TEST_CASE(migrations_run_step_by_step_also_on_rows_that_would_pass) {
  const auto before = ticket("'a': {'type': 'string'}");
  const auto after = ticket("'count': {'type': 'integer'}, 'set': {'type': 'boolean'}");
  const auto steps = row_migration{}
                         .rename("/a", "/count")
                         .convert("/count")
                         .set("/set", true)
                         .remove("/old")
                         .remove("/missing")
                         .rename("/missing", "/too");
  const auto one = caster(before, after, with("ticket", steps));
  const auto out = one.run(node_row("ticket", "{'a': '42', 'old': {'x': 1}}"));
  BOOST_TEST(out.report.result == row_result::added);
  BOOST_TEST(text(out.attributes) == R"({"count":42,"set":true})");
  BOOST_TEST(!out.report.edits.empty());
  BOOST_TEST(!one.leaves_alone(part::node_type, "ticket"));
  // Nothing to do is no change.
  BOOST_TEST(one.run(node_row("ticket", "{'set': true}")).report.result == row_result::unchanged);
  // What a migration leaves must fit.
  const auto bad = one.run(node_row("ticket", "{'a': 'many'}"));
  BOOST_TEST(codes(bad) == lines{"integer /count"});
}

BOOST_AUTO_TEST_CASE(the_consumers_function_may_do_anything_but_harm) {
  const auto module = ticket("'n': {'type': 'integer'}");
  const auto run = [&](std::function<result<json::value>(const json::value&)> f) {
    return caster(module, module, with("ticket", row_migration{}.custom(std::move(f))))
        .run(node_row("ticket", "{'n': 1}"));
  };
  BOOST_TEST(text(run([](const json::value& old) -> result<json::value> {
                    auto now = old;
                    now.at("n") = old.at("n").as_int64() + 1;
                    return now;
                  }).attributes) == R"({"n":2})");
  BOOST_TEST(codes(run([](const json::value&) -> result<json::value> {
               return fail(errc::not_found, "no such thing");
             })) == lines{"not_found "});
  BOOST_TEST(codes(run([](const json::value&) -> result<json::value> {
               throw std::runtime_error("boom");
             })) == lines{"migration_failed "});
  BOOST_TEST(codes(run([](const json::value&) -> result<json::value> {
               json::value deep = 1;
               for (int i = 0; i < 200; ++i) deep = json::array{std::move(deep)};
               return json::value(json::object{{"x", std::move(deep)}});
             })) == lines{"depth_exceeded "});
  BOOST_TEST(run([](const json::value&) -> result<json::value> {
               return json::value(7);
             }).report.result == row_result::failed);
}

BOOST_AUTO_TEST_CASE(migrations_that_mean_nothing_are_refused) {
  const auto before =
      "{'ANode': {'type': 'object'}, 'BNode': {'type': 'object'}, 'BEdge': {'type': "
      "'object'}}";
  const auto refused = [&](const std::string& type, row_migration steps) {
    return refusal(before, before, with(type, std::move(steps)));
  };
  BOOST_TEST(refused("ghost", row_migration{}.remove("/a")) == errc::invalid_option);
  BOOST_TEST(refused("b", row_migration{}.remove("/a")) == errc::invalid_option);
  BOOST_TEST(refused("node:b", row_migration{}.remove("/a")) == errc::none);
  BOOST_TEST(refused("edge:BEdge", row_migration{}.remove("/a")) == errc::none);
  BOOST_TEST(refused("edge:a", row_migration{}.remove("/a")) == errc::invalid_option);
  BOOST_TEST(refused("a", row_migration{}.retype("c")) == errc::invalid_option);
  BOOST_TEST(refused("a", row_migration{}.remove("a")) == errc::invalid_option);
  BOOST_TEST(refused("a", row_migration{}.convert("/nothing")) == errc::invalid_option);
  BOOST_TEST(refused("a", row_migration{}.convert("/label")) == errc::none);
  BOOST_TEST(refused("a", row_migration{}.custom({})) == errc::invalid_option);
  BOOST_TEST(refused("ghost", row_migration{}) == errc::none);
  auto twice = with("a", row_migration{}.remove("/a"));
  twice.migrations.emplace("node:a", row_migration{}.remove("/a"));
  BOOST_TEST(refusal(before, before, twice) == errc::invalid_option);
}

BOOST_AUTO_TEST_CASE(values_convert_wherever_the_new_schema_reaches) {
  const auto after = ticket(
      "'list': {'type': 'array', 'items': {'type': 'object', 'properties': {'n': {'type': "
      "'integer'}}}}, 'pair': {'type': 'array', 'items': [{'type': 'string'}, {'type': "
      "'boolean'}], 'minItems': 2, 'maxItems': 2, 'additionalItems': false}, 'any': {'anyOf': "
      "[{'type': 'object', 'properties': {'x': {'type': 'number'}}}, {'type': 'null'}]}, 'map': "
      "{'type': 'object', 'additionalProperties': {'type': 'string'}}");
  const auto out = caster(ticket(""), after,
                          with("ticket", row_migration{}
                                             .convert("/list/0/n")
                                             .convert("/pair/1")
                                             .convert("/any/x")
                                             .convert("/map/k")))
                       .run(node_row("ticket",
                                     "{'list': [{'n': '7'}], 'pair': ['a', 'true'], "
                                     "'any': {'x': '0.5'}, 'map': {'k': 5}}"));
  BOOST_TEST(out.report.result == row_result::added);
  BOOST_TEST(text(out.attributes) ==
             R"({"list":[{"n":7}],"pair":["a",true],"any":{"x":5E-1},"map":{"k":"5"}})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(casting_encrypted_data)

BOOST_AUTO_TEST_CASE(no_cast_touches_an_envelope_whatever_is_allowed) {
  evolution_options options;
  options.allow_lossy = true;
  const auto before = ticket("'token': " + envelope);
  for (const std::string now :
       {"{'type': 'string'}",
        "{'type': 'object', 'properties': {'keyVersion': {'type': 'string'}}}",
        "{'type': 'object', 'properties': {'salt': {'type': 'string'}}, 'additionalProperties': "
        "false}"}) {
    const auto out = caster(before, ticket("'token': " + now), options)
                         .run(node_row("ticket", "{'token': " + secret + "}"));
    BOOST_TEST(codes(out) == lines{"cast_failed /token"}, now);
    const auto shown = text(to_json(out.report));
    BOOST_TEST(shown.find("hush") == std::string::npos, shown);
    BOOST_TEST(out.report.result == row_result::failed);
  }
  // Its neighbours may be cast all the same.
  const auto out =
      caster(before, ticket("'token': " + envelope + ", 'n': {'type': 'integer'}"), options)
          .run(node_row("ticket", "{'token': " + secret + ", 'n': 'x'}"));
  BOOST_TEST(out.report.result == row_result::lossy);
  BOOST_TEST(schema::equal(out.attributes.at("token"), parsed(secret)));
}

BOOST_AUTO_TEST_CASE(a_migration_moves_it_whole_and_no_report_shows_it) {
  const auto before = ticket("'token': " + envelope);
  const auto after =
      ticket("'keys': {'type': 'object', 'properties': {'token': " + envelope + "}}");
  const auto out =
      caster(before, after, with("ticket", row_migration{}.rename("/token", "/keys/token")))
          .run(node_row("ticket", "{'token': " + secret + "}"));
  BOOST_TEST(out.report.result == row_result::added);
  BOOST_TEST(schema::equal(out.attributes.at("keys").at("token"), parsed(secret)));
  const auto shown = text(to_json(out.report));
  BOOST_TEST(shown.find("hush") == std::string::npos, shown);
  BOOST_TEST(shown.find(R"({"encrypted":true})") != std::string::npos, shown);
}

BOOST_AUTO_TEST_CASE(what_a_migration_puts_into_it_does_not_bring_it_to_light) {
  const auto module = ticket("'token': {}, 'x': {}");
  const auto steps =
      row_migration{}.set("/token/more", 1).rename("/token", "/x").set("/token/more", 2);
  const auto out = caster(module, module, with("ticket", steps))
                       .run(node_row("ticket", "{'token': " + secret + "}"));
  BOOST_TEST(out.report.result == row_result::added);
  const auto shown = text(to_json(out.report));
  BOOST_TEST(shown.find("hush") == std::string::npos, shown);
}

BOOST_AUTO_TEST_CASE(one_in_place_of_another_is_one_change_without_content) {
  const auto module = ticket("'token': " + envelope + ", 'n': {'type': 'integer'}");
  const auto other = parsed("{'keyVersion': 2, 'salt': 's', 'iv': 'j', 'data': 'hush hush'}");
  const auto replaced = caster(module, module, with("ticket", row_migration{}.set("/token", other)))
                            .run(node_row("ticket", "{'token': " + secret + "}"));
  BOOST_TEST_REQUIRE(replaced.report.edits.size() == 1U);
  BOOST_TEST(replaced.report.edits[0].path == "/token");
  BOOST_TEST(text(replaced.report.edits[0].value) == R"({"encrypted":true})");
  const auto broken = caster(module, module, with("ticket", row_migration{}.set("/token/data", 5)))
                          .run(node_row("ticket", "{'token': " + secret + "}"));
  BOOST_TEST(broken.report.result == row_result::failed);
  const auto shown = text(to_json(broken.report));
  BOOST_TEST(shown.find("hush") == std::string::npos, shown);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(laws_of_casting)

BOOST_AUTO_TEST_CASE(a_finished_cast_fits_and_unasked_loses_nothing) {
  quire::test::random_source from{31};
  generator make{from};
  std::array<std::size_t, 4> results{};
  const auto module_of_schema = [](const json::value& schema) {
    return text(json::object{{"XNode", schema}});
  };
  for (std::size_t i = 0; i < 3'000; ++i) {
    const auto before = make.object_schema(3);
    const auto after = make.changed(before, 5);
    auto old_module = metagraph::compile_module("x", {{"XNode", before}});
    auto new_module = metagraph::compile_module("x", {{"XNode", after}});
    if (!old_module || !new_module) continue;
    const auto old_view = metagraph::graph_type_view::from_module(*old_module);
    const auto new_view = metagraph::graph_type_view::from_module(*new_module);
    if (!old_view || !new_view) continue;
    const auto& compiled = (*new_view)->find_node_type("x")->compiled;
    if (!compiled) continue;
    evolution_options options;
    const auto strict = row_caster::make(*old_view, *new_view, options).value();
    options.allow_lossy = true;
    const auto lossy = row_caster::make(*old_view, *new_view, options).value();
    for (int j = 0; j < 10; ++j) {
      const json::value value = make.object(3);
      const auto old_fits = schema::check((*old_view)->find_node_type("x")->compiled, value);
      stored_row row{.id = row_id{"r"}, .type = "x", .attributes = document::from(value)};
      const auto where = module_of_schema(before) + " to " + module_of_schema(after) + " of " +
                         text(value) + " seed " + std::to_string(from.used());
      for (const auto* one : {&strict, &lossy}) {
        const auto out = one->run(row);
        ++results[static_cast<std::size_t>(out.report.result)];
        switch (out.report.result) {
          case row_result::unchanged:
            BOOST_TEST_REQUIRE(schema::check(compiled, value), where);
            break;
          case row_result::added:
          case row_result::lossy: {
            BOOST_TEST_REQUIRE(schema::check(compiled, out.attributes), where);
            const auto edits = schema::diff(value, out.attributes);
            BOOST_TEST_REQUIRE((edits == out.report.edits), where);
            const bool kept = std::all_of(edits.begin(), edits.end(), [](const auto& e) {
              return e.kind == schema::edit_kind::insert;
            });
            BOOST_TEST_REQUIRE(kept == (out.report.result == row_result::added), where);
            break;
          }
          case row_result::failed: BOOST_TEST_REQUIRE(!out.report.errors.empty(), where); break;
        }
        if (one == &strict) BOOST_TEST(out.report.result != row_result::lossy, where);
        // What needs no look may not be looked at in vain.
        if (old_fits && one->leaves_alone(part::node_type, "x")) {
          BOOST_TEST_REQUIRE(out.report.result == row_result::unchanged, where);
        }
      }
    }
  }
  for (const auto count : results) BOOST_TEST(count > 100U);
}

BOOST_AUTO_TEST_SUITE_END()
