"""A column that is there already is told from what SQLite says."""

import sqlite3


def _add_column(cursor, table, definition):
    try:
        cursor.execute(f"ALTER TABLE {table} ADD COLUMN {definition}")
    except sqlite3.OperationalError as e:
        if "duplicate column name" not in str(e).lower():
            raise
        return False
    return True


def create(cursor, conn):
    cursor.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, body TEXT)")


def add(cursor, conn):
    for definition in ("body BLOB", "sender TEXT", "Sender TEXT", "read_at TEXT"):
        _add_column(cursor, "messages", definition)


def swallow_all(cursor, conn):
    try:
        cursor.execute("ALTER TABLE messages ADD COLUMN sender TEXT")
        cursor.execute("ALTER TABLE messages ADD COLUMN skipped TEXT")
    except sqlite3.OperationalError:
        pass
    cursor.execute("ALTER TABLE messages ADD COLUMN reached TEXT")


def what_it_says(cursor, conn):
    try:
        cursor.execute("ALTER TABLE messages ADD COLUMN body TEXT")
    except sqlite3.Error as e:
        word, _, column = str(e).rpartition(": ")
        if e.args[0] == "duplicate column name: body" and type(e).__name__ == "OperationalError":
            cursor.execute(f"ALTER TABLE messages ADD COLUMN {column}_{word.split()[0]} TEXT")


def other_errors(cursor, conn):
    try:
        _add_column(cursor, "messages", "id2 INTEGER PRIMARY KEY")
    except sqlite3.OperationalError as e:
        if "Cannot add a PRIMARY KEY column" in str(e):
            cursor.execute("CREATE TABLE no_primary_key (id INTEGER)")
    try:
        cursor.execute("CREATE TABLE messages (id INTEGER)")
    except sqlite3.OperationalError as e:
        if str(e) == "table messages already exists":
            cursor.execute("CREATE TABLE already_there (id INTEGER)")


MIGRATIONS = [
    ("create", create),
    ("add", add),
    ("swallow_all", swallow_all),
    ("what_it_says", what_it_says),
    ("other_errors", other_errors),
]
