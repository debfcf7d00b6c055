#pragma once

#include <quire/evolution/migration_writer.hpp>
#include <quire/evolution/row_caster.hpp>

namespace quire::evolution {

/// The row as a batch writes it: with its new attributes and type, and with the old attributes in
/// its metadata when it loses something.
[[nodiscard]] row_change change_from(const stored_row& from, cast_row&& to);

}  // namespace quire::evolution
