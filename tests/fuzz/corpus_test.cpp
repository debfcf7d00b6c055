#include "targets.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace quire::test {

namespace {

/// Gives a target every input of its committed corpus; a broken promise ends the process.
void replay(const char* name, void (*target)(std::string_view)) {
  std::size_t inputs = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator{std::filesystem::path{QUIRE_FUZZ_CORPUS} / name}) {
    std::ifstream in{entry.path(), std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    BOOST_TEST_CONTEXT(entry.path().filename().string()) {
      BOOST_TEST(in.good());
      target(text);
    }
    ++inputs;
  }
  BOOST_TEST(inputs > 0U);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fuzz_corpus)

BOOST_AUTO_TEST_CASE(no_schema_of_the_corpus_breaks_a_promise) {
  replay("schema_text", fuzz_schema_text);
}

BOOST_AUTO_TEST_CASE(no_value_of_the_corpus_breaks_a_promise) {
  replay("value_text", fuzz_value_text);
}

BOOST_AUTO_TEST_CASE(no_edits_of_the_corpus_break_a_promise) {
  replay("edit_list", fuzz_edit_list);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
