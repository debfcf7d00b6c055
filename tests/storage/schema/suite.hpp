#pragma once

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

namespace quire::test {

/// Where the official suite is: QUIRE_JSON_SCHEMA_SUITE in the environment, else the folder known
/// at build time.
inline std::filesystem::path suite_folder() {
  const char* given = std::getenv("QUIRE_JSON_SCHEMA_SUITE");
  return given != nullptr ? given : QUIRE_JSON_SCHEMA_SUITE;
}

inline std::filesystem::path suite_tests() { return suite_folder() / "tests" / "draft2020-12"; }

inline boost::json::value read_json(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return boost::json::parse(text.str());
}

inline boost::test_tools::assertion_result suite_is_there(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result there(std::filesystem::exists(suite_tests()));
  there.message() << "the JSON Schema suite is not at " << suite_folder()
                  << "; set QUIRE_JSON_SCHEMA_SUITE to its folder to run this test";
  return there;
}

/// The documents that the suite expects under http://localhost:1234/.
class suite_remotes {
 public:
  const boost::json::value* find(std::string_view uri) {
    constexpr std::string_view server = "http://localhost:1234/";
    if (!uri.starts_with(server)) return nullptr;
    const auto file = suite_folder() / "remotes" / uri.substr(server.size());
    if (!std::filesystem::is_regular_file(file)) return nullptr;
    const auto [known, added] = documents_.try_emplace(std::string{uri});
    if (added) known->second = read_json(file);
    return &known->second;
  }

 private:
  std::map<std::string, boost::json::value> documents_;
};

}  // namespace quire::test
