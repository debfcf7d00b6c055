#include "layout.hpp"

#include <quire/sqlite/migrate.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/sqlite/transaction.hpp>

#include <charconv>
#include <optional>
#include <string>

namespace quire::sqlite {
namespace {

struct meta {
  std::int64_t version = 0;
  std::optional<std::string> kind;
  std::optional<std::string> org;
};

std::string_view name_of(file_kind kind) { return kind == file_kind::system ? "system" : "tenant"; }

result<meta> read_meta(connection& db) {
  auto rows = db.prepare("read the schema version",
                         "SELECT key, value FROM _quire_meta "
                         "WHERE key IN ('schema_version', 'file_kind', 'org_id')");
  if (!rows) return rows.error();
  auto out = meta{};
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return out;
    const auto key = rows->text(0);
    const auto value = rows->text(1);
    if (key == "file_kind") out.kind = value;
    if (key == "org_id") out.org = value;
    if (key != "schema_version") continue;
    const auto* end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, out.version);
    if (parsed.ec != std::errc{} || parsed.ptr != end || out.version < 0) {
      return fail(errc::schema_mismatch,
                  "read the schema version: '" + printable(value) + "' is no number");
    }
  }
}

/// An empty meta when the file has no such table yet.
result<meta> read_meta(connection& db, const layout& actual) {
  const auto table = actual.tables.find("_quire_meta");
  if (table == actual.tables.end()) return meta{};
  if (!table->second.contains("key") || !table->second.contains("value")) {
    return fail(errc::schema_mismatch, "read the schema version: _quire_meta has other columns");
  }
  return read_meta(db);
}

result<void> check_meta(const meta& m, file_kind kind, const org_id& org) {
  if (m.version > current_schema_version()) {
    return fail(errc::schema_too_new, "the file has schema version " + std::to_string(m.version) +
                                          ", this release knows " +
                                          std::to_string(current_schema_version()) +
                                          "; use a newer release");
  }
  if (m.kind && *m.kind != name_of(kind)) {
    return fail(errc::schema_mismatch, "the file is a '" + printable(*m.kind) +
                                           "' file and not a '" + std::string{name_of(kind)} +
                                           "' file");
  }
  if (m.org && *m.org != org.get()) {
    return fail(errc::schema_mismatch, "the file belongs to organization '" + printable(*m.org) +
                                           "' and not to '" + printable(org.get()) + "'");
  }
  return {};
}

result<void> check_layout(const difference& found) {
  if (!found.tables.empty()) {
    return fail(errc::schema_mismatch, "the tables are not ours", found.tables);
  }
  if (!found.events.empty()) {
    return fail(errc::layout_mismatch, "the event tables have another layout", found.events);
  }
  return {};
}

result<void> write_meta(connection& db, std::string_view key, std::string_view value) {
  auto row = db.prepare("write the schema version",
                        "INSERT INTO _quire_meta (key, value) VALUES (?, ?) "
                        "ON CONFLICT (key) DO UPDATE SET value = excluded.value "
                        "WHERE value <> excluded.value");
  if (!row) return row.error();
  row->bind_view(1, key);
  row->bind_view(2, value);
  return row->run();
}

result<void> write_identity(connection& db, file_kind kind, const org_id& org) {
  if (auto ok = write_meta(db, "file_kind", name_of(kind)); !ok) return ok;
  return kind == file_kind::tenant ? write_meta(db, "org_id", org.get()) : result<void>{};
}

/// Takes the names of edge types over from the ids that some versions of the original wrote
/// instead.
result<void> fill_edge_types(connection& db) {
  return db.execute(
      "UPDATE edges SET edge_type = (SELECT t.name FROM edge_types t WHERE t.id = "
      "edges.edge_type_id) "
      "WHERE edge_type IS NULL AND edge_type_id IS NOT NULL");
}

bool edges_have_type_id(const layout& l) {
  const auto edges = l.tables.find("edges");
  return edges != l.tables.end() && edges->second.contains("edge_type_id");
}

bool is_original(const layout& l) {
  return l.tables.contains("graphs") || l.tables.contains("accounts");
}

class migration {
 public:
  migration(connection& db, file_kind kind, const org_id& org, const layout& actual)
      : db_(db), kind_(kind), org_(org), fill_(edges_have_type_id(actual)) {}

  /// Runs what the file lacks. A file without a version gets all steps in one commit, because it is
  /// either new or as good as new; a file with one gets a commit per step.
  result<void> run(std::int64_t from) {
    auto open = std::optional<transaction>{};
    for (const auto& s : steps()) {
      if (s.number <= from) continue;
      if (!open) {
        if (auto ok = begin(open); !ok) return ok;
      }
      if (auto ok = one(s); !ok) return ok;
      if (from == 0) continue;
      if (auto ok = open->commit(); !ok) return ok;
      open.reset();
    }
    return open ? open->commit() : result<void>{};
  }

  /// Makes anew what somebody dropped from a current file.
  result<void> repair() {
    auto open = std::optional<transaction>{};
    if (auto ok = begin(open); !ok) return ok;
    for (const auto& s : steps()) {
      if (!applies(s, kind_)) continue;
      if (auto ok = apply(db_, s); !ok) return ok;
    }
    return open->commit();
  }

 private:
  result<void> begin(std::optional<transaction>& open) {
    auto begun = transaction::begin_immediate(db_);
    if (!begun) return begun.error();
    open.emplace(std::move(*begun));
    return {};
  }

  result<void> one(const step& s) {
    if (s.number > 1) {
      // Another process may have come first while this one waited for the lock.
      auto now = read_meta(db_);
      if (!now) return now.error();
      if (now->version >= s.number) return {};
    }
    if (applies(s, kind_)) {
      if (auto ok = apply(db_, s); !ok) return ok;
    }
    if (s.number == 1) {
      auto now = read_meta(db_);
      if (!now) return now.error();
      if (auto ok = check_meta(*now, kind_, org_); !ok) return ok;
      if (now->version >= s.number) return {};
      if (auto ok = write_identity(db_, kind_, org_); !ok) return ok;
      if (fill_) {
        if (auto ok = fill_edge_types(db_); !ok) return ok;
      }
    }
    return write_meta(db_, "schema_version", std::to_string(s.number));
  }

  connection& db_;
  file_kind kind_;
  const org_id& org_;
  bool fill_;
};

}  // namespace

std::int64_t current_schema_version() noexcept { return steps().back().number; }

result<file_layout> migrate(connection& db, file_kind kind, const org_id& org) {
  const auto expected = expected_layout(kind);
  if (!expected) return expected.error();
  const auto actual = read_layout(db);
  if (!actual) return actual.error();
  const auto before = read_meta(db, *actual);
  if (!before) return before.error();
  if (auto ok = check_meta(*before, kind, org); !ok) return ok.error();
  const auto found = compare(*actual, **expected);
  if (auto ok = check_layout(found); !ok) return ok.error();

  auto work = migration{db, kind, org, *actual};
  if (before->version < current_schema_version()) {
    if (auto ok = work.run(before->version); !ok) return ok.error();
  } else if (!found.complete) {
    if (auto ok = work.repair(); !ok) return ok.error();
  }
  return file_layout{.from_version = before->version,
                     .to_version = current_schema_version(),
                     .adopted = before->version == 0 && is_original(*actual),
                     .edges_have_type_id = edges_have_type_id(*actual)};
}

}  // namespace quire::sqlite
