import sqlite3

def _add(cursor, column):
    try:
        cursor.execute(f"ALTER TABLE t ADD COLUMN {column}")
    except sqlite3.OperationalError as e:
        if "duplicate column name" not in str(e).lower():
            raise
        cursor.execute(f"CREATE TABLE duplicate_{column.split()[0]} (x)")

def one(cursor, conn):
    cursor.execute("CREATE TABLE t (a)")
    _add(cursor, "b TEXT")
    _add(cursor, "b TEXT")

MIGRATIONS = [("one", one)]
