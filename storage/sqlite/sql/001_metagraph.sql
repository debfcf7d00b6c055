-- Graphs, their types and their content: in every file.
CREATE TABLE IF NOT EXISTS _quire_meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS graph_types (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  name TEXT NOT NULL UNIQUE, description TEXT DEFAULT '', config TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  scope TEXT NOT NULL DEFAULT 'system' CHECK (scope IN ('system','tenant','user'))
) STRICT;
CREATE TABLE IF NOT EXISTS node_types (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  graph_type_id TEXT NOT NULL REFERENCES graph_types(id) ON DELETE CASCADE,
  name TEXT NOT NULL, description TEXT DEFAULT '', schema TEXT NOT NULL, UNIQUE (graph_type_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS edge_types (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  graph_type_id TEXT NOT NULL REFERENCES graph_types(id) ON DELETE CASCADE,
  name TEXT NOT NULL, description TEXT DEFAULT '', allowed_source_types TEXT NOT NULL DEFAULT '[]',
  allowed_target_types TEXT NOT NULL DEFAULT '[]', schema TEXT NOT NULL, UNIQUE (graph_type_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS graphs (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  graph_type_id TEXT REFERENCES graph_types(id) ON DELETE SET NULL,
  name TEXT NOT NULL, description TEXT DEFAULT '', owner_id TEXT, project_id TEXT,
  status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('active','archived','draft'))
) STRICT;
CREATE TABLE IF NOT EXISTS nodes (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  graph_id TEXT NOT NULL REFERENCES graphs(id) ON DELETE CASCADE,
  key TEXT NOT NULL, attributes TEXT NOT NULL DEFAULT '{}', node_type TEXT, UNIQUE (graph_id, key)
) STRICT;
CREATE TABLE IF NOT EXISTS edges (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  graph_id TEXT NOT NULL REFERENCES graphs(id) ON DELETE CASCADE,
  key TEXT, source_node_key TEXT NOT NULL, target_node_key TEXT NOT NULL,
  attributes TEXT NOT NULL DEFAULT '{}', undirected INTEGER NOT NULL DEFAULT 0 CHECK (undirected IN (0,1)),
  edge_type TEXT, UNIQUE (graph_id, key),
  FOREIGN KEY (graph_id, source_node_key) REFERENCES nodes(graph_id, key) ON DELETE CASCADE,
  FOREIGN KEY (graph_id, target_node_key) REFERENCES nodes(graph_id, key) ON DELETE CASCADE
) STRICT;
-- Files of the original program lack these.
--! column nodes node_type TEXT
--! column edges edge_type TEXT
CREATE INDEX IF NOT EXISTS idx_graph_types_scope ON graph_types(scope);
CREATE INDEX IF NOT EXISTS idx_graphs_owner_id ON graphs(owner_id);
CREATE INDEX IF NOT EXISTS idx_graphs_project_id ON graphs(project_id);
CREATE INDEX IF NOT EXISTS idx_graphs_owner_id_project_id ON graphs(owner_id, project_id);
CREATE INDEX IF NOT EXISTS idx_graphs_graph_type_id_status ON graphs(graph_type_id, status);
CREATE INDEX IF NOT EXISTS idx_nodes_graph_id_node_type ON nodes(graph_id, node_type);
CREATE INDEX IF NOT EXISTS idx_edges_graph_id_source_node_key ON edges(graph_id, source_node_key);
CREATE INDEX IF NOT EXISTS idx_edges_graph_id_target_node_key ON edges(graph_id, target_node_key);
CREATE INDEX IF NOT EXISTS idx_edges_graph_id_edge_type ON edges(graph_id, edge_type);
