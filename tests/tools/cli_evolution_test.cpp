#include "cli_fixture.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

namespace quire::test {

namespace {

using words = std::vector<std::string>;

/// As the fixture's module, with the size as given and more members of tickets.
std::string module_with(const std::string& size, const std::string& more = {},
                        const std::string& required = R"("status")") {
  return R"({"$defs": {
  "StatusEnum": {"enum": ["open", "done"]},
  "TicketNode": {"type": "object", "required": [)" +
         required + R"(], "properties": {"status": {"$ref": "StatusEnum"}, "size": )" + size +
         more + R"(}},
  "PersonNode": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
  "BlocksEdge": {"type": "object", "properties": {"since": {"type": "string"}}},
  "BlocksEdgeConstraints": {"type": "object", "properties": {
    "edgeType": {"const": "BlocksEdge"},
    "allowedSourceTypes": {"type": "array", "default": ["ticket"]},
    "allowedTargetTypes": {"type": "array", "default": ["ticket"]}}}}})";
}
const std::string whole = R"({"type": "integer"})";
const std::string same = module_with(whole);
const std::string rated =
    module_with(whole, R"(, "points": {"type": "integer", "default": 3})", R"("status", "points")");
const std::string worded = module_with(R"({"enum": ["small", "large"], "default": "small"})");

struct tickets_shell : shell {
  tickets_shell() {
    make_tickets();
    put("one", R"({"status": "open", "size": 8})");
    put("two", R"({"status": "done"})");
  }
  void put(const std::string& key, const std::string& attributes) {
    done({"--org", "acme", "node", "put", "t", key, "--type", "ticket", attributes});
  }
  /// A command of `quire type` in `acme`, with a module as standard input.
  process_result type(words arguments, const std::string& module = {}) {
    words all{"--org", "acme", "type"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return quire(all, module);
  }
  boost::json::value attributes(const std::string& key) {
    return json({"--org", "acme", "node", "get", "t", key}).at("attributes");
  }
  std::int64_t version() {
    return json({"--org", "acme", "type", "show", "tickets"}).at("version").as_int64();
  }
};

bool holds(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) BOOST_TEST_MESSAGE("no '" << part << "' in:\n" << text);
  return found;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(changing_a_graph_type_by_hand, tickets_shell)

BOOST_AUTO_TEST_CASE(shows_how_a_module_differs) {
  const auto none = type({"diff", "tickets", "-"}, same);
  BOOST_TEST(none.status == 0);
  BOOST_TEST(holds(none.out, "No changes"));
  const auto broken = type({"diff", "tickets", "-"}, rated);
  BOOST_TEST(broken.status == 1);
  BOOST_TEST(broken.err == "");
  BOOST_TEST(holds(broken.out, "CLASS"));
  BOOST_TEST(holds(broken.out, "node ticket"));
  BOOST_TEST(holds(broken.out, "points"));
  BOOST_TEST(holds(broken.out, " breaking, "));
  const auto as_json = type({"diff", "tickets", "-", "--json"}, rated);
  BOOST_TEST(as_json.status == 1);
  BOOST_TEST(holds(as_json.out, R"("class":"breaking")"));
  const auto wider =
      type({"diff", "tickets", "-"}, module_with(R"({"type": ["integer", "null"]})"));
  BOOST_TEST(wider.status == 0);
  BOOST_TEST(holds(wider.out, "additive"));
  refused({"--org", "acme", "type", "diff", "nope", "-"}, 1,
          "quire: not_found: ", "quire type define", same);
}

BOOST_AUTO_TEST_CASE(says_what_a_migration_would_do) {
  const auto goes = type({"plan", "tickets", "-", "--version", "4"}, rated);
  BOOST_TEST(goes.status == 0);
  BOOST_TEST(holds(goes.out, "Rows: 0 unchanged, 2 added, 0 lossy, 0 failed"));
  BOOST_TEST(holds(goes.out, "/points is new: 3"));
  BOOST_TEST(holds(goes.out, "would migrate to version 4 and change 2 of 2 rows"));
  BOOST_TEST(version() == 1);
  const auto lazy = type({"plan", "tickets", "-", "--version", "4", "--lazy"}, rated);
  BOOST_TEST(holds(lazy.out, "2 of 2 rows would follow when they are read and written"));
  const auto refuses = type({"plan", "tickets", "-", "--version", "4"}, worded);
  BOOST_TEST(refuses.status == 1);
  BOOST_TEST(holds(refuses.out, "failed     node 'one' (ticket)"));
  BOOST_TEST(holds(refuses.out, "/size: "));
  BOOST_TEST(holds(refuses.out, "[lossy_change]"));
  BOOST_TEST(holds(refuses.out, "would refuse: of 2 rows 1 would fail"));
  BOOST_TEST(holds(refuses.out, "--allow-lossy"));
  const auto lossy = type({"plan", "tickets", "-", "--version", "4", "--allow-lossy"}, worded);
  BOOST_TEST(lossy.status == 0);
  BOOST_TEST(holds(lossy.out, R"(/size becomes "small")"));
  BOOST_TEST(holds(lossy.out, "1 row would lose values"));
  const auto stays = type({"plan", "tickets", "-", "--version", "1"}, rated);
  BOOST_TEST(stays.status == 1);
  BOOST_TEST(holds(stays.out, "breaking changes need a higher one, such as 4"));
  BOOST_TEST(type({"plan", "tickets", "-", "--version", "2"}, rated).status == 2);
}

BOOST_AUTO_TEST_CASE(migrates_and_tells_what_it_did) {
  const auto first = type({"migrate", "tickets", "-", "--version", "4"}, rated);
  BOOST_TEST(first.status == 0, first.err);
  BOOST_TEST(first.out == "tickets: migrated from version 1 to 4: 2 rows, 2 changed.\n");
  BOOST_TEST(attributes("one").at("points") == 3);
  BOOST_TEST(type({"migrate", "tickets", "-", "--version", "4"}, rated).out ==
             "tickets: nothing to do at version 4.\n");
  const auto refuses = type({"migrate", "tickets", "-", "--version", "6"}, worded);
  BOOST_TEST(refuses.status == 1);
  BOOST_TEST(refuses.err.starts_with("quire: migration_refused: "));
  BOOST_TEST(holds(refuses.err, "  /size: node 'one'"));
  BOOST_TEST(holds(refuses.err, "quire type plan"));
  BOOST_TEST(version() == 4);
  const auto lossy = type({"migrate", "tickets", "-", "--version", "6", "--allow-lossy"}, worded);
  BOOST_TEST(lossy.status == 0, lossy.err);
  BOOST_TEST(holds(lossy.out, "1 row lost values"));
  BOOST_TEST(attributes("one").at("size") == "small");
  BOOST_TEST(json({"--org", "acme", "type", "drop-backups", "tickets"}).at("dropped") == 1);
}

BOOST_AUTO_TEST_CASE(takes_steps_in_the_order_they_are_given) {
  const auto renamed =
      module_with(whole, R"(, "cost": {"type": "string"}, "by": {"type": "string"})",
                  R"("status", "cost", "by")");
  const auto result =
      type({"migrate", "tickets", "-", "--version", "4", "--set", R"(ticket:/cost="1")", "--rename",
            "ticket:/size=/cost", "--convert", "ticket:/cost", "--set", R"(ticket:/by="me")"},
           renamed);
  BOOST_TEST(result.status == 0, result.err);
  BOOST_TEST(boost::json::serialize(attributes("one")) ==
             R"({"status":"open","cost":"8","by":"me"})");
  BOOST_TEST(attributes("two").at("cost") == "1");
  const auto steps =
      file("steps.json", R"({"node:ticket": [{"rename": ["/cost", "/size"]}, {"convert": "/size"},
                                             {"remove": "/by"}]})");
  const auto back =
      type({"migrate", "tickets", "-", "--version", "6", "--steps", "@" + steps}, same);
  BOOST_TEST(back.status == 0, back.err);
  BOOST_TEST(boost::json::serialize(attributes("one")) == R"({"status":"open","size":8})");
}

BOOST_AUTO_TEST_CASE(explains_steps_that_are_written_wrong) {
  const auto wrong = [&](const words& more, const std::string& says) {
    words all{"migrate", "tickets", "-", "--version", "4"};
    all.insert(all.end(), more.begin(), more.end());
    const auto result = type(all, rated);
    BOOST_TEST(result.status == 2, result.err);
    BOOST_TEST(holds(result.err, says));
  };
  wrong({"--rename", "ticket"}, "TYPE:/from=/to");
  wrong({"--rename", "ticket:/a"}, "TYPE:/from=/to");
  wrong({"--set", "ticket:/a=word"}, "double quotes");
  wrong({"--remove", "/a"}, "TYPE:/path");
  wrong({"--retype", "ticket="}, "OLD=NEW");
  wrong({"--retype", "ticket=nothing"}, "nothing");
  wrong({"--remove", "nothing:/a"}, "no such type");
  wrong({"--steps", R"({"ticket": [{"jump": "/a"}]})"}, "rename, convert, set, remove, retype");
  wrong({"--steps", R"({"ticket": 1})"}, "no list of steps");
  wrong({"--lazy", "--remove", "ticket:/size"}, "lazy");
  BOOST_TEST(type({"migrate", "tickets", "-"}, rated).status == 2);
  BOOST_TEST(type({"migrate", "tickets", "--version", "4"}).status == 2);
  refused({"--org", "acme", "type", "migrate", "tickets", "-", "--version", "-4"}, 2,
          "quire: usage: ", "1 to 9223372036854775807", rated);
  refused({"--org", "acme", "type", "migrate", "tikcets", "-", "--version", "4"}, 1,
          "quire: not_found: ", "tikcets", rated);
  BOOST_TEST(version() == 1);
}

BOOST_AUTO_TEST_CASE(leaves_rows_for_later) {
  BOOST_TEST(type({"migrate", "tickets", "-", "--version", "4", "--lazy"}, rated).out ==
             "tickets: version 4 stored; 2 rows will follow when read and written.\n");
  BOOST_TEST(json({"--org", "acme", "type", "pending", "tickets"}).at("pending") == 2);
  BOOST_TEST(holds(type({"pending", "tickets"}).out, "2 rows of 'tickets'"));
  BOOST_TEST(json({"--org", "acme", "type", "pending", "tickets", "--write"}).at("written") == 2);
  BOOST_TEST(json({"--org", "acme", "type", "pending", "tickets"}).at("pending") == 0);
}

BOOST_AUTO_TEST_CASE(goes_through_all_tenants_and_says_which_failed) {
  for (const auto* org : {"globex", "initech"}) {
    done({"org", "create", org, "--owner", std::string{org} + "@example.org"});
    done({"tenant", "create", org});
  }
  done({"--org", "globex", "type", "define", "tickets", "-"}, same);
  const words all{"type", "migrate", "tickets", "-", "--version", "4", "--all"};
  const auto first = quire(all, worded);
  BOOST_TEST(first.status == 1);
  BOOST_TEST(holds(first.out, "acme: FAILED: migration_refused: "));
  BOOST_TEST(holds(first.out, "  /size: node 'one'"));
  BOOST_TEST(holds(first.out, "globex: migrated from version 1 to 4: 0 rows, 0 changed"));
  BOOST_TEST(holds(first.out, "initech: has no such type"));
  BOOST_TEST(holds(first.err, "1 of 3 tenants failed"));
  BOOST_TEST(holds(first.err, "run the same command again"));
  auto again = all;
  again.emplace_back("--allow-lossy");
  again.emplace_back("--define");
  const auto second = quire(again, worded);
  BOOST_TEST(second.status == 0, second.err);
  BOOST_TEST(holds(second.out, "acme: migrated from version 1 to 4"));
  BOOST_TEST(holds(second.out, "globex: nothing to do"));
  BOOST_TEST(holds(second.out, "initech: defined at version 4"));
  again.insert(again.end(), {"--org", "acme"});
  BOOST_TEST(quire(again, worded).status == 2);
}

BOOST_AUTO_TEST_CASE(leads_from_a_refused_definition_to_a_plan) {
  const auto refusal = type({"define", "tickets", "-"}, rated);
  BOOST_TEST(refusal.status == 1);
  BOOST_TEST(refusal.err.starts_with("quire: breaking_change: "));
  BOOST_TEST(holds(refusal.err, "node type 'ticket': "));
  BOOST_TEST(holds(refusal.err, "quire type plan tickets MODULE --version 4"));
  // A new optional property of an open type harms nobody who has no such value.
  const auto unseen = module_with(whole, R"(, "due": {"type": "string"})");
  const auto looked = type({"define", "tickets", "-"}, unseen);
  BOOST_TEST(looked.status == 1);
  BOOST_TEST(holds(looked.err, "quire type migrate tickets MODULE --version 1"));
  BOOST_TEST(type({"migrate", "tickets", "-", "--version", "1"}, unseen).status == 0);
  BOOST_TEST(type({"define", "tickets", "-"}, unseen).status == 0);
}

BOOST_AUTO_TEST_CASE(takes_back_only_what_was_begun) {
  refused({"--org", "acme", "type", "migrate", "--abandon", "tickets"}, 1,
          "quire: not_found: ", "not being migrated");
  refused({"--org", "acme", "type", "migrate", "--abandon", "tickets", "--version", "4"}, 2,
          "quire: conflicting_options: ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(an_interrupted_migration_says_how_to_go_on, shell) {
  make_acme();
  std::string packages;
  for (int i = 0; i < 3000; ++i) {
    packages += "Package: p" + std::to_string(i) +
                "\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n";
  }
  done({"--org", "acme", "import", "debian", "--graph", "p", "--architecture", "amd64", "-"},
       packages);
  std::ifstream from{QUIRE_SOURCE_DIR "/examples/package-graph.json"};
  std::stringstream text;
  text << from.rdbuf();
  auto module = text.str();
  const std::string old = R"("required": ["name", "version", "architecture"])";
  module.replace(module.find(old), old.size(),
                 R"("required": ["name", "version", "architecture", "origin"])");
  module.replace(module.find(R"("name": {)"), 0,
                 R"("origin": {"type": "string", "default": "debian"}, )");
  const auto path = file("new.json", module);
  const std::string quire_in_acme =
      std::string{QUIRE_COMMAND} + " --dir '" + store() + "' --org acme type ";
  const std::string migrate = "migrate package-graph '@" + path + "' --version 4 --batch-rows 1";
  const auto cut = run_process(
      {"/bin/bash", "-c",
       quire_in_acme + migrate + " & migrating=$!; until " + quire_in_acme +
           "show package-graph | grep 'Migration in progress'; do "
           "kill -0 $migrating || exit 99; done; kill -TERM $migrating; wait $migrating"});
  BOOST_TEST_CONTEXT(cut.out << cut.err) {
    BOOST_TEST(cut.status == 1);
    BOOST_TEST(holds(cut.out, "of ~3,000 rows, from version 1 to 4"));
    BOOST_TEST(holds(cut.err, "interrupted"));
    BOOST_TEST(holds(cut.err, "run the same command again to go on"));
  }
  BOOST_TEST(
      json({"--org", "acme", "type", "show", "package-graph"}).at("migration").at("rowsInAll") ==
      3000);
  refused({"--org", "acme", "node", "put", "p", "late", "--type", "package",
           R"({"name": "late", "version": "1", "architecture": "all"})"},
          1, "quire: migration_in_progress: ");
  const auto rest =
      done({"--org", "acme", "type", "migrate", "package-graph", "@" + path, "--version", "4"});
  BOOST_TEST(rest.starts_with("package-graph: went on to version 4: "), rest);
  BOOST_TEST(json({"--org", "acme", "node", "get", "p", "p2999"}).at("attributes").at("origin") ==
             "debian");
  BOOST_TEST(json({"tenant", "check", "acme"}).at("ok") == true);
}

}  // namespace quire::test
