"""SAVEPOINT, ROLLBACK TO and RELEASE around steps that may fail."""

import sqlite3

STEPS = [
    "CREATE TABLE one (id INTEGER)",
    "CREATE TABLE one (id INTEGER)",
    "CREATE TABLE two (id INTEGER)",
    "ALTER TABLE missing ADD COLUMN x TEXT",
    "ALTER TABLE two ADD COLUMN x TEXT",
]


def tolerant(cursor, conn):
    failed = 0
    for number, step in enumerate(STEPS):
        cursor.execute(f"SAVEPOINT step_{number}")
        try:
            cursor.execute(step)
        except sqlite3.OperationalError:
            cursor.execute(f"ROLLBACK TO SAVEPOINT step_{number}")
            failed += 1
        finally:
            cursor.execute(f"RELEASE SAVEPOINT step_{number}")
    cursor.execute(f"CREATE TABLE failed_{failed} (id INTEGER)")


def nested(cursor, conn):
    conn.execute("SAVEPOINT outer_point")
    conn.execute("CREATE TABLE kept (id INTEGER)")
    conn.execute("SAVEPOINT inner_point")
    conn.execute("CREATE TABLE dropped (id INTEGER)")
    conn.execute("INSERT INTO kept VALUES (1)")
    conn.execute("ROLLBACK TO inner_point")
    conn.execute("RELEASE outer_point")
    (count,) = conn.execute("SELECT COUNT(*) FROM kept").fetchone()
    conn.execute(f"ALTER TABLE kept ADD COLUMN count_{count}_{int(conn.in_transaction)} INTEGER")


MIGRATIONS = [("tolerant", tolerant), ("nested", nested)]
