// The same comparison with fresh answers, where the original is installed: README.md.
#include "comparison.hpp"
#include "recorded.hpp"

#include <quire/test/scratch.hpp>
#include <quire/test/seed.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

namespace {

namespace fs = std::filesystem;

constexpr const char* pairs = "3000";
// With few pairs, shares stray further.
constexpr double slack = 1.5;

boost::test_tools::assertion_result original_is_there(boost::unit_test::test_unit_id) {
  const bool installed =
      fs::exists(fs::path(QUIRE_ORACLE_FOLDER) / "node_modules/@sinclair/typebox");
  const bool node =
      std::system("node --version >/dev/null 2>&1") == 0;  // NOLINT(concurrency-mt-unsafe)
  boost::test_tools::assertion_result there(installed && node);
  there.message() << "the original is not installed; tests/oracle/install does that";
  return there;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(oracle_live)

BOOST_AUTO_TEST_CASE(fresh_answers_are_matched_but_for_named_reasons,
                     *boost::unit_test::precondition(original_is_there)) {
  const auto seed = quire::test::seed(std::random_device{}());
  std::cout << "seed " << seed << "; QUIRE_SEED=" << seed << " replays it\n";
  const quire::test::scratch_folder folder;
  const auto file = folder / "answers.jsonl";
  const auto command = "cd '" QUIRE_ORACLE_FOLDER "' && node generate.mjs --seed " +
                       std::to_string(seed) + " --pairs " + pairs + " > '" + file.string() + "'";
  BOOST_TEST_REQUIRE(std::system(command.c_str()) == 0);  // NOLINT(concurrency-mt-unsafe)
  const auto read = quire::oracle::read_recording(file);
  BOOST_TEST_REQUIRE(read.has_value(), (read ? "" : to_string(read.error())));
  quire::oracle::comparison compared;
  quire::oracle::each_line(*read, [&](std::size_t position, const boost::json::object& line) {
    compared.add(position, line);
  });
  compared.print(std::cout);
  for (const auto& failure : compared.failures())
    BOOST_TEST(false, "seed " << seed << ", " << failure);
  for (const auto& excess : compared.excesses(slack))
    BOOST_TEST(false, "seed " << seed << ", " << excess);
}

BOOST_AUTO_TEST_SUITE_END()
