#pragma once

#include <quire/evolution/row_caster.hpp>
#include <quire/messages/ids.hpp>
#include <quire/sqlite/connection.hpp>

namespace quire::evolution {

/// Changes that one call looks at; more are a `conflict`.
inline constexpr std::size_t max_rechecked = 2'000;

/// Looks again at the rows of a graph type that changed after `seq`, which a scan has not seen:
/// each must still come out `unchanged` or, with `may_add`, `added`. Fails with `conflict` when one
/// does not or there are too many; then the scan must be repeated.
[[nodiscard]] result<void> recheck_since(sqlite::connection& db, const row_id& graph_type,
                                         change_seq seq, const row_caster& caster, bool may_add);

}  // namespace quire::evolution
