-- When a closed tenant's next deadline is: in the system file only.
CREATE TABLE IF NOT EXISTS _quire_wakes (org_id TEXT NOT NULL PRIMARY KEY, wake_at_ms INTEGER NOT NULL, file_mark TEXT) STRICT;
