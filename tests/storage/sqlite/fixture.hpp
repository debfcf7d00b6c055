#pragma once

#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/migrate.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/sqlite/transaction.hpp>
#include <quire/test/scratch.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace quire::sqlite {

/// A folder with one file in it, open for writing.
struct one_file {
  test::scratch_folder folder;
  std::filesystem::path file = folder / "some.db";
  connection db = open(open_mode::create);

  [[nodiscard]] connection open(open_mode mode, durability sync = durability::full) const {
    return connection::open(file, {.mode = mode, .sync = sync}).value();
  }
  void run(std::string_view sql) { db.execute(sql).value(); }
  /// The code of the failure of `sql`; `errc::none` when it succeeds.
  [[nodiscard]] error failure_of(std::string_view sql) {
    auto done = db.execute(sql);
    return done ? error{} : done.error();
  }
};

/// The first column of all rows, as text; columns of one row joined by '|'.
inline std::vector<std::string> rows_of(connection& db, std::string_view sql) {
  auto rows = db.prepare("test", sql).value();
  auto out = std::vector<std::string>{};
  while (rows.step().value()) {
    auto line = std::string{rows.text(0)};
    for (int i = 1; i < rows.columns(); ++i) line.append("|").append(rows.text(i));
    out.push_back(std::move(line));
  }
  return out;
}

inline std::string one_value(connection& db, std::string_view sql) {
  const auto rows = rows_of(db, sql);
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  return rows.front();
}

/// A migrated system file with one account, organization, audit row, graph type, graph, two nodes
/// and an edge.
struct system_file : one_file {
  system_file() {
    migrate(db, file_kind::system, org_id{}).value();
    run("INSERT INTO accounts (id, email) VALUES ('a1', 'a1@example.org'), ('a2', "
        "'a2@example.org');"
        "INSERT INTO organizations (id, name, slug, owner_id) VALUES ('o1', 'One', 'one', 'a1');"
        "INSERT INTO organization_members (id, org_id, account_id) VALUES ('m1', 'o1', 'a2');"
        "INSERT INTO api_keys (id, owner_id, key_hash) VALUES ('k2', 'a2', 'h2');"
        "INSERT INTO api_keys (id, owner_id, key_hash, rotated_to_id) VALUES ('k1', 'a1', 'h1', "
        "'k2');"
        "INSERT INTO peer_credentials (id, owner_id, credential_type, fingerprint, "
        "public_key_data) "
        "VALUES ('p1', 'a2', 'ssh_key', 'f1', 'd1');"
        "INSERT INTO audit_logs (id, action, owner_id, org_id) VALUES ('l1', 'x', 'a1', 'o1');"
        "INSERT INTO graph_types (id, name, config) VALUES ('t1', 'type', '{}');"
        "INSERT INTO node_types (id, graph_type_id, name, schema) VALUES ('nt', 't1', 'n', '{}');"
        "INSERT INTO edge_types (id, graph_type_id, name, schema) VALUES ('et', 't1', 'e', '{}');"
        "INSERT INTO graphs (id, graph_type_id, name) VALUES ('g1', 't1', 'graph'), ('g2', 't1', "
        "'other');"
        "INSERT INTO nodes (id, graph_id, key) VALUES ('n1', 'g1', 'a'), ('n2', 'g1', 'b'), ('n3', "
        "'g2', 'c');"
        "INSERT INTO edges (id, graph_id, key, source_node_key, target_node_key) "
        "VALUES ('e1', 'g1', 'ab', 'a', 'b');");
  }
};

}  // namespace quire::sqlite
