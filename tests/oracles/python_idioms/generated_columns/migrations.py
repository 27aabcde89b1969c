"""Columns that SQLite computes, virtual and stored."""

import sqlite3


def create(cursor, conn):
    cursor.execute(
        """
        CREATE TABLE lines (
            id INTEGER PRIMARY KEY,
            price INTEGER NOT NULL DEFAULT 0,
            amount INTEGER NOT NULL DEFAULT 1,
            total INTEGER GENERATED ALWAYS AS (price * amount) STORED,
            label TEXT AS ('line ' || id)
        )
        """
    )


def add(cursor, conn):
    cursor.execute("ALTER TABLE lines ADD COLUMN doubled INTEGER GENERATED ALWAYS AS (total * 2) VIRTUAL")
    cursor.execute("INSERT INTO lines (price, amount) VALUES (1, 0)")
    try:
        cursor.execute("ALTER TABLE lines ADD COLUMN tripled INTEGER GENERATED ALWAYS AS (total * 3) STORED")
    except sqlite3.OperationalError as error:
        if "cannot add a STORED column" in str(error):
            cursor.execute("ALTER TABLE lines ADD COLUMN tripled INTEGER AS (total * 3)")


def seen(cursor, conn):
    plain = [row[1] for row in cursor.execute("PRAGMA table_info(lines)")]
    hidden = [row[1] for row in cursor.execute("PRAGMA table_xinfo(lines)") if row[6]]
    cursor.execute(f"CREATE TABLE plain ({', '.join(plain)})")
    cursor.execute(f"CREATE TABLE computed ({', '.join(hidden)})")
    cursor.execute("INSERT INTO lines (price, amount) VALUES (3, 4)")
    (doubled,) = cursor.execute("SELECT MAX(doubled) FROM lines").fetchone()
    cursor.execute(f"CREATE INDEX idx_lines_{doubled} ON lines(doubled)")


MIGRATIONS = [("create", create), ("add", add), ("seen", seen)]
