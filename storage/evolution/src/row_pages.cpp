#include <quire/evolution/row_pages.hpp>
#include <quire/metagraph/stored_name.hpp>

#include <utility>

namespace quire::evolution {
namespace {

std::string copied(std::string_view text) { return std::string{text}; }

}  // namespace

result<std::vector<stored_row>> row_pages::next(row_cursor& at, std::size_t rows,
                                                std::size_t bytes) {
  std::vector<stored_row> out;
  std::size_t sum = 0;
  while (!at.at_end && out.size() < rows && sum < bytes) {
    const bool nodes = at.part == part::node_type;
    auto got = (nodes ? sql_.nodes : sql_.edges).get(db_);
    if (!got) return got.error();
    auto& query = **got;
    query.bind(1, at.after);
    query.bind(2, graph_type_);
    query.bind(3, static_cast<std::int64_t>(rows - out.size()));
    const auto at_exit = sqlite::reset_guard{query};
    bool more = false;
    while (sum < bytes) {
      auto row = query.step();
      if (!row) return row.error();
      more = *row;
      if (!more) break;
      auto& made = out.emplace_back();
      made.part = at.part;
      made.id = row_id{copied(query.text(0))};
      made.graph = graph_id{copied(query.text(1))};
      made.key = copied(query.text(2));
      made.type = copied(query.text(3));
      made.attributes = document::trusted(copied(query.text(4)));
      made.metadata = document::trusted(query.is_null(5) ? "{}" : copied(query.text(5)));
      if (!nodes) {
        made.source_type = copied(query.text(6));
        made.target_type = copied(query.text(7));
      }
      sum += made.attributes.text().size() + made.metadata.text().size();
      at.after = made.id.get();
    }
    // The statement ends before the page is full: there are no more rows of this part.
    if (!more && out.size() < rows) {
      at.at_end = !nodes;
      at.part = part::edge_type;
      if (nodes) at.after.clear();
    }
  }
  return out;
}

result<std::uint64_t> row_pages::count() {
  auto query = sql_.count.get(db_);
  if (!query) return query.error();
  (*query)->bind(1, graph_type_);
  const auto at_exit = sqlite::reset_guard{**query};
  auto row = (*query)->step();
  if (!row) return row.error();
  return static_cast<std::uint64_t>((*query)->integer(0));
}

std::vector<const sqlite::lazy_statement*> row_pages::statements() const {
  return {&sql_.nodes, &sql_.edges, &sql_.count};
}

}  // namespace quire::evolution
