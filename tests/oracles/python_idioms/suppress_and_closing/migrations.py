"""contextlib.suppress in place of try and pass, and cursors that are closed."""

import contextlib
import sqlite3
from contextlib import closing, suppress


def create(cursor, conn):
    with closing(conn.cursor()) as own:
        own.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, state TEXT)")


def suppressed(cursor, conn):
    for column in ("state", "worker"):
        with suppress(sqlite3.OperationalError):
            cursor.execute(f"ALTER TABLE jobs ADD COLUMN {column} TEXT")
            cursor.execute(f"ALTER TABLE jobs ADD COLUMN {column}_at TEXT")


def several(cursor, conn):
    with contextlib.suppress(KeyError, sqlite3.Error):
        {}["missing"]
        cursor.execute("CREATE TABLE unreachable (id INTEGER)")
    try:
        with suppress(KeyError):
            cursor.execute("DROP TABLE nothing")
    except sqlite3.OperationalError:
        cursor.execute("CREATE TABLE not_suppressed (id INTEGER)")


def nothing_to_do(cursor, conn):
    dry_run = False
    with contextlib.nullcontext(conn) if dry_run else conn:
        conn.execute("CREATE INDEX idx_jobs_state ON jobs(state)")


def stacked(cursor, conn):
    with contextlib.ExitStack() as stack:
        inner = stack.enter_context(closing(conn.cursor()))
        stack.callback(conn.execute, "CREATE TABLE on_exit (id INTEGER)")
        inner.execute("CREATE TABLE before_exit (id INTEGER)")


MIGRATIONS = [
    ("create", create),
    ("suppressed", suppressed),
    ("several", several),
    ("nothing_to_do", nothing_to_do),
    ("stacked", stacked),
]
