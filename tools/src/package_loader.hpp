#pragma once

#include "bulk_writer.hpp"
#include "graph_copy.hpp"
#include "import_verifier.hpp"
#include "progress.hpp"

#include <quire/quire.hpp>
#include <quire/tools/import/package_import.hpp>

#include <optional>
#include <ostream>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace quire::tools {

struct load_options {
  std::string graph;
  bool prune = false;   ///< remove what the input no longer has
  bool verify = false;  ///< rebuild the graph from its events and compare
  progress::form progress_as = progress::form::none;
};

struct load_report {
  graph in;
  bool graph_created = false;
  import_counts input;
  bulk_counts written;
  std::uint64_t pruned = 0;  ///< nodes and edges that the input no longer has
  std::uint64_t retyped =
      0;  ///< nodes made anew because their name became a package, or ceased to be one
  change_seq seq;
  double seconds = 0;
  std::uint64_t verified_events = 0;
  std::optional<copy_differences> differences;
};

/// Writes the packages of a scanned `package_import` into a graph of one tenant. Use from one
/// thread.
class package_loader {
 public:
  /// Refused operations and progress are told on `messages`.
  package_loader(tenant<access::open> in, package_import& from, load_options how,
                 std::ostream& messages);

  /// Defines the graph type, makes the graph when it is absent, and brings it up to date with the
  /// input. Doing it again changes nothing.
  [[nodiscard]] result<load_report> run();

 private:
  result<void> prepare_graph();
  result<void> read_present_types();
  result<void> start_verifier();
  result<void> write_nodes(bulk_writer& writer);
  result<void> write_edges(bulk_writer& writer);
  result<void> prune(bulk_writer& writer);
  result<void> verify();

  tenant<access::open> tenant_;
  package_import* from_;
  load_options how_;
  std::ostream* messages_;
  load_report report_;
  change_seq start_;
  /// Types of the nodes that were there before, by key.
  std::unordered_map<std::string, type_name> present_;
  /// Keys the input has; kept for pruning only.
  std::unordered_set<std::string> wanted_nodes_;
  std::unordered_set<std::string> wanted_edges_;
  std::unique_ptr<import_verifier> verifier_;
};

}  // namespace quire::tools
