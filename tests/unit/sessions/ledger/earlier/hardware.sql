CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY,
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    secret BLOB NOT NULL,
    vm TEXT NOT NULL,
    phase TEXT NOT NULL DEFAULT 'none',
    port INTEGER NOT NULL DEFAULT 0,
    iso TEXT NOT NULL DEFAULT '',
    context TEXT NOT NULL DEFAULT '',
    hardware TEXT NOT NULL DEFAULT '{}',
    description TEXT NOT NULL,
    agreed TEXT NOT NULL,
    vals TEXT NOT NULL DEFAULT '{}',
    properties TEXT NOT NULL DEFAULT '{}',
    created REAL NOT NULL,
    UNIQUE (domain, name)
);
CREATE TABLE IF NOT EXISTS trust (session TEXT PRIMARY KEY, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refusal (domain TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS refusal_domain ON refusal (domain, at);
