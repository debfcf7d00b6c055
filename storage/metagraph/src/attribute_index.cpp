#include "attribute_index_name.hpp"

#include <quire/metagraph/attribute_index.hpp>
#include <quire/metagraph/cursor.hpp>
#include <quire/metagraph/filter.hpp>
#include <quire/sqlite/function.hpp>
#include <quire/sqlite/statement.hpp>

#include <array>
#include <charconv>

namespace quire::metagraph {

namespace {

/// What SQLite's own function says, reached by a form that `allow_attribute_indexes` leaves alone.
/// Prepared for each call: a statement kept by a function would outlive its connection.
result<sqlite::sql_value> ask(sqlite::connection& db, const char* sql,
                              const sqlite::arguments& given) {
  auto made = db.prepare("compute an attribute index", sql);
  if (!made) return made.error();
  for (int i = 0; i < given.size(); ++i) {
    if (given.is_null(i)) {
      made->bind_null(i + 1);
    } else {
      made->bind(i + 1, given.text(i));
    }
  }
  const auto there = made->step();
  if (!there) return there.error();
  if (!*there) return sqlite::sql_value{};
  switch (made->kind(0)) {
    case sqlite::column_kind::integer: return sqlite::sql_value{made->integer(0)};
    case sqlite::column_kind::real: return sqlite::sql_value{made->real(0)};
    case sqlite::column_kind::text: return sqlite::sql_value{std::string{made->text(0)}};
    case sqlite::column_kind::blob:
    case sqlite::column_kind::null: break;
  }
  return sqlite::sql_value{};
}

}  // namespace

std::string attribute_index_name(std::string_view table, std::string_view expression) {
  query_digest digest("attribute index");
  digest.add(expression);
  std::array<char, 16> hex{};
  const auto written = std::to_chars(hex.data(), hex.data() + hex.size(), digest.value(), 16);
  std::string name{"idx_"};
  name.append(table).append("_attributes_").append(hex.data(), written.ptr);
  return name;
}

result<void> allow_attribute_indexes(sqlite::connection& db) {
  auto valid = sqlite::register_function(
      db, "json_valid", 1, sqlite::function_kind::deterministic,
      [&db](const sqlite::arguments& given) -> result<sqlite::sql_value> {
        if (given.is_null(0)) return sqlite::sql_value{};
        const auto parsed = ask(db, "SELECT count(*) FROM json_each(?1)", given);
        if (parsed) return sqlite::sql_value{std::int64_t{1}};
        if (parsed.error().context.find("malformed JSON") == std::string::npos) {
          return parsed.error();
        }
        return sqlite::sql_value{std::int64_t{0}};
      });
  if (!valid) return valid;
  return sqlite::register_function(
      db, "json_extract", 2, sqlite::function_kind::deterministic,
      [&db](const sqlite::arguments& given) { return ask(db, "SELECT ?1 ->> ?2", given); });
}

result<std::string> ensure_attribute_index(sqlite::connection& db, table rows,
                                           std::string_view pointer) {
  if (rows != table::nodes && rows != table::edges) {
    return fail(errc::invalid_option, "an attribute index of " + std::string{to_string(rows)} +
                                          "; only nodes and edges have attributes");
  }
  const auto expression = member_expression("attributes", pointer);
  if (!expression) return in_context(expression.error(), "make an attribute index");
  auto name = attribute_index_name(to_string(rows), *expression);
  std::string sql{"CREATE INDEX IF NOT EXISTS "};
  sql.append(name).append(" ON ").append(to_string(rows)).append("(graph_id, ");
  sql.append(*expression).append(")");
  if (auto ok = db.execute(sql); !ok) return in_context(ok.error(), "make an attribute index");
  return name;
}

}  // namespace quire::metagraph
