#pragma once

#include "graph_copy.hpp"

#include <quire/quire.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

namespace quire::tools {

/// Rebuilds a graph from change events in a thread of its own while others write, and compares the
/// copy with the tables at the end. Use from one thread.
class import_verifier {
 public:
  /// Follows the changes after `from`, which must be before the first of the graph.
  [[nodiscard]] static result<std::unique_ptr<import_verifier>> start(
      const tenant<access::open>& in, const graph_id& graph, change_seq from);
  import_verifier(const import_verifier&) = delete;
  import_verifier& operator=(const import_verifier&) = delete;
  ~import_verifier();

  /// Waits until everything up to `last` was followed, then compares every node and edge. Nobody
  /// else may write the graph meanwhile. Fails as subscriptions and views do, and with
  /// `malformed_event` when the events contradict themselves.
  [[nodiscard]] result<copy_differences> finish(change_seq last);
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  import_verifier(const tenant<access::open>& in, const graph_id& graph, subscription feed);
  void follow();

  tenant<access::open> tenant_;
  graph_id graph_;
  subscription feed_;
  graph_copy copy_;
  result<void> outcome_;      ///< of the thread; read after it ended
  std::uint64_t events_ = 0;  ///< likewise
  std::atomic<std::int64_t> last_;
  std::atomic<bool> abandoned_ = false;
  std::thread thread_;
};

}  // namespace quire::tools
