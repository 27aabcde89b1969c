"""What runs after a try block, and in which order."""

import sqlite3


def create(cursor, conn):
    cursor.execute("CREATE TABLE steps (id INTEGER PRIMARY KEY)")


def _step(cursor, name, sql):
    trace = []
    try:
        trace.append("try")
        cursor.execute(sql)
    except sqlite3.OperationalError:
        trace.append("except")
    else:
        trace.append("else")
    finally:
        trace.append("finally")
        cursor.execute(f"ALTER TABLE steps ADD COLUMN {name}_{'_'.join(trace)} TEXT")
    return trace


def run(cursor, conn):
    _step(cursor, "good", "CREATE TABLE good (id INTEGER)")
    _step(cursor, "bad", "CREATE TABLE good (id INTEGER)")


def _returns(cursor):
    try:
        return "tried"
    finally:
        cursor.execute("CREATE TABLE finally_ran (id INTEGER)")


def _overrides():
    try:
        return "try"
    finally:
        return "finally"


def returns(cursor, conn):
    cursor.execute(f"ALTER TABLE steps ADD COLUMN {_returns(cursor)} TEXT")
    cursor.execute(f"ALTER TABLE steps ADD COLUMN from_{_overrides()} TEXT")


def in_a_loop(cursor, conn):
    for name in ("a", "b", "c"):
        try:
            if name == "b":
                continue
            if name == "c":
                break
            cursor.execute(f"CREATE TABLE body_{name} (id INTEGER)")
        finally:
            cursor.execute(f"CREATE TABLE finally_{name} (id INTEGER)")
    else:
        cursor.execute("CREATE TABLE loop_else (id INTEGER)")


def foreign_keys_back_on(cursor, conn):
    conn.execute("PRAGMA foreign_keys = OFF")
    try:
        cursor.execute("ALTER TABLE good RENAME TO better")
    finally:
        conn.execute("PRAGMA foreign_keys = ON")
    if conn.execute("PRAGMA foreign_keys").fetchone()[0] == 1:
        cursor.execute("CREATE TABLE enforced (id INTEGER REFERENCES better(id))")


MIGRATIONS = [
    ("create", create),
    ("run", run),
    ("returns", returns),
    ("in_a_loop", in_a_loop),
    ("foreign_keys_back_on", foreign_keys_back_on),
]
