#include "fixture.hpp"

#include <quire/sqlite/migrate.hpp>
#include <quire/test/plan.hpp>

#include <set>

namespace quire::sqlite {
namespace {

const auto the_org = org_id{"acme"};

using names = std::set<std::string>;

const names metagraph_objects = {
    "table _quire_meta",
    "table graph_types",
    "table node_types",
    "table edge_types",
    "table graphs",
    "table nodes",
    "table edges",
    "index idx_graph_types_scope",
    "index idx_graphs_owner_id",
    "index idx_graphs_project_id",
    "index idx_graphs_owner_id_project_id",
    "index idx_graphs_graph_type_id_status",
    "index idx_nodes_graph_id_node_type",
    "index idx_edges_graph_id_source_node_key",
    "index idx_edges_graph_id_target_node_key",
    "index idx_edges_graph_id_edge_type",
    "index idx_edges_delegates",
    "index idx_edges_belongs_to",
    "index idx_edges_scopes",
};

const names identity_objects = {
    "table accounts",
    "table organizations",
    "table organization_members",
    "table api_keys",
    "table peer_credentials",
    "table audit_logs",
    "index idx_organizations_owner_id",
    "index idx_organization_members_account_id",
    "index idx_api_keys_enabled_expires_at",
    "index idx_api_keys_owner_id",
    "index idx_api_keys_rotated_to_id",
    "index idx_peer_credentials_owner_id",
    "index idx_peer_credentials_credential_type",
    "index idx_audit_logs_owner_id",
    "index idx_audit_logs_org_id",
    "index idx_audit_logs_action_created_at",
    "index idx_audit_logs_credential_type_credential_id",
    "trigger trg_audit_logs_append_only",
};

const names event_objects = {
    "table _honker_notifications",
    "table _honker_live",
    "table _honker_dead",
    "table _honker_locks",
    "table _honker_rate_limits",
    "table _honker_scheduler_tasks",
    "table _honker_results",
    "table _honker_stream",
    "table _honker_stream_consumers",
    "index _honker_notifications_recent",
    "index _honker_live_claim",
    "index _honker_live_pending_deadline",
    "index _honker_live_processing_deadline",
    "index _honker_stream_topic",
    "index _quire_live_ready",
    "index _quire_live_run_ms",
    "index _quire_live_claim_ms",
    "index _quire_live_expiry",
    "index _quire_live_dedupe",
    "index _quire_dead_queue",
    "index _quire_result_expiry",
    "table _quire_event_meta",
    "table _quire_queues",
    "table _quire_dedupe",
    "table _quire_streams",
    "table _quire_consumers",
    "table _quire_groups",
    "table _quire_group_pending",
    "table _quire_schedules",
    "table _quire_lock_fences",
    "table _quire_rate_slices",
};

names together(std::initializer_list<names> parts) {
  auto out = names{};
  for (const auto& part : parts) out.insert(part.begin(), part.end());
  return out;
}

/// What the file has, without what SQLite makes by itself.
names objects_of(connection& db) {
  const auto rows = rows_of(
      db,
      "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  return {rows.begin(), rows.end()};
}

std::string schema_of(connection& db) {
  return one_value(
      db, "SELECT group_concat(type || name || coalesce(sql, ''), ';') FROM sqlite_schema");
}

/// Tables as the original program makes them: no node_type and edge_type, not STRICT.
constexpr std::string_view original_common =
    "id TEXT PRIMARY KEY NOT NULL, metadata TEXT DEFAULT '{}', created_at INTEGER DEFAULT 0 NOT "
    "NULL, "
    "updated_at INTEGER DEFAULT 0 NOT NULL, ";

std::string original_sql(std::string_view more_of_edges) {
  const auto c = std::string{original_common};
  return "CREATE TABLE graph_types (" + c +
         "name TEXT NOT NULL UNIQUE, description TEXT DEFAULT '', config TEXT NOT NULL, version "
         "INTEGER DEFAULT 1 "
         "NOT NULL, scope TEXT DEFAULT 'system' NOT NULL);"
         "CREATE TABLE node_types (" +
         c +
         "graph_type_id TEXT NOT NULL REFERENCES graph_types(id) ON DELETE CASCADE, name TEXT NOT "
         "NULL, description "
         "TEXT DEFAULT '', schema TEXT NOT NULL);"
         "CREATE TABLE edge_types (" +
         c +
         "graph_type_id TEXT NOT NULL REFERENCES graph_types(id) ON DELETE CASCADE, name TEXT NOT "
         "NULL, description "
         "TEXT DEFAULT '', allowed_source_types TEXT DEFAULT '[]' NOT NULL, allowed_target_types "
         "TEXT DEFAULT '[]' "
         "NOT NULL, schema TEXT NOT NULL);"
         "CREATE TABLE graphs (" +
         c +
         "graph_type_id TEXT REFERENCES graph_types(id) ON DELETE SET NULL, name TEXT NOT NULL, "
         "description TEXT "
         "DEFAULT '', owner_id TEXT, project_id TEXT, status TEXT DEFAULT 'draft' NOT NULL);"
         "CREATE TABLE nodes (" +
         c +
         "graph_id TEXT NOT NULL REFERENCES graphs(id) ON DELETE CASCADE, key TEXT NOT NULL, "
         "attributes TEXT DEFAULT "
         "'{}' NOT NULL);"
         "CREATE UNIQUE INDEX nodes_graph_id_key_unique ON nodes (graph_id, key);"
         "CREATE TABLE edges (" +
         c +
         "graph_id TEXT NOT NULL REFERENCES graphs(id) ON DELETE CASCADE, key TEXT, "
         "source_node_key TEXT NOT NULL, "
         "target_node_key TEXT NOT NULL, attributes TEXT DEFAULT '{}' NOT NULL, undirected INTEGER "
         "DEFAULT false NOT "
         "NULL" +
         std::string{more_of_edges} +
         ", FOREIGN KEY (graph_id, source_node_key) REFERENCES nodes(graph_id, key) ON DELETE "
         "CASCADE, FOREIGN KEY "
         "(graph_id, target_node_key) REFERENCES nodes(graph_id, key) ON DELETE CASCADE);"
         "INSERT INTO graph_types (id, name, config) VALUES ('t', 'old', '{}');"
         "INSERT INTO edge_types (id, graph_type_id, name, schema) VALUES ('et', 't', 'calls', "
         "'{}');"
         "INSERT INTO graphs (id, graph_type_id, name) VALUES ('g', 't', 'old');"
         "INSERT INTO nodes (id, graph_id, key, attributes) VALUES ('1', 'g', 'a', '{\"x\":1}'), "
         "('2', 'g', 'b', '{}');"
         "INSERT INTO edges (id, graph_id, source_node_key, target_node_key) VALUES ('e', 'g', "
         "'a', 'b');";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(migrations, one_file)

BOOST_AUTO_TEST_CASE(make_exactly_the_objects_of_a_tenant_file) {
  const auto done = migrate(db, file_kind::tenant, the_org).value();
  BOOST_TEST(done.from_version == 0);
  BOOST_TEST(done.to_version == current_schema_version());
  BOOST_TEST(!done.adopted);
  BOOST_TEST(!done.edges_have_type_id);
  BOOST_TEST(objects_of(db) == together({metagraph_objects, event_objects}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(make_exactly_the_objects_of_the_system_file) {
  migrate(db, file_kind::system, org_id{}).value();
  BOOST_TEST(
      objects_of(db) ==
          together({metagraph_objects, identity_objects, event_objects, {"table _quire_wakes"}}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(change_nothing_the_second_time) {
  migrate(db, file_kind::system, org_id{}).value();
  const auto before = schema_of(db);
  auto other = open(open_mode::read_write);
  const auto version = other.data_version().value();
  const auto done = migrate(db, file_kind::system, org_id{}).value();
  BOOST_TEST(done.from_version == current_schema_version());
  BOOST_TEST(schema_of(db) == before);
  BOOST_TEST(other.data_version().value() == version);
}

BOOST_AUTO_TEST_CASE(run_every_step_twice_without_change) {
  migrate(db, file_kind::system, org_id{}).value();
  const auto before = schema_of(db);
  run("DELETE FROM _quire_meta WHERE key = 'schema_version'");
  migrate(db, file_kind::system, org_id{}).value();
  BOOST_TEST(schema_of(db) == before);
}

BOOST_AUTO_TEST_CASE(make_strict_tables_but_for_the_shared_ones) {
  migrate(db, file_kind::system, org_id{}).value();
  const auto loose =
      rows_of(db,
              "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict "
              "AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_honker%' ESCAPE '\\'");
  BOOST_TEST(loose.empty());
  const auto shared = rows_of(
      db, "SELECT name FROM pragma_table_list WHERE strict AND name LIKE '\\_honker%' ESCAPE '\\'");
  BOOST_TEST(shared.empty());
}

BOOST_AUTO_TEST_CASE(write_down_what_the_file_is) {
  migrate(db, file_kind::tenant, the_org).value();
  BOOST_TEST(
      rows_of(db, "SELECT key, value FROM _quire_meta ORDER BY key") ==
          (std::vector<std::string>{"file_kind|tenant", "org_id|acme",
                                    "schema_version|" + std::to_string(current_schema_version())}),
      boost::test_tools::per_element());
  BOOST_TEST(one_value(db, "PRAGMA user_version") == "0");
  BOOST_TEST(one_value(db, "PRAGMA application_id") == "0");
}

BOOST_AUTO_TEST_CASE(refuse_a_newer_file) {
  migrate(db, file_kind::tenant, the_org).value();
  run("UPDATE _quire_meta SET value = '999' WHERE key = 'schema_version'");
  const auto done = migrate(db, file_kind::tenant, the_org);
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::schema_too_new);
}

BOOST_AUTO_TEST_CASE(refuse_a_file_of_another_organization_or_kind) {
  migrate(db, file_kind::tenant, the_org).value();
  for (const auto& done : {migrate(db, file_kind::tenant, org_id{"other"}),
                           migrate(db, file_kind::system, org_id{})}) {
    BOOST_REQUIRE(!done);
    BOOST_TEST(done.error().code == errc::schema_mismatch);
  }
  BOOST_TEST(objects_of(db) == together({metagraph_objects, event_objects}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuse_a_version_that_is_no_number) {
  migrate(db, file_kind::tenant, the_org).value();
  for (const auto* version : {"", "x", "1x", "-1", "99999999999999999999"}) {
    run("UPDATE _quire_meta SET value = '" + std::string{version} +
        "' WHERE key = 'schema_version'");
    const auto done = migrate(db, file_kind::tenant, the_org);
    BOOST_REQUIRE_MESSAGE(!done, version);
    BOOST_TEST(done.error().code == errc::schema_mismatch);
  }
}

BOOST_AUTO_TEST_CASE(name_each_column_that_lacks_or_differs) {
  run("CREATE TABLE nodes (id TEXT NOT NULL PRIMARY KEY, metadata TEXT, created_at TEXT, "
      "updated_at INTEGER, "
      "graph_id TEXT, attributes TEXT)");
  const auto done = migrate(db, file_kind::tenant, the_org);
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::schema_mismatch);
  auto found = std::set<std::string>{};
  for (const auto& detail : done.error().details) found.insert(detail.code + " " + detail.pointer);
  BOOST_TEST(found == (names{"column_kind /nodes/created_at", "column_missing /nodes/key"}),
             boost::test_tools::per_element());
  BOOST_TEST(objects_of(db) == names{"table nodes"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuse_a_view_in_the_place_of_a_table) {
  run("CREATE VIEW graphs AS SELECT 1 AS id");
  const auto done = migrate(db, file_kind::tenant, the_org);
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::schema_mismatch);
}

BOOST_AUTO_TEST_CASE(refuse_an_event_table_of_another_layout) {
  run("CREATE TABLE _honker_locks (name TEXT, owner TEXT PRIMARY KEY, expires_at INTEGER)");
  const auto done = migrate(db, file_kind::tenant, the_org);
  BOOST_REQUIRE(!done);
  BOOST_TEST(done.error().code == errc::layout_mismatch);
}

BOOST_AUTO_TEST_CASE(add_what_an_older_event_layout_lacks) {
  run("CREATE TABLE _honker_scheduler_tasks (name TEXT PRIMARY KEY, queue TEXT NOT NULL, cron_expr "
      "TEXT NOT NULL, "
      "payload TEXT NOT NULL, priority INTEGER NOT NULL DEFAULT 0, expires_s INTEGER, next_fire_at "
      "INTEGER NOT NULL);"
      "INSERT INTO _honker_scheduler_tasks VALUES ('n', 'q', '* * * * *', '1', 0, NULL, 5)");
  migrate(db, file_kind::tenant, the_org).value();
  BOOST_TEST(one_value(db, "SELECT enabled, max_attempts FROM _honker_scheduler_tasks") == "1|3");
}

BOOST_AUTO_TEST_CASE(make_anew_what_was_dropped) {
  migrate(db, file_kind::tenant, the_org).value();
  run("DROP TABLE _quire_queues; DROP INDEX _quire_live_dedupe; ALTER TABLE _honker_live DROP "
      "COLUMN _quire_dedupe;"
      "DROP INDEX idx_graphs_owner_id");
  migrate(db, file_kind::tenant, the_org).value();
  BOOST_TEST(objects_of(db) == together({metagraph_objects, event_objects}),
             boost::test_tools::per_element());
  BOOST_TEST(
      one_value(
          db,
          "SELECT count(*) FROM pragma_table_info('_honker_live') WHERE name = '_quire_dedupe'") ==
      "1");
}

BOOST_AUTO_TEST_CASE(leave_unknown_objects_alone) {
  run("CREATE TABLE theirs (x); CREATE VIEW _honker_jobs AS SELECT 1");
  migrate(db, file_kind::tenant, the_org).value();
  BOOST_TEST(
      one_value(db,
                "SELECT count(*) FROM sqlite_schema WHERE name IN ('theirs', '_honker_jobs')") ==
      "2");
}

BOOST_AUTO_TEST_CASE(adopt_a_file_of_the_original) {
  run(original_sql(""));
  const auto done = migrate(db, file_kind::tenant, the_org).value();
  BOOST_TEST(done.adopted);
  BOOST_TEST(!done.edges_have_type_id);
  BOOST_TEST(
      rows_of(db, "SELECT key, attributes, coalesce(node_type, 'NULL') FROM nodes ORDER BY key") ==
          (std::vector<std::string>{"a|{\"x\":1}|NULL", "b|{}|NULL"}),
      boost::test_tools::per_element());
  BOOST_TEST(one_value(db, "SELECT count(*) FROM edges WHERE edge_type IS NULL") == "1");
  const auto all = objects_of(db);
  for (const auto& wanted : together({metagraph_objects, event_objects}))
    BOOST_TEST(all.contains(wanted), wanted);
  BOOST_TEST(migrate(db, file_kind::tenant, the_org)->from_version == current_schema_version());
}

BOOST_AUTO_TEST_CASE(take_the_types_of_edges_over_from_their_ids) {
  run(original_sql(", edge_type_id TEXT"));
  run("UPDATE edges SET edge_type_id = 'et'; INSERT INTO edges (id, graph_id, source_node_key, "
      "target_node_key, "
      "edge_type_id) VALUES ('dangling', 'g', 'a', 'b', 'none'), ('none', 'g', 'a', 'b', NULL)");
  const auto done = migrate(db, file_kind::tenant, the_org).value();
  BOOST_TEST(done.edges_have_type_id);
  BOOST_TEST(rows_of(db, "SELECT id, coalesce(edge_type, 'NULL') FROM edges ORDER BY id") ==
                 (std::vector<std::string>{"dangling|NULL", "e|calls", "none|NULL"}),
             boost::test_tools::per_element());
  BOOST_TEST(migrate(db, file_kind::tenant, the_org)->edges_have_type_id);
}

BOOST_AUTO_TEST_CASE(give_every_foreign_key_an_index) {
  migrate(db, file_kind::system, org_id{}).value();
  const auto statements = std::vector<test::planned_statement>{
      {"types of a graph type", "SELECT id FROM node_types WHERE graph_type_id = ?"},
      {"edge types of a graph type", "SELECT id FROM edge_types WHERE graph_type_id = ?"},
      {"graphs of a type", "SELECT id FROM graphs WHERE graph_type_id = ?"},
      {"nodes of a graph", "SELECT id FROM nodes WHERE graph_id = ?"},
      {"edges from a node", "SELECT id FROM edges WHERE graph_id = ? AND source_node_key = ?"},
      {"edges to a node", "SELECT id FROM edges WHERE graph_id = ? AND target_node_key = ?"},
      {"organizations of an owner", "SELECT id FROM organizations WHERE owner_id = ?"},
      {"members of an organization", "SELECT id FROM organization_members WHERE org_id = ?"},
      {"memberships of an account", "SELECT id FROM organization_members WHERE account_id = ?"},
      {"keys of an account", "SELECT id FROM api_keys WHERE owner_id = ?"},
      {"keys before a key", "SELECT id FROM api_keys WHERE rotated_to_id = ?"},
      {"peers of an account", "SELECT id FROM peer_credentials WHERE owner_id = ?"},
      {"audit of an account", "SELECT id FROM audit_logs WHERE owner_id = ?"},
      {"audit of an organization", "SELECT id FROM audit_logs WHERE org_id = ?"},
      {"all graphs", "SELECT * FROM graphs", "the control: this one scans"},
  };
  test::check_plans(db, statements);
}

BOOST_AUTO_TEST_CASE(plans_that_scan_are_found) {
  migrate(db, file_kind::system, org_id{}).value();
  const auto statements = std::vector<test::planned_statement>{
      {"by attributes", "SELECT id FROM nodes WHERE attributes = ?"},
      {"by id", "SELECT key FROM nodes WHERE id = ?", "none"}};
  BOOST_TEST(test::plan_findings(db, statements).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(delete_rules, system_file)

BOOST_AUTO_TEST_CASE(keep_an_account_that_owns_an_organization_or_acted) {
  BOOST_TEST(failure_of("DELETE FROM accounts WHERE id = 'a1'").code ==
             errc::foreign_key_violation);
  run("DELETE FROM organizations");
  BOOST_TEST(failure_of("DELETE FROM accounts WHERE id = 'a1'").code ==
             errc::foreign_key_violation);
}

BOOST_AUTO_TEST_CASE(take_credentials_and_memberships_with_an_account) {
  run("DELETE FROM accounts WHERE id = 'a2'");
  BOOST_TEST(one_value(db, "SELECT count(*) FROM organization_members") == "0");
  BOOST_TEST(one_value(db, "SELECT count(*) FROM peer_credentials") == "0");
  BOOST_TEST(one_value(db, "SELECT id, rotated_to_id IS NULL FROM api_keys") == "k1|1");
}

BOOST_AUTO_TEST_CASE(keep_the_audit_of_a_deleted_organization) {
  run("DELETE FROM organizations WHERE id = 'o1'");
  BOOST_TEST(one_value(db, "SELECT org_id IS NULL FROM audit_logs") == "1");
  BOOST_TEST(one_value(db, "SELECT count(*) FROM organization_members") == "0");
}

BOOST_AUTO_TEST_CASE(untype_graphs_and_remove_types_with_their_graph_type) {
  run("DELETE FROM graph_types");
  BOOST_TEST(one_value(db, "SELECT count(*) FROM graphs WHERE graph_type_id IS NULL") == "2");
  BOOST_TEST(
      one_value(db,
                "SELECT (SELECT count(*) FROM node_types) + (SELECT count(*) FROM edge_types)") ==
      "0");
}

BOOST_AUTO_TEST_CASE(remove_nodes_and_edges_with_their_graph) {
  run("DELETE FROM graphs WHERE id = 'g1'");
  BOOST_TEST(rows_of(db, "SELECT id FROM nodes") == std::vector<std::string>{"n3"});
  BOOST_TEST(one_value(db, "SELECT count(*) FROM edges") == "0");
}

BOOST_AUTO_TEST_CASE(remove_edges_with_either_end) {
  run("INSERT INTO edges (id, graph_id, source_node_key, target_node_key) VALUES ('e2', 'g1', 'b', "
      "'a')");
  run("DELETE FROM nodes WHERE id = 'n1'");
  BOOST_TEST(one_value(db, "SELECT count(*) FROM edges") == "0");
}

BOOST_AUTO_TEST_CASE(never_join_nodes_of_two_graphs) {
  BOOST_TEST(failure_of("INSERT INTO edges (id, graph_id, source_node_key, target_node_key) VALUES "
                        "('x', 'g1', 'a', 'c')")
                 .code == errc::foreign_key_violation);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::sqlite
