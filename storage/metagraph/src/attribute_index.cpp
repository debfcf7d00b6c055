#include "cursor.hpp"

#include <quire/metagraph/attribute_index.hpp>
#include <quire/metagraph/filter.hpp>

#include <charconv>

namespace quire::metagraph {

result<std::string> ensure_attribute_index(sqlite::connection& db, table rows,
                                           std::string_view pointer) {
  if (rows != table::nodes && rows != table::edges) {
    return fail(errc::invalid_option, "an attribute index of " + std::string{to_string(rows)} +
                                          "; only nodes and edges have attributes");
  }
  const auto expression = member_expression("attributes", pointer);
  if (!expression) return in_context(expression.error(), "make an attribute index");
  query_digest digest("attribute index");
  digest.add(*expression);
  std::string name{"idx_"};
  name.append(to_string(rows)).append("_attributes_");
  char hex[16];
  const auto [end, bad] = std::to_chars(hex, hex + sizeof hex, digest.value(), 16);
  name.append(hex, end);
  std::string sql{"CREATE INDEX IF NOT EXISTS "};
  sql.append(name).append(" ON ").append(to_string(rows)).append("(graph_id, ");
  sql.append(*expression).append(")");
  if (auto ok = db.execute(sql); !ok) return in_context(ok.error(), "make an attribute index");
  return name;
}

}  // namespace quire::metagraph
