#include "cli_fixture.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

namespace quire::test {

namespace {

std::string stanza(const std::string& name, const std::string& more = {}) {
  return "Package: " + name + "\nStatus: install ok installed\nVersion: 1.0\nArchitecture: all\n" +
         more + "\n";
}

const std::string three_packages = stanza("app", "Depends: lib (>= 1) | lib-ng, data\n") +
                                   stanza("lib", "Provides: lib-api\n") + stanza("data");

struct importing : shell {
  importing() { make_acme(); }

  std::vector<std::string> import(std::vector<std::string> more = {}) {
    std::vector<std::string> out{"--org", "acme", "import", "debian", "--graph", "packages"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  boost::json::value stat() { return json({"--org", "acme", "graph", "stat", "packages"}); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(importing_debian, importing)

BOOST_AUTO_TEST_CASE(makes_type_and_graph_and_fills_it) {
  const auto report = json(import({file("status", three_packages)}));
  BOOST_TEST(report.at("packages") == 3);
  BOOST_TEST(report.at("virtualPackages") == 2);
  BOOST_TEST(report.at("missing") == 1);
  BOOST_TEST(report.at("edges").at("depends") == 3);
  BOOST_TEST(report.at("created") == 9);
  const auto counts = stat();
  BOOST_TEST(counts.at("nodes") == 5);
  BOOST_TEST(counts.at("edges") == 4);
  BOOST_TEST(counts.at("nodesByType").at("package") == 3);
  BOOST_TEST(counts.at("nodesByType").at("virtual_package") == 2);
  BOOST_TEST(counts.at("edgesByType").at("provides") == 1);
  BOOST_TEST(json({"--org", "acme", "edge", "get", "packages", "app/depends/lib"})
                 .at("attributes")
                 .at("comparison") == ">=");
}

BOOST_AUTO_TEST_CASE(changes_nothing_the_second_time) {
  const auto path = file("status", three_packages);
  json(import({path}));
  const auto before = stat();
  const auto again = json(import({path}));
  BOOST_TEST(again.at("created") == 0);
  BOOST_TEST(again.at("changed") == 0);
  BOOST_TEST(again.at("unchanged") == 9);
  BOOST_TEST(stat() == before);
}

BOOST_AUTO_TEST_CASE(reads_standard_input) {
  BOOST_TEST(json(import({"-"}), three_packages).at("packages") == 3);
}

BOOST_AUTO_TEST_CASE(reads_several_files) {
  const auto report = json(import({file("one", stanza("a")), file("two", stanza("b"))}));
  BOOST_TEST(report.at("packages") == 2);
}

BOOST_AUTO_TEST_CASE(verifies_with_a_copy_made_of_events) {
  const auto path = file("status", three_packages);
  for (int round = 0; round < 2; ++round) {
    const auto found = json(import({path, "--verify"})).at("verified");
    BOOST_TEST(found.at("events") == 9);
    BOOST_TEST(found.at("nodes") == 5);
    BOOST_TEST(found.at("edges") == 4);
    BOOST_TEST(found.at("missing") == 0);
    BOOST_TEST(found.at("extra") == 0);
    BOOST_TEST(found.at("unequal") == 0);
  }
  BOOST_TEST(
      done(import({path, "--verify"})).find("Verified: a copy rebuilt from 9 change events") !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(follows_packages_that_change_come_and_go) {
  json(import({file("status", three_packages)}));
  const std::string later = stanza("app", "Depends: lib (>= 2)\nSection: x\n") + stanza("lib-ng") +
                            stanza("lib", "Provides: lib-api\n");
  const auto report = json(import({file("status", later), "--prune", "--verify"}));
  // lib-ng was a name without package and is one now.
  BOOST_TEST(report.at("retyped") == 1);
  BOOST_TEST(report.at("verified").at("unequal") == 0);
  const auto counts = stat();
  BOOST_TEST(counts.at("nodesByType").at("package") == 3);
  BOOST_TEST(counts.at("nodesByType").at("virtual_package") == 1);
  BOOST_TEST(counts.at("edges") == 2);
  refused({"--org", "acme", "node", "get", "packages", "data"}, 1, "quire: not_found: ");
}

BOOST_AUTO_TEST_CASE(reports_malformed_stanzas_and_imports_the_rest) {
  const auto path = file("status", three_packages + "Package: bad\nno colon\n\n" + stanza("more"));
  const auto result = quire(import({path, "--json"}));
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err.find(path + ":19: no colon in 'no colon'") != std::string::npos);
  BOOST_TEST(stat().at("nodesByType").at("package") == 4);
}

BOOST_AUTO_TEST_CASE(writes_nothing_when_strict_and_malformed) {
  const auto result = quire(import({file("status", three_packages + "nonsense\n"), "--strict"}));
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.err.find("quire: validation_failed: 1 stanzas are malformed") !=
             std::string::npos);
  refused({"--org", "acme", "graph", "stat", "packages"}, 1, "quire: not_found: ");
}

BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_import) {
  refused(import({"/nonexistent"}), 1, "quire: not_found: cannot read the file '/nonexistent'");
  refused(import({file("empty", "")}), 1, "quire: not_found: the input holds no package");
  refused({"--org", "acme", "import", "debian"}, 2, "quire: invalid_option: which graph?");
  refused({"--org", "nobody", "import", "debian", "--graph", "g"}, 1, "quire: tenant_not_found: ");
  done({"--org", "acme", "type", "define", "plain",
        R"({"$defs": {"ThingNode": {"type": "object", "properties": {}}}})"});
  done({"--org", "acme", "graph", "create", "packages", "--type", "plain"});
  refused(import({file("status", three_packages)}), 1, "quire: conflict: ", "plain");
}

BOOST_AUTO_TEST_CASE(imports_what_this_machine_has_installed) {
  if (!std::ifstream{"/var/lib/dpkg/status"}) return;  // no Debian
  const auto report = json(import({"--verify"}));
  BOOST_TEST(report.at("skipped") == 0);
  BOOST_TEST(report.at("refused") == 0);
  BOOST_TEST(stat().at("nodesByType").at("package") == report.at("packages"));
  // Debian's own tool counts the packages; it does not list the removed ones.
  const auto counted = run_process(
      {"/bin/sh", "-c",
       "dpkg-query -W -f '${db:Status-Status}\\n' | grep -cv -e config-files -e not-installed"});
  BOOST_TEST(boost::json::serialize(report.at("packages")) + "\n" == counted.out);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
