#include "support.hpp"

using quire::test::compiled;
using quire::test::passes;

namespace {

void check_format(const std::string& format, const std::vector<std::string>& good,
                  const std::vector<std::string>& bad) {
  const auto s = compiled(R"({"format":")" + format + "\"}");
  for (const auto& text : good)
    BOOST_TEST(passes(s, boost::json::value(text)), format << ": " << text);
  for (const auto& text : bad)
    BOOST_TEST(!passes(s, boost::json::value(text)), format << ": " << text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_formats)

BOOST_AUTO_TEST_CASE(dates_are_days_of_the_calendar) {
  check_format("date", {"2024-02-29", "1999-12-31", "2000-02-29"},
               {"2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "2024-4-01",
                "2024-04-01 ", "", "२०२४-01-01"});
}

BOOST_AUTO_TEST_CASE(times_have_an_offset_and_leap_seconds_their_place) {
  check_format("time",
               {"00:00:00Z", "23:59:60Z", "12:30:45.123456+05:30", "01:29:60+01:30", "23:59:59z"},
               {"24:00:00Z", "12:00:60Z", "12:00:00", "12:00Z", "12:00:00.Z", "12:00:00+24:00",
                "12:00:00+0100", "12:00:00Zx"});
}

BOOST_AUTO_TEST_CASE(date_times_join_both_with_a_t) {
  check_format(
      "date-time", {"2024-02-29T12:00:00Z", "1985-04-12t23:20:50.52z", "1998-12-31T23:59:60Z"},
      {"2024-02-30T12:00:00Z", "2024-02-29 12:00:00Z", "2024-02-29T12:00:00", "2024-02-29"});
}

BOOST_AUTO_TEST_CASE(mail_addresses_are_those_of_smtp) {
  check_format("email",
               {"a@b", "first.last+tag@sub.example.org", "\"a b\"@example.org", "x@[127.0.0.1]",
                "x@[IPv6:::1]"},
               {"a", "@b", "a@", "a..b@c", ".a@c", "a.@c", "a b@c", "a@-b", "a@b..c",
                "x@[300.0.0.1]", "\"a@c", "ä@b"});
}

BOOST_AUTO_TEST_CASE(uris_have_a_scheme) {
  check_format("uri",
               {"http://example.org/a?b=c#d", "urn:uuid:1", "mailto:a@b", "ftp://u:p@[::1]:21/x",
                "a:", "file:///x", "http://h:"},
               {"", "//example.org", "/a", "1a:b", "http://a b", "http://a/%zz", "http://[::1",
                "http://h:8x", "http://ä/", "a:b#c#d", "http://a\\b"});
}

BOOST_AUTO_TEST_CASE(uuids_have_their_dashes) {
  check_format("uuid",
               {"2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380",
                "00000000-0000-0000-0000-000000000000"},
               {"2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
                "2eb8aa08-aa98-11ea-b4aa-73b441d1638g", ""});
}

BOOST_AUTO_TEST_CASE(addresses_of_both_versions) {
  check_format("ipv4", {"0.0.0.0", "255.255.255.255", "127.0.0.1"},
               {"256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4 ", "1..2.3", "0x1.2.3.4",
                "1.2.3.1000"});
  check_format(
      "ipv6",
      {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1::8",
       "1:2:3:4:5:6:7::"},
      {"", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::1%eth0",
       "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", ":1", "1:", "g::", "1:2:3:4:5:6:7:8::"});
}

BOOST_AUTO_TEST_SUITE_END()
