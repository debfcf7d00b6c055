#include "floor.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- SQL: the tenant file of storage/sqlite/sql, the pragmas of its connections, the statements
 * of its writers ---- */

/* clang-format off */
static const char* const ddl[] = {
    "CREATE TABLE IF NOT EXISTS _quire_meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;",
    "CREATE TABLE IF NOT EXISTS graph_types (\n"
    "  id TEXT NOT NULL PRIMARY KEY,\n"
    "  metadata TEXT DEFAULT '{}',\n"
    "  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  name TEXT NOT NULL UNIQUE, description TEXT DEFAULT '', config TEXT NOT NULL,\n"
    "  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),\n"
    "  scope TEXT NOT NULL DEFAULT 'system' CHECK (scope IN ('system','tenant','user'))\n"
    ") STRICT;",
    "CREATE TABLE IF NOT EXISTS node_types (\n"
    "  id TEXT NOT NULL PRIMARY KEY,\n"
    "  metadata TEXT DEFAULT '{}',\n"
    "  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  graph_type_id TEXT NOT NULL REFERENCES graph_types(id) ON DELETE CASCADE,\n"
    "  name TEXT NOT NULL, description TEXT DEFAULT '', schema TEXT NOT NULL, UNIQUE (graph_type_id, name)\n"
    ") STRICT;",
    "CREATE TABLE IF NOT EXISTS edge_types (\n"
    "  id TEXT NOT NULL PRIMARY KEY,\n"
    "  metadata TEXT DEFAULT '{}',\n"
    "  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  graph_type_id TEXT NOT NULL REFERENCES graph_types(id) ON DELETE CASCADE,\n"
    "  name TEXT NOT NULL, description TEXT DEFAULT '', allowed_source_types TEXT NOT NULL DEFAULT '[]',\n"
    "  allowed_target_types TEXT NOT NULL DEFAULT '[]', schema TEXT NOT NULL, UNIQUE (graph_type_id, name)\n"
    ") STRICT;",
    "CREATE TABLE IF NOT EXISTS graphs (\n"
    "  id TEXT NOT NULL PRIMARY KEY,\n"
    "  metadata TEXT DEFAULT '{}',\n"
    "  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  graph_type_id TEXT REFERENCES graph_types(id) ON DELETE SET NULL,\n"
    "  name TEXT NOT NULL, description TEXT DEFAULT '', owner_id TEXT, project_id TEXT,\n"
    "  status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('active','archived','draft'))\n"
    ") STRICT;",
    "CREATE TABLE IF NOT EXISTS nodes (\n"
    "  id TEXT NOT NULL PRIMARY KEY,\n"
    "  metadata TEXT DEFAULT '{}',\n"
    "  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  graph_id TEXT NOT NULL REFERENCES graphs(id) ON DELETE CASCADE,\n"
    "  key TEXT NOT NULL, attributes TEXT NOT NULL DEFAULT '{}', node_type TEXT, UNIQUE (graph_id, key)\n"
    ") STRICT;",
    "CREATE TABLE IF NOT EXISTS edges (\n"
    "  id TEXT NOT NULL PRIMARY KEY,\n"
    "  metadata TEXT DEFAULT '{}',\n"
    "  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),\n"
    "  graph_id TEXT NOT NULL REFERENCES graphs(id) ON DELETE CASCADE,\n"
    "  key TEXT, source_node_key TEXT NOT NULL, target_node_key TEXT NOT NULL,\n"
    "  attributes TEXT NOT NULL DEFAULT '{}', undirected INTEGER NOT NULL DEFAULT 0 CHECK (undirected IN (0,1)),\n"
    "  edge_type TEXT, UNIQUE (graph_id, key),\n"
    "  FOREIGN KEY (graph_id, source_node_key) REFERENCES nodes(graph_id, key) ON DELETE CASCADE,\n"
    "  FOREIGN KEY (graph_id, target_node_key) REFERENCES nodes(graph_id, key) ON DELETE CASCADE\n"
    ") STRICT;",
    "CREATE INDEX IF NOT EXISTS idx_graph_types_scope ON graph_types(scope);",
    "CREATE INDEX IF NOT EXISTS idx_graphs_owner_id ON graphs(owner_id);",
    "CREATE INDEX IF NOT EXISTS idx_graphs_project_id ON graphs(project_id);",
    "CREATE INDEX IF NOT EXISTS idx_graphs_owner_id_project_id ON graphs(owner_id, project_id);",
    "CREATE INDEX IF NOT EXISTS idx_graphs_graph_type_id_status ON graphs(graph_type_id, status);",
    "CREATE INDEX IF NOT EXISTS idx_nodes_graph_id_node_type ON nodes(graph_id, node_type);",
    "CREATE INDEX IF NOT EXISTS idx_edges_graph_id_source_node_key ON edges(graph_id, source_node_key);",
    "CREATE INDEX IF NOT EXISTS idx_edges_graph_id_target_node_key ON edges(graph_id, target_node_key);",
    "CREATE INDEX IF NOT EXISTS idx_edges_graph_id_edge_type ON edges(graph_id, edge_type);",
    "CREATE INDEX IF NOT EXISTS idx_edges_delegates ON edges(graph_id, target_node_key, source_node_key) WHERE edge_type = 'delegates';",
    "CREATE INDEX IF NOT EXISTS idx_edges_belongs_to ON edges(graph_id, source_node_key, target_node_key) WHERE edge_type = 'belongs_to';",
    "CREATE INDEX IF NOT EXISTS idx_edges_scopes ON edges(graph_id, source_node_key, target_node_key) WHERE edge_type = 'scopes';",
    "CREATE TABLE IF NOT EXISTS _honker_notifications (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, payload TEXT NOT NULL, created_at INTEGER NOT NULL DEFAULT (unixepoch()));",
    "CREATE INDEX IF NOT EXISTS _honker_notifications_recent ON _honker_notifications(channel, id);",
    "CREATE TABLE IF NOT EXISTS _honker_live (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending',\n"
    "  priority INTEGER NOT NULL DEFAULT 0, run_at INTEGER NOT NULL DEFAULT (unixepoch()), worker_id TEXT, claim_expires_at INTEGER, attempts INTEGER NOT NULL\n"
    "  DEFAULT 0, max_attempts INTEGER NOT NULL DEFAULT 3, created_at INTEGER NOT NULL DEFAULT (unixepoch()), expires_at INTEGER);",
    "CREATE INDEX IF NOT EXISTS _honker_live_claim ON _honker_live(queue, priority DESC, run_at, id) WHERE state IN ('pending', 'processing');",
    "CREATE INDEX IF NOT EXISTS _honker_live_pending_deadline ON _honker_live(queue, run_at) WHERE state = 'pending';",
    "CREATE INDEX IF NOT EXISTS _honker_live_processing_deadline ON _honker_live(queue, claim_expires_at) WHERE state = 'processing';",
    "CREATE TABLE IF NOT EXISTS _honker_dead (\n"
    "  id INTEGER PRIMARY KEY, queue TEXT NOT NULL, payload TEXT NOT NULL, priority INTEGER NOT NULL DEFAULT 0, run_at INTEGER NOT NULL DEFAULT 0,\n"
    "  attempts INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL DEFAULT 0, last_error TEXT,\n"
    "  created_at INTEGER NOT NULL DEFAULT (unixepoch()), died_at INTEGER NOT NULL DEFAULT (unixepoch()));",
    "CREATE TABLE IF NOT EXISTS _honker_locks (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at INTEGER NOT NULL);",
    "CREATE TABLE IF NOT EXISTS _honker_rate_limits (\n"
    "  name TEXT NOT NULL, window_start INTEGER NOT NULL, count INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (name, window_start));",
    "CREATE TABLE IF NOT EXISTS _honker_scheduler_tasks (\n"
    "  name TEXT PRIMARY KEY, queue TEXT NOT NULL, cron_expr TEXT NOT NULL, payload TEXT NOT NULL, priority INTEGER NOT NULL DEFAULT 0,\n"
    "  expires_s INTEGER, next_fire_at INTEGER NOT NULL, enabled INTEGER NOT NULL DEFAULT 1, max_attempts INTEGER NOT NULL DEFAULT 3);",
    "CREATE TABLE IF NOT EXISTS _honker_results (\n"
    "  job_id INTEGER PRIMARY KEY, value TEXT, created_at INTEGER NOT NULL DEFAULT (unixepoch()), expires_at INTEGER);",
    "CREATE TABLE IF NOT EXISTS _honker_stream (\n"
    "  offset INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key TEXT, payload TEXT NOT NULL, created_at INTEGER NOT NULL DEFAULT (unixepoch()));",
    "CREATE INDEX IF NOT EXISTS _honker_stream_topic ON _honker_stream(topic, offset);",
    "CREATE TABLE IF NOT EXISTS _honker_stream_consumers (\n"
    "  name TEXT NOT NULL, topic TEXT NOT NULL, offset INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (name, topic));",
    "ALTER TABLE _honker_live ADD COLUMN _quire_run_ms INTEGER;",
    "ALTER TABLE _honker_live ADD COLUMN _quire_claim_ms INTEGER;",
    "ALTER TABLE _honker_live ADD COLUMN _quire_claim_no INTEGER;",
    "ALTER TABLE _honker_live ADD COLUMN _quire_dedupe TEXT;",
    "ALTER TABLE _honker_live ADD COLUMN _quire_headers TEXT;",
    "ALTER TABLE _honker_live ADD COLUMN _quire_backoff TEXT;",
    "ALTER TABLE _honker_dead ADD COLUMN _quire_headers TEXT;",
    "CREATE INDEX IF NOT EXISTS _quire_live_ready    ON _honker_live(queue, priority DESC, run_at, id) WHERE state = 'pending';",
    "CREATE INDEX IF NOT EXISTS _quire_live_run_ms   ON _honker_live(queue, _quire_run_ms) WHERE state = 'pending' AND _quire_run_ms IS NOT NULL;",
    "CREATE INDEX IF NOT EXISTS _quire_live_claim_ms ON _honker_live(queue, _quire_claim_ms) WHERE state = 'processing' AND _quire_claim_ms IS NOT NULL;",
    "CREATE INDEX IF NOT EXISTS _quire_live_expiry   ON _honker_live(queue, expires_at) WHERE expires_at IS NOT NULL;",
    "CREATE UNIQUE INDEX IF NOT EXISTS _quire_live_dedupe   ON _honker_live(queue, _quire_dedupe) WHERE _quire_dedupe IS NOT NULL;",
    "CREATE INDEX IF NOT EXISTS _quire_dead_queue    ON _honker_dead(queue, id);",
    "CREATE INDEX IF NOT EXISTS _quire_result_expiry ON _honker_results(expires_at) WHERE expires_at IS NOT NULL;",
    "CREATE TABLE IF NOT EXISTS _quire_event_meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;",
    "CREATE TABLE IF NOT EXISTS _quire_queues (name TEXT NOT NULL PRIMARY KEY, options TEXT NOT NULL, paused INTEGER NOT NULL DEFAULT 0) STRICT;",
    "CREATE TABLE IF NOT EXISTS _quire_dedupe (queue TEXT NOT NULL, key TEXT NOT NULL, job_id INTEGER NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY (queue, key)) STRICT;",
    "CREATE TABLE IF NOT EXISTS _quire_streams (topic TEXT NOT NULL PRIMARY KEY, policy TEXT, trimmed_to INTEGER NOT NULL DEFAULT 0) STRICT;",
    "CREATE TABLE IF NOT EXISTS _quire_consumers (name TEXT NOT NULL, topics TEXT NOT NULL, offset INTEGER, saved_at_ms INTEGER NOT NULL, PRIMARY KEY (name, topics)) STRICT;",
    "CREATE TABLE IF NOT EXISTS _quire_groups (topic TEXT NOT NULL, name TEXT NOT NULL, cursor INTEGER NOT NULL, options TEXT NOT NULL, PRIMARY KEY (topic, name)) STRICT;",
    "CREATE TABLE IF NOT EXISTS _quire_group_pending (topic TEXT NOT NULL, name TEXT NOT NULL, offset INTEGER NOT NULL, member TEXT, deliveries INTEGER NOT NULL,\n"
    "  deadline_ms INTEGER, state TEXT NOT NULL CHECK (state IN ('held','delivered','parked')), PRIMARY KEY (topic, name, offset)) STRICT;",
    "CREATE TABLE IF NOT EXISTS _quire_schedules (name TEXT NOT NULL PRIMARY KEY, expr TEXT NOT NULL, options TEXT NOT NULL, compiled TEXT NOT NULL,\n"
    "  armed_at INTEGER NOT NULL, exact_ms INTEGER NOT NULL, runs INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0) STRICT;",
    "CREATE TABLE IF NOT EXISTS _quire_lock_fences (name TEXT NOT NULL PRIMARY KEY, token INTEGER NOT NULL, owner TEXT) STRICT;",
    "CREATE TABLE IF NOT EXISTS _quire_rate_slices (name TEXT NOT NULL, slice_ms INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (name, slice_ms)) STRICT;",
};
/* clang-format on */

static const char* const pragmas =
    "PRAGMA foreign_keys=ON;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA cache_size=-32000;"
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA wal_autocheckpoint=10000;";

static const char* const insert_graph_type =
    "INSERT INTO graph_types (id, name, config) VALUES ('0190a000-0000-7000-8000-000000000000', "
    "'bench', '{}')";
static const char* const insert_graph =
    "INSERT INTO graphs (id, graph_type_id, name, status) "
    "VALUES (?1, '0190a000-0000-7000-8000-000000000000', 'bench', 'active')";
static const char* const insert_node =
    "INSERT INTO nodes (id, metadata, created_at, updated_at, graph_id, key, attributes, "
    "node_type) "
    "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)";
static const char* const insert_edge =
    "INSERT INTO edges (id, metadata, created_at, updated_at, graph_id, key, source_node_key, "
    "target_node_key, "
    "attributes, undirected, edge_type) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char* const insert_event =
    "INSERT INTO _honker_stream (topic, key, payload, created_at) VALUES (?1, ?2, ?3, ?4)";
static const char* const store_seq =
    "INSERT INTO _quire_meta (key, value) VALUES ('commit_seq', ?1) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value";
static const char* const select_node =
    "SELECT id, key, node_type, attributes, metadata, created_at, updated_at FROM nodes "
    "WHERE graph_id = ?1 AND key = ?2";
static const char* const select_hop =
    "SELECT e.rowid, e.id, e.key, e.edge_type, e.source_node_key, e.target_node_key, e.undirected, "
    "e.attributes, "
    "e.metadata, e.created_at, e.updated_at, n.id, n.key, n.node_type, n.attributes, n.metadata, "
    "n.created_at, "
    "n.updated_at FROM edges AS e CROSS JOIN nodes AS n ON n.graph_id = ?1 AND n.key = "
    "e.target_node_key "
    "WHERE e.graph_id = ?1 AND e.source_node_key = ?2";

/* ---- Time, latencies, texts ---- */

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int64_t wall_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct laps {
  double* us;
  size_t count, room;
};

static int lap(struct laps* l, double us) {
  if (l->count == l->room) {
    const size_t room = l->room == 0 ? 65536 : l->room * 2;
    double* grown = realloc(l->us, room * sizeof *grown);
    if (grown == NULL) {
      fprintf(stderr, "floor: no memory for %zu latencies\n", room);
      return 1;
    }
    l->us = grown;
    l->room = room;
  }
  l->us[l->count++] = us;
  return 0;
}

static int by_value(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

static void finish(struct laps* l, long count, double took_us, struct floor_run* out) {
  memset(out, 0, sizeof *out);
  out->count = count;
  out->per_second = (double)count / (took_us * 1e-6);
  if (l->count > 0) {
    qsort(l->us, l->count, sizeof *l->us, by_value);
    out->p50_us = l->us[l->count / 2];
    out->p99_us = l->us[l->count - 1 - l->count / 100];
  }
  free(l->us);
  l->us = NULL;
}

/* Texts are put together by hand: no formatting in the timed part. */
struct text {
  char data[1024];
  size_t size;
};

static void add(struct text* t, const char* bytes, size_t size) {
  memcpy(t->data + t->size, bytes, size);
  t->size += size;
}
#define ADD(t, literal) add(t, literal, sizeof literal - 1)

static void add_number(struct text* t, int64_t value) {
  char digits[24];
  size_t i = sizeof digits;
  do {
    digits[--i] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  add(t, digits + i, sizeof digits - i);
}

static void numbered_key(char prefix, long number, char key[floor_key_bytes]) {
  key[0] = prefix;
  for (int i = 8; i > 0; --i) {
    key[i] = (char)('0' + number % 10);
    number /= 10;
  }
  key[9] = '\0';
}

void floor_node_key(long number, char key[floor_key_bytes]) { numbered_key('n', number, key); }
void floor_edge_key(long number, char key[floor_key_bytes]) { numbered_key('e', number, key); }

enum { varieties = 256 };

const char* floor_node_attributes(long number) {
  static char texts[varieties][384];
  char* text = texts[number % varieties];
  if (text[0] == '\0') {
    const int i = (int)(number % varieties);
    snprintf(text, sizeof texts[0],
             "{\"name\":\"function_%03d\",\"path\":\"src/module_%02d/"
             "part_%03d.cpp\",\"line\":%d,\"column\":%d,"
             "\"exported\":%s,\"complexity\":%d.5,\"language\":\"cpp\",\"signature\":\"int "
             "function_%03d(const "
             "std::string& name, int count)\",\"hash\":\"%08x%08x\",\"summary\":\"reads a record "
             "and checks it\"}",
             i, i % 16, i, 10 + i * 3, i % 80, i % 2 == 0 ? "true" : "false", i % 30, i,
             (unsigned)i * 2654435761U, (unsigned)i * 40503U);
  }
  return text;
}

const char* floor_edge_attributes(long number) {
  static char texts[varieties][96];
  char* text = texts[number % varieties];
  if (text[0] == '\0') {
    const int i = (int)(number % varieties);
    snprintf(text, sizeof texts[0], "{\"line\":%d,\"count\":%d,\"kind\":\"direct\"}", 10 + i * 3,
             i % 7);
  }
  return text;
}

long floor_edge_target(long number, long nodes, long degree) {
  /* Each edge of a node has its own part of the others to choose from, so that no two are alike. */
  const long part = (nodes - 1) / degree;
  const uint64_t mixed = ((uint64_t)number + 1) * 0x9e3779b97f4a7c15ULL;
  const long within = (long)((mixed >> 33) % (uint64_t)part);
  return (number / degree + 1 + number % degree * part + within) % nodes;
}

/* ---- One open file ---- */

struct file {
  sqlite3* db;
  sqlite3_stmt *begin, *commit, *savepoint, *release, *node, *edge, *event, *seq;
  int64_t id_ms,
      id_counter; /* ids made so far in this millisecond; UUIDv7: time first, so that they ascend */
  int64_t last_seq;
  char graph[floor_id_bytes];
};

static int check(sqlite3* db, int status, const char* what) {
  if (status == SQLITE_OK || status == SQLITE_ROW || status == SQLITE_DONE) return 0;
  fprintf(stderr, "floor: %s: %s\n", what,
          db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(status));
  return 1;
}

static int run_all(sqlite3* db, const char* sql) {
  return check(db, sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

static int prepare(sqlite3* db, const char* sql, sqlite3_stmt** out) {
  return check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL), sql);
}

static int run(sqlite3* db, sqlite3_stmt* s) {
  const int status = sqlite3_step(s);
  sqlite3_reset(s);
  return check(db, status, sqlite3_sql(s));
}

static void make_id(struct file* f, int64_t ms, char id[floor_id_bytes]) {
  static const char hex[] = "0123456789abcdef";
  if (ms > f->id_ms) {
    f->id_ms = ms;
    f->id_counter = 0;
  }
  const int64_t count = f->id_counter++;
  unsigned char bytes[16];
  for (int i = 0; i < 6; ++i) bytes[i] = (unsigned char)(f->id_ms >> (40 - 8 * i));
  bytes[6] = (unsigned char)(0x70 | ((count >> 22) & 0x0f));
  bytes[7] = (unsigned char)(count >> 14);
  bytes[8] = (unsigned char)(0x80 | ((count >> 8) & 0x3f));
  bytes[9] = (unsigned char)count;
  const uint64_t tail = ((uint64_t)count + 1) * 0x9e3779b97f4a7c15ULL;
  for (int i = 0; i < 6; ++i) bytes[10 + i] = (unsigned char)(tail >> (56 - 8 * i));
  char* to = id;
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = hex[bytes[i] >> 4];
    *to++ = hex[bytes[i] & 15];
  }
  *to = '\0';
}

static int open_connection(const char* name, int flags, sqlite3** db) {
  const int status =
      sqlite3_open_v2(name, db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
  return check(*db, status, name) || run_all(*db, pragmas);
}

static void close_file(struct file* f) {
  sqlite3_stmt* const all[] = {f->begin, f->commit, f->savepoint, f->release,
                               f->node,  f->edge,   f->event,     f->seq};
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) sqlite3_finalize(all[i]);
  sqlite3_close(f->db);
}

static int create_file(const char* name, struct file* f) {
  memset(f, 0, sizeof *f);
  if (open_connection(name, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE,
                      &f->db))
    return 1;
  if (run_all(f->db, "BEGIN IMMEDIATE")) return 1;
  for (size_t i = 0; i < sizeof ddl / sizeof *ddl; ++i) {
    if (run_all(f->db, ddl[i])) return 1;
  }
  if (run_all(f->db, insert_graph_type)) return 1;
  sqlite3_stmt* graph = NULL;
  make_id(f, wall_ms(), f->graph);
  if (prepare(f->db, insert_graph, &graph)) return 1;
  sqlite3_bind_text(graph, 1, f->graph, -1, SQLITE_STATIC);
  const int failed = run(f->db, graph);
  sqlite3_finalize(graph);
  return failed || run_all(f->db, "COMMIT") || prepare(f->db, "BEGIN IMMEDIATE", &f->begin) ||
         prepare(f->db, "COMMIT", &f->commit) || prepare(f->db, "SAVEPOINT quire", &f->savepoint) ||
         prepare(f->db, "RELEASE quire", &f->release) || prepare(f->db, insert_node, &f->node) ||
         prepare(f->db, insert_edge, &f->edge) || prepare(f->db, insert_event, &f->event) ||
         prepare(f->db, store_seq, &f->seq);
}

static int begin(struct file* f) { return run(f->db, f->begin); }

static int commit(struct file* f) {
  struct text number = {.size = 0};
  add_number(&number, f->last_seq);
  sqlite3_bind_text(f->seq, 1, number.data, (int)number.size, SQLITE_STATIC);
  return run(f->db, f->seq) || run(f->db, f->commit);
}

/* What one change event is made of. */
struct change {
  const char *table, *topic, *key, *source, *target,
      *attributes; /* the last three NULL: not there */
};

static int append_event(struct file* f, int64_t ms, const struct change* c) {
  struct text stream_key = {.size = 0};
  add(&stream_key, f->graph, floor_id_bytes - 1);
  ADD(&stream_key, "/");
  add(&stream_key, c->key, strlen(c->key));
  struct text payload = {.size = 0};
  ADD(&payload, "{\"seq\":");
  add_number(&payload, ++f->last_seq);
  ADD(&payload, ",\"org\":\"acme\",\"graph\":\"");
  add(&payload, f->graph, floor_id_bytes - 1);
  ADD(&payload, "\",\"table\":\"");
  add(&payload, c->table, strlen(c->table));
  ADD(&payload, "\",\"op\":\"created\",\"key\":\"");
  add(&payload, c->key, strlen(c->key));
  if (c->source != NULL) {
    ADD(&payload, "\",\"source\":\"");
    add(&payload, c->source, strlen(c->source));
    ADD(&payload, "\",\"target\":\"");
    add(&payload, c->target, strlen(c->target));
  }
  ADD(&payload, "\",\"at\":");
  add_number(&payload, ms);
  ADD(&payload, ",\"actor\":\"system\"");
  if (c->attributes != NULL) {
    ADD(&payload, ",\"attributes\":");
    add(&payload, c->attributes, strlen(c->attributes));
  }
  ADD(&payload, "}");
  sqlite3_bind_text(f->event, 1, c->topic, -1, SQLITE_STATIC);
  sqlite3_bind_text(f->event, 2, stream_key.data, (int)stream_key.size, SQLITE_STATIC);
  sqlite3_bind_text(f->event, 3, payload.data, (int)payload.size, SQLITE_STATIC);
  sqlite3_bind_int64(f->event, 4, ms / 1000);
  return run(f->db, f->event);
}

static int add_node(struct file* f, long number, int full) {
  char id[floor_id_bytes], key[floor_key_bytes];
  const int64_t ms = wall_ms();
  const char* attributes = floor_node_attributes(number);
  make_id(f, ms, id);
  floor_node_key(number, key);
  sqlite3_bind_text(f->node, 1, id, floor_id_bytes - 1, SQLITE_STATIC);
  sqlite3_bind_text(f->node, 2, "{}", 2, SQLITE_STATIC);
  sqlite3_bind_int64(f->node, 3, ms / 1000);
  sqlite3_bind_text(f->node, 4, f->graph, floor_id_bytes - 1, SQLITE_STATIC);
  sqlite3_bind_text(f->node, 5, key, -1, SQLITE_STATIC);
  sqlite3_bind_text(f->node, 6, attributes, -1, SQLITE_STATIC);
  sqlite3_bind_text(f->node, 7, "function", 8, SQLITE_STATIC);
  const struct change c = {"nodes", "nodes:created", key, NULL, NULL, full ? attributes : NULL};
  return run(f->db, f->node) || append_event(f, ms, &c);
}

static int add_edge(struct file* f, long number, long nodes, long degree, int full) {
  char id[floor_id_bytes], key[floor_key_bytes], source[floor_key_bytes], target[floor_key_bytes];
  const int64_t ms = wall_ms();
  const char* attributes = floor_edge_attributes(number);
  make_id(f, ms, id);
  floor_edge_key(number, key);
  floor_node_key(number / degree, source);
  floor_node_key(floor_edge_target(number, nodes, degree), target);
  sqlite3_bind_text(f->edge, 1, id, floor_id_bytes - 1, SQLITE_STATIC);
  sqlite3_bind_text(f->edge, 2, "{}", 2, SQLITE_STATIC);
  sqlite3_bind_int64(f->edge, 3, ms / 1000);
  sqlite3_bind_text(f->edge, 4, f->graph, floor_id_bytes - 1, SQLITE_STATIC);
  sqlite3_bind_text(f->edge, 5, key, -1, SQLITE_STATIC);
  sqlite3_bind_text(f->edge, 6, source, -1, SQLITE_STATIC);
  sqlite3_bind_text(f->edge, 7, target, -1, SQLITE_STATIC);
  sqlite3_bind_text(f->edge, 8, attributes, -1, SQLITE_STATIC);
  sqlite3_bind_int64(f->edge, 9, 0);
  sqlite3_bind_text(f->edge, 10, "calls", 5, SQLITE_STATIC);
  const struct change c = {"edges", "edges:created", key, source, target, full ? attributes : NULL};
  return run(f->db, f->edge) || append_event(f, ms, &c);
}

/* ---- Writing ---- */

int floor_write(const char* file, int batch, double seconds, struct floor_run* out) {
  struct file f;
  struct laps laps = {NULL, 0, 0};
  int failed = create_file(file, &f);
  long number = 0;
  const double start = now_us();
  double now = start;
  while (!failed && now - start < seconds * 1e6) {
    failed = begin(&f);
    for (int i = 0; i < batch && !failed; ++i) {
      /* One savepoint per request: a request that fails leaves its neighbours unharmed. */
      failed = run(f.db, f.savepoint) || add_node(&f, number++, 0) || run(f.db, f.release);
    }
    if (!failed) failed = commit(&f);
    const double then = now;
    now = now_us();
    if (!failed) failed = lap(&laps, now - then);
  }
  close_file(&f);
  finish(&laps, number, now - start, out);
  return failed;
}

/* All rows of an import, `chunk` per commit. No savepoints: a chunk that fails ends the import. */
static int import_rows(struct file* f, long nodes, long degree, int full, int chunk,
                       struct laps* laps) {
  const long rows = nodes + nodes * degree;
  int failed = 0;
  for (long row = 0; row < rows && !failed;) {
    const double start = now_us();
    failed = begin(f);
    for (int i = 0; i < chunk && row < rows && !failed; ++i, ++row) {
      failed = row < nodes ? add_node(f, row, full) : add_edge(f, row - nodes, nodes, degree, full);
    }
    if (!failed) failed = commit(f);
    if (!failed) failed = lap(laps, now_us() - start);
  }
  return failed;
}

int floor_import(const char* file, long nodes, int chunk, struct floor_run* out) {
  struct file f;
  struct laps laps = {NULL, 0, 0};
  int failed = create_file(file, &f);
  const double start = now_us();
  if (!failed) failed = import_rows(&f, nodes, 8, 1, chunk, &laps);
  const double took = now_us() - start;
  close_file(&f);
  finish(&laps, nodes * 9, took, out);
  return failed;
}

int floor_fill(const char* file, long nodes, long degree, char graph[floor_id_bytes]) {
  struct file f;
  struct laps laps = {NULL, 0, 0};
  const int failed = create_file(file, &f) || import_rows(&f, nodes, degree, 0, 500, &laps);
  memcpy(graph, f.graph, floor_id_bytes);
  free(laps.us);
  close_file(&f);
  return failed;
}

/* ---- Reading ---- */

/* A row as a caller keeps it: its own bytes, reused from row to row. */
struct row_copy {
  char* bytes;
  size_t room, used;
  int64_t numbers[32];
};

static int copy_row(sqlite3_stmt* s, struct row_copy* row) {
  const int columns = sqlite3_column_count(s);
  for (int i = 0; i < columns; ++i) {
    if (sqlite3_column_type(s, i) == SQLITE_INTEGER) {
      row->numbers[i] = sqlite3_column_int64(s, i);
      continue;
    }
    const unsigned char* text = sqlite3_column_text(s, i);
    const size_t size = (size_t)sqlite3_column_bytes(s, i);
    if (row->used + size > row->room) {
      const size_t room = (row->used + size) * 2;
      char* grown = realloc(row->bytes, room);
      if (grown == NULL) {
        fprintf(stderr, "floor: no memory for a row of %zu bytes\n", size);
        return 1;
      }
      row->bytes = grown;
      row->room = room;
    }
    if (size > 0) memcpy(row->bytes + row->used, text, size);
    row->used += size;
  }
  return 0;
}

/* Asks `sql` about scattered nodes for `seconds`; expects `want` rows each time. */
static int read_loop(const char* file, const char* sql, const char* graph, long nodes, int fresh,
                     long want, double seconds, struct floor_run* out) {
  sqlite3* db = NULL;
  sqlite3_stmt* s = NULL;
  struct laps laps = {NULL, 0, 0};
  struct row_copy row = {NULL, 0, 0, {0}};
  uint64_t random = 1;
  long count = 0;
  int failed = open_connection(file, SQLITE_OPEN_READWRITE, &db) || prepare(db, sql, &s) ||
               (fresh ? 0 : run_all(db, "BEGIN"));
  const double start = now_us();
  double now = start;
  while (!failed && now - start < seconds * 1e6) {
    char key[floor_key_bytes];
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    floor_node_key((long)((random >> 33) % (uint64_t)nodes), key);
    sqlite3_bind_text(s, 1, graph, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, key, -1, SQLITE_STATIC);
    row.used = 0;
    long rows = 0;
    int status;
    while ((status = sqlite3_step(s)) == SQLITE_ROW && !failed) {
      failed = copy_row(s, &row);
      ++rows;
    }
    sqlite3_reset(s);
    if (!failed) failed = check(db, status, sql);
    if (!failed && rows != want) {
      fprintf(stderr, "floor: %s of '%s' gave %ld rows instead of %ld\n", sql, key, rows, want);
      failed = 1;
    }
    ++count;
    const double then = now;
    now = now_us();
    if (!failed) failed = lap(&laps, now - then);
  }
  sqlite3_finalize(s);
  sqlite3_close(db);
  free(row.bytes);
  finish(&laps, count, now - start, out);
  return failed;
}

int floor_read(const char* file, const char* graph, long nodes, int fresh, double seconds,
               struct floor_run* out) {
  return read_loop(file, select_node, graph, nodes, fresh, 1, seconds, out);
}

int floor_hop(const char* file, const char* graph, long nodes, double seconds,
              struct floor_run* out) {
  return read_loop(file, select_hop, graph, nodes, 0, floor_degree, seconds, out);
}

int floor_open(const char* file, const char* graph, double seconds, struct floor_run* out) {
  struct laps laps = {NULL, 0, 0};
  double timed = 0;
  long count = 0;
  int failed = 0;
  while (!failed && timed < seconds * 1e6) {
    sqlite3* db = NULL;
    sqlite3_stmt* s = NULL;
    char key[floor_key_bytes];
    const double start = now_us();
    failed = open_connection(file, SQLITE_OPEN_READWRITE, &db) || prepare(db, select_node, &s);
    if (!failed) {
      floor_node_key(count % 100, key);
      sqlite3_bind_text(s, 1, graph, -1, SQLITE_STATIC);
      sqlite3_bind_text(s, 2, key, -1, SQLITE_STATIC);
      const int status = sqlite3_step(s);
      failed = check(db, status, select_node);
      if (!failed && status != SQLITE_ROW) {
        fprintf(stderr, "floor: no node '%s'\n", key);
        failed = 1;
      }
    }
    const double took = now_us() - start;
    timed += took;
    ++count;
    if (!failed) failed = lap(&laps, took);
    sqlite3_finalize(s);
    sqlite3_close(db);
  }
  finish(&laps, count, timed, out);
  return failed;
}

/* ---- Files ---- */

int floor_same_schema(const char* file, const char* other, int* same) {
  static const char* const difference =
      "SELECT name FROM (SELECT name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL UNION ALL "
      "SELECT name, sql FROM other.sqlite_schema WHERE sql IS NOT NULL) GROUP BY name, sql HAVING "
      "count(*) = 1";
  sqlite3* db = NULL;
  sqlite3_stmt* attach = NULL;
  sqlite3_stmt* s = NULL;
  int failed = check(db, sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL), file) ||
               prepare(db, "ATTACH ?1 AS other", &attach);
  if (!failed) {
    sqlite3_bind_text(attach, 1, other, -1, SQLITE_STATIC);
    failed = run(db, attach) || prepare(db, difference, &s);
  }
  if (!failed) {
    const int status = sqlite3_step(s);
    failed = check(db, status, difference);
    *same = status == SQLITE_DONE;
    if (status == SQLITE_ROW) {
      fprintf(stderr, "floor: '%s' differs between %s and %s\n",
              (const char*)sqlite3_column_text(s, 0), file, other);
    }
  }
  sqlite3_finalize(s);
  sqlite3_finalize(attach);
  sqlite3_close(db);
  return failed;
}

void floor_remove(const char* file) {
  static const char* const endings[] = {"", "-wal", "-shm"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; ++i) {
    char name[4096];
    snprintf(name, sizeof name, "%s%s", file, endings[i]);
    unlink(name);
  }
}
