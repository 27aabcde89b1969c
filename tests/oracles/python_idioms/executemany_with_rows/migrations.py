"""executemany with lists, tuples, dicts and a generator; what was inserted decides."""

DEFAULT_SETTINGS = [
    ("theme", "light"),
    ("language", "en"),
    ("page_size", "20"),
]


def create(cursor, conn):
    cursor.execute("CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT)")
    cursor.executemany("INSERT INTO settings (key, value) VALUES (?, ?)", DEFAULT_SETTINGS)


def widen(cursor, conn):
    cursor.execute("CREATE TABLE preferences (user_id INTEGER PRIMARY KEY)")
    for key, value in cursor.execute("SELECT key, value FROM settings ORDER BY key").fetchall():
        kind = "INTEGER" if value.isdigit() else "TEXT"
        cursor.execute(f"ALTER TABLE preferences ADD COLUMN {key} {kind} DEFAULT '{value}'")


def from_dicts_and_generators(cursor, conn):
    conn.executemany(
        "INSERT OR IGNORE INTO settings (key, value) VALUES (:key, :value)",
        [{"key": "theme", "value": "dark"}, {"key": "zoom", "value": "1"}],
    )
    conn.executemany("INSERT INTO settings VALUES (?, ?)", ((f"slot_{n}", str(n)) for n in range(3)))
    keys = [key for (key,) in conn.execute("SELECT key FROM settings WHERE key LIKE 'slot%' ORDER BY 1")]
    cursor.execute(f"CREATE TABLE slots ({', '.join(f'{key} TEXT' for key in keys)})")
    theme = conn.execute("SELECT value FROM settings WHERE key = 'theme'").fetchone()[0]
    cursor.execute(f"CREATE INDEX idx_{theme} ON settings(value)")


def update_many(cursor, conn):
    cursor.executemany("UPDATE settings SET value = ? WHERE key = ?", [("x", "slot_0"), ("y", "slot_1"), ("z", "no")])
    if cursor.rowcount == 2:
        cursor.execute("CREATE TABLE updated (id INTEGER)")


MIGRATIONS = [
    ("create", create),
    ("widen", widen),
    ("from_dicts_and_generators", from_dicts_and_generators),
    ("update_many", update_many),
]
