-- Steps of authority by their ends: whoever decides follows them backwards, however many edges of other types are there.
CREATE INDEX IF NOT EXISTS idx_edges_delegates ON edges(graph_id, target_node_key, source_node_key) WHERE edge_type = 'delegates';
CREATE INDEX IF NOT EXISTS idx_edges_belongs_to ON edges(graph_id, source_node_key, target_node_key) WHERE edge_type = 'belongs_to';
CREATE INDEX IF NOT EXISTS idx_edges_scopes ON edges(graph_id, source_node_key, target_node_key) WHERE edge_type = 'scopes';
