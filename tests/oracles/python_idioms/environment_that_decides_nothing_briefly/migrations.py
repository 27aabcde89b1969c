import os

DIALECT = "sqlite"

def one(cursor, conn):
    cursor.execute("CREATE TABLE t (name TEXT)")
    name = os.environ.get("SURELY_NOT_SET", "nobody")
    cursor.execute("INSERT INTO t (name) VALUES (?)", (name,))
    path = os.path.join(os.path.dirname(__file__), "x.sql")
    if os.path.basename(path) == "x.sql" and DIALECT == "sqlite":
        cursor.execute("CREATE TABLE u (a)")

MIGRATIONS = [("one", one)]
