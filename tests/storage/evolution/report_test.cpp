// Reports, and row migrations that come as JSON.
#include "support.hpp"

#include <quire/evolution/row_migration.hpp>

using namespace quire;
using namespace quire::evolution;
using namespace quire::evolution::test;
namespace json = boost::json;

namespace {

row_report failed_row(std::size_t findings, std::size_t bytes) {
  row_report out;
  out.id = row_id{"id"};
  out.graph = graph_id{"g"};
  out.key = "k";
  out.type = "ticket";
  out.result = row_result::failed;
  for (std::size_t i = 0; i < findings; ++i) {
    schema::value_error one;
    one.code = "string";
    one.path = "/a";
    one.value = json::value(std::string(bytes, 'x'));
    out.errors.push_back(std::move(one));
  }
  return out;
}

std::string refusal(std::string_view steps) {
  const auto made = row_migration_from_json(parsed(steps));
  if (made) return "none";
  BOOST_TEST(made.error().code == errc::invalid_option);
  BOOST_TEST_REQUIRE(made.error().details.size() == 1U);
  return made.error().details[0].pointer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reports)

BOOST_AUTO_TEST_CASE(count_every_row_and_keep_the_first_that_change) {
  evolution_report report;
  for (std::size_t i = 0; i < evolution_report::max_samples + 5; ++i) {
    add_row(report, failed_row(1, 10));
    add_row(report, {});
  }
  BOOST_TEST(report.rows.failed == evolution_report::max_samples + 5);
  BOOST_TEST(report.rows.unchanged == evolution_report::max_samples + 5);
  BOOST_TEST(report.rows.all() == 2 * (evolution_report::max_samples + 5));
  BOOST_TEST(report.samples.size() == evolution_report::max_samples);
}

BOOST_AUTO_TEST_CASE(stay_small_whatever_the_rows_hold) {
  evolution_report report;
  add_row(report, failed_row(500, 100'000));
  BOOST_TEST(json::serialize(to_json(report)).size() < 20'000U);
}

BOOST_AUTO_TEST_CASE(say_whether_a_migration_may_begin) {
  evolution_report plan;
  BOOST_TEST(can_migrate(plan, false));
  plan.rows.lossy = 1;
  BOOST_TEST(!can_migrate(plan, false));
  BOOST_TEST(can_migrate(plan, true));
  plan.violations.emplace_back("x");
  BOOST_TEST(!can_migrate(plan, true));
  plan.violations.clear();
  plan.rows.failed = 1;
  BOOST_TEST(!can_migrate(plan, true));
}

BOOST_AUTO_TEST_CASE(are_told_as_json) {
  evolution_report report;
  report.name = graph_type_name{"work"};
  report.from = 1;
  report.to = 4;
  report.action = action::migrated;
  report.changes = classify(projection("{'ANode': {'type': 'object', 'properties': {'x': {}}}}"),
                            projection("{'ANode': {'type': 'object'}}"));
  add_row(report, failed_row(1, 1));
  report.violations.emplace_back("an edge");
  report.written = true;
  BOOST_TEST(json::serialize(to_json(report)) ==
             R"({"graphType":"work","from":1,"to":4,"action":"migrated","changes":[)"
             R"({"part":"node_type","type":"a","path":"/properties/x","kind":"property_removed",)"
             R"("class":"breaking","reason":"'x' was removed"}],)"
             R"("rows":{"unchanged":0,"added":0,"lossy":0,"failed":1},)"
             R"("samples":[{"part":"node_type","id":"id","graph":"g","key":"k","type":"ticket",)"
             R"("result":"failed","edits":[],"errors":)" +
                 json::serialize(schema::errors_to_json(report.samples[0].errors)) +
                 R"(}],"violations":["an edge"],"dryRun":false,"written":true})");
}

BOOST_AUTO_TEST_CASE(name_every_result_and_action) {
  for (const auto* name : {"unchanged", "added", "lossy", "failed"}) {
    bool found = false;
    for (int i = 0; i < 4; ++i) found = found || to_string(static_cast<row_result>(i)) == name;
    BOOST_TEST(found, name);
  }
  for (const auto* name : {"none", "created", "rewritten", "migrated", "resumed", "lazy"}) {
    bool found = false;
    for (int i = 0; i < 6; ++i) found = found || to_string(static_cast<action>(i)) == name;
    BOOST_TEST(found, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(row_migrations_as_json)

BOOST_AUTO_TEST_CASE(are_read_step_by_step) {
  const auto made = row_migration_from_json(
      parsed("[{'rename': ['/a', '/b~1c']}, {'convert': '/a'}, {'set': ['/a', {'x': [1]}]}, "
             "{'remove': ''}, {'retype': 'note'}]"));
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST_REQUIRE(made->steps.size() == 5U);
  BOOST_TEST(std::get<rename_step>(made->steps[0]).to == "/b~1c");
  BOOST_TEST(std::get<set_step>(made->steps[2]).value == parsed("{'x': [1]}"));
  BOOST_TEST(made->new_type() == "note");
  BOOST_TEST(row_migration_from_json(parsed("[]")).value().empty());
  BOOST_TEST(row_migration{}.new_type().empty());
}

BOOST_AUTO_TEST_CASE(are_refused_with_the_place) {
  BOOST_TEST(refusal("{}") == "");
  BOOST_TEST(refusal("[5]") == "/0");
  BOOST_TEST(refusal("[{}]") == "/0");
  BOOST_TEST(refusal("[{'remove': '/a', 'set': ['/a', 1]}]") == "/0");
  BOOST_TEST(refusal("[{'remove': '/a'}, {'dance': '/a'}]") == "/1/dance");
  BOOST_TEST(refusal("[{'remove': 'a'}]") == "/0/remove");
  BOOST_TEST(refusal("[{'remove': '/a~2'}]") == "/0/remove");
  BOOST_TEST(refusal("[{'convert': 1}]") == "/0/convert");
  BOOST_TEST(refusal("[{'rename': ['/a']}]") == "/0/rename");
  BOOST_TEST(refusal("[{'rename': ['/a', 'b']}]") == "/0/rename/1");
  BOOST_TEST(refusal("[{'set': '/a'}]") == "/0/set");
  BOOST_TEST(refusal("[{'retype': ''}]") == "/0/retype");
}

BOOST_AUTO_TEST_SUITE_END()
