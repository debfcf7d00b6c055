#include "measure.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace quire::bench;

constexpr std::string_view usage =
    "usage: quire_bench [write|read|hop|fanout|import|open|migration]… [--runs R] [--seconds S] "
    "[--nodes N] [--migration-nodes M] [--dir D] [--json FILE]\n"
    "  Measures the engine beside the floor and prints a table; nothing named: everything.\n"
    "  Medians of R (5) runs of S (1) seconds; imports of N (20000) nodes; migrations of M "
    "(100000); folders are made in D and removed.\n"
    "  --json FILE writes a line of JSON for each result as well; --json - writes them instead of "
    "the table.\n";

struct part {
  std::string_view name;
  void (*run)(report&);
};

constexpr part parts[] = {
    {"write", write_bench},        {"read", read_bench},     {"hop", hop_bench},
    {"fanout", fanout_bench},      {"import", import_bench}, {"open", open_bench},
    {"migration", migration_bench}};

struct command {
  options opts;
  std::vector<part> chosen;
};

bool parse(int argc, char** argv, command& c) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with('-')) {
      bool known = false;
      for (const auto& p : parts) {
        if (p.name != word) continue;
        c.chosen.push_back(p);
        known = true;
      }
      if (!known) return false;
      continue;
    }
    if (++i == argc) return false;
    if (word == "--runs") {
      c.opts.runs = std::atoi(argv[i]);
    } else if (word == "--seconds") {
      c.opts.seconds = std::atof(argv[i]);
    } else if (word == "--nodes") {
      c.opts.import_nodes = std::atol(argv[i]);
    } else if (word == "--migration-nodes") {
      c.opts.migration_nodes = std::atol(argv[i]);
    } else if (word == "--dir") {
      c.opts.dir = argv[i];
    } else if (word == "--json") {
      c.opts.json = argv[i];
    } else {
      return false;
    }
  }
  if (c.chosen.empty()) c.chosen.assign(std::begin(parts), std::end(parts));
  return c.opts.runs > 0 && c.opts.seconds > 0 && c.opts.import_nodes > 8 &&
         c.opts.migration_nodes > 0;
}

}  // namespace

int main(int argc, char** argv) {
  command c;
  if (!parse(argc, argv, c)) {
    std::fputs(usage.data(), stderr);
    return 2;
  }
  try {
    report r{c.opts};
    for (const auto& p : c.chosen) p.run(r);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "quire_bench: %s\n", e.what());
    return 1;
  }
}
