#pragma once

#include <quire/actors/view.hpp>
#include <quire/messages/limits.hpp>

#include <algorithm>
#include <string>

namespace quire::tools {

/// Lists page after page until `limit` rows were seen (0: all of them). `list` answers a page for
/// the list_options it is given; `seen` takes each row, and an error of it ends the listing.
/// Returns the cursor to go on with, empty at the end.
template <class List, class Seen>
[[nodiscard]] result<std::string> each_row(list_options options, std::size_t limit, List list,
                                           Seen seen) {
  std::size_t left = limit;
  for (;;) {
    options.limit = limit == 0 ? limits::max_page : std::min(left, limits::max_page);
    const auto page = list(options);
    if (!page) return page.error();
    for (const auto& row : page->items) {
      if (result<void> ok = seen(row); !ok) return ok.error();
    }
    if (page->next_cursor.empty()) return std::string{};
    options.cursor = page->next_cursor;
    if (limit != 0 && (left -= std::min(left, page->items.size())) == 0) return options.cursor;
  }
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
