#include "row_change.hpp"

#include "migration_state.hpp"

#include <utility>

namespace quire::evolution {

namespace json = boost::json;

row_change change_from(const stored_row& from, cast_row&& to) {
  row_change out{.part = from.part,
                 .id = from.id,
                 .expected = from.attributes.text(),
                 .expected_metadata = from.metadata.text(),
                 .attributes = from.attributes,
                 .metadata = from.metadata,
                 .new_type = {}};
  if (to.report.result != row_result::unchanged)
    out.attributes = document::from(std::move(to.attributes));
  if (to.type != to.report.type) out.new_type = std::move(to.type);
  if (to.report.result == row_result::lossy) {
    auto metadata = from.metadata.value().is_object()
                        ? json::object(from.metadata.value().get_object(), json::storage_ptr{})
                        : json::object{};
    metadata[before_member] = json::value(from.attributes.value(), json::storage_ptr{});
    out.metadata = document::from(std::move(metadata));
  }
  return out;
}

}  // namespace quire::evolution
