#pragma once

#include <quire/evolution/report.hpp>
#include <quire/metagraph/graph_type_view.hpp>

#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

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
  /// Types of the ends as stored, of an edge whose own type has to be inferred; else empty.
  std::string source_type{};
  std::string target_type{};
};

/// What a row becomes.
struct cast_row {
  row_report report{};
  boost::json::value attributes{};  ///< new ones; meaningful unless `failed` or `unchanged`
  std::string type{};               ///< stored name afterwards
};

/// Brings single rows of one graph type to a new definition: the consumer's migration where there
/// is one, else check and cast, and says what that did. A row without known type is taken for the
/// one type that fits, of the old definition or else of the new one. Pure; holds compiled schemas;
/// copies share them; one thread at a time.
///
/// An object with exactly the members `keyVersion`, `salt`, `iv` and `data` is encrypted data: no
/// cast touches it, a migration may move or remove it, and no report shows it (`{"encrypted":
/// true}` stands for it).
class row_caster {
 public:
  /// Fails with `invalid_option` when a migration names a type that neither definition has, is
  /// ambiguous, retypes to a type that the new one has not, converts a path of which the new schema
  /// says nothing, or has a path that is no JSON pointer.
  [[nodiscard]] static result<row_caster> make(
      std::shared_ptr<const metagraph::graph_type_view> before,
      std::shared_ptr<const metagraph::graph_type_view> after, const evolution_options& options);

  /// Never fails as a call: what is wrong with the row is in its report (`lossy_change` without
  /// `allow_lossy` is `failed`; `unknown_type` when it has no type in the new definition;
  /// `type_required` when it would change lazily and its type is only inferred, since readers could
  /// not infer it any more).
  [[nodiscard]] cast_row run(const stored_row& row) const;

  /// Stored name of the row's type, inferred where the row does not say it; empty when that cannot
  /// be.
  [[nodiscard]] std::string type_of(const stored_row& row) const;

  /// Does the row as it is fit the new schema of its type? False when there is no such type.
  /// Migrations are not asked.
  [[nodiscard]] bool fits(const stored_row& row) const;

  /// True when each row that fits its old schema also fits the new one as it is, and no migration
  /// is registered for the type: its rows need no look. (What the old schema refused, only a
  /// foreign program can have written.)
  [[nodiscard]] bool leaves_alone(part p, std::string_view stored_type) const;

 private:
  struct plan;
  explicit row_caster(std::shared_ptr<const plan> made) noexcept : plan_(std::move(made)) {}
  std::shared_ptr<const plan> plan_;
};

}  // namespace quire::evolution
