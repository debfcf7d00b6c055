#pragma once

#include <quire/messages/requests.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/metagraph/write_context.hpp>

namespace quire::evolution {

/// Defines graph types and follows their definitions as far as that needs no look at stored rows:
/// the same definition changes nothing, a neutral or additive one rewrites the type rows. Everything
/// else is a migration's business. Works inside the caller's transaction and savepoint; one per
/// writer connection, beside the `type_writer` it uses.
class definition_writer {
 public:
  explicit definition_writer(metagraph::type_writer& types) noexcept : types_(types) {}

  /// Fails with the codes of definitions, `graph_type_protected`, `migration_in_progress`,
  /// `breaking_change` (a detail for each such change; nothing is written).
  [[nodiscard]] result<outcome> apply(const define_graph_type& op, metagraph::write_context& in);
  /// The same for a type of any scope: the engine's own are of scope `system`.
  [[nodiscard]] result<outcome> define(const define_graph_type& op, type_scope scope,
                                       metagraph::write_context& in);

 private:
  metagraph::type_writer& types_;
};

/// True for odd versions above 1: a migration towards the next number has begun and not ended.
[[nodiscard]] constexpr bool is_in_progress(std::int64_t version) noexcept {
  return version > 1 && version % 2 == 1;
}

}  // namespace quire::evolution
