#pragma once

#include <quire/tools/import/package_graph.hpp>

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace quire::tools {

/// A control file that can be read several times.
struct import_source {
  std::string name;  ///< for findings
  std::unique_ptr<std::istream> stream;
  std::size_t bytes = 0;
};

/// Opens a file, or standard input for `-`. What cannot be read twice (a pipe) is first copied to a
/// temporary file that is gone when the source is. Fails with `not_found`, `storage_io`.
[[nodiscard]] result<import_source> open_source(const std::string& path);

struct import_counts {
  std::size_t packages = 0;
  std::size_t virtual_packages = 0;  ///< names that are no package
  std::size_t missing = 0;           ///< of these, provided by nobody
  std::size_t malformed = 0;         ///< stanzas reported and passed over
  std::size_t repeated = 0;          ///< the same package, version and architecture again
  std::size_t not_installed = 0;     ///< removed packages whose configuration dpkg keeps
  std::array<std::size_t, package_relation_count> edges{};
};

/// Turns control files into the operations that make their graph. Reads the input three times
/// (`scan`, then `nodes`, then `edges`) and between them keeps only names, versions and keys:
/// memory grows with the number of packages, not with their descriptions. Not thread-safe. Knows no
/// engine.
class package_import {
 public:
  /// Takes one operation; an error of it ends the pass.
  using sink = std::function<result<void>(operation)>;
  /// Told now and then: bytes read so far in this pass.
  using progress = std::function<void(std::size_t bytes)>;
  using report = std::function<void(const finding&)>;

  explicit package_import(std::vector<import_source> sources, std::string native_architecture = {});

  /// Reads everything once, reports what is malformed, and fixes the keys. Fails with `storage_io`.
  [[nodiscard]] result<void> scan(const report& malformed);
  /// A node for each package, then one for each name that packages refer to.
  [[nodiscard]] result<void> nodes(const graph_id& graph, const sink& out,
                                   const progress& told = {});
  /// The edges. Their ends are among the nodes.
  [[nodiscard]] result<void> edges(const graph_id& graph, const sink& out,
                                   const progress& told = {});

  /// After `scan`: there is nothing to import.
  [[nodiscard]] bool empty() const { return index_.size() == 0; }
  [[nodiscard]] const import_counts& counts() const { return counts_; }
  /// Size of one reading of the input.
  [[nodiscard]] std::size_t input_bytes() const;
  [[nodiscard]] const std::string& native_architecture() const {
    return index_.native_architecture();
  }

 private:
  using visit = std::function<result<void>(package&&)>;
  result<void> each(const visit& seen, const report& malformed, const progress& told);
  /// As `each`, with the key of every package that does not repeat another.
  result<void> each_keyed(
      const std::function<result<void>(const std::string& key, package&&)>& seen,
      const progress& told);

  std::vector<import_source> sources_;
  package_index index_;
  import_counts counts_;
};

}  // namespace quire::tools
