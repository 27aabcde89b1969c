"""The declared schema, in the words of SQLite."""

TABLES = {
    "devices": """
        CREATE TABLE IF NOT EXISTS devices (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            serial TEXT UNIQUE,
            battery REAL DEFAULT 100.0,
            enabled BOOLEAN NOT NULL DEFAULT 1,
            muted BOOLEAN DEFAULT 0,
            created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
            seen_at DATETIME
        )
    """,
    "samples": """
        CREATE TABLE IF NOT EXISTS samples (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            device_id INTEGER NOT NULL,
            value DOUBLE NOT NULL,
            raw BLOB,
            at DATETIME NOT NULL DEFAULT (datetime('now')),
            FOREIGN KEY (device_id) REFERENCES devices (id) ON DELETE CASCADE,
            UNIQUE (device_id, at)
        )
    """,
    "settings": """
        CREATE TABLE IF NOT EXISTS settings (
            key TEXT PRIMARY KEY,
            value TEXT
        )
    """,
}

INDEXES = [
    "CREATE INDEX IF NOT EXISTS idx_samples_device ON samples(device_id)",
    "CREATE INDEX IF NOT EXISTS idx_samples_device_at ON samples(device_id, at DESC)",
    "CREATE UNIQUE INDEX IF NOT EXISTS idx_devices_name ON devices(name)",
]
