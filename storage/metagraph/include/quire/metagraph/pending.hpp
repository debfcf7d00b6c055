#pragma once

#include <quire/messages/document.hpp>
#include <quire/messages/rows.hpp>
#include <quire/metagraph/graph_type_view.hpp>
#include <quire/schema/compile.hpp>

#include <optional>
#include <string_view>

/// Rows of a graph type that was evolved lazily: its definition is new, and stored rows follow when
/// they are next written. Until then they are brought up to it whenever they are read. Whoever
/// evolved the type made sure that this only adds to them.
namespace quire::metagraph {

/// Member of a graph type's metadata that is `true` while rows may be pending.
inline constexpr std::string_view lazy_member = "_evolution.lazy";

/// What stored attributes become under the schema of their type. Nothing when they fit as they are,
/// when the schema is broken, and when more than additions would be needed or they would be beyond
/// the limits, which only a foreign program can bring about: then what is stored is what counts.
/// Safe from any thread.
[[nodiscard]] std::optional<document> current_form(const quire::schema::compiled_schema& schema,
                                                   const document& stored);

/// Gives the row its current form; true when that is another than the one it had. Rows without a
/// known type stay as they are.
bool bring_up(const graph_type_view& view, node& row);
bool bring_up(const graph_type_view& view, edge& row);

}  // namespace quire::metagraph
