#include "cli_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

namespace quire::test {

BOOST_FIXTURE_TEST_SUITE(command_line, shell)

BOOST_AUTO_TEST_CASE(goes_from_an_empty_folder_to_a_node) {
  BOOST_TEST(done({"init"}).find("Made a store") != std::string::npos);
  BOOST_TEST(done({"init"}).find("already") != std::string::npos);
  BOOST_TEST(json({"org", "create", "acme", "--owner", "root@example.org"}).at("id") == "acme");
  BOOST_TEST(json_lines({"org", "list"}).size() == 1U);
  done({"tenant", "create", "acme"});
  BOOST_TEST(json_lines({"tenant", "list"}).front().at("org") == "acme");
  BOOST_TEST(json({"tenant", "stat", "acme"}).at("org") == "acme");
}

BOOST_AUTO_TEST_CASE(makes_types_and_graphs) {
  make_tickets();
  const auto type = json({"--org", "acme", "type", "show", "tickets"});
  BOOST_TEST(type.at("nodeTypes").as_array().size() == 2U);
  BOOST_TEST(type.at("edgeTypes").at(0).at("allowedSourceTypes").at(0) == "ticket");
  const auto graphs = json_lines({"--org", "acme", "graph", "list"});
  const auto ours = std::ranges::find_if(graphs, [](const auto& g) { return g.at("name") == "t"; });
  BOOST_TEST_REQUIRE((ours != graphs.end()));
  BOOST_TEST(ours->at("graphType") == "tickets");
  BOOST_TEST(ours->at("status") == "active");
}

BOOST_AUTO_TEST_CASE(puts_gets_lists_and_deletes_nodes) {
  make_tickets();
  const auto put = json({"--org", "acme", "node", "put", "t", "one", "--type", "ticket",
                         R"({"status": "open", "size": 3})"});
  BOOST_TEST(put.at("nodeType") == "ticket");
  BOOST_TEST(json({"--org", "acme", "node", "put", "t", "one", "--merge", R"({"status": "done"})"})
                 .at("attributes")
                 .at("size") == 3);
  done({"--org", "acme", "node", "put", "t", "two", "--type", "ticket", "-"},
       R"({"status": "open"})");
  const auto path = file("three.json", R"({"status": "open", "size": 1})");
  done({"--org", "acme", "node", "put", "t", "three", "--type", "ticket", "@" + path});
  BOOST_TEST(json({"--org", "acme", "node", "get", "t", "one"}).at("attributes").at("status") ==
             "done");
  BOOST_TEST(json_lines({"--org", "acme", "node", "list", "t"}).size() == 3U);
  BOOST_TEST(json_lines({"--org", "acme", "node", "list", "t", "--where",
                         R"({"attributes": {"status": "open"}})"})
                 .size() == 2U);
  const auto sorted = json_lines({"--org", "acme", "node", "list", "t", "--type", "ticket",
                                  "--order", R"([{"/size": "desc"}])", "--limit", "1"});
  BOOST_TEST_REQUIRE(sorted.size() == 1U);
  BOOST_TEST(sorted.front().at("key") == "one");
  BOOST_TEST(json({"--org", "acme", "node", "delete", "t", "one"}).at("deleted") == true);
  refused({"--org", "acme", "node", "get", "t", "one"}, 1, "quire: not_found: ", "one");
}

BOOST_AUTO_TEST_CASE(puts_gets_lists_and_deletes_edges) {
  make_tickets();
  for (const auto* key : {"a", "b", "c"}) {
    done({"--org", "acme", "node", "put", "t", key, "--type", "ticket", R"({"status": "open"})"});
  }
  const auto put = json({"--org", "acme", "edge", "put", "t", "ab", "--type", "blocks", "--source",
                         "a", "--target", "b", R"({"since": "May"})"});
  BOOST_TEST(put.at("sourceNodeKey") == "a");
  done({"--org", "acme", "edge", "put", "t", "bc", "--source", "b", "--target", "c"});
  BOOST_TEST(json({"--org", "acme", "edge", "get", "t", "ab"}).at("attributes").at("since") ==
             "May");
  BOOST_TEST(json_lines({"--org", "acme", "edge", "list", "t", "--source", "b"}).size() == 1U);
  BOOST_TEST(json_lines({"--org", "acme", "neighbors", "t", "b", "--direction", "both"}).size() ==
             2U);
  const auto path = json({"--org", "acme", "path", "t", "a", "c"});
  BOOST_TEST(path.at("nodes").as_array().size() == 3U);
  BOOST_TEST(done({"--org", "acme", "path", "t", "a", "c"}) ==
             "a\n  -> b  [blocks]\n  -> c  [blocks]\n");
  refused({"--org", "acme", "path", "t", "c", "a"}, 1, "quire: not_found: no path from 'c' to 'a'");
  const auto stat = json({"--org", "acme", "graph", "stat", "t"});
  BOOST_TEST(stat.at("nodes") == 3);
  BOOST_TEST(stat.at("edges") == 2);
  BOOST_TEST(stat.at("nodesByType").at("ticket") == 3);
  BOOST_TEST(stat.at("edgesByType").at("blocks") == 2);
  BOOST_TEST(stat.at("seq").as_int64() > 0);
  done({"--org", "acme", "edge", "delete", "t", "ab"});
  BOOST_TEST(json({"--org", "acme", "node", "delete", "t", "b"}).at("edges") == 1);
}

BOOST_AUTO_TEST_CASE(takes_the_graph_from_its_option) {
  make_tickets();
  done({"--org", "acme", "--graph", "t", "node", "put", "one", "--type", "ticket",
        R"({"status": "open"})"});
  BOOST_TEST(json({"--org", "acme", "--graph", "t", "node", "get", "one"}).at("key") == "one");
  BOOST_TEST(json({"node", "get", "one", "--graph", "t", "--org", "acme"}).at("key") == "one");
  refused({"--org", "acme", "node", "get", "one"}, 2, "quire: invalid_option: KEY is missing",
          "see 'quire node get --help'");
}

BOOST_AUTO_TEST_CASE(takes_keys_that_are_spelled_like_commands) {
  make_tickets();
  done({"--org", "acme", "node", "put", "t", "node", "--type", "ticket", R"({"status": "open"})"});
  BOOST_TEST(json({"--org", "acme", "node", "get", "t", "node"}).at("key") == "node");
  done({"--org", "acme", "node", "put", "--type", "ticket", "t", "--", "-x",
        R"({"status":"open"})"});
  BOOST_TEST(json_lines({"--org", "acme", "node", "list", "t"}).size() == 2U);
}

BOOST_AUTO_TEST_CASE(watches_changes_from_the_first) {
  make_tickets();
  done({"--org", "acme", "node", "put", "t", "one", "--type", "ticket", R"({"status": "open"})"});
  const auto all = json_lines({"--org", "acme", "watch", "--from", "0", "--no-follow"});
  BOOST_TEST_REQUIRE(!all.empty());
  std::int64_t seq = 0;
  for (const auto& e : all) BOOST_TEST(e.at("seq").as_int64() == ++seq);
  BOOST_TEST(all.back().at("key") == "one");
  const auto nodes = json_lines({"--org", "acme", "watch", "--from", "0", "--table", "nodes",
                                 "--op", "created", "--graph", "t", "--limit", "1"});
  BOOST_TEST_REQUIRE(nodes.size() == 1U);
  BOOST_TEST(nodes.front().at("op") == "created");
}

BOOST_AUTO_TEST_CASE(answers_sql_that_reads) {
  make_tickets();
  done({"--org", "acme", "node", "put", "t", "one", "--type", "ticket", R"({"status": "open"})"});
  const auto rows =
      json_lines({"--org", "acme", "sql", "SELECT key, 1 AS n FROM nodes WHERE key = 'one'"});
  BOOST_TEST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(rows.front().at("key") == "one");
  BOOST_TEST(rows.front().at("n") == 1);
  BOOST_TEST(done({"--org", "acme", "sql", "SELECT 'x' AS a, 2 AS b"}) == "a  b\nx  2\n");
  BOOST_TEST(done({"--org", "acme", "sql", "SELECT 1 WHERE 0"}) == "(no rows)\n");
}

BOOST_AUTO_TEST_CASE(refuses_sql_that_writes_or_reaches_out) {
  make_tickets();
  for (const auto* text : {"DELETE FROM nodes", "PRAGMA journal_mode = DELETE",
                           "ATTACH '/tmp/x.db' AS x", "SELECT 1; DELETE FROM nodes"}) {
    const auto result = quire({"--org", "acme", "sql", text});
    BOOST_TEST(result.status == 1, text << ": " << result.status << " " << result.err);
    BOOST_TEST(result.err.starts_with("quire: "));
  }
  BOOST_TEST(json({"--org", "acme", "tenant", "check"}).at("ok") == true);
  refused({"--org", "acme", "sql", "nonsense"}, 2, "quire: invalid_option: ", "nonsense");
}

BOOST_AUTO_TEST_CASE(archives_and_deletes_graphs) {
  make_tickets();
  done({"--org", "acme", "graph", "archive", "t"});
  refused({"--org", "acme", "node", "put", "t", "x", "--type", "ticket", R"({"status":"open"})"}, 1,
          "quire: graph_archived: ");
  done({"--org", "acme", "graph", "delete", "t"});
  refused({"--org", "acme", "graph", "stat", "t"}, 1, "quire: not_found: ");
}

BOOST_AUTO_TEST_CASE(checks_and_removes_tenants) {
  make_tickets();
  BOOST_TEST(json({"tenant", "check", "acme"}).at("ok") == true);
  done({"tenant", "remove", "acme"});
  BOOST_TEST(json_lines({"tenant", "list"}).empty());
  refused({"--org", "acme", "graph", "list"}, 1, "quire: tenant_not_found: ");
  BOOST_TEST(!std::filesystem::is_empty(std::filesystem::path{store()} / "removed"));
}

BOOST_AUTO_TEST_CASE(asks_for_a_store_instead_of_making_one) {
  refused({"org", "list"}, 1, "quire: not_found: no store in the folder", "quire init");
  BOOST_TEST(!std::filesystem::exists(store()));
}

BOOST_AUTO_TEST_CASE(tells_wrong_usage_from_refusals) {
  refused({}, 2, "quire: usage: ", "--help");
  refused({"nonsense"}, 2, "quire: usage: ");
  refused({"node"}, 2, "quire: usage: ", "quire node --help");
  refused({"init", "--nonsense"}, 2, "quire: usage: ", "--nonsense");
  refused({"org", "create", "acme"}, 2, "quire: usage: ", "--owner");
  refused({"graph", "list"}, 2, "quire: invalid_option: which organization?");
  refused({"--org", "a", "tenant", "stat", "b"}, 2, "quire: conflicting_options: ");
  refused({"--org", "a", "neighbors", "g", "k", "--direction", "up"}, 2, "quire: usage: ");
  refused({"--org", "a", "node", "list", "g", "--limit", "0"}, 2, "quire: usage: ");
  refused({"--org", "a", "node", "list", "g", "--limit", "3", "--all"}, 2, "quire: usage: ");
}

BOOST_AUTO_TEST_CASE(refuses_to_act_for_a_key) {
  refused({"--as", "key", "org", "list"}, 2, "quire: unknown_option: --as is reserved");
}

BOOST_AUTO_TEST_CASE(touches_no_file_for_a_bad_organization) {
  make_acme();
  for (const auto* org : {"../x", "/etc", "ACME", "a/b", ".", "a b"}) {
    refused({"--org", org, "graph", "list"}, 1, "quire: invalid_org_id: ");
    refused({"tenant", "create", org}, 1, "quire: invalid_org_id: ");
    refused({"org", "create", org, "--owner", "a@example.org"}, 1, "quire: invalid_org_id: ");
  }
  refused({"--org", std::string(64, 'a'), "graph", "list"}, 1, "quire: invalid_org_id: ");
}

BOOST_AUTO_TEST_CASE(prints_hostile_names_harmlessly) {
  make_acme();
  const auto result = quire({"--org", "\x1b[2J", "graph", "list"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.err.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_what_does_not_exist) {
  make_tickets();
  refused({"--org", "other", "graph", "list"}, 1, "quire: tenant_not_found: ", "other");
  refused({"tenant", "create", "other"}, 1, "quire: not_found: ", "other");
  refused({"--org", "acme", "graph", "stat", "nope"}, 1, "quire: not_found: ", "nope");
  refused({"--org", "acme", "graph", "create", "g", "--type", "nope"}, 1, "quire: ", "nope");
  refused({"--org", "acme", "type", "show", "nope"}, 1, "quire: ", "nope");
  refused({"--org", "acme", "node", "get", "t", "nope"}, 1, "quire: not_found: ", "nope");
  refused({"--org", "acme", "node", "put", "t", "x", "@/nonexistent"}, 1,
          "quire: not_found: ", "/nonexistent");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_there_already) {
  make_tickets();
  refused({"org", "create", "acme", "--owner", "root@example.org"}, 1, "quire: unique_violation: ");
  refused({"tenant", "create", "acme"}, 1, "quire: tenant_exists: ");
  const std::vector<std::string> create{
      "--org", "acme",   "node",   "put",   "t",
      "x",     "--type", "ticket", "--new", R"({"status": "open"})"};
  done(create);
  refused(create, 1, "quire: duplicate_key: ", "x");
}

BOOST_AUTO_TEST_CASE(refuses_bad_data_with_a_reason) {
  make_tickets();
  const auto put = [](const std::string& json) {
    return std::vector<std::string>{"--org", "acme",   "node",   "put", "t",
                                    "x",     "--type", "ticket", json};
  };
  refused(put("{"), 1, "quire: payload_not_json: the attributes");
  refused(put("[]"), 1, "quire: validation_failed: ");
  refused(put("{}"), 1, "quire: validation_failed: ", "/status");
  refused(put(R"({"status": "lost"})"), 1, "quire: validation_failed: ", "/status");
  refused({"--org", "acme", "node", "put", "t", "x", "--type", "nope", R"({"status":"open"})"}, 1,
          "quire: unknown_type: ", "nope");
  done(put(R"({"status": "open"})"));
  refused({"--org", "acme", "edge", "put", "t", "e", "--type", "blocks", "--source", "x",
           "--target", "gone"},
          1, "quire: missing_endpoint: ", "gone");
  done({"--org", "acme", "node", "put", "t", "p", "--type", "person", R"({"name": "P"})"});
  refused({"--org", "acme", "edge", "put", "t", "e", "--type", "blocks", "--source", "x",
           "--target", "p"},
          1, "quire: constraint_violation: ");
  refused({"--org", "acme", "type", "define", "bad", R"({"$defs": {"Retry": {}}})"}, 1,
          "quire: unclassified_entry: ", "Retry");
  refused({"--org", "acme", "node", "list", "t", "--where", "{"}, 1,
          "quire: payload_not_json: --where");
  refused({"--org", "acme", "node", "list", "t", "--where", R"({"nope": 1})"}, 1,
          "quire: filter_unsupported: ", "nope");
}

BOOST_AUTO_TEST_CASE(teaches_with_examples_in_every_help) {
  const std::vector<std::vector<std::string>> commands{{"init"},
                                                       {"account", "create"},
                                                       {"account", "list"},
                                                       {"account", "show"},
                                                       {"account", "suspend"},
                                                       {"account", "activate"},
                                                       {"account", "deactivate"},
                                                       {"account", "remove"},
                                                       {"org", "create"},
                                                       {"org", "list"},
                                                       {"org", "show"},
                                                       {"org", "set-owner"},
                                                       {"org", "remove"},
                                                       {"member", "add"},
                                                       {"member", "set"},
                                                       {"member", "remove"},
                                                       {"member", "list"},
                                                       {"key", "issue"},
                                                       {"key", "rotate"},
                                                       {"key", "revoke"},
                                                       {"key", "list"},
                                                       {"peer", "add"},
                                                       {"peer", "remove"},
                                                       {"peer", "list"},
                                                       {"audit"},
                                                       {"audit", "prune"},
                                                       {"acl", "grant"},
                                                       {"acl", "delegate"},
                                                       {"acl", "revoke"},
                                                       {"acl", "check"},
                                                       {"acl", "explain"},
                                                       {"acl", "list", "resources"},
                                                       {"acl", "list", "principals"},
                                                       {"acl", "list", "grants"},
                                                       {"tenant", "create"},
                                                       {"tenant", "list"},
                                                       {"tenant", "stat"},
                                                       {"tenant", "check"},
                                                       {"tenant", "remove"},
                                                       {"type", "define"},
                                                       {"type", "show"},
                                                       {"type", "list"},
                                                       {"type", "diff"},
                                                       {"type", "plan"},
                                                       {"type", "migrate"},
                                                       {"type", "pending"},
                                                       {"type", "drop-backups"},
                                                       {"graph", "create"},
                                                       {"graph", "list"},
                                                       {"graph", "stat"},
                                                       {"graph", "archive"},
                                                       {"graph", "delete"},
                                                       {"node", "put"},
                                                       {"node", "get"},
                                                       {"node", "delete"},
                                                       {"node", "list"},
                                                       {"edge", "put"},
                                                       {"edge", "get"},
                                                       {"edge", "delete"},
                                                       {"edge", "list"},
                                                       {"neighbors"},
                                                       {"path"},
                                                       {"watch"},
                                                       {"sql"},
                                                       {"import", "debian"},
                                                       {"completion", "bash"}};
  for (auto command : commands) {
    command.emplace_back("--help");
    const auto text = done(command);
    BOOST_TEST(text.find("Examples:\n  ") != std::string::npos, command.front());
    BOOST_TEST(text.find("Usage: ") != std::string::npos, command.front());
  }
  BOOST_TEST(done({"--help"}).find("First steps:") != std::string::npos);
  BOOST_TEST(!done({"--version"}).empty());
}

BOOST_AUTO_TEST_CASE(completes_commands_and_options) {
  const auto script = file("completion.bash", done({"completion", "bash"}));
  const auto complete = [&](const std::string& words, int at) {
    const auto result = run_process({"/bin/bash", "-c",
                                     "source " + script + "; COMP_WORDS=(" + words +
                                         "); COMP_CWORD=" + std::to_string(at) +
                                         "; _quire; printf '%s ' \"${COMPREPLY[@]}\""});
    BOOST_TEST(result.err == "");
    return result.out;
  };
  BOOST_TEST(complete("quire no", 1) == "node ");
  BOOST_TEST(complete("quire node ''", 2) == "delete get list put ");
  BOOST_TEST(complete("quire --org node node g", 4) == "get ");
  BOOST_TEST(complete("quire import debian --verif", 3) == "--verify ");
  BOOST_TEST(complete("quire path --max", 2) == "--max-depth ");
  BOOST_TEST(complete("quire neighbors x --direction o", 4) == "out ");
  BOOST_TEST(complete("quire acl list ''", 3) == "grants principals resources ");
  BOOST_TEST(complete("quire acl grant ada --res", 4) == "--resource ");
  BOOST_TEST(complete("quire account create x --level ''", 5) == "user admin service ");
  BOOST_TEST(complete("quire --org acme member add x --level o", 7) == "owner ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
