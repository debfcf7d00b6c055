#pragma once

#include <quire/messages/change_event.hpp>
#include <quire/messages/document.hpp>
#include <quire/messages/error.hpp>
#include <quire/metagraph/write_context.hpp>
#include <quire/sqlite/statement.hpp>

#include <utility>

namespace quire::metagraph {

/// What an update leaves of a row. Metadata that are absent stay as they are.
struct row_content {
  document attributes;
  document metadata;
};

/// Stores new content of a node or edge: in the file, in `stored`, and as an event. `update` binds
/// id, attributes, metadata and time, in this order.
template <class Row>
[[nodiscard]] result<void> update_row(Row& stored, row_content to, sqlite::lazy_statement& update,
                                      change_event event, write_context& in) {
  auto statement = update.get(in.db);
  if (!statement) return statement.error();
  if (!to.metadata) to.metadata = stored.metadata;
  auto& s = **statement;
  s.bind_view(1, stored.id.get());
  s.bind_view(2, to.attributes.text());
  s.bind_view(3, to.metadata.text());
  s.bind(4, in.seconds());
  if (auto ok = s.run(); !ok) return ok.error();
  stored.attributes = std::move(to.attributes);
  stored.metadata = std::move(to.metadata);
  stored.updated_at = row_time{std::chrono::seconds{in.seconds()}};
  return in.changes.append(std::move(event));
}

}  // namespace quire::metagraph
