"""SQLite: every entry runs once, in this order, when the application starts."""


def _columns(cursor, table):
    cursor.execute(f"PRAGMA table_info({table})")
    return {row[1] for row in cursor.fetchall()}


def _migrate_notes(cursor, conn):
    # Rebuilt under its final name, so that a crash in between loses nothing.
    cursor.execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")


def _migrate_notes_pinned(cursor, conn):
    if "pinned" not in _columns(cursor, "notes"):
        cursor.execute("ALTER TABLE notes ADD COLUMN pinned INTEGER DEFAULT 0")


MIGRATIONS = [
    ("notes", _migrate_notes),
    ("notes_pinned", _migrate_notes_pinned),
]
