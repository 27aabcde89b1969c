import sqlite3

def one(conn):
    conn.row_factory = sqlite3.Row
    conn.execute("CREATE TABLE t (a INTEGER)")
    names = [row["name"] for row in conn.execute("PRAGMA table_info(t)")]
    if "b" not in names and len(names) == 1:
        conn.execute("ALTER TABLE t ADD COLUMN b TEXT")
    row = conn.execute("PRAGMA table_info(t)").fetchone()
    if row.keys()[1] == "name" and row["TYPE"] == "INTEGER":
        conn.execute("CREATE TABLE seen (x)")

MIGRATIONS = [("one", one)]
