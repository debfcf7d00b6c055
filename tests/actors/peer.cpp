// A process of its own that writes to a folder until it is killed:  peer <folder> <run> <threads>
// Each line on its standard output is one acknowledged request, written after its answer came:
// <key> <seq> Keys that begin with `m` came together with an edge from `root` to them.
#include <quire/quire.hpp>

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

using quire::operation;

quire::create_node note(const std::string& key) {
  quire::create_node made;
  made.graph = quire::graph_id{"g"};
  made.key = quire::node_key{key};
  made.attributes = quire::document::parse(R"({"text": "some words"})").value();
  return made;
}

std::vector<operation> with_edge(const std::string& key) {
  quire::create_edge edge;
  edge.graph = quire::graph_id{"g"};
  edge.key = quire::edge_key{key};
  edge.source = quire::node_key{"root"};
  edge.target = quire::node_key{key};
  return {operation{note(key)}, operation{edge}};
}

void write_for_ever(quire::tenant<quire::access::open> tenant, const std::string& run, int thread) {
  for (int i = 0;; ++i) {
    const bool together = i % 4 == 3;
    const auto key =
        (together ? "m" : "n") + run + "-" + std::to_string(thread) + "-" + std::to_string(i);
    if (i % 5 == 4) (void)tenant.create(note("root"));  // there already: fails beside the others
    auto done =
        tenant.write(together ? with_edge(key) : std::vector<operation>{operation{note(key)}});
    if (!done) std::_Exit(3);
    const auto line = key + " " + std::to_string(done->seq.get()) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      std::_Exit(4);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  quire::engine_options options;
  options.dir = argv[1];
  options.wal_soft_bytes = 64U << 10U;  // a checkpoint runs nearly always
  auto engine = quire::engine::open(options).value();
  auto tenant = engine.tenant(quire::org_id{"acme"}, quire::access::open{}).value();
  std::vector<std::thread> threads;
  for (int t = 0; t < std::atoi(argv[3]); ++t)
    threads.emplace_back(write_for_ever, tenant, argv[2], t);
  for (auto& t : threads) t.join();
}
