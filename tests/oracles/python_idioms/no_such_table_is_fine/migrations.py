"""Errors are told apart by their text: some are left alone, the others raised again."""

import sqlite3


def create(cursor, conn):
    cursor.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, at TEXT)")


def drop_what_may_not_be_there(cursor, conn):
    for table in ("events_old", "events"):
        try:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN source TEXT")
        except sqlite3.OperationalError as exc:
            message = str(exc)
            if "no such table" in message:
                cursor.execute(f"CREATE TABLE {message.split(': ')[1]} (id INTEGER, source TEXT)")
            elif "duplicate column name" in message:
                continue
            else:
                raise


def several_classes(cursor, conn):
    try:
        cursor.execute("SELECT missing FROM events")
    except (sqlite3.IntegrityError, sqlite3.OperationalError) as exc:
        if "no such column" in str(exc):
            cursor.execute("ALTER TABLE events ADD COLUMN missing TEXT")
    try:
        cursor.execute("SELECT missing FROM events")
    except sqlite3.DatabaseError:
        cursor.execute("ALTER TABLE events ADD COLUMN again TEXT")
    try:
        cursor.execute("DROP INDEX idx_events")
    except sqlite3.IntegrityError:
        cursor.execute("CREATE TABLE wrong_class (id INTEGER)")
    except sqlite3.OperationalError:
        cursor.execute("CREATE INDEX idx_events ON events(at)")
    except Exception:
        cursor.execute("CREATE TABLE too_late (id INTEGER)")


def nested(cursor, conn):
    try:
        try:
            cursor.execute("CREATE TABLE events (id INTEGER)")
        except sqlite3.OperationalError as exc:
            if "no such table" in str(exc):
                return
            raise
    except sqlite3.Error as exc:
        cursor.execute(f"CREATE TABLE caught_{type(exc).__name__} (id INTEGER)")


def syntax(cursor, conn):
    try:
        cursor.execute("CREAT TABLE x (id INTEGER)")
    except sqlite3.OperationalError as exc:
        if "syntax error" in str(exc):
            cursor.execute("CREATE TABLE x (id INTEGER)")
    try:
        cursor.execute("SELECT 1; SELECT 2")
    except (sqlite3.Warning, sqlite3.ProgrammingError):
        cursor.execute("ALTER TABLE x ADD COLUMN one_at_a_time TEXT")


MIGRATIONS = [
    ("create", create),
    ("drop_what_may_not_be_there", drop_what_may_not_be_there),
    ("several_classes", several_classes),
    ("nested", nested),
    ("syntax", syntax),
]
