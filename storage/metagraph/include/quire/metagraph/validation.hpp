#pragma once

#include <quire/messages/error.hpp>
#include <quire/metagraph/graph_type_view.hpp>
#include <quire/schema/check.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quire::metagraph {

/// Whether data fit their type, and if not, everything that is wrong with them.
struct verdict {
  bool valid = true;
  std::vector<quire::schema::value_error> errors;  ///< empty exactly when `valid`
};

/// Checks the attributes of a node. Nothing is filled in or cleaned. Bad data are no error but a
/// verdict. Fails with `unknown_type`, or `schema_invalid` when the stored schema is broken.
[[nodiscard]] result<verdict> validate_node(const graph_type_view& view, std::string_view type,
                                            const boost::json::value& attributes);

/// Checks the attributes of an edge and the types of its ends, given in either form; no type: it is
/// unknown, which passes only where any type may stand. A refused end is an error with the code
/// `constraint_violation` and path "". Fails as `validate_node`.
[[nodiscard]] result<verdict> validate_edge(const graph_type_view& view, std::string_view type,
                                            const boost::json::value& attributes,
                                            std::optional<std::string_view> source_type,
                                            std::optional<std::string_view> target_type);

/// The hot path of a write: nothing is built when the attributes fit.
/// Fails with `validation_failed` (one detail for each finding) or `schema_invalid`.
[[nodiscard]] result<void> check_node(const graph_type_view& view, const node_type& type,
                                      const boost::json::value& attributes);
[[nodiscard]] result<void> check_edge(const graph_type_view& view, const edge_type& type,
                                      const boost::json::value& attributes);
/// Fails with `constraint_violation`; says which end is wrong and what may stand there.
[[nodiscard]] result<void> check_ends(const graph_type_view& view, const edge_type& type,
                                      std::optional<std::string_view> source_type,
                                      std::optional<std::string_view> target_type);

/// The one node type that accepts the attributes. Fails with `validation_failed` (none; with the
/// findings of every type, each message begins with the type's name) or `type_required` (several,
/// listed).
[[nodiscard]] result<const node_type*> infer_node_type(const graph_type_view& view,
                                                       const boost::json::value& attributes);
/// The one edge type that accepts the attributes and the ends. Fails likewise.
[[nodiscard]] result<const edge_type*> infer_edge_type(const graph_type_view& view,
                                                       const boost::json::value& attributes,
                                                       std::optional<std::string_view> source_type,
                                                       std::optional<std::string_view> target_type);

/// `validation_failed` that names graph type and type, with one detail for each finding.
[[nodiscard]] error validation_error(const graph_type_view& view, std::string_view type,
                                     const std::vector<quire::schema::value_error>& found);

}  // namespace quire::metagraph
