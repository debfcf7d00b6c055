#include "suite.hpp"

#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/reshape.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>
#include <vector>

using quire::test::read_json;
using quire::test::suite_is_there;
using quire::test::suite_remotes;
using quire::test::suite_tests;
namespace fs = std::filesystem;
namespace json = boost::json;
namespace schema = quire::schema;

namespace {

/// Optional tests that fail, and why.
const std::map<std::string, std::string> known_failures{};

struct tally {
  std::size_t tests = 0;
  std::vector<std::string> failed;  ///< names of tests
};

/// Runs one file of the suite; a schema that does not compile fails all its tests.
tally run(const std::string& file, bool assert_formats) {
  tally out;
  suite_remotes remotes;
  schema::compile_options options;
  options.dialect = schema::dialect::draft2020_12;
  options.documents = [&](std::string_view uri) { return remotes.find(uri); };
  options.assert_formats = assert_formats;
  const auto groups = read_json(suite_tests() / file);
  for (const auto& group : groups.as_array()) {
    const auto name = file + ": " + std::string{group.at("description").as_string()};
    const auto compiled = schema::compile(group.at("schema"), options);
    if (!compiled) BOOST_TEST_MESSAGE(name << " is refused: " << compiled.error());
    for (const auto& test : group.at("tests").as_array()) {
      ++out.tests;
      const auto full_name = name + ": " + std::string{test.at("description").as_string()};
      const auto& data = test.at("data");
      if (!compiled || schema::check(*compiled, data) != test.at("valid").as_bool()) {
        out.failed.push_back(full_name);
        continue;
      }
      const auto found = schema::errors(*compiled, data);
      BOOST_TEST(found.empty() == test.at("valid").as_bool(), full_name);
      const auto cleaned = schema::clean(*compiled, data);
      BOOST_TEST((!cleaned || !found.empty() || schema::check(*compiled, *cleaned)),
                 full_name << " cleaned to " << json::serialize(*cleaned));
      const auto cast = schema::cast(*compiled, data);
      BOOST_TEST((!cast || schema::check(*compiled, cast->value)), full_name);
    }
  }
  return out;
}

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(suite_tests() / folder)) {
    if (entry.is_regular_file()) out.push_back((folder / entry.path().filename()).string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Runs the optional files of a folder; tells the count of each file, and fails for each test that
/// fails without being listed, and the other way round.
void run_optional(const fs::path& folder, bool assert_formats) {
  for (const auto& file : files_in(folder)) {
    const auto result = run(file, assert_formats);
    BOOST_TEST_MESSAGE(file << ": " << result.tests - result.failed.size() << " of "
                            << result.tests);
    std::set<std::string> unseen;
    for (const auto& [name, reason] : known_failures) {
      if (name.starts_with(file + ": ")) unseen.insert(name);
    }
    for (const auto& name : result.failed) {
      BOOST_TEST(known_failures.contains(name), name << " fails");
      unseen.erase(name);
    }
    for (const auto& name : unseen) BOOST_TEST(false, name << " is listed, but passes");
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_schema_suite_of_draft_2020_12)

BOOST_AUTO_TEST_CASE(passes_every_required_test, *boost::unit_test::precondition(suite_is_there)) {
  std::size_t tests = 0;
  for (const auto& file : files_in("")) {
    const auto result = run(file, false);
    tests += result.tests;
    for (const auto& name : result.failed) BOOST_TEST(false, name << " fails");
  }
  BOOST_TEST_MESSAGE(tests << " required tests");
  BOOST_TEST(tests > 1'200U);
}

BOOST_AUTO_TEST_CASE(passes_the_optional_tests_but_for_the_listed_ones,
                     *boost::unit_test::precondition(suite_is_there)) {
  run_optional("optional", false);
}

BOOST_AUTO_TEST_CASE(passes_the_optional_tests_of_formats_but_for_the_listed_ones,
                     *boost::unit_test::precondition(suite_is_there)) {
  run_optional("optional/format", true);
}

BOOST_AUTO_TEST_SUITE_END()
