#include "output.hpp"

#include "errors.hpp"
#include "progress.hpp"
#include "rows.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>

namespace quire::tools {

BOOST_AUTO_TEST_SUITE(outputs)

BOOST_AUTO_TEST_CASE(lines_up_columns_by_characters) {
  std::ostringstream text;
  output out{text, false, false};
  out.rows({.columns = {{"KEY"}, {"N", table::align::right}, {"LAST"}},
            .rows = {{"grün", "5", "x"}, {"a", "12", "yy"}}});
  BOOST_TEST(text.str() ==
             "KEY    N  LAST\n"
             "grün   5  x\n"
             "a     12  yy\n");
}

BOOST_AUTO_TEST_CASE(lets_no_stored_text_steer_the_terminal) {
  std::ostringstream text;
  output out{text, false, true};
  out.rows({.columns = {{"KEY"}}, .rows = {{"\x1b[2J\n"}}});
  out.fields({{"key", "\x1b]0;title\a"}});
  BOOST_TEST(text.str().find("\x1b[2J") == std::string::npos);
  BOOST_TEST(text.str().find("\x1b]0") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(colours_only_when_told) {
  std::ostringstream plain;
  output{plain, false, false}.rows({.columns = {{"A"}}, .rows = {}});
  BOOST_TEST(plain.str() == "A\n");
  std::ostringstream coloured;
  output{coloured, false, true}.rows({.columns = {{"A"}}, .rows = {}});
  BOOST_TEST(coloured.str() == "\x1b[1mA\x1b[0m\n");
}

BOOST_AUTO_TEST_CASE(writes_one_document_per_line) {
  std::ostringstream text;
  output out{text, true, false};
  out.document({{"a", "x\ny"}});
  out.document({{"b", 1}});
  BOOST_TEST(text.str() == "{\"a\":\"x\\ny\"}\n{\"b\":1}\n");
}

BOOST_AUTO_TEST_CASE(says_when_it_could_not_write) {
  std::ostringstream text;
  output out{text, false, false};
  BOOST_TEST(out.flush());
  text.setstate(std::ios::badbit);
  BOOST_TEST(!out.flush());
}

BOOST_AUTO_TEST_CASE(prints_errors_with_code_and_details) {
  std::ostringstream text;
  print_error(text,
              fail(errc::validation_failed, "node 'a'",
                   {{"object_required", "/name", "Expected required property"}}),
              false);
  BOOST_TEST(text.str() ==
             "quire: validation_failed: node 'a'\n"
             "  /name: Expected required property [object_required]\n");
}

BOOST_AUTO_TEST_CASE(knows_refusals_from_trouble_with_storage) {
  BOOST_TEST(exit_status_of(errc::not_found) == exit_refused);
  BOOST_TEST(exit_status_of(errc::storage_busy) == exit_refused);
  BOOST_TEST(exit_status_of(errc::unique_violation) == exit_refused);
  BOOST_TEST(exit_status_of(errc::invalid_option) == exit_usage);
  BOOST_TEST(exit_status_of(errc::storage_full) == exit_storage);
  BOOST_TEST(exit_status_of(errc::storage_corrupt) == exit_storage);
  BOOST_TEST(exit_status_of(errc::schema_too_new) == exit_storage);
}

BOOST_AUTO_TEST_CASE(writes_times_for_people) {
  BOOST_TEST(text_of(row_time{std::chrono::seconds{951'782'400}}) == "2000-02-29 00:00:00Z");
  BOOST_TEST(text_of(timestamp{std::chrono::milliseconds{951'782'400'007}}) ==
             "2000-02-29 00:00:00.007Z");
  BOOST_TEST(text_of(timestamp{std::chrono::milliseconds{-1}}) == "1969-12-31 23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(names_an_edge_without_key_by_its_id) {
  edge e;
  e.id = row_id{"7"};
  BOOST_TEST(name_of(e) == "(7)");
  BOOST_TEST(json_of(e).at("key").is_null());
}

BOOST_AUTO_TEST_CASE(fills_a_bar_and_ends_its_line) {
  std::ostringstream text;
  {
    progress shown{text, progress::form::bar, "Work", 100};
    shown.at(50);
    shown.at(30);  // never goes back
    shown.at(1000);
  }
  BOOST_TEST(text.str().starts_with("Work\n0%   10"));
  BOOST_TEST(std::ranges::count(text.str(), '*') == 51);
  BOOST_TEST(text.str().ends_with('\n'));
}

BOOST_AUTO_TEST_CASE(ends_the_line_of_an_unfinished_bar) {
  std::ostringstream text;
  { progress{text, progress::form::bar, "Work", 100}.at(10); }
  BOOST_TEST(text.str().ends_with("*\n"));
}

BOOST_AUTO_TEST_CASE(shows_nothing_when_told_so) {
  std::ostringstream text;
  { progress{text, progress::form::none, "Work", 100}.at(100); }
  BOOST_TEST(text.str().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::tools
