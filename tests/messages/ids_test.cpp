#include <quire/messages/ids.hpp>

#include <boost/test/unit_test.hpp>

using namespace quire;

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(org_ids_are_safe_as_part_of_a_file_name) {
  for (const auto* good : {"a", "acme", "0x", "a-b_c", "a23456789012345678901234567890123456789012345678901234567890123"})
    BOOST_TEST(is_valid_org_id(good), good);
  for (const auto* bad : {"", "A", "../x", "a/b", "-a", "_a", "a.b", "a b", "a\n", "ä",
                          "a234567890123456789012345678901234567890123456789012345678901234"})
    BOOST_TEST(!is_valid_org_id(bad), bad);
}

BOOST_AUTO_TEST_CASE(keys_take_any_utf8_but_controls) {
  BOOST_TEST(is_valid_key("libc6:any"));
  BOOST_TEST(is_valid_key("schöne 😀 keys / with ~ and '"));
  BOOST_TEST(!is_valid_key(""));
  BOOST_TEST(!is_valid_key("a\tb"));
  BOOST_TEST(!is_valid_key(std::string_view{"a\0b", 3}));
  BOOST_TEST(!is_valid_key("\xC2\x85"));        // a C1 control
  BOOST_TEST(!is_valid_key("\xED\xA0\x80"));    // a surrogate
  BOOST_TEST(!is_valid_key("\xC0\xAF"));        // overlong
  BOOST_TEST(!is_valid_key("\xF5\x80\x80\x80"));
  BOOST_TEST(is_valid_key(std::string(512, 'k')));
  BOOST_TEST(!is_valid_key(std::string(513, 'k')));
}

BOOST_AUTO_TEST_CASE(untrusted_text_is_made_printable) {
  BOOST_TEST(printable("a\x1b[31m\n\xFFz") == "a\\x1b[31m\\x0a\\xffz");
  BOOST_TEST(printable(std::string(200, 'x'), 10) == "xxxxxxxxxx…");
}

BOOST_AUTO_TEST_CASE(different_ids_are_different_types) {
  static_assert(!std::is_convertible_v<node_key, graph_id>);
  static_assert(!std::is_convertible_v<std::string, graph_id>);
  BOOST_TEST((node_key{"a"} < node_key{"b"}));
}

BOOST_AUTO_TEST_SUITE_END()
