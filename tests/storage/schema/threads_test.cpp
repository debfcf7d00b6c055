#include "support.hpp"

#include <atomic>
#include <thread>

using quire::test::compiled;
using quire::test::parsed;
namespace schema = quire::schema;

BOOST_AUTO_TEST_SUITE(schema_threads)

BOOST_AUTO_TEST_CASE(threads_share_one_compiled_schema) {
  const auto shared = compiled(
      R"({"$defs":{"T":{"properties":{"next":{"$ref":"T"},"id":{"pattern":"^(a|b)+[0-9]{1,3}x*$"},
    "at":{"format":"date-time"},"tags":{"items":{"enum":["x","y"]},"uniqueItems":true}},"required":["id"]}},"$ref":"T"})");
  const auto good =
      parsed(R"({"id":"ab12x","next":{"id":"b1","tags":["x","y"]},"at":"2024-01-01T00:00:00Z"})");
  const auto bad = parsed(R"({"id":"ab12x","next":{"id":"c1","tags":["x","x"]}})");
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, mine = shared] {
        for (int i = 0; i < 500; ++i) {
          if (!schema::check(mine, good) || schema::check(shared, bad) ||
              schema::errors(mine, bad).size() != 2)
            ++wrong;
        }
      });
    }
  }
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
