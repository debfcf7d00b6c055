#include "list_cursor.hpp"

#include "change_span.hpp"

#include <quire/messages/limits.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace quire::acl {

result<metagraph::query_digest> digest_of(std::string_view kind, const graph_id& graph,
                                          std::span<const std::string_view> texts,
                                          const list_request& request) {
  if (request.limit == 0 || request.limit > limits::max_page) {
    return fail(errc::invalid_option, "a page of " + std::to_string(request.limit) +
                                          " lines: ask for 1 to " +
                                          std::to_string(limits::max_page));
  }
  metagraph::query_digest made(kind);
  made.add(graph.get());
  for (const auto text : texts) made.add(text);
  made.add(static_cast<std::int64_t>(request.mode));
  return made;
}

result<list_place> place_of(const metagraph::query_digest& list, std::string_view cursor,
                            std::size_t count) {
  auto values = metagraph::decode_cursor(list, cursor, count + 1);
  if (!values) return values.error();
  const auto* made_at = std::get_if<std::int64_t>(&values->front());
  if (made_at == nullptr) return list_changed();
  list_place out;
  out.made_at = change_seq{*made_at};
  values->erase(values->begin());
  out.values = std::move(*values);
  return out;
}

result<std::string> cursor_of(const metagraph::query_digest& list, list_place place) {
  std::vector<sqlite::sql_value> values;
  values.reserve(place.values.size() + 1);
  values.emplace_back(place.made_at.get());
  std::move(place.values.begin(), place.values.end(), std::back_inserter(values));
  return metagraph::encode_cursor(list, values);
}

error list_changed() {
  return fail(
      errc::invalid_cursor,
      "the graph of access control changed since the page before; begin again without a cursor");
}

result<void> check_unchanged(sqlite::connection& db, const graph_id& graph, change_seq made_at,
                             change_seq now) {
  if (made_at > now) return list_changed();
  auto between = events_between(db, made_at, now);
  if (!between) {
    return between.error().code == errc::view_expired ? list_changed() : between.error();
  }
  const bool changed = std::any_of(between->begin(), between->end(),
                                   [&](const auto& e) { return concerns(e, graph); });
  if (changed) return list_changed();
  return {};
}

}  // namespace quire::acl
