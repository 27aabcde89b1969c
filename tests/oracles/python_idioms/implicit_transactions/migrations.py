"""A transaction begins before a change of rows; DDL is part of it from there on."""

import sqlite3


def create(cursor, conn):
    cursor.execute("CREATE TABLE logs (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    if not conn.in_transaction:
        cursor.execute("ALTER TABLE logs ADD COLUMN no_transaction_yet TEXT")


def rolled_back(cursor, conn):
    cursor.execute("CREATE TABLE before_the_row (id INTEGER)")
    cursor.execute("INSERT INTO logs (text) VALUES ('a')")
    cursor.execute("CREATE TABLE after_the_row (id INTEGER)")
    conn.rollback()
    cursor.execute("CREATE TABLE at_the_end (id INTEGER)")


def committed_by_a_script(cursor, conn):
    cursor.execute("INSERT INTO logs (text) VALUES ('b')")
    cursor.execute("CREATE TABLE kept_by_a_script (id INTEGER)")
    cursor.executescript("SELECT 1;")
    conn.rollback()
    (count,) = cursor.execute("SELECT COUNT(*) FROM logs").fetchone()
    cursor.execute(f"CREATE TABLE rows_{count} (id INTEGER)")


def error_inside(cursor, conn):
    cursor.execute("INSERT INTO logs (text) VALUES ('c')")
    try:
        cursor.execute("INSERT INTO logs (text) VALUES (NULL)")
    except sqlite3.IntegrityError:
        pass
    cursor.execute("CREATE TABLE still_open (id INTEGER)")
    if conn.in_transaction:
        conn.commit()
    conn.rollback()


def left_open(cursor, conn):
    """Whoever runs the migration commits."""
    cursor.execute("DELETE FROM logs WHERE text = 'c'")
    cursor.execute("ALTER TABLE logs ADD COLUMN left_open TEXT")


def after_that(cursor, conn):
    conn.rollback()
    other = conn.cursor()
    rows = [row[0] for row in other.execute("SELECT text FROM logs")]
    other.close()
    cursor.execute(f"CREATE TABLE last ({', '.join(rows)})")


MIGRATIONS = [
    ("create", create),
    ("rolled_back", rolled_back),
    ("committed_by_a_script", committed_by_a_script),
    ("error_inside", error_inside),
    ("left_open", left_open),
    ("after_that", after_that),
]
