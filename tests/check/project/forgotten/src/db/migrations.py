"""Migrations of the SQLite database, oldest first."""


def _migrate_baseline(cursor, conn):
    cursor.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    conn.commit()


def _migrate_pinned(cursor, conn):
    cursor.execute("ALTER TABLE notes ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0")
    conn.commit()


MIGRATIONS = [
    ("baseline", _migrate_baseline),
    ("notes_pinned", _migrate_pinned),
]
