#pragma once

#include <quire/messages/requests.hpp>
#include <quire/tools/import/deb822.hpp>
#include <quire/tools/import/relations.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace quire::tools {

/// Name of the graph type that packages are imported as.
inline constexpr std::string_view package_graph_type = "package-graph";
/// Its module: the text of examples/package-graph.json.
[[nodiscard]] std::string_view package_graph_module() noexcept;

/// The relationship fields, one edge type each.
enum class package_relation : std::uint8_t {
  depends = 0,
  pre_depends = 1,
  recommends = 2,
  suggests = 3,
  conflicts = 4,
  breaks = 5,
  replaces = 6,
  provides = 7,
};
inline constexpr std::size_t package_relation_count = 8;

/// The stored name of the edge type, such as `pre_depends`.
[[nodiscard]] std::string_view to_string(package_relation kind) noexcept;

/// What one stanza says about a package.
struct package {
  struct link {
    package_relation kind;
    relation to;
  };

  std::string name;
  std::string version;
  std::string architecture;
  std::string section;
  std::string priority;
  std::string source;
  std::string maintainer;
  std::string homepage;
  std::string summary;  ///< first line of the description
  std::string status;   ///< dpkg's, such as `install ok installed`
  std::string multi_arch;
  bool essential = false;
  std::optional<std::int64_t> installed_size;  ///< KiB
  std::vector<link> links;  ///< in the order of `package_relation`, then as written
};

/// The fields a reader must keep for `read_package`.
[[nodiscard]] std::vector<std::string_view> package_fields();
/// The package of a stanza; absent when dpkg only remembers it (removed, but for its
/// configuration). Fails with `invalid_option` and the reason: a field is missing or breaks its
/// form. Nothing of such a stanza is used.
[[nodiscard]] result<std::optional<package>> read_package(const stanza& from);

/// Decides the key of every package and of what it refers to, from the names, architectures and
/// versions of all.
///
/// The native architecture is the one given, else the commonest. Of the native packages of one name
/// (or those of architecture `all`) the newest has the name itself as key, `bash`; the newest of
/// another architecture has `bash:i386`; every older one `bash=5.1-2` or `bash:i386=5.1-2`. A
/// package that occurs again is passed over. So the keys do not depend on the order of the input.
class package_index {
 public:
  explicit package_index(std::string native_architecture = {});

  /// Remembers the next package and the names it provides.
  void add(const package& p);
  /// Fixes the keys; nothing is added afterwards.
  void finish();

  [[nodiscard]] const std::string& native_architecture() const { return native_; }
  /// Packages remembered.
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// Key of the package added as number `at`, from 0; empty when it repeats another. Fails with
  /// `conflict` when that was not `p`: the input has changed.
  [[nodiscard]] result<std::string> key_of(std::size_t at, const package& p) const;
  /// Key of what `to` names in a field of a package of `architecture`: the package of the same
  /// architecture, else the native one, else another; with a qualifier the package of that
  /// architecture. Otherwise the bare name or `name:architecture`, which `is_package` then denies:
  /// a virtual package.
  [[nodiscard]] std::string target(const relation& to, std::string_view architecture) const;
  [[nodiscard]] bool is_package(const std::string& key) const { return keys_.contains(key); }
  /// Some package says that it provides this name.
  [[nodiscard]] bool is_provided(const std::string& name) const { return provided_.contains(name); }

 private:
  struct entry {
    std::string name;
    std::string version;
    std::string architecture;
    std::string key;
  };
  [[nodiscard]] bool native(const entry& e) const;
  void fix_keys(std::vector<std::size_t>& same_name);

  std::string native_;
  std::vector<entry> entries_;
  /// Entries of one name; once finished, only the best of each architecture, the native one first.
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
  std::unordered_set<std::string> keys_;
  std::unordered_set<std::string> provided_;
};

/// The node of a package.
[[nodiscard]] upsert_node package_node(const graph_id& graph, const std::string& key,
                                       const package& p);
/// The node of a name that is no package.
[[nodiscard]] upsert_node virtual_package_node(const graph_id& graph, const std::string& key,
                                               bool provided);
/// The edges of the package under `key`. Their keys are `bash/depends/libc6` and, when a field
/// names one target several times, `bash/depends/libc6/2` and so on.
[[nodiscard]] std::vector<upsert_edge> package_edges(const graph_id& graph,
                                                     const package_index& index,
                                                     const std::string& key, const package& p);

}  // namespace quire::tools
