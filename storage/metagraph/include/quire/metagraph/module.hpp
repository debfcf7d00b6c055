#pragma once

#include <quire/messages/document.hpp>
#include <quire/messages/error.hpp>

#include <boost/json/object.hpp>

#include <memory>
#include <string>
#include <vector>

namespace quire::metagraph {

/// What the rows of a graph type hold, in the order of the module's entries.
struct row_projection {
  struct type_row {
    std::string name;            ///< stored form
    boost::json::object schema;  ///< base merged in, references inlined, circular ones in `$defs`
    friend bool operator==(const type_row&, const type_row&) = default;
  };
  struct edge_type_row {
    std::string name;
    boost::json::object schema;
    std::vector<std::string> sources;  ///< stored names of node types; empty: any
    std::vector<std::string> targets;
    friend bool operator==(const edge_type_row&, const edge_type_row&) = default;
  };

  boost::json::object config;  ///< four literal values
  std::vector<type_row> node_types;
  std::vector<edge_type_row> edge_types;

  friend bool operator==(const row_projection&, const row_projection&) = default;
};

/// A module that passed every check. Immutable; copies share it; safe from any thread.
class graph_module {
 public:
  /// Name of the graph type.
  [[nodiscard]] const std::string& name() const noexcept;
  /// The entries as given.
  [[nodiscard]] const boost::json::object& entries() const noexcept;

 private:
  struct body;
  explicit graph_module(std::shared_ptr<const body> made) noexcept : body_(std::move(made)) {}
  std::shared_ptr<const body> body_;

  friend result<graph_module> compile_module(std::string graph_type_name,
                                             boost::json::object entries);
  friend result<row_projection> project_module(const graph_module& module);
};

/// The entries of a module's document: those under `$defs` when it has such a member (beside it
/// only
/// `$ref`, `$schema`, `$id`, `$comment`, `title` and `description`), else the document itself.
/// Fails with `schema_invalid` when the document is no set of entries.
[[nodiscard]] result<boost::json::object> entries_of(const document& module);

/// Checks a module as a whole. `graph_type_name` is named in errors and not checked itself.
///
/// Cost is bounded whatever the entries are: a type beyond `limits::max_type_schema_bytes`, or a
/// module whose rows together are beyond `limits::max_document_bytes`, is refused while it grows.
///
/// Fails with `invalid_name` (an entry's name), `unclassified_entry`, `unresolved_reference`,
/// `duplicate_type_name`, `invalid_config`, `merge_conflict`, `schema_invalid`, `schema_too_large`,
/// `depth_exceeded`, `unknown_edge_type`, `unknown_node_type`, `empty_constraints`. The context
/// names graph type and entry; the detail has the JSON pointer from the set of entries.
[[nodiscard]] result<graph_module> compile_module(std::string graph_type_name,
                                                  boost::json::object entries);

/// The rows that follow from a module. Same module, same bytes.
[[nodiscard]] result<row_projection> project_module(const graph_module& module);

}  // namespace quire::metagraph
