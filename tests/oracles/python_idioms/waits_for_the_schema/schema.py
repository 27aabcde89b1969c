SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT, scope TEXT DEFAULT 'user');
CREATE TABLE IF NOT EXISTS sessions (id INTEGER PRIMARY KEY, seen_at TEXT);
CREATE TABLE IF NOT EXISTS own (id INTEGER PRIMARY KEY, half TEXT, declared TEXT);
"""


def init_schema(cursor, conn):
    conn.executescript(SCHEMA)
