#include "cli_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

namespace quire::test {

namespace {

constexpr const char* tickets_module = R"({"$defs": {
  "StatusEnum": {"enum": ["open", "done"]},
  "TicketNode": {"type": "object", "required": ["status"],
                 "properties": {"status": {"$ref": "StatusEnum"}, "size": {"type": "integer"}}},
  "PersonNode": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
  "BlocksEdge": {"type": "object", "properties": {"since": {"type": "string"}}},
  "BlocksEdgeConstraints": {"type": "object", "properties": {
    "edgeType": {"const": "BlocksEdge"},
    "allowedSourceTypes": {"type": "array", "default": ["ticket"]},
    "allowedTargetTypes": {"type": "array", "default": ["ticket"]}}}}})";

std::string spelled(const std::vector<std::string>& arguments) {
  std::string out = "quire";
  for (const auto& argument : arguments) out += " " + argument;
  return out;
}

}  // namespace

process_result shell::quire(const std::vector<std::string>& arguments, const std::string& input) {
  std::vector<std::string> command{QUIRE_COMMAND};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_process(command, input, {"QUIRE_DIR=" + store(), "NO_COLOR=1"});
}

std::string shell::done(const std::vector<std::string>& arguments, const std::string& input) {
  const auto result = quire(arguments, input);
  BOOST_TEST_REQUIRE(result.status == 0, spelled(arguments) << ": " << result.err);
  return result.out;
}

boost::json::value shell::json(std::vector<std::string> arguments, const std::string& input) {
  arguments.emplace_back("--json");
  return boost::json::parse(done(arguments, input));
}

std::vector<boost::json::value> shell::json_lines(std::vector<std::string> arguments) {
  arguments.emplace_back("--json");
  std::istringstream lines{done(arguments)};
  std::vector<boost::json::value> out;
  for (std::string line; std::getline(lines, line);) out.push_back(boost::json::parse(line));
  return out;
}

void shell::refused(const std::vector<std::string>& arguments, int status,
                    const std::string& begins, const std::string& holds, const std::string& input) {
  const auto result = quire(arguments, input);
  BOOST_TEST_CONTEXT(spelled(arguments) << ": " << result.err) {
    BOOST_TEST(result.status == status);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err.starts_with(begins));
    BOOST_TEST(result.err.find(holds) != std::string::npos);
  }
}

void shell::make_acme() {
  done({"init"});
  done({"org", "create", "acme", "--owner", "root@example.org"});
  done({"tenant", "create", "acme"});
}

void shell::make_tickets() {
  make_acme();
  done({"--org", "acme", "type", "define", "tickets", "-"}, tickets_module);
  done({"--org", "acme", "graph", "create", "t", "--type", "tickets"});
}

std::string shell::file(const std::string& name, const std::string& text) const {
  const auto path = (folder_ / name).string();
  std::ofstream{path, std::ios::binary} << text;
  return path;
}

}  // namespace quire::test
