#include <quire/messages/document.hpp>
#include <quire/messages/json_text.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using quire::document;
using quire::errc;

BOOST_AUTO_TEST_SUITE(document_values)

BOOST_AUTO_TEST_CASE(keeps_the_text_as_given_and_gives_the_value) {
  auto made = document::parse(R"( {"a" : 1.0, "big": 18446744073709551615} )");
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->text() == R"( {"a" : 1.0, "big": 18446744073709551615} )");
  BOOST_TEST(made->value().at("big").as_uint64() == 18446744073709551615ULL);
}

BOOST_AUTO_TEST_CASE(of_duplicate_names_the_last_wins_also_in_the_text) {
  auto made = document::parse(R"({"a":1,"b":":\":","a":2})");
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->value().at("a").as_int64() == 2);
  BOOST_TEST(made->text() == R"({"a":2,"b":":\":"})");
}

// Found by fuzzing: a document that was written anew held another number than the one checked.
BOOST_AUTO_TEST_CASE(numbers_are_the_nearest_double_and_survive_being_written) {
  for (const auto* text :
       {"1844674407370184467440737095516159551615", "9.014398514398509e21", "0.1", "123456789.123456789",
        "1.7976931348623157e308", "4.9e-324", "2.2250738585072011e-308", "-1e23", "0.1234567890123456789012345"}) {
    const auto made = document::parse(text);
    BOOST_TEST_REQUIRE(made.has_value(), text);
    BOOST_TEST(made->value().as_double() == std::strtod(text, nullptr), text);
    const auto written = document::from(made->value());
    BOOST_TEST((document::parse(written.text())->value() == made->value()), text);
  }
  const auto twice = document::parse(R"({"a":1,"b":[1844674407370184467440737095516159551615],"a":2})");
  BOOST_TEST((document::trusted(twice->text()).value() == twice->value()));
  BOOST_TEST(document::parse("1e-400")->value().as_double() == 0.0);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_json_with_its_position) {
  for (const auto* bad : {"", "{", "{\"a\":}", "nul", "1 2", "\"\xFF\"", "\"\\ud800\"", "{'a':1}", "01"}) {
    auto made = document::parse(bad);
    BOOST_TEST_REQUIRE(made.has_error(), bad);
    BOOST_TEST(made.error().code == errc::payload_not_json);
    BOOST_TEST(made.error().context.find("byte") != std::string::npos);
  }
  for (const auto* beyond : {"1e400", "[0,-1e309]", "1e99999999999"}) {
    const auto made = document::parse(beyond);
    BOOST_TEST_REQUIRE(made.has_error(), beyond);
    BOOST_TEST(made.error().code == errc::payload_not_json);
    BOOST_TEST(made.error().context.starts_with("a number is beyond the range of a double at byte "));
  }
}

BOOST_AUTO_TEST_CASE(refuses_depth_and_size_beyond_the_limits) {
  BOOST_TEST(document::parse(std::string(128, '[') + std::string(128, ']')).has_value());
  BOOST_TEST(document::parse(std::string(129, '[') + std::string(129, ']')).error().code == errc::depth_exceeded);
  BOOST_TEST(document::parse(std::string(10'000, '[')).error().code == errc::depth_exceeded);
  BOOST_TEST(document::parse("\"" + std::string(100U << 20U, 'x') + "\"").error().code == errc::too_large);
}

BOOST_AUTO_TEST_CASE(an_object_is_demanded_where_one_is_needed) {
  BOOST_TEST(document::parse_object("{}").has_value());
  BOOST_TEST(document::parse_object("[]").error().code == errc::validation_failed);
}

BOOST_AUTO_TEST_CASE(absent_is_not_empty) {
  BOOST_TEST(!document{});
  BOOST_TEST(!!document::empty_object());
  BOOST_TEST(document{}.text().empty());
  BOOST_TEST(document{}.value().is_null());
  BOOST_TEST(document::trusted("{\"x\":[1,2]}").value().at("x").as_array().size() == 2U);
  BOOST_TEST(document::trusted("not json").value().is_null());
}

BOOST_AUTO_TEST_CASE(numbers_are_written_in_their_shortest_form) {
  const std::pair<double, const char*> numbers[] = {{1.5, "1.5"},
                                                    {0.1, "0.1"},
                                                    {5.0, "5"},
                                                    {-0.0, "0"},
                                                    {-2.25, "-2.25"},
                                                    {1e20, "100000000000000000000"},
                                                    {1e21, "1e+21"},
                                                    {1e-6, "0.000001"},
                                                    {1.25e-7, "1.25e-7"},
                                                    {5e-324, "5e-324"},
                                                    {1.7976931348623157e308, "1.7976931348623157e+308"}};
  for (const auto& [number, text] : numbers) {
    BOOST_TEST(quire::number_text(number) == text);
    BOOST_TEST(document::parse(text)->value().to_number<double>() == number, text);
  }
}

// Found by fuzzing: filled up with zeros, it was read as an integer that is another number.
BOOST_AUTO_TEST_CASE(large_doubles_are_not_mistaken_for_integers) {
  for (const auto* text : {"909254740993540993.25", "-7702772777007770123.5", "9007199254740993.0", "1e20"}) {
    const auto value = document::parse(text)->value();
    BOOST_TEST_REQUIRE(value.is_double(), text);
    BOOST_TEST((document::parse(quire::json_text(value))->value() == value), text);
  }
  BOOST_TEST(quire::json_text(boost::json::value(1e20)) == "1e+20");
  BOOST_TEST(quire::json_text(boost::json::value(4503599627370497.0)) == "4503599627370497");
}

BOOST_AUTO_TEST_CASE(values_are_written_as_they_were_read) {
  for (const auto* text : {"[]", "{}", "[[],{}]", "null", "[true,false,-1,18446744073709551615,0.5]",
                           R"({"a\u0001\"":"\\ \n /","b":{"c":["é","😀"]}})"}) {
    BOOST_TEST(quire::json_text(document::parse(text)->value()) == text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
