-- Accounts, organizations, credentials and the audit log: in the system file only.
CREATE TABLE IF NOT EXISTS accounts (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  email TEXT NOT NULL UNIQUE, display_name TEXT,
  access_level TEXT NOT NULL DEFAULT 'user' CHECK (access_level IN ('admin','user','service')),
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active','suspended','deactivated'))
) STRICT;
CREATE TABLE IF NOT EXISTS organizations (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  name TEXT NOT NULL UNIQUE, slug TEXT NOT NULL UNIQUE,
  owner_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE RESTRICT
) STRICT;
CREATE TABLE IF NOT EXISTS organization_members (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  org_id TEXT NOT NULL REFERENCES organizations(id) ON DELETE CASCADE,
  account_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  membership_level TEXT NOT NULL DEFAULT 'member' CHECK (membership_level IN ('owner','admin','member')),
  UNIQUE (org_id, account_id)
) STRICT;
CREATE TABLE IF NOT EXISTS api_keys (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  owner_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  key_hash TEXT NOT NULL UNIQUE, name TEXT, enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0,1)),
  expires_at INTEGER, revoked_at INTEGER,
  rotated_to_id TEXT REFERENCES api_keys(id) ON DELETE SET NULL, last_used_at INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS peer_credentials (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  owner_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  credential_type TEXT NOT NULL CHECK (credential_type IN ('ssh_key','cert_authority')),
  fingerprint TEXT NOT NULL UNIQUE, public_key_data TEXT NOT NULL, name TEXT,
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0,1)), expires_at INTEGER, revoked_at INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS audit_logs (
  id TEXT NOT NULL PRIMARY KEY,
  metadata TEXT DEFAULT '{}',
  created_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  updated_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s','now') AS INTEGER)),
  action TEXT NOT NULL, owner_id TEXT NOT NULL REFERENCES accounts(id) ON DELETE RESTRICT,
  credential_id TEXT, credential_type TEXT CHECK (credential_type IN ('api_key','peer_credential')),
  org_id TEXT REFERENCES organizations(id) ON DELETE SET NULL, details TEXT,
  CHECK ((credential_id IS NULL) = (credential_type IS NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS idx_organizations_owner_id ON organizations(owner_id);
CREATE INDEX IF NOT EXISTS idx_organization_members_account_id ON organization_members(account_id);
CREATE INDEX IF NOT EXISTS idx_api_keys_enabled_expires_at ON api_keys(enabled, expires_at);
CREATE INDEX IF NOT EXISTS idx_api_keys_owner_id ON api_keys(owner_id);
CREATE INDEX IF NOT EXISTS idx_api_keys_rotated_to_id ON api_keys(rotated_to_id);
CREATE INDEX IF NOT EXISTS idx_peer_credentials_owner_id ON peer_credentials(owner_id);
CREATE INDEX IF NOT EXISTS idx_peer_credentials_credential_type ON peer_credentials(credential_type);
CREATE INDEX IF NOT EXISTS idx_audit_logs_owner_id ON audit_logs(owner_id);
CREATE INDEX IF NOT EXISTS idx_audit_logs_org_id ON audit_logs(org_id);
CREATE INDEX IF NOT EXISTS idx_audit_logs_action_created_at ON audit_logs(action, created_at);
CREATE INDEX IF NOT EXISTS idx_audit_logs_credential_type_credential_id ON audit_logs(credential_type, credential_id);
CREATE TRIGGER IF NOT EXISTS trg_audit_logs_append_only BEFORE UPDATE OF id, metadata, created_at, updated_at, action, owner_id,
  credential_id, credential_type, details ON audit_logs BEGIN SELECT RAISE(ABORT, 'append_only'); END;
