#include "laws.hpp"
#include "targets.hpp"

#include <boost/json/parse.hpp>

#include <array>

namespace quire::test {

namespace {

constexpr int max_values = 4;

// For inputs that bring no values of their own.
constexpr std::array<std::string_view, 8> usual_values{
    "null", "false", "0", "1.5", R"("a")", "[]", "[1,1]", R"({"a":"1","b":{}})"};

}  // namespace

void fuzz_schema_text(std::string_view input) {
  if (input.empty()) return;
  const fuzz_options options(input.front());
  input.remove_prefix(1);
  const auto schema = read(take_line(input));
  if (!schema) return;
  const auto made = made_subject(*schema, options);
  if (!made) return;
  if (const auto created = made->try_create()) made->try_value(*created);
  made->try_value(*schema);
  if (input.empty()) {
    for (const auto text : usual_values) made->try_value(boost::json::parse(text));
  }
  for (int n = 0; n < max_values && !input.empty(); ++n) {
    if (const auto value = read(take_line(input))) made->try_value(*value);
  }
}

}  // namespace quire::test
