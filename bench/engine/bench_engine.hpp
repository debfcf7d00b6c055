#pragma once

#include "measure.hpp"

#include <quire/quire.hpp>

#include <filesystem>
#include <vector>

namespace quire::bench {

/// A folder of its own, removed with everything in it.
class temporary_folder {
 public:
  explicit temporary_folder(const std::string& parent);
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Whether events carry attributes.
enum class payload { keys, full };

/// An open engine with one tenant and one empty graph of the floor's kind: nodes `function` with
/// ten checked members, edges `calls` between them.
struct bench_engine {
  explicit bench_engine(const report& r, payload events = payload::keys);

  /// The floor's graph, `degree` edges out of each node; many requests under way at once.
  void fill(long nodes, long degree);
  /// Where the tenant's file is, for the floor to read.
  [[nodiscard]] std::string tenant_file() const;

  temporary_folder folder;
  quire::engine engine;
  quire::tenant<access::open> tenant;
  graph_id graph;
};

/// Defines a graph type of the floor's kind, at version 1, and makes an empty graph of it.
[[nodiscard]] graph_id make_graph(quire::tenant<access::open>& in, const graph_type_name& type,
                                  payload events);
/// The module of such a type; with `added` more members in its nodes, required and with defaults.
[[nodiscard]] std::string module_text(payload events, int added = 0);
/// Every engine of the benchmarks is opened with these.
[[nodiscard]] engine_options options_for(const std::filesystem::path& dir);
/// The node and the edge that the floor writes as number `number`.
[[nodiscard]] create_node node_number(const graph_id& graph, long number);
[[nodiscard]] create_edge edge_number(const graph_id& graph, long number, long nodes, long degree);
[[nodiscard]] node_key key_number(long number);
/// Scattered node numbers, the same in every run.
class scattered {
 public:
  long below(long n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<long>((state_ >> 33U) % static_cast<std::uint64_t>(n));
  }

 private:
  std::uint64_t state_ = 1;
};

}  // namespace quire::bench
