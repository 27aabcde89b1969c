"""A migration that finds nothing to do returns at once."""

import logging

logger = logging.getLogger(__name__)


def _columns(cursor, table):
    return [row[1] for row in cursor.execute(f"PRAGMA table_info({table})").fetchall()]


def create(cursor, conn):
    cursor.execute("CREATE TABLE documents (id INTEGER PRIMARY KEY, title TEXT)")


def nothing_to_do(cursor, conn):
    if "title" in _columns(cursor, "documents"):
        logger.info("title is there already")
        return
    cursor.execute("ALTER TABLE documents ADD COLUMN title TEXT")
    cursor.execute("CREATE TABLE unreachable (id INTEGER)")


def no_table(cursor, conn):
    columns = _columns(cursor, "archive")
    if not columns:
        return None
    cursor.execute("ALTER TABLE archive ADD COLUMN reason TEXT")


def from_within_a_loop(cursor, conn):
    for column in ("summary", "title", "language"):
        if column in _columns(cursor, "documents"):
            return
        cursor.execute(f"ALTER TABLE documents ADD COLUMN {column} TEXT")


def from_within_a_try(cursor, conn):
    try:
        if "language" not in _columns(cursor, "documents"):
            return
        cursor.execute("CREATE TABLE languages (code TEXT PRIMARY KEY)")
    finally:
        cursor.execute("ALTER TABLE documents ADD COLUMN done INTEGER DEFAULT 1")


MIGRATIONS = [
    ("create", create),
    ("nothing_to_do", nothing_to_do),
    ("no_table", no_table),
    ("from_within_a_loop", from_within_a_loop),
    ("from_within_a_try", from_within_a_try),
]
