#include <quire/acl/graph_rows.hpp>

#include <string>

namespace quire::acl {

sqlite::lazy_statement acl_graph_statement() noexcept {
  return {"find the graph of access control",
          "SELECT g.id FROM graph_types t JOIN graphs g ON g.graph_type_id = t.id WHERE t.name = "
          "'acl' AND g.status IN ('active', 'draft') AND g.project_id IS NULL LIMIT 2"};
}

result<graph_id> find_acl_graph(sqlite::connection& db) {
  const auto text = acl_graph_statement();
  auto rows = db.prepare(text.name(), text.sql());
  if (!rows) return rows.error();
  auto row = rows->step();
  if (!row) return row.error();
  if (!*row) {
    return fail(errc::acl_graph_missing,
                "no graph of type 'acl' decides about this file: each has one without project that "
                "is not archived");
  }
  auto found = graph_id{std::string{rows->text(0)}};
  row = rows->step();
  if (!row) return row.error();
  if (*row) {
    return fail(errc::acl_graph_missing, "graphs '" + printable(found.get()) + "' and '" +
                                             printable(rows->text(0)) +
                                             "' both claim to decide about this file; archive one");
  }
  return found;
}

}  // namespace quire::acl
