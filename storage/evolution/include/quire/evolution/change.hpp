#pragma once

#include <quire/messages/error.hpp>
#include <quire/messages/rows.hpp>
#include <quire/metagraph/module.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::evolution {

/// What a change of a definition means to those who wrote and read by the old one.
enum class change_class : std::uint8_t {
  neutral,   ///< nobody can tell
  additive,  ///< all that was valid stays valid, and readers find what they relied on
  breaking,  ///< stored values, or readers, may rely on what is gone
};

/// Which part of a graph type a change is about.
enum class part : std::uint8_t { config, node_type, edge_type };

/// One difference between two definitions of a graph type.
///
/// Kinds. Words and order: `annotation_changed`, `reordered`, `restated` (the same in another
/// form). Kinds and literals: `kind_added`, `kind_changed`, `union_member_added`,
/// `union_member_removed`, `union_widened`. Bounds: `bound_added`, `bound_removed`,
/// `bound_widened`, `bound_tightened`. Members: `property_added`, `property_removed`,
/// `required_added`, `required_removed`, `object_opened`, `object_closed`. Other keywords:
/// `rule_added`, `rule_removed`, `rule_changed`. Graph type: `type_added`, `type_removed`,
/// `constraint_widened`, `constraint_narrowed`, `config_changed`. Not comparable: `unknown`,
/// `too_complex`.
struct change {
  evolution::part part = part::config;
  std::string type{};  ///< stored name of the node or edge type; empty for the config
  std::string path{};  ///< JSON pointer into its schema, into the config, or `/sources`, `/targets`
  std::string kind{};  ///< what happened, one of those above
  change_class severity = change_class::breaking;
  std::string reason{};  ///< a sentence for people
  /// Additive only if no stored value of this type fails its new schema, which only a scan can
  /// tell. Until then `severity` is `breaking`.
  bool needs_scan = false;

  friend bool operator==(const change&, const change&) = default;
};

[[nodiscard]] std::string_view to_string(change_class c) noexcept;
[[nodiscard]] std::string_view to_string(part p) noexcept;
inline std::ostream& operator<<(std::ostream& out, change_class c) { return out << to_string(c); }
inline std::ostream& operator<<(std::ostream& out, part p) { return out << to_string(p); }

/// The definition that rows of `graph_types`, `node_types` and `edge_types` hold, in the form that
/// `metagraph::project_module` gives, so that like meets like: names in stored form, references
/// inlined, no `$id`, whoever wrote the rows. Pure. Fails with `schema_invalid`, `invalid_config`,
/// `unresolved_reference`, when a foreign program left something that cannot be read.
[[nodiscard]] result<metagraph::row_projection> stored_definition(const graph_type& rows);

/// All differences, in the order config, node types, edge types; empty when both mean the same.
/// `required`, `enum`, lists of kinds and unions of literals are compared as sets. What is not
/// known to be harmless is breaking. Pure; safe from any thread.
[[nodiscard]] std::vector<change> classify(const metagraph::row_projection& before,
                                           const metagraph::row_projection& after);
/// The same for one schema; `part` and `type` are copied into each change.
[[nodiscard]] std::vector<change> classify_schema(part p, std::string_view type,
                                                  const boost::json::value& before,
                                                  const boost::json::value& after);

/// The worst of them; `neutral` when there are none.
[[nodiscard]] change_class worst(std::span<const change> changes) noexcept;

}  // namespace quire::evolution
