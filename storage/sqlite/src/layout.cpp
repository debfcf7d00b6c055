#include "layout.hpp"

#include "state.hpp"

#include <quire/messages/ids.hpp>
#include <quire/sqlite/statement.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace quire::sqlite {
namespace {

constexpr std::string_view column_mark = "\n--! column ";

struct column_line {
  std::string_view table;
  std::string_view column;
  std::string_view declaration;  // the column with its type
};

/// Takes the next `--! column` line off `sql`: what stands before it goes to `before`. False when
/// there is none.
bool next_column(std::string_view& sql, std::string_view& before, column_line& line) {
  const auto mark = sql.find(column_mark);
  before = sql.substr(0, mark);
  if (mark == std::string_view::npos) {
    sql = {};
    return false;
  }
  sql.remove_prefix(mark + column_mark.size());
  const auto text = sql.substr(0, sql.find('\n'));
  sql.remove_prefix(text.size());
  const auto space = text.find(' ');
  line.table = text.substr(0, space);
  line.declaration = text.substr(space + 1);
  line.column = line.declaration.substr(0, line.declaration.find(' '));
  return true;
}

result<void> add_column(connection& db, const column_line& line) {
  auto found = db.prepare("look for a column",
                          "SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE");
  if (!found) return found.error();
  found->bind(1, line.table);
  found->bind(2, line.column);
  auto row = found->step();
  if (!row) return row.error();
  if (*row) return {};
  auto sql = std::string{"ALTER TABLE "};
  sql.append(line.table).append(" ADD COLUMN ").append(line.declaration);
  return db.execute(sql);
}

/// The kind of values a declared type stands for, by the rules SQLite itself uses.
enum class affinity : std::uint8_t { integer, text, blob, real, numeric };

affinity affinity_of(std::string_view declared) {
  auto type = std::string{declared};
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto has = [&type](std::string_view part) { return type.find(part) != std::string::npos; };
  if (has("INT")) return affinity::integer;
  if (has("CHAR") || has("CLOB") || has("TEXT")) return affinity::text;
  if (has("BLOB") || type.empty()) return affinity::blob;
  if (has("REAL") || has("FLOA") || has("DOUB")) return affinity::real;
  return affinity::numeric;
}

result<connection> open_scratch() {
  auto s = std::unique_ptr<connection_access::state, connection_access::closer>{
      new connection_access::state};
  const int status =
      ::sqlite3_open_v2(":memory:", &s->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (status != SQLITE_OK)
    return make_error(status, "lay out the schema", ::sqlite3_errstr(status));
  return connection_access::make(std::move(s));
}

result<layout> make_expected(file_kind kind) {
  auto scratch = open_scratch();
  if (!scratch) return scratch.error();
  auto addable = std::set<std::pair<std::string, std::string>>{};
  for (const auto& s : steps()) {
    if (!applies(s, kind)) continue;
    if (auto ok = apply(*scratch, s); !ok) return ok.error();
    auto sql = s.sql;
    auto before = std::string_view{};
    auto line = column_line{};
    while (next_column(sql, before, line)) addable.emplace(line.table, line.column);
  }
  auto made = read_layout(*scratch);
  if (made) made->addable = std::move(addable);
  return made;
}

bool is_event_table(std::string_view table) {
  return table.starts_with("_honker_") || (table.starts_with("_quire_") && table != "_quire_meta");
}

}  // namespace

bool applies(const step& s, file_kind kind) noexcept {
  return !s.system_only || kind == file_kind::system;
}

result<void> apply(connection& db, const step& s) {
  auto sql = s.sql;
  auto before = std::string_view{};
  auto line = column_line{};
  for (bool more = true; more;) {
    more = next_column(sql, before, line);
    if (auto ok = db.execute(before); !ok) return in_context(ok.error(), s.name);
    if (!more) break;
    if (auto ok = add_column(db, line); !ok) return in_context(ok.error(), s.name);
  }
  return {};
}

result<layout> read_layout(connection& db) {
  auto out = layout{};
  auto objects = db.prepare("read the schema", "SELECT name, type FROM sqlite_schema");
  if (!objects) return objects.error();
  for (;;) {
    auto row = objects->step();
    if (!row) return row.error();
    if (!*row) break;
    out.objects.emplace(objects->text(0), objects->text(1));
  }
  auto columns = db.prepare("read the columns",
                            "SELECT m.name, x.name, x.type, x.pk FROM sqlite_schema m, "
                            "pragma_table_xinfo(m.name) x WHERE m.type = 'table'");
  if (!columns) return columns.error();
  for (;;) {
    auto row = columns->step();
    if (!row) return row.error();
    if (!*row) break;
    out.tables[std::string{columns->text(0)}].emplace(
        columns->text(1), layout::column{std::string{columns->text(2)}, columns->integer(3)});
  }
  return out;
}

result<const layout*> expected_layout(file_kind kind) {
  // Constants of this build, computed when first needed. Only a lack of memory can fail here.
  static const auto system = make_expected(file_kind::system);
  static const auto tenant = make_expected(file_kind::tenant);
  const auto& chosen = kind == file_kind::system ? system : tenant;
  if (!chosen) return chosen.error();
  return &*chosen;
}

difference compare(const layout& actual, const layout& expected) {
  auto out = difference{};
  const auto report = [&out](std::string_view table, std::string_view column, const char* code,
                             std::string message) {
    auto pointer = "/" + std::string{table};
    if (!column.empty()) pointer.append("/").append(column);
    auto& list = is_event_table(table) ? out.events : out.tables;
    list.push_back({code, std::move(pointer), std::move(message)});
  };
  for (const auto& [name, type] : expected.objects) {
    const auto found = actual.objects.find(name);
    if (found == actual.objects.end()) {
      // SQLite makes these by itself, and a table of the original has keys of its own instead.
      out.complete = out.complete && name.starts_with("sqlite_");
    } else if (found->second != type) {
      report(name, {}, "object_kind",
             "is a " + printable(found->second) + " and must be a " + type);
    }
  }
  for (const auto& [table, columns] : expected.tables) {
    const auto found = actual.tables.find(table);
    if (found == actual.tables.end() || table.starts_with("sqlite_")) continue;
    for (const auto& [name, wanted] : columns) {
      const auto column = found->second.find(name);
      if (column == found->second.end()) {
        if (expected.addable.contains({table, name})) {
          out.complete = false;
        } else {
          report(table, name, "column_missing", "the column is missing");
        }
      } else if (affinity_of(column->second.type) != affinity_of(wanted.type)) {
        report(table, name, "column_kind",
               "is '" + printable(column->second.type) + "' and must be '" + wanted.type + "'");
      } else if (column->second.key_position != wanted.key_position) {
        report(table, name, "column_key", "has another place in the primary key");
      }
    }
  }
  return out;
}

}  // namespace quire::sqlite
