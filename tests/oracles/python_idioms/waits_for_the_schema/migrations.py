"""Entries need tables that only schema.py makes: they wait until it has run."""

import sqlite3


def add_theme(cursor, conn):
    cursor.execute("ALTER TABLE settings ADD COLUMN theme TEXT DEFAULT 'light'")


def create_own(cursor, conn):
    cursor.execute("CREATE TABLE own (id INTEGER PRIMARY KEY)")


def half_way(cursor, conn):
    """The ALTER stays when the entry is rolled back, the row does not."""
    columns = {row[1] for row in cursor.execute("PRAGMA table_info(own)")}
    if "half" not in columns:
        cursor.execute("ALTER TABLE own ADD COLUMN half TEXT")
    else:
        cursor.execute("ALTER TABLE own ADD COLUMN second_time TEXT")
    cursor.execute("INSERT INTO own (half) VALUES ('x')")
    cursor.execute("UPDATE settings SET value = 1")
    (rows,) = cursor.execute("SELECT COUNT(*) FROM own").fetchone()
    cursor.execute(f"ALTER TABLE own ADD COLUMN rows_{rows} INTEGER")


def guarded(cursor, conn):
    """PRAGMA table_info has nothing to say about a table that is not there, so ALTER TABLE is reached."""
    columns = {row[1] for row in cursor.execute("PRAGMA table_info(settings)")}
    if "scope" not in columns:
        cursor.execute("ALTER TABLE settings ADD COLUMN scope TEXT")


def translated(cursor, conn):
    try:
        cursor.execute("ALTER TABLE sessions ADD COLUMN seen_at TEXT")
    except sqlite3.OperationalError as error:
        if "duplicate column" not in str(error):
            raise


def after_all(cursor, conn):
    for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        cursor.execute(f"CREATE TABLE saw_{name} (id INTEGER)")


MIGRATIONS = [
    ("add_theme", add_theme),
    ("create_own", create_own),
    ("half_way", half_way),
    ("guarded", guarded),
    ("translated", translated),
    ("after_all", after_all),
]
