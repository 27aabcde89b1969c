"""SQLite: every entry runs once, in this order, when the application starts."""


def _migrate_notes(cursor, conn):
    cursor.execute("""
        CREATE TABLE IF NOT EXISTS notes (
            id INTEGER PRIMARY KEY,
            body TEXT NOT NULL
        )
    """)


MIGRATIONS = [
    ("notes", _migrate_notes),
]
