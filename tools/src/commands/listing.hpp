#pragma once

#include <quire/actors/view.hpp>
#include <quire/messages/limits.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace quire::tools {

/// Lists page after page until `limit` rows were seen (0: all of them). `list(size, cursor)`
/// answers a page; `seen` takes each row, and an error of it ends the listing. Returns the cursor
/// to go on with, empty at the end.
template <class List, class Seen>
[[nodiscard]] result<std::string> each_item(std::string cursor, std::size_t limit, List list,
                                            Seen seen) {
  std::size_t left = limit;
  for (;;) {
    const auto page =
        list(limit == 0 ? limits::max_page : std::min(left, limits::max_page), cursor);
    if (!page) return page.error();
    for (const auto& row : page->items) {
      if (result<void> ok = seen(row); !ok) return ok.error();
    }
    cursor = page->next_cursor;
    if (cursor.empty()) return cursor;
    if (limit != 0 && (left -= std::min(left, page->items.size())) == 0) return cursor;
  }
}

/// The same for a `list` that takes list_options.
template <class List, class Seen>
[[nodiscard]] result<std::string> each_row(list_options options, std::size_t limit, List list,
                                           Seen seen) {
  return each_item(
      options.cursor, limit,
      [&](std::size_t size, const std::string& cursor) {
        options.limit = size;
        options.cursor = cursor;
        return list(options);
      },
      std::move(seen));
}

/// Calls `seen` with every graph of the tenant.
template <class Seen>
[[nodiscard]] result<void> each_graph(view& in, Seen seen) {
  auto done = each_row(
      {}, 0, [&](const list_options& options) { return in.list_graphs(options); }, std::move(seen));
  if (!done) return done.error();
  return {};
}

}  // namespace quire::tools
