"""Parameters as dicts, numbered ones, computed placeholders, and values of all types."""

import sqlite3
from datetime import date


def create(cursor, conn):
    cursor.execute("CREATE TABLE rates (id INTEGER PRIMARY KEY, name TEXT, value, note TEXT)")
    cursor.execute("INSERT INTO rates (name, value) VALUES (:name, :value)", {"name": "a", "value": 1, "unused": 2})
    cursor.execute("INSERT INTO rates (name, value) VALUES (@name, $value)", dict(name="b", value=2.5))
    cursor.execute("INSERT INTO rates (value, name) VALUES (?2, ?1)", ("c", None))
    cursor.execute("INSERT INTO rates (name, value, note) VALUES (?, ?, ?)", ["d", b"\x01\x02", True])


def placeholders(cursor, conn):
    names = ["a", "c", "z"]
    marks = ", ".join("?" * len(names))
    found = cursor.execute(f"SELECT name FROM rates WHERE name IN ({marks}) ORDER BY name", names).fetchall()
    cursor.execute(f"CREATE TABLE found ({', '.join(name for (name,) in found)})")
    row = {"name": "e", "value": 5}
    cursor.execute(f"INSERT INTO rates ({', '.join(row)}) VALUES ({', '.join(f':{key}' for key in row)})", row)


def types(cursor, conn):
    kinds = [row[0] for row in cursor.execute("SELECT typeof(value) FROM rates ORDER BY id")]
    values = [type(row[0]).__name__ for row in cursor.execute("SELECT value FROM rates ORDER BY id")]
    columns = [f"{kind}_{value}_{n}" for n, (kind, value) in enumerate(zip(kinds, values))]
    cursor.execute(f"CREATE TABLE kinds ({', '.join(columns)})")
    (note,) = cursor.execute("SELECT note FROM rates WHERE id = 4").fetchone()
    cursor.execute(f"CREATE TABLE note_{note} (id INTEGER)")
    day = date(2024, 5, 6).isoformat()
    if cursor.execute("SELECT ? < ?", (day, "2025")).fetchone()[0]:
        cursor.execute("CREATE TABLE compared (id INTEGER)")


def wrong(cursor, conn):
    for sql, values in [("SELECT ?", ()), ("SELECT :a", {}), ("SELECT ?", ([],))]:
        try:
            cursor.execute(sql, values)
        except sqlite3.Error as error:
            name = type(error).__name__
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER)")


MIGRATIONS = [("create", create), ("placeholders", placeholders), ("types", types), ("wrong", wrong)]
