/* The floor: what a plain C program over SQLite reaches with the rows, the durability and the key
 * order of the engine. The engine is measured against it, in the same run and on the same disk. No
 * part of it may be faster than honest: every row, index, foreign key, stream row, savepoint and
 * fsync of the engine is here too. No part of it uses the engine. All functions return 0, or print
 * what failed and return 1. Not thread-safe within one call; calls on different files are
 * independent. */
#ifndef QUIRE_BENCH_FLOOR_H
#define QUIRE_BENCH_FLOOR_H

#ifdef __cplusplus
extern "C" {
#endif

/* One run. Latencies are those of what is timed as one: a commit, a read, an open. */
struct floor_run {
  double per_second; /* rows, reads or opens */
  double p50_us;
  double p99_us;
  long count;
};

enum floor_limits {
  floor_nodes = 10000, /* nodes of the graph that is read */
  floor_degree = 10,   /* edges out of each of them */
  floor_id_bytes = 37, /* a UUID as text with its NUL */
  floor_key_bytes = 16
};

/* Texts both sides use: keys `n00000042`, `e00000042`; attributes of 10 members and about 250
 * bytes; edges' of 3. */
void floor_node_key(long number, char key[floor_key_bytes]);
void floor_edge_key(long number, char key[floor_key_bytes]);
const char* floor_node_attributes(long number);
const char* floor_edge_attributes(long number);
/* Which node edge `number` of a graph with `nodes` nodes and `degree` edges per node leads to:
 * scattered, no loops, no two edges with the same ends. `degree` < `nodes`. */
long floor_edge_target(long number, long nodes, long degree);

/* Durable node inserts with their events, `batch` per commit, for `seconds`. `file` must not exist.
 */
int floor_write(const char* file, int batch, double seconds, struct floor_run* out);
/* `nodes` nodes, then 8 edges for each, events with attributes, `chunk` rows per commit. `file`
 * must not exist. */
int floor_import(const char* file, long nodes, int chunk, struct floor_run* out);

/* Makes a file with one graph of `nodes` nodes and `degree` edges out of each; gives the graph's
 * id. */
int floor_fill(const char* file, long nodes, long degree, char graph[floor_id_bytes]);
/* Point reads by key, every column copied out: inside one read transaction (`fresh` 0), or each
 * seeing the newest commit
 * (`fresh` 1). Reads any file with the engine's tables whose keys are as above. */
int floor_read(const char* file, const char* graph, long nodes, int fresh, double seconds,
               struct floor_run* out);
/* Edges out of a node with the nodes they lead to, every column copied out, inside one read
 * transaction. */
int floor_hop(const char* file, const char* graph, long nodes, double seconds,
              struct floor_run* out);
/* Open, pragmas and one read; closing is not timed. */
int floor_open(const char* file, const char* graph, double seconds, struct floor_run* out);

/* Tells by `*same` whether two files have the same tables and indexes; prints the first difference.
 */
int floor_same_schema(const char* file, const char* other, int* same);
/* Removes the file, its log and its index. */
void floor_remove(const char* file);

#ifdef __cplusplus
}
#endif

#endif
