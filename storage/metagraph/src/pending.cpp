#include <quire/messages/limits.hpp>
#include <quire/metagraph/pending.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/edits.hpp>
#include <quire/schema/reshape.hpp>

#include <algorithm>
#include <utility>

namespace quire::metagraph {
namespace {

template <class Type, class Row>
bool bring_up_to(const Type* type, Row& row) {
  if (type == nullptr) return false;
  auto now = current_form(type->compiled, row.attributes);
  if (!now) return false;
  row.attributes = std::move(*now);
  return true;
}

}  // namespace

std::optional<document> current_form(const schema::compiled_schema& schema,
                                     const document& stored) {
  const auto& old = stored.value();
  if (!schema || schema::check(schema, old)) return std::nullopt;
  auto made = schema::cast(schema, old, {.keep_extra = true});
  if (!made) return std::nullopt;
  const auto edits = schema::diff(old, made->value);
  const bool only_adds = std::all_of(edits.begin(), edits.end(), [](const schema::edit& one) {
    return one.kind == schema::edit_kind::insert;
  });
  if (!only_adds) return std::nullopt;
  auto now = document::from(std::move(made->value));
  if (now.text().size() > limits::max_document_bytes) return std::nullopt;
  return now;
}

bool bring_up(const graph_type_view& view, node& row) {
  return bring_up_to(view.find_node_type(row.type.get()), row);
}

bool bring_up(const graph_type_view& view, edge& row) {
  return bring_up_to(view.find_edge_type(row.type.get()), row);
}

}  // namespace quire::metagraph
