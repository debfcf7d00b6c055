/* quire_floor: runs the floor and prints a line of JSON for each result. Usage: see `usage`. */
#include "floor.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_runs = 101 };

static const char* const usage =
    "usage: quire_floor [write|import|read|hop|open|all|version] [--batch N] [--seconds S] [--runs "
    "R] "
    "[--nodes N] [--dir D]\n"
    "  write   node inserts with events, N per commit (default: 1, 8, 32 and 256)\n"
    "  import  N nodes (20000) and 8 edges each, events with attributes, 500 rows per commit\n"
    "  read    point reads by key; hop: 10 neighbours with attributes; open: open, pragmas, one "
    "read\n"
    "  Medians of R (5) runs of S (1) seconds; files are made in D (/tmp) and removed.\n";

struct options {
  const char* what;
  const char* dir;
  int batch, runs;
  long nodes;
  double seconds;
};

/* One timed thing; `arg` is the batch of `write` and what `read` is told about freshness. */
typedef int (*run_fn)(const struct options* o, const char* file, const char* graph, int arg,
                      struct floor_run* out);

static int run_write(const struct options* o, const char* file, const char* graph, int arg,
                     struct floor_run* out) {
  (void)graph;
  floor_remove(file);
  return floor_write(file, arg, o->seconds, out);
}
static int run_import(const struct options* o, const char* file, const char* graph, int arg,
                      struct floor_run* out) {
  (void)graph;
  floor_remove(file);
  return floor_import(file, o->nodes, arg, out);
}
static int run_read(const struct options* o, const char* file, const char* graph, int arg,
                    struct floor_run* out) {
  return floor_read(file, graph, floor_nodes, arg, o->seconds, out);
}
static int run_hop(const struct options* o, const char* file, const char* graph, int arg,
                   struct floor_run* out) {
  (void)arg;
  return floor_hop(file, graph, floor_nodes, o->seconds, out);
}
static int run_open(const struct options* o, const char* file, const char* graph, int arg,
                    struct floor_run* out) {
  (void)arg;
  return floor_open(file, graph, o->seconds, out);
}

static int by_value(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

static double median(double* values, int count) {
  qsort(values, (size_t)count, sizeof *values, by_value);
  return values[count / 2];
}

static int report(const char* name, run_fn fn, const struct options* o, const char* file,
                  const char* graph, int arg) {
  double rate[max_runs], p50[max_runs], p99[max_runs];
  for (int i = 0; i < o->runs; ++i) {
    struct floor_run r;
    if (fn(o, file, graph, arg, &r)) return 1;
    rate[i] = r.per_second;
    p50[i] = r.p50_us;
    p99[i] = r.p99_us;
  }
  const double middle = median(rate, o->runs);
  printf(
      "{\"name\":\"%s\",\"per_second\":%.0f,\"per_second_min\":%.0f,\"per_second_max\":%.0f,\"p50_"
      "us\":%.2f,"
      "\"p99_us\":%.2f,\"runs\":%d}\n",
      name, middle, rate[0], rate[o->runs - 1], median(p50, o->runs), median(p99, o->runs),
      o->runs);
  fflush(stdout);
  return 0;
}

static int parse(int argc, char** argv, struct options* o) {
  for (int i = 1; i < argc; ++i) {
    const char* value = i + 1 < argc ? argv[i + 1] : NULL;
    if (argv[i][0] != '-') {
      o->what = argv[i];
      continue;
    }
    if (value == NULL) return 1;
    if (strcmp(argv[i], "--batch") == 0)
      o->batch = atoi(value);
    else if (strcmp(argv[i], "--seconds") == 0)
      o->seconds = atof(value);
    else if (strcmp(argv[i], "--runs") == 0)
      o->runs = atoi(value);
    else if (strcmp(argv[i], "--nodes") == 0)
      o->nodes = atol(value);
    else if (strcmp(argv[i], "--dir") == 0)
      o->dir = value;
    else
      return 1;
    ++i;
  }
  return o->batch < 0 || o->runs < 1 || o->runs > max_runs || o->nodes < 2 || o->seconds <= 0;
}

int main(int argc, char** argv) {
  struct options o = {
      .what = "all", .dir = "/tmp", .batch = 0, .runs = 5, .nodes = 20000, .seconds = 1};
  if (parse(argc, argv, &o)) {
    fputs(usage, stderr);
    return 2;
  }
  if (strcmp(o.what, "version") == 0) {
    puts(sqlite3_libversion());
    return 0;
  }
  char folder[4096], file[4200];
  snprintf(folder, sizeof folder, "%s/quire-floor-XXXXXX", o.dir);
  if (mkdtemp(folder) == NULL) {
    perror(folder);
    return 1;
  }
  snprintf(file, sizeof file, "%s/floor.db", folder);

  const int all = strcmp(o.what, "all") == 0;
  int known = 0, failed = 0;
  if (all || strcmp(o.what, "write") == 0) {
    static const int usual[] = {1, 8, 32, 256};
    known = 1;
    for (size_t i = 0; i < sizeof usual / sizeof *usual && !failed; ++i) {
      const int batch = o.batch > 0 ? o.batch : usual[i];
      char name[64];
      snprintf(name, sizeof name, "floor.write.%d", batch);
      failed = report(name, run_write, &o, file, NULL, batch);
      if (o.batch > 0) break;
    }
  }
  if (!failed && (all || strcmp(o.what, "import") == 0)) {
    known = 1;
    failed = report("floor.import", run_import, &o, file, NULL, o.batch > 0 ? o.batch : 500);
  }
  const int reads = strcmp(o.what, "read") == 0, hops = strcmp(o.what, "hop") == 0,
            opens = strcmp(o.what, "open") == 0;
  if (!failed && (all || reads || hops || opens)) {
    char graph[floor_id_bytes];
    known = 1;
    floor_remove(file);
    failed = floor_fill(file, floor_nodes, floor_degree, graph);
    if (!failed && (all || reads)) failed = report("floor.read", run_read, &o, file, graph, 0);
    if (!failed && (all || reads))
      failed = report("floor.read.fresh", run_read, &o, file, graph, 1);
    if (!failed && (all || hops)) failed = report("floor.hop", run_hop, &o, file, graph, 0);
    if (!failed && (all || opens)) failed = report("floor.open", run_open, &o, file, graph, 0);
  }
  floor_remove(file);
  remove(folder);
  if (!known) fputs(usage, stderr);
  return known ? failed : 2;
}
