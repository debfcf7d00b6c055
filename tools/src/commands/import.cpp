#include "../errors.hpp"
#include "../package_loader.hpp"
#include "commands.hpp"

#include <iostream>
#include <memory>
#include <sstream>

namespace quire::tools {

namespace {

constexpr const char* installed_packages = "/var/lib/dpkg/status";
constexpr std::size_t max_findings_told = 20;

struct import_options {
  std::vector<std::string> files;
  std::string architecture;
  bool strict = false;
  bool prune = false;
  bool verify = false;
  bool quiet = false;
};

/// 1234567 as `1,234,567`.
std::string grouped(std::uint64_t number) {
  auto out = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3) {
    out.insert(static_cast<std::size_t>(at), ",");
  }
  return out;
}

std::uint64_t rows_written(const bulk_counts& counts) {
  return counts.created + counts.changed + counts.unchanged;
}

std::uint64_t per_second(const load_report& report) {
  return report.seconds <= 0
             ? 0
             : static_cast<std::uint64_t>(static_cast<double>(rows_written(report.written)) /
                                          report.seconds);
}

boost::json::object json_of(const load_report& report) {
  boost::json::object edges;
  for (std::size_t i = 0; i < package_relation_count; ++i) {
    edges[to_string(static_cast<package_relation>(i))] = report.input.edges[i];
  }
  boost::json::object out{{"graph", report.in.name},
                          {"graphId", report.in.id.get()},
                          {"packages", report.input.packages},
                          {"virtualPackages", report.input.virtual_packages},
                          {"missing", report.input.missing},
                          {"edges", std::move(edges)},
                          {"skipped", report.input.malformed},
                          {"repeated", report.input.repeated},
                          {"notInstalled", report.input.not_installed},
                          {"created", report.written.created},
                          {"changed", report.written.changed},
                          {"unchanged", report.written.unchanged},
                          {"refused", report.written.refused},
                          {"pruned", report.pruned},
                          {"retyped", report.retyped},
                          {"retries", report.written.retries},
                          {"seq", report.seq.get()},
                          {"seconds", report.seconds},
                          {"rowsPerSecond", per_second(report)}};
  if (report.differences) {
    out["verified"] = {
        {"events", report.verified_events},   {"nodes", report.differences->nodes},
        {"edges", report.differences->edges}, {"missing", report.differences->missing},
        {"extra", report.differences->extra}, {"unequal", report.differences->unequal}};
  }
  return out;
}

void show(output& out, const load_report& report) {
  const auto& in = report.input;
  out.line("Imported " + grouped(in.packages) + " packages and " + grouped(in.virtual_packages) +
           " virtual packages (" + grouped(in.missing) + " provided by none) into '" +
           printable(report.in.name) + "'.");
  std::string edges = "Edges:";
  for (std::size_t i = 0; i < package_relation_count; ++i) {
    edges += (i == 0 ? " " : ", ") + grouped(in.edges[i]) + " " +
             std::string{to_string(static_cast<package_relation>(i))};
  }
  out.line(edges);
  out.line("Skipped: " + grouped(in.malformed) + " malformed stanzas, " + grouped(in.repeated) +
           " repeated, " + grouped(in.not_installed) + " not installed.");
  std::ostringstream rows;
  rows.precision(1);
  rows << std::fixed << "Rows: " << grouped(report.written.created) << " created, "
       << grouped(report.written.changed) << " changed, " << grouped(report.written.unchanged)
       << " unchanged, " << grouped(report.pruned) << " pruned; " << report.seconds << " s, "
       << grouped(per_second(report)) << " rows/s.";
  out.line(rows.str());
  if (!report.differences) return;
  const auto& found = *report.differences;
  const auto compared = grouped(found.nodes) + " nodes and " + grouped(found.edges) + " edges";
  out.line(found.none() ? "Verified: a copy rebuilt from " + grouped(report.verified_events) +
                              " change events equals the tables, " + compared + "."
                        : "NOT VERIFIED: of " + compared + ", the copy rebuilt from " +
                              grouped(report.verified_events) + " change events lacks " +
                              grouped(found.missing) + ", has " + grouped(found.extra) +
                              " too many and differs in " + grouped(found.unequal) + ".");
}

/// Whether the report means success.
result<void> judge(const load_report& report) {
  if (report.differences && !report.differences->none()) {
    return fail(errc::storage_corrupt,
                "the copy rebuilt from change events differs from the "
                "tables, first: " +
                    report.differences->first);
  }
  if (report.written.refused != 0) {
    return fail(errc::validation_failed,
                std::to_string(report.written.refused) +
                    " rows were refused for the reasons above; the rest is written");
  }
  return {};
}

result<void> import_debian(context& in, const import_options& how) {
  if (in.options().graph.empty()) {
    return fail(errc::invalid_option, "which graph? Give --graph NAME; it is made when absent");
  }
  std::vector<import_source> sources;
  const auto files = how.files.empty() ? std::vector<std::string>{installed_packages} : how.files;
  // The tenant first: its absence should not wait for a long input.
  auto tenant = in.tenant();
  if (!tenant) return tenant.error();
  for (const auto& file : files) {
    auto source = open_source(file);
    if (!source) return source.error();
    sources.push_back(std::move(*source));
  }
  package_import from{std::move(sources), how.architecture};
  std::size_t told = 0;
  auto scanned = from.scan([&](const finding& f) {
    if (++told <= max_findings_told) {
      std::cerr << "quire: skipped: " << printable(to_string(f), 2000) << '\n';
    }
  });
  if (!scanned) return scanned;
  if (told > max_findings_told) {
    std::cerr << "quire: skipped: " << told - max_findings_told << " more stanzas\n";
  }
  if (how.strict && told != 0) {
    return fail(errc::validation_failed, std::to_string(told) +
                                             " stanzas are malformed; with --strict nothing is "
                                             "written then");
  }
  if (from.empty()) return fail(errc::not_found, "the input holds no package; nothing is written");
  const load_options options{.graph = in.options().graph,
                             .prune = how.prune,
                             .verify = how.verify,
                             .progress_as = how.quiet ? progress::form::none : progress_form()};
  auto report = package_loader{*tenant, from, options, std::cerr}.run();
  if (!report) return report.error();
  in.out().json() ? in.out().document(json_of(*report)) : show(in.out(), *report);
  return judge(*report);
}

}  // namespace

void add_import(command_line& line) {
  auto& group = line.group("import", "Read data of other programs into a graph");
  auto how = std::make_shared<import_options>();
  auto& made = line.add(
      group, "debian",
      "Read Debian packages and their relations. Defines the type package-graph and makes the "
      "graph when absent; doing it again changes nothing.",
      "  quire --org acme import debian --graph packages\n"
      "  apt-cache dumpavail | quire --org acme import debian --graph available -\n"
      "  quire --org acme import debian --graph packages --prune --verify\n"
      "Then:\n"
      "  quire --org acme neighbors packages libc6 --direction in --type depends",
      [how](context& in) { return import_debian(in, *how); });
  made.add_option("FILES", how->files,
                  "Control files, or - for standard input; default: what dpkg has installed")
      ->type_name("");
  made.add_option("--architecture", how->architecture,
                  "The native one, whose packages have their bare name as key; default: the "
                  "commonest in the input")
      ->type_name("ARCH");
  made.add_flag("--strict", how->strict, "Write nothing when a stanza is malformed");
  made.add_flag("--prune", how->prune, "Remove nodes and edges that the input no longer has");
  made.add_flag("--verify", how->verify,
                "Rebuild the graph from change events meanwhile, and compare at the end");
  made.add_flag("--quiet", how->quiet, "No progress");
}

}  // namespace quire::tools
