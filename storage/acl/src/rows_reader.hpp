#pragma once

#include "graph_sql.hpp"
#include "row_parser.hpp"

#include <quire/acl/view.hpp>
#include <quire/messages/ids.hpp>
#include <quire/sqlite/connection.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::acl {

[[nodiscard]] std::vector<std::string> copy_of(const text_list& texts);
[[nodiscard]] resource_map copy_of(const resource_texts& from);

/// What can be granted on a resource: everything, when `all`.
struct grantable {
  bool found = false;  ///< there is such a resource, and it is not malformed
  bool all = false;
  std::vector<std::string> actions{};
  [[nodiscard]] bool has(std::string_view action) const {
    return all || std::binary_search(actions.begin(), actions.end(), action);
  }
};

/// Reads rows of one graph through a connection, as the values that decisions are made from.
class rows_reader {
 public:
  rows_reader(sqlite::connection& db, graph_id graph) : db_(db), graph_(std::move(graph)) {}

  /// Gives each row of a statement over (graph, first[, second]) to `f`.
  template <class F>
  [[nodiscard]] result<void> each(sqlite::lazy_statement& what, std::string_view first,
                                  std::string_view second, F&& f) {
    auto prepared = what.get(db_);
    if (!prepared) return prepared.error();
    auto& rows = **prepared;
    rows.bind(1, graph_);
    rows.bind(2, first);
    if (!second.empty()) rows.bind(3, second);
    for (;;) {
      auto row = rows.step();
      if (!row) return row.error();
      if (!*row) return {};
      f(rows);
    }
  }

  /// What a principal holds by itself, without grants; nothing when there is none.
  [[nodiscard]] result<std::optional<principal>> principal_node(std::string_view key);
  /// By the key of its node.
  [[nodiscard]] result<grantable> limit(std::string_view resource_node);
  /// By the key of a principal's node.
  [[nodiscard]] result<std::vector<step_in>> steps_into(std::string_view key);

  /// A step between two principals, as the edge says.
  [[nodiscard]] step_in delegation(std::string_view edge, std::string_view from,
                                   std::string_view attributes);
  [[nodiscard]] step_in membership(std::string_view edge, std::string_view member,
                                   std::string_view org, std::string_view attributes);

  graph_sql sql{};
  row_parser parser{};

 protected:
  sqlite::connection& db_;
  graph_id graph_;
};

}  // namespace quire::acl
