#pragma once

#include <quire/evolution/report.hpp>
#include <quire/metagraph/graph_type_view.hpp>

#include <boost/json/value.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace quire::evolution {

/// One stored row of `nodes` or `edges`, as a migration sees it.
struct stored_row {
  evolution::part part = part::node_type;
  row_id id{};
  graph_id graph{};
  std::string key{};
  std::string type{};  ///< as stored; may be empty or in entry form
  document attributes{};
  document metadata{};
};

/// What a row becomes.
struct cast_row {
  row_report report{};
  boost::json::value attributes{};  ///< new ones; meaningful unless `failed` or `unchanged`
  std::string type{};               ///< stored name afterwards
};

/// Brings single rows of one graph type to a new definition: the consumer's migration where there is
/// one, else check and cast, and says what that did. Pure; holds compiled schemas; one thread at a
/// time.
class row_caster {
 public:
  /// Fails with `invalid_option` when a migration names a type that neither definition has, is
  /// ambiguous, or retypes to a type that the new one has not.
  [[nodiscard]] static result<row_caster> make(
      std::shared_ptr<const metagraph::graph_type_view> before,
      std::shared_ptr<const metagraph::graph_type_view> after, const evolution_options& options);

  /// Never fails as a call: what is wrong with the row is in its report (`lossy_change` without
  /// `allow_lossy` is `failed`).
  [[nodiscard]] cast_row run(const stored_row& row) const;

  /// True when no row of this type can be anything but `unchanged`, so that its rows need no look.
  [[nodiscard]] bool leaves_alone(part p, std::string_view stored_type) const;

 private:
  row_caster() = default;
  std::shared_ptr<const metagraph::graph_type_view> before_;
  std::shared_ptr<const metagraph::graph_type_view> after_;
  std::map<std::string, row_migration, std::less<>> node_migrations_;  // by stored name
  std::map<std::string, row_migration, std::less<>> edge_migrations_;
  bool allow_lossy_ = false;
};

}  // namespace quire::evolution
