#include "cli_fixture.hpp"

#include <quire/messages/limits.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>

namespace quire::test {

namespace {

struct schemas : shell {
  std::string schema = file("schema.json", R"({"type": "object", "required": ["id"], "properties":
    {"id": {"type": "integer"}, "tags": {"type": "array", "default": []}}, "additionalProperties": false})");
  std::string good = file("good.json", R"({"id": 1})");
  std::string bad = file("bad.json", R"({"id": "1", "x": true})");

  process_result ask(std::vector<std::string> arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), "schema");
    return quire(arguments, input);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schema_commands, schemas)

BOOST_AUTO_TEST_CASE(check_says_it_with_the_exit_status_too) {
  auto said = ask({"check", schema, good});
  BOOST_TEST(said.status == 0);
  BOOST_TEST(said.out == "ok\n");
  said = ask({"check", schema, bad});
  BOOST_TEST(said.status == 1);
  BOOST_TEST(said.out == "fails\n");
  BOOST_TEST(said.err == "");
  BOOST_TEST(ask({"check", schema, bad, "--json"}).out == "false\n");
  BOOST_TEST(ask({"check", "-", good}, "true").status == 0);
  BOOST_TEST(ask({"check", schema, "-"}, "{}").status == 1);
}

BOOST_AUTO_TEST_CASE(errors_lists_what_is_wrong_and_where) {
  auto said = ask({"errors", schema, bad});
  BOOST_TEST(said.status == 1);
  BOOST_TEST(said.out ==
             "/x: Unexpected property, found true [object_additional]\n"
             "/id: Expected integer, found \"1\" [integer]\n");
  said = ask({"errors", schema, "-"}, "{}");
  BOOST_TEST(said.out == "/id: Expected required property [object_required]\n");
  said = ask({"errors", schema, good});
  BOOST_TEST(said.status == 0);
  BOOST_TEST(said.out == "no errors\n");
  const auto found = boost::json::parse(ask({"errors", schema, bad, "--json"}).out);
  BOOST_TEST(found.at(0).at("path") == "/x");
  BOOST_TEST(found.at(0).at("type") == 42);
}

BOOST_AUTO_TEST_CASE(the_others_print_json) {
  BOOST_TEST(done({"schema", "cast", schema, bad}) == "{\"id\":0}\n");
  BOOST_TEST(ask({"cast", schema, bad}).err == "quire: replaced /id\nquire: dropped /x\n");
  BOOST_TEST(done({"schema", "default", schema, good}) == "{\"id\":1,\"tags\":[]}\n");
  BOOST_TEST(done({"schema", "create", schema}) == "{\"id\":0}\n");
  BOOST_TEST(done({"schema", "clean", schema, bad}) == "{\"id\":\"1\"}\n");
  BOOST_TEST(done({"schema", "convert", schema, bad}) == "{\"id\":1,\"x\":true}\n");
  const auto edits = done({"schema", "diff", good, bad});
  BOOST_TEST(
      edits ==
      R"([{"type":"insert","path":"/x","value":true},{"type":"update","path":"/id","value":"1"}])"
      "\n");
  BOOST_TEST(done({"schema", "patch", good, "-"}, edits) == "{\"id\":\"1\",\"x\":true}\n");
}

BOOST_AUTO_TEST_CASE(definitions_are_what_references_reach) {
  const auto module = file("module.json", R"({"$defs": {"Size": {"type": "integer"}}})");
  const auto refers = file("refers.json", R"({"$ref": "Size"})");
  BOOST_TEST(ask({"check", refers, "-", "--definitions", module}, "3").status == 0);
  BOOST_TEST(ask({"check", refers, "-", "--definitions", module}, "\"3\"").status == 1);
  refused({"schema", "check", refers, good}, 1, "quire: unresolved_reference: ", "/$ref");
}

BOOST_AUTO_TEST_CASE(draft_2020_12_takes_other_documents_and_asserts_formats_on_request) {
  const auto refers = file("refers.json", R"({"$ref": "http://example.org/a=b#/$defs/Mail"})");
  const auto document =
      "http://example.org/a=b=" + file("mail.json", R"({"$defs": {"Mail": {"format": "email"}}})");
  const std::vector<std::string> check{"check",        refers,       "-",     "--dialect",
                                       "draft2020_12", "--document", document};
  BOOST_TEST(ask(check, "\"nobody\"").status == 0);
  auto strict = check;
  strict.emplace_back("--assert-formats");
  BOOST_TEST(ask(strict, "\"nobody\"").status == 1);
  BOOST_TEST(ask(strict, "\"nobody@example.org\"").status == 0);
  BOOST_TEST(ask({"--batch", "--dialect", "draft2020_12", "--document", document},
                 R"({"op":"check","schema":{"$ref":"http://example.org/a=b"},"value":1})")
                 .out == "{\"id\":null,\"ok\":true,\"result\":true}\n");
  refused({"schema", "check", refers, good, "--dialect", "draft2020_12"}, 1,
          "quire: unresolved_reference: ", "http://example.org/a=b");
  refused({"schema", "check", refers, good, "--document", document}, 2,
          "quire: conflicting_options: ", "--dialect");
  refused({"schema", "check", refers, good, "--dialect", "draft2020_12", "--document", "x"}, 2,
          "quire: invalid_option: ", "URI=FILE");
  refused({"schema", "check", refers, "-", "--dialect", "draft2020_12", "--document", "x:y=-"}, 2,
          "quire: conflicting_options: ", "standard input");
}

BOOST_AUTO_TEST_CASE(messages_say_which_file_and_where_in_it) {
  const auto broken = file("broken.json", "{\"a\": 1,\n \"\xC3\xA9\": tru}");
  refused({"schema", "check", schema, broken}, 1, "quire: payload_not_json: '",
          "broken.json', line 2, column 7: ");
  refused({"schema", "check", schema, file("huge.json", "[0,\n1e400]")}, 1,
          "quire: payload_not_json: '", "huge.json', line 2, column ");
  refused({"schema", "check", "-", good}, 1, "quire: payload_not_json: standard input, line 1",
          "column 1", "?");
  refused({"schema", "check", schema, "/nonexistent"}, 1,
          "quire: not_found: cannot read the file '/nonexistent'");
  refused({"schema", "check", file("typo.json", R"({"items": {"typ": "string"}})"), good}, 1,
          "quire: schema_invalid: '", "/items/typ");
  refused({"schema", "check", schema, file("deep.json", std::string(200, '['))}, 1,
          "quire: depth_exceeded: ", "deep.json");
  refused({"schema", "create", file("date.json", R"({"format": "date"})")}, 1,
          "quire: create_failed: ");
  refused({"schema", "check", "-", "-"}, 2, "quire: conflicting_options: ", "'-'");
  refused({"schema", "check", schema, good, "--dialect", "x"}, 2,
          "quire: invalid_option: ", "module");
  refused({"schema"}, 2, "quire: usage: ", "--batch");
  refused({"schema", "--batch", "check", schema, good}, 2, "quire: usage: ");
}

BOOST_AUTO_TEST_CASE(batch_answers_line_by_line_and_goes_on_after_bad_ones) {
  const auto request = [](int id, const std::string& value) {
    return R"({"id":)" + std::to_string(id) +
           R"(,"op":"check","schema":{"type":"string"},"value":)" + value + "}\n";
  };
  const auto said = ask({"--batch"}, request(1, "\"x\"") + "bad\n" +
                                         std::string(limits::max_document_bytes + 1, ' ') + "\n" +
                                         request(2, "2"));
  BOOST_TEST(said.status == 0);
  BOOST_TEST(said.err == "");
  std::istringstream lines{said.out};
  std::vector<boost::json::value> answers;
  for (std::string line; std::getline(lines, line);) answers.push_back(boost::json::parse(line));
  BOOST_TEST_REQUIRE(answers.size() == 4U);
  BOOST_TEST(answers[0].at("result") == true);
  BOOST_TEST(answers[1].at("error").at("code") == "payload_not_json");
  BOOST_TEST(answers[2].at("error").at("code") == "too_large");
  BOOST_TEST(answers[2].at("id").is_null());
  BOOST_TEST(answers[3].at("id") == 2);
  BOOST_TEST(answers[3].at("result") == false);
}

BOOST_AUTO_TEST_CASE(batch_takes_settings_for_all_requests) {
  const auto module = file("module.json", R"({"Size": {"type": "integer"}})");
  BOOST_TEST(ask({"--batch", "--definitions", module},
                 R"({"op":"check","schema":{"$ref":"Size"},"value":1})")
                 .out == "{\"id\":null,\"ok\":true,\"result\":true}\n");
}

BOOST_AUTO_TEST_CASE(need_no_store) {
  const auto said = ask({"check", schema, good, "--dir", "/nonexistent"});
  BOOST_TEST(said.status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
