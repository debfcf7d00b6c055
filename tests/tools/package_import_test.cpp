#include <quire/tools/import/package_import.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>
#include <sstream>

namespace quire::tools {

namespace {

const graph_id graph{"g"};

/// One operation as a line of text.
std::string line_of(const operation& what) {
  if (const auto* node = std::get_if<upsert_node>(&what)) {
    return node->type.get() + " " + node->key.get() + " " + node->attributes.text();
  }
  const auto& edge = std::get<upsert_edge>(what);
  return edge.type.get() + " " + edge.key.get() + " " + edge.source.get() + " -> " +
         edge.target.get() + " " + edge.attributes.text();
}

struct imported {
  std::string architecture;
  std::vector<std::string> nodes;
  std::vector<std::string> edges;
  std::vector<std::string> findings;
  import_counts counts;
};

imported import(const std::vector<std::string>& texts, std::string architecture = {}) {
  std::vector<import_source> sources;
  for (const auto& text : texts) {
    sources.push_back({"file" + std::to_string(sources.size() + 1),
                       std::make_unique<std::istringstream>(text), text.size()});
  }
  package_import from{std::move(sources), std::move(architecture)};
  imported out;
  const auto into = [](std::vector<std::string>& lines) {
    return [&lines](operation what) -> result<void> {
      lines.push_back(line_of(what));
      return {};
    };
  };
  BOOST_TEST_REQUIRE(
      from.scan([&](const finding& f) { out.findings.push_back(to_string(f)); }).has_value());
  BOOST_TEST_REQUIRE(from.nodes(graph, into(out.nodes)).has_value());
  BOOST_TEST_REQUIRE(from.edges(graph, into(out.edges)).has_value());
  out.counts = from.counts();
  out.architecture = from.native_architecture();
  return out;
}

/// Keys of the nodes, in order of output.
std::vector<std::string> keys(const std::vector<std::string>& lines) {
  std::vector<std::string> out;
  for (const auto& line : lines) {
    const auto start = line.find(' ') + 1;
    out.push_back(line.substr(start, line.find(' ', start) - start));
  }
  return out;
}

std::string stanza_of(const std::string& name, const std::string& version,
                      const std::string& architecture, const std::string& more = {}) {
  return "Package: " + name + "\nVersion: " + version + "\nArchitecture: " + architecture + "\n" +
         more + "\n";
}

constexpr const char* small_status = R"(Package: shell
Status: install ok installed
Priority: required
Section: shells
Installed-Size: 123
Maintainer: Some One <one@example.org>
Architecture: amd64
Multi-Arch: foreign
Source: shell-src (1.2)
Version: 1.2-3
Essential: yes
Depends: libc (>= 2.0), awk | gawk:any, libc (<< 3.0)
Pre-Depends: loader
Conflicts: old-shell [amd64] <!nocheck>
Provides: sh (= 1)
Description: a shell
 that is described
 at length
Homepage: https://example.org

Package: libc
Status: install ok installed
Architecture: amd64
Version: 2.36

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: other
Architecture: all
Version: 1
Depends: sh
)";

}  // namespace

BOOST_AUTO_TEST_SUITE(package_importer)

BOOST_AUTO_TEST_CASE(maps_a_small_status_file) {
  const auto found = import({small_status});
  const std::vector<std::string> nodes{
      R"j(package shell {"name":"shell","version":"1.2-3","architecture":"amd64","section":"shells",)j"
      R"j("priority":"required","source":"shell-src (1.2)","maintainer":"Some One <one@example.org>",)j"
      R"j("homepage":"https://example.org","summary":"a shell","status":"install ok installed",)j"
      R"j("multiArch":"foreign","essential":true,"installedSize":123})j",
      R"j(package libc {"name":"libc","version":"2.36","architecture":"amd64","status":"install ok installed"})j",
      R"j(package other {"name":"other","version":"1","architecture":"all"})j",
      R"j(virtual_package awk {"name":"awk","missing":true})j",
      R"j(virtual_package gawk {"name":"gawk","missing":true})j",
      R"j(virtual_package loader {"name":"loader","missing":true})j",
      R"j(virtual_package old-shell {"name":"old-shell","missing":true})j",
      R"j(virtual_package sh {"name":"sh","missing":false})j"};
  BOOST_TEST(found.nodes == nodes, boost::test_tools::per_element());
  const std::vector<std::string> edges{
      R"j(depends shell/depends/libc shell -> libc {"group":0,"position":0,"comparison":">=","version":"2.0"})j",
      R"j(depends shell/depends/awk shell -> awk {"group":1,"position":0})j",
      R"j(depends shell/depends/gawk shell -> gawk {"group":1,"position":1,"architecture":"any"})j",
      R"j(depends shell/depends/libc/2 shell -> libc {"group":2,"position":0,"comparison":"<<","version":"3.0"})j",
      R"j(pre_depends shell/pre_depends/loader shell -> loader {"group":0,"position":0})j",
      R"j(conflicts shell/conflicts/old-shell shell -> old-shell {"group":0,"position":0,"onlyFor":["amd64"],"profiles":["!nocheck"]})j",
      R"j(provides shell/provides/sh shell -> sh {"group":0,"position":0,"comparison":"=","version":"1"})j",
      R"j(depends other/depends/sh other -> sh {"group":0,"position":0})j"};
  BOOST_TEST(found.edges == edges, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(counts_what_it_did) {
  const auto found = import({small_status});
  BOOST_TEST(found.counts.packages == 3U);
  BOOST_TEST(found.counts.virtual_packages == 5U);
  BOOST_TEST(found.counts.missing == 4U);
  BOOST_TEST(found.counts.not_installed == 1U);
  BOOST_TEST(found.counts.malformed == 0U);
  BOOST_TEST(found.counts.edges[static_cast<std::size_t>(package_relation::depends)] == 5U);
  BOOST_TEST(found.architecture == "amd64");
}

BOOST_AUTO_TEST_CASE(reports_and_skips_what_is_malformed) {
  const auto found =
      import({stanza_of("good", "1", "all") + "Package: \nVersion: 1\n\n" +
              stanza_of("a b", "1", "all") + "Version: 1\n\n" + stanza_of("x", "", "all") +
              stanza_of("x", "1", "am d") + stanza_of("x", "1", "all", "Depends: a |\n") +
              stanza_of("x", "1", "all", "Installed-Size: -1\n") + "nonsense\n"});
  BOOST_TEST(keys(found.nodes) == std::vector<std::string>{"good"});
  BOOST_TEST(found.counts.malformed == 8U);
  const std::vector<std::string> findings{
      "file1:5: no package name",
      "file1:8: 'a b' is no package name",
      "file1:12: no package name",
      "file1:14: package 'x': '' is no version",
      "file1:18: package 'x': 'am d' is no architecture",
      "file1:22: package 'x', field Depends: expected an alternative after the bar at ''",
      "file1:27: package 'x': Installed-Size '-1' is no number",
      "file1:32: no colon in 'nonsense'"};
  BOOST_TEST(found.findings == findings, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gives_the_bare_name_to_the_native_package) {
  const auto found = import({stanza_of("lib", "1", "i386") + stanza_of("lib", "1", "amd64") +
                             stanza_of("one", "1", "amd64") + stanza_of("two", "1", "amd64")});
  BOOST_TEST((keys(found.nodes) == std::vector<std::string>{"lib:i386", "lib", "one", "two"}));
}

BOOST_AUTO_TEST_CASE(takes_the_native_architecture_it_is_given) {
  const auto found =
      import({stanza_of("lib", "1", "i386") + stanza_of("lib", "1", "amd64")}, "i386");
  BOOST_TEST((keys(found.nodes) == std::vector<std::string>{"lib", "lib:amd64"}));
}

BOOST_AUTO_TEST_CASE(gives_the_bare_name_to_the_newest_version) {
  const auto found = import({stanza_of("a", "1.9", "amd64") + stanza_of("a", "1.10", "amd64") +
                             stanza_of("a", "1.2", "all") + stanza_of("a", "1", "i386") +
                             stanza_of("a", "2", "i386") + stanza_of("b", "1", "amd64")});
  BOOST_TEST((keys(found.nodes) ==
              std::vector<std::string>{"a=1.9", "a", "a:all=1.2", "a:i386=1", "a:i386", "b"}));
}

BOOST_AUTO_TEST_CASE(passes_over_repeated_packages) {
  const auto found = import(
      {stanza_of("a", "1", "all", "Section: one\n"), stanza_of("a", "1", "all", "Section: two\n")});
  BOOST_TEST_REQUIRE(found.nodes.size() == 1U);
  BOOST_TEST(found.nodes.front().find("one") != std::string::npos);
  BOOST_TEST(found.counts.repeated == 1U);
}

BOOST_AUTO_TEST_CASE(gives_the_same_keys_whatever_the_order) {
  const std::string x = stanza_of("a", "1", "amd64") + stanza_of("a", "2", "amd64", "Depends: b\n");
  const std::string y =
      stanza_of("b", "1", "all", "Depends: a:i386, a\n") + stanza_of("a", "3", "i386");
  const auto one = import({x, y});
  const auto two = import({y, x});
  BOOST_TEST((std::set(one.nodes.begin(), one.nodes.end()) ==
              std::set(two.nodes.begin(), two.nodes.end())));
  BOOST_TEST((std::set(one.edges.begin(), one.edges.end()) ==
              std::set(two.edges.begin(), two.edges.end())));
}

BOOST_AUTO_TEST_CASE(joins_a_package_to_its_own_architecture) {
  const auto found =
      import({stanza_of("lib", "1", "amd64") + stanza_of("lib", "1", "i386") +
              stanza_of("tool", "1", "amd64", "Depends: lib, lib:i386, lib:arm64\n") +
              stanza_of("old", "1", "i386", "Depends: lib, data\n") +
              stanza_of("data", "1", "all", "Depends: lib:any\n")});
  BOOST_TEST((keys(found.edges) ==
              std::vector<std::string>{"tool/depends/lib", "tool/depends/lib:i386",
                                       "tool/depends/lib:arm64", "old:i386/depends/lib:i386",
                                       "old:i386/depends/data", "data/depends/lib"}));
  BOOST_TEST(keys(found.nodes).back() == "lib:arm64");
}

BOOST_AUTO_TEST_CASE(lets_a_package_refer_to_itself) {
  const auto found = import({stanza_of("a", "1", "all", "Breaks: a (<< 1)\n")});
  BOOST_TEST(keys(found.edges) == std::vector<std::string>{"a/breaks/a"});
}

BOOST_AUTO_TEST_CASE(stops_when_the_sink_fails) {
  std::vector<import_source> sources;
  sources.push_back({"x", std::make_unique<std::istringstream>(small_status), 0});
  package_import from{std::move(sources)};
  BOOST_TEST_REQUIRE(from.scan({}).has_value());
  int calls = 0;
  const auto done = from.nodes(graph, [&](const operation&) -> result<void> {
    ++calls;
    return fail(errc::storage_full, "full");
  });
  BOOST_TEST(done.has_error());
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(notices_that_the_input_changed_between_two_readings) {
  auto stream = std::make_unique<std::istringstream>(stanza_of("a", "1", "all"));
  auto* text = stream.get();
  std::vector<import_source> sources;
  sources.push_back({"x", std::move(stream), 0});
  package_import from{std::move(sources)};
  BOOST_TEST_REQUIRE(from.scan({}).has_value());
  text->str(stanza_of("b", "1", "all"));
  const auto done = from.nodes(graph, [](const operation&) -> result<void> { return {}; });
  BOOST_TEST_REQUIRE(done.has_error());
  BOOST_TEST(done.error().code == errc::conflict);
}

BOOST_AUTO_TEST_CASE(opens_files_and_says_which_it_cannot) {
  const auto missing = open_source("/nonexistent/status");
  BOOST_TEST_REQUIRE(missing.has_error());
  BOOST_TEST(missing.error().code == errc::not_found);
  BOOST_TEST(missing.error().context.find("/nonexistent/status") != std::string::npos);
  BOOST_TEST(open_source("/").has_error());
}

BOOST_AUTO_TEST_CASE(makes_attributes_that_its_module_describes) {
  // The module is closed: every attribute that the mapping writes must be named in it.
  const auto module = boost::json::parse(package_graph_module()).at("$defs");
  const auto names = [&](const char* entry) {
    return module.at(entry).at("properties").as_object();
  };
  const auto found = import({small_status});
  for (const auto& line : found.nodes) {
    const auto attributes = boost::json::parse(line.substr(line.find('{'))).as_object();
    const auto known = names(line.starts_with("package ") ? "PackageNode" : "VirtualPackageNode");
    for (const auto& member : attributes) BOOST_TEST(known.contains(member.key()), member.key());
  }
  for (const auto& line : found.edges) {
    const auto attributes = boost::json::parse(line.substr(line.find('{'))).as_object();
    for (const auto& member : attributes) {
      BOOST_TEST(names("DependsEdge").contains(member.key()), member.key());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::tools
