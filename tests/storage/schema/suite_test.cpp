#include "suite.hpp"

#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>

#include <array>
#include <set>

using quire::test::read_json;
using quire::test::suite_is_there;
using quire::test::suite_tests;
namespace schema = quire::schema;

namespace {

/// Files about keywords that the module dialect has.
constexpr std::array files{"additionalProperties.json",
                           "allOf.json",
                           "anyOf.json",
                           "boolean_schema.json",
                           "const.json",
                           "contains.json",
                           "default.json",
                           "enum.json",
                           "exclusiveMaximum.json",
                           "exclusiveMinimum.json",
                           "infinite-loop-detection.json",
                           "items.json",
                           "maxContains.json",
                           "maxItems.json",
                           "maxLength.json",
                           "maxProperties.json",
                           "maximum.json",
                           "minContains.json",
                           "minItems.json",
                           "minLength.json",
                           "minProperties.json",
                           "minimum.json",
                           "multipleOf.json",
                           "not.json",
                           "oneOf.json",
                           "pattern.json",
                           "patternProperties.json",
                           "prefixItems.json",
                           "properties.json",
                           "ref.json",
                           "required.json",
                           "type.json",
                           "unevaluatedProperties.json",
                           "uniqueItems.json",
                           "optional/bignum.json",
                           "optional/ecmascript-regex.json",
                           "optional/float-overflow.json",
                           "optional/non-bmp-regex.json",
                           "optional/format/date-time.json",
                           "optional/format/date.json",
                           "optional/format/email.json",
                           "optional/format/ipv4.json",
                           "optional/format/ipv6.json",
                           "optional/format/time.json",
                           "optional/format/uri.json",
                           "optional/format/uuid.json"};

/// Where this dialect departs from the standard on purpose, and why.
const std::set<std::string> differences{
    // `contains` asks for a match whatever `minContains` says.
    "maxContains.json: maxContains = 0 with minContains = 0: empty array",
    "minContains.json: minContains = 0: empty data",
    "minContains.json: minContains = 0: minContains = 0 makes contains always pass",
    "minContains.json: minContains = 0 with maxContains: empty data",
    // Lengths count UTF-16 code units.
    "maxLength.json: maxLength validation: two graphemes is long enough",
    "minLength.json: minLength validation: one grapheme is not long enough",
    // The remainder is computed in double arithmetic.
    "multipleOf.json: by small number: 0.0075 is multiple of 0.0001",
    "multipleOf.json: small multiple of large integer: any integer is a multiple of 1e-8",
};

/// Schemas of the suite that are refused for other reasons than an unknown keyword or a kind of
/// reference that is not among the accepted ones.
const std::set<std::string> refusals{"enum.json: empty enum"};

}  // namespace

BOOST_AUTO_TEST_SUITE(json_schema_suite)

BOOST_AUTO_TEST_CASE(gives_the_standard_verdicts_but_for_the_listed_differences,
                     *boost::unit_test::precondition(suite_is_there)) {
  std::set<std::string> unseen = differences;
  std::size_t tests = 0;
  for (const auto* file : files) {
    const auto groups = read_json(suite_tests() / file);
    for (const auto& group : groups.as_array()) {
      const auto name = std::string{file} + ": " + std::string{group.at("description").as_string()};
      const auto compiled = schema::compile(group.at("schema"));
      if (!compiled) {
        const auto& e = compiled.error();
        const bool meant = e.code == quire::errc::unresolved_reference ||
                           e.details.at(0).code == "unknown_keyword" || refusals.contains(name);
        BOOST_TEST(meant, name << ": " << e);
        continue;
      }
      for (const auto& test : group.at("tests").as_array()) {
        ++tests;
        const auto full_name = name + ": " + std::string{test.at("description").as_string()};
        const bool got = schema::check(*compiled, test.at("data"));
        const bool differs = got != test.at("valid").as_bool();
        BOOST_TEST(differs == differences.contains(full_name), full_name << ": got " << got);
        BOOST_TEST(schema::errors(*compiled, test.at("data")).empty() == got, full_name);
        unseen.erase(full_name);
      }
    }
  }
  BOOST_TEST(unseen.empty(), "listed differences that the suite does not have");
  BOOST_TEST(tests > 1'000U);
}

BOOST_AUTO_TEST_SUITE_END()
