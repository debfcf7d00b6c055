// Answers of the original, recorded by generate.mjs, against those of Quire.
#include "comparison.hpp"
#include "recorded.hpp"

#include <boost/test/unit_test.hpp>

#include <iostream>

namespace {

// What answers.jsonl.gz must be; `record` writes it.
constexpr const char* typebox_version = "0.34.52";
constexpr std::uint64_t recorded_seed = 1;
constexpr std::uint64_t least_count = 20'000;

}  // namespace

BOOST_AUTO_TEST_SUITE(oracle)

BOOST_AUTO_TEST_CASE(recorded_answers_are_matched_but_for_named_reasons) {
  const auto read = quire::oracle::read_recording(QUIRE_ORACLE_ANSWERS);
  BOOST_TEST_REQUIRE(read.has_value(), (read ? "" : to_string(read.error())));
  BOOST_TEST(read->header.typebox == typebox_version);
  BOOST_TEST(read->header.seed == recorded_seed);
  BOOST_TEST(read->header.schemas >= least_count);
  BOOST_TEST(read->header.values >= least_count);
  BOOST_TEST(read->header.diffs >= least_count);
  quire::oracle::comparison compared;
  quire::oracle::each_line(*read, [&](std::size_t position, const boost::json::object& line) {
    compared.add(position, line);
  });
  compared.print(std::cout);
  for (const auto& failure : compared.failures()) BOOST_TEST(false, failure);
  for (const auto& excess : compared.excesses(1)) BOOST_TEST(false, excess);
  const auto& tallies = compared.tallies();
  BOOST_TEST(tallies.at("create").asked == read->header.schemas);
  BOOST_TEST(tallies.at("diff").asked == read->header.diffs);
  for (const auto* operation : {"check", "errors", "cast", "default", "clean", "convert"})
    BOOST_TEST(tallies.at(operation).asked == read->header.values, operation);
  // About half of the values pass, so that both verdicts are compared.
  const auto& checks = tallies.at("check");
  BOOST_TEST(checks.passed * 10 > checks.asked * 4);
  BOOST_TEST(checks.passed * 10 < checks.asked * 7);
}

BOOST_AUTO_TEST_SUITE_END()
