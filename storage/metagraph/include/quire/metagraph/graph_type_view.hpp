#pragma once

#include <quire/messages/error.hpp>
#include <quire/messages/rows.hpp>
#include <quire/metagraph/config.hpp>
#include <quire/metagraph/module.hpp>
#include <quire/schema/compile.hpp>

#include <boost/json/object.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::metagraph {

/// A node type ready for use.
struct node_type {
  std::string name;                         ///< stored form
  boost::json::object schema;               ///< as stored
  quire::schema::compiled_schema compiled;  ///< empty when `broken` is set
  /// Set when the stored schema does not compile, which only a foreign program brings about: checks
  /// against this type fail with it, other types are unharmed.
  std::optional<error> broken;
};

/// An edge type ready for use.
struct edge_type {
  std::string name;
  boost::json::object schema;
  quire::schema::compiled_schema compiled;
  std::optional<error> broken;
  std::vector<std::string> sources;  ///< stored names in order; empty: any
  std::vector<std::string> targets;

  /// May an edge of this type join nodes of these types (stored names)? An end without known type
  /// passes an empty list only. No allocation.
  [[nodiscard]] bool allows(std::optional<std::string_view> source,
                            std::optional<std::string_view> target) const noexcept;
};

/// A graph type ready for use: config, types with compiled schemas, allowed ends. Immutable and
/// shared; safe from any thread. References and pointers into it live as long as it does.
class graph_type_view {
 public:
  /// Gives the same verdicts as the rows of the module's projection.
  [[nodiscard]] static result<std::shared_ptr<const graph_type_view>> from_module(
      const graph_module& module);
  /// From rows alone. Rows of foreign programs are read too: names in entry form, references in any
  /// form, schemas that do not compile (see `broken`). Of two rows that name one type the one in
  /// stored form counts, else the first. Fails with `invalid_config`.
  [[nodiscard]] static result<std::shared_ptr<const graph_type_view>> from_rows(
      const quire::graph_type& rows);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const graph_config& config() const noexcept { return config_; }
  /// In the order of the rows.
  [[nodiscard]] std::span<const node_type> node_types() const noexcept { return node_types_; }
  [[nodiscard]] std::span<const edge_type> edge_types() const noexcept { return edge_types_; }

  /// By stored name (`depends_on`; no allocation) or entry form (`DependsOnEdge`); null when there
  /// is no such type.
  [[nodiscard]] const node_type* find_node_type(std::string_view stored_or_entry) const;
  [[nodiscard]] const edge_type* find_edge_type(std::string_view stored_or_entry) const;

 private:
  graph_type_view() = default;
  void index();

  std::string name_;
  graph_config config_;
  std::vector<node_type> node_types_;
  std::vector<edge_type> edge_types_;
  std::vector<std::size_t> nodes_by_name_;
  std::vector<std::size_t> edges_by_name_;
};

}  // namespace quire::metagraph
