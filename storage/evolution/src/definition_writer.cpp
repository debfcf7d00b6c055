#include "refusals.hpp"

#include <quire/evolution/change.hpp>
#include <quire/evolution/definition_writer.hpp>
#include <quire/metagraph/reader.hpp>

namespace quire::evolution {

result<outcome> definition_writer::apply(const define_graph_type& op,
                                         metagraph::write_context& in) {
  if (op.scope == type_scope::system) {
    return fail(errc::graph_type_protected,
                about(op.name) + ": types of scope 'system' come with the engine");
  }
  return define(op, op.scope, in);
}

result<outcome> definition_writer::define(const define_graph_type& op, type_scope scope,
                                          metagraph::write_context& in) {
  auto asked = metagraph::definition_of(op);
  if (!asked) return asked.error();
  const auto& rows = asked->rows;
  metagraph::reader stored_types{in.db};
  auto stored = stored_types.find_graph_type(op.name);
  if (!stored && stored.error().code != errc::not_found) return stored.error();
  if (!stored) return types_.create(op, rows, scope, 1, in);

  if (auto ok = check_may_change(*stored, scope); !ok) return ok.error();
  if (is_in_progress(stored->version)) return being_migrated(op.name, stored->version);
  auto before = stored_definition(*stored);
  if (!before) return in_context(before.error(), about(op.name) + ", as stored");
  const auto changes = classify(*before, rows);
  if (worst(changes) == change_class::breaking) return breaking(op.name, changes);
  outcome made;
  if (!changes.empty()) {
    if (auto ok = types_.replace(*stored, rows, stored->version, in); !ok) return ok.error();
    made.changed = true;
    if (in.want_rows) {
      auto now = stored_types.find_graph_type(op.name);
      if (!now) return now.error();
      stored = std::move(now);
    }
  }
  if (in.want_rows) made.row = std::move(*stored);
  return made;
}

}  // namespace quire::evolution
