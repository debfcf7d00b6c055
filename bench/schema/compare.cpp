// The C++ side of `compare`: the same documents, read from a folder that the other side has
// written. Prints one line of JSON for each measure: {"name", "ns"}, the time of one run of it.
//
// <name>.schema.json with <name>.json: checks of the parsed document, and parsing and checking of
// its text as the engine does with every node it is given. module.schema.json alone: compiling it.

#include <quire/messages/document.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>

#include <boost/json/parse.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;
namespace schema = quire::schema;
using steady = std::chrono::steady_clock;

constexpr auto least_time = std::chrono::milliseconds{200};

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

/// Runs `f` until enough time has passed, in batches that grow.
template <class F>
void measure(const std::string& name, F&& f) {
  for (int i = 0; i < 3; ++i) benchmark::DoNotOptimize(f());
  for (std::uint64_t batch = 1;; batch *= 2) {
    const auto begin = steady::now();
    for (std::uint64_t i = 0; i < batch; ++i) benchmark::DoNotOptimize(f());
    const auto taken = steady::now() - begin;
    if (taken < least_time) continue;
    const auto ns = std::chrono::duration<double, std::nano>(taken).count();
    std::cout << R"({"name":")" << name << R"(","ns":)" << ns / static_cast<double>(batch) << "}\n";
    return;
  }
}

schema::compiled_schema compiled(const fs::path& file) {
  auto made = schema::compile(boost::json::parse(text_of(file)));
  if (!made) {
    std::cerr << file << ": " << made.error() << '\n';
    std::exit(1);
  }
  return *made;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: quire_bench_schema_compare FOLDER\n";
    return 1;
  }
  const fs::path folder = argv[1];
  for (const std::string name : {"10 fields", "10 plain fields", "100 values", "10000 values"}) {
    const auto s = compiled(folder / (name + ".schema.json"));
    const auto text = text_of(folder / (name + ".json"));
    const auto document = quire::document::parse(text);
    if (!document || !schema::check(s, document->value())) {
      std::cerr << name << ": the document does not fit\n";
      return 1;
    }
    const auto& value = document->value();
    measure("check " + name, [&] { return schema::check(s, value); });
    measure("parse and check " + name, [&] {
      const auto parsed = quire::document::parse(text);
      return parsed.has_value() && schema::check(s, parsed->value());
    });
  }
  const auto module = boost::json::parse(text_of(folder / "module.schema.json"));
  measure("compile 50 entries", [&] { return schema::compile(module).has_value(); });
}
