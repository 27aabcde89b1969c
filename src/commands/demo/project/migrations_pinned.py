"""SQLite: every entry runs once, in this order, when the application starts."""


def _migrate_notes(cursor, conn):
    cursor.execute("""
        CREATE TABLE IF NOT EXISTS notes (
            id INTEGER PRIMARY KEY,
            body TEXT NOT NULL
        )
    """)


def _migrate_notes_pinned(cursor, conn):
    cursor.execute("PRAGMA table_info(notes)")
    if "pinned" not in {row[1] for row in cursor.fetchall()}:
        cursor.execute("ALTER TABLE notes ADD COLUMN pinned INTEGER DEFAULT 0")


MIGRATIONS = [
    ("notes", _migrate_notes),
    ("notes_pinned", _migrate_notes_pinned),
]
