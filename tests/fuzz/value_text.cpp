#include "laws.hpp"
#include "targets.hpp"

#include <boost/json/parse.hpp>

#include <array>

namespace quire::test {

namespace {

// One for each way a value is walked. Chosen by position, so new ones go to the end.
constexpr std::array<std::string_view, 16> schemas{
    "{}",
    R"({"type":"object","properties":{"id":{"type":"string","pattern":"^[a-z]{2,9}$"},"n":{"type":"integer","minimum":-3,"maximum":9007199254740993},"at":{"format":"date-time"}},"required":["id"],"additionalProperties":false})",
    R"({"type":"array","items":{"type":"number","multipleOf":0.01},"uniqueItems":true,"maxItems":9})",
    R"({"anyOf":[{"type":"object","properties":{"k":{"const":"a"},"v":{"type":"string"}},"required":["k","v"]},{"type":"object","properties":{"k":{"const":"b"},"v":{"type":"number"}},"required":["k"]},{"type":"null"}]})",
    R"({"$defs":{"Tree":{"type":"object","properties":{"left":{"$ref":"#/$defs/Tree"},"right":{"$ref":"#/$defs/Tree"},"size":{"type":"integer","default":1}}}},"$ref":"#/$defs/Tree"})",
    R"({"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},{"type":"object","properties":{"b":{"type":"integer"}}}],"unevaluatedProperties":false})",
    R"({"type":"object","patternProperties":{"^x-":{"type":["string","null"]}},"additionalProperties":{"type":"boolean"}})",
    R"({"type":"array","prefixItems":[{"type":"string"},{"type":"integer"},{"const":null}],"minItems":3,"maxItems":3,"items":false})",
    R"({"enum":["a",1,2.5,true,null,"18446744073709551615",18446744073709551615,-9223372036854775808]})",
    R"({"type":"string","minLength":1,"maxLength":3})",
    R"({"type":"array","contains":{"type":"integer"},"minContains":2,"maxContains":3})",
    R"({"not":{"type":"object","minProperties":2}})",
    R"({"oneOf":[{"type":"integer","multipleOf":3},{"type":"number","exclusiveMinimum":4.5},{"type":"boolean"}]})",
    R"({"items":{"anyOf":[{"format":"email"},{"format":"uri"},{"format":"uuid"},{"format":"ipv4"},{"format":"ipv6"},{"format":"date"},{"format":"time"},{"format":"date-time"}]}})",
    R"({"type":"object","properties":{"a/b":{"type":"boolean","default":true},"~":{"type":"array","items":{"type":"boolean"}},"":{"type":"null"}},"default":{"~":[]}})",
    R"({"type":["integer","boolean","array"],"items":{"type":"string"},"maximum":100})"};

}  // namespace

void fuzz_value_text(std::string_view input) {
  if (input.size() < 2) return;
  const auto chosen = static_cast<unsigned char>(input[0]) % schemas.size();
  const fuzz_options options(input[1]);
  const auto value = read(input.substr(2));
  if (!value) return;
  const auto made = made_subject(boost::json::parse(schemas[chosen]), options);
  if (made) made->try_value(*value);
}

}  // namespace quire::test
