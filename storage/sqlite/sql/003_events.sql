-- Notifications, streams, queues, schedules, locks and limits. The tables named _honker_* are shared with other
-- programs of that family, which create them with the very same text.
CREATE TABLE IF NOT EXISTS _honker_notifications (
  id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, payload TEXT NOT NULL, created_at INTEGER NOT NULL DEFAULT (unixepoch()));
CREATE INDEX IF NOT EXISTS _honker_notifications_recent ON _honker_notifications(channel, id);
CREATE TABLE IF NOT EXISTS _honker_live (
  id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending',
  priority INTEGER NOT NULL DEFAULT 0, run_at INTEGER NOT NULL DEFAULT (unixepoch()), worker_id TEXT, claim_expires_at INTEGER, attempts INTEGER NOT NULL
  DEFAULT 0, max_attempts INTEGER NOT NULL DEFAULT 3, created_at INTEGER NOT NULL DEFAULT (unixepoch()), expires_at INTEGER);
CREATE INDEX IF NOT EXISTS _honker_live_claim ON _honker_live(queue, priority DESC, run_at, id) WHERE state IN ('pending', 'processing');
CREATE INDEX IF NOT EXISTS _honker_live_pending_deadline ON _honker_live(queue, run_at) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS _honker_live_processing_deadline ON _honker_live(queue, claim_expires_at) WHERE state = 'processing';
CREATE TABLE IF NOT EXISTS _honker_dead (
  id INTEGER PRIMARY KEY, queue TEXT NOT NULL, payload TEXT NOT NULL, priority INTEGER NOT NULL DEFAULT 0, run_at INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL DEFAULT 0, last_error TEXT,
  created_at INTEGER NOT NULL DEFAULT (unixepoch()), died_at INTEGER NOT NULL DEFAULT (unixepoch()));
CREATE TABLE IF NOT EXISTS _honker_locks (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS _honker_rate_limits (
  name TEXT NOT NULL, window_start INTEGER NOT NULL, count INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (name, window_start));
CREATE TABLE IF NOT EXISTS _honker_scheduler_tasks (
  name TEXT PRIMARY KEY, queue TEXT NOT NULL, cron_expr TEXT NOT NULL, payload TEXT NOT NULL, priority INTEGER NOT NULL DEFAULT 0,
  expires_s INTEGER, next_fire_at INTEGER NOT NULL, enabled INTEGER NOT NULL DEFAULT 1, max_attempts INTEGER NOT NULL DEFAULT 3);
CREATE TABLE IF NOT EXISTS _honker_results (
  job_id INTEGER PRIMARY KEY, value TEXT, created_at INTEGER NOT NULL DEFAULT (unixepoch()), expires_at INTEGER);
CREATE TABLE IF NOT EXISTS _honker_stream (
  offset INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key TEXT, payload TEXT NOT NULL, created_at INTEGER NOT NULL DEFAULT (unixepoch()));
CREATE INDEX IF NOT EXISTS _honker_stream_topic ON _honker_stream(topic, offset);
CREATE TABLE IF NOT EXISTS _honker_stream_consumers (
  name TEXT NOT NULL, topic TEXT NOT NULL, offset INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (name, topic));
-- Older layouts lack these two.
--! column _honker_scheduler_tasks enabled INTEGER NOT NULL DEFAULT 1
--! column _honker_scheduler_tasks max_attempts INTEGER NOT NULL DEFAULT 3
-- What is beyond the shared layout. Added columns are nullable and without default: a foreign write leaves them alone.
--! column _honker_live _quire_run_ms INTEGER
--! column _honker_live _quire_claim_ms INTEGER
--! column _honker_live _quire_claim_no INTEGER
--! column _honker_live _quire_dedupe TEXT
--! column _honker_live _quire_headers TEXT
--! column _honker_live _quire_backoff TEXT
--! column _honker_dead _quire_headers TEXT
CREATE INDEX IF NOT EXISTS _quire_live_ready    ON _honker_live(queue, priority DESC, run_at, id) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS _quire_live_run_ms   ON _honker_live(queue, _quire_run_ms) WHERE state = 'pending' AND _quire_run_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS _quire_live_claim_ms ON _honker_live(queue, _quire_claim_ms) WHERE state = 'processing' AND _quire_claim_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS _quire_live_expiry   ON _honker_live(queue, expires_at) WHERE expires_at IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS _quire_live_dedupe   ON _honker_live(queue, _quire_dedupe) WHERE _quire_dedupe IS NOT NULL;
CREATE INDEX IF NOT EXISTS _quire_dead_queue    ON _honker_dead(queue, id);
CREATE INDEX IF NOT EXISTS _quire_result_expiry ON _honker_results(expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS _quire_event_meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS _quire_queues (name TEXT NOT NULL PRIMARY KEY, options TEXT NOT NULL, paused INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS _quire_dedupe (queue TEXT NOT NULL, key TEXT NOT NULL, job_id INTEGER NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY (queue, key)) STRICT;
CREATE TABLE IF NOT EXISTS _quire_streams (topic TEXT NOT NULL PRIMARY KEY, policy TEXT, trimmed_to INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS _quire_consumers (name TEXT NOT NULL, topics TEXT NOT NULL, offset INTEGER, saved_at_ms INTEGER NOT NULL, PRIMARY KEY (name, topics)) STRICT;
CREATE TABLE IF NOT EXISTS _quire_groups (topic TEXT NOT NULL, name TEXT NOT NULL, cursor INTEGER NOT NULL, options TEXT NOT NULL, PRIMARY KEY (topic, name)) STRICT;
CREATE TABLE IF NOT EXISTS _quire_group_pending (topic TEXT NOT NULL, name TEXT NOT NULL, offset INTEGER NOT NULL, member TEXT, deliveries INTEGER NOT NULL,
  deadline_ms INTEGER, state TEXT NOT NULL CHECK (state IN ('held','delivered','parked')), PRIMARY KEY (topic, name, offset)) STRICT;
CREATE TABLE IF NOT EXISTS _quire_schedules (name TEXT NOT NULL PRIMARY KEY, expr TEXT NOT NULL, options TEXT NOT NULL, compiled TEXT NOT NULL,
  armed_at INTEGER NOT NULL, exact_ms INTEGER NOT NULL, runs INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS _quire_lock_fences (name TEXT NOT NULL PRIMARY KEY, token INTEGER NOT NULL, owner TEXT) STRICT;
CREATE TABLE IF NOT EXISTS _quire_rate_slices (name TEXT NOT NULL, slice_ms INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (name, slice_ms)) STRICT;
