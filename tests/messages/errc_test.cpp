#include <quire/messages/error.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(errc)

BOOST_AUTO_TEST_CASE(every_code_has_a_name_and_a_protocol_code_and_comes_back_from_its_name) {
  int known = 0;
  for (unsigned number = 1; number < 256; ++number) {
    const auto code = static_cast<quire::errc>(number);
    const auto name = quire::to_string(code);
    if (name == "unknown_error") continue;
    ++known;
    BOOST_TEST(quire::errc_from_string(name) == code);
    BOOST_TEST(quire::protocol_code(code) != "UNKNOWN_ERROR");
    BOOST_TEST(!quire::protocol_code(code).empty());
  }
  BOOST_TEST(known > 70);
}

BOOST_AUTO_TEST_CASE(the_name_of_numbers_without_a_meaning_is_no_code) {
  BOOST_TEST(quire::errc_from_string("unknown_error") == quire::errc::none);
  BOOST_TEST(quire::errc_from_string("") == quire::errc::none);
}

BOOST_AUTO_TEST_CASE(maps_to_the_protocol_as_specified) {
  BOOST_TEST(quire::protocol_code(quire::errc::duplicate_key) == "CONFLICT");
  BOOST_TEST(quire::protocol_code(quire::errc::validation_failed) == "VALIDATION_ERROR");
  BOOST_TEST(quire::protocol_code(quire::errc::storage_busy) == "UNAVAILABLE");
  BOOST_TEST(quire::protocol_code(quire::errc::tenant_not_found) == "NOT_FOUND");
  BOOST_TEST(quire::protocol_code(quire::errc::deadline_exceeded) == "TIMEOUT");
  BOOST_TEST(quire::protocol_code(quire::errc::storage_io) == "EXECUTION_ERROR");
  BOOST_TEST(quire::retryable(quire::errc::storage_busy));
  BOOST_TEST(!quire::retryable(quire::errc::commit_unknown));
}

BOOST_AUTO_TEST_CASE(an_error_reads_as_one_line_with_its_first_details) {
  auto e = quire::fail(quire::errc::validation_failed, "node 'a'",
                       {{"string", "/name", "Expected string"}, {"number", "/n", "Expected number"},
                        {"null", "/x", "Expected null"}, {"null", "/y", "Expected null"}});
  BOOST_TEST(to_string(e) ==
             "validation_failed: node 'a'; /name: Expected string; /n: Expected number; /x: Expected null (and 1 more)");
  BOOST_TEST(in_context(e, "tenant 'acme'").context == "tenant 'acme': node 'a'");
}

BOOST_AUTO_TEST_SUITE_END()
