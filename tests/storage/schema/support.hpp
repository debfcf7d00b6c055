#pragma once

#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace quire::test {

/// Parsed JSON; the text is the test's own and good.
inline boost::json::value parsed(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 512;
  return boost::json::parse(text, {}, options);
}

/// A schema that must compile.
inline schema::compiled_schema compiled(std::string_view text,
                                        const schema::compile_options& options = {}) {
  auto made = schema::compile(parsed(text), options);
  BOOST_TEST_REQUIRE(made.has_value(),
                     std::string{text} << ": " << (made ? "" : to_string(made.error())));
  return *made;
}

/// The verdict, which must be the same from `check` and from `errors`.
inline bool passes(const schema::compiled_schema& schema, const boost::json::value& value) {
  const bool passed = schema::check(schema, value);
  BOOST_TEST(schema::errors(schema, value).empty() == passed, boost::json::serialize(value));
  return passed;
}
inline bool passes(std::string_view schema, std::string_view value) {
  return passes(compiled(schema), parsed(value));
}

/// `code path message`, one for each error.
inline std::vector<std::string> told(const schema::compiled_schema& schema,
                                     const boost::json::value& value) {
  std::vector<std::string> out;
  for (const auto& e : schema::errors(schema, value))
    out.push_back(e.code + " " + e.path + " " + e.message);
  return out;
}
inline std::vector<std::string> told(std::string_view schema, std::string_view value) {
  return told(compiled(schema), parsed(value));
}

/// One row of a table of verdicts.
struct verdict_row {
  const char* schema;
  const char* value;
  bool passes;
};

template <class Rows>
void check_all(const Rows& rows) {
  for (const verdict_row& row : rows) {
    BOOST_TEST(passes(row.schema, row.value) == row.passes, row.schema << " against " << row.value);
  }
}

}  // namespace quire::test
