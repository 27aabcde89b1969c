"""Migrations of the SQLite database, oldest first."""


def _migrate_baseline(cursor, conn):
    cursor.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    conn.commit()


MIGRATIONS = [
    ("baseline", _migrate_baseline),
]
