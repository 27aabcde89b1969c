def _columns(cursor, table):
    cursor.execute(f"PRAGMA table_info({table})")
    return {row[1] for row in cursor.fetchall()}

def one(cursor, conn):
    cursor.execute("CREATE TABLE t (a INTEGER, b TEXT)")

def two(cursor, conn):
    columns = _columns(cursor, "t")
    if "b" not in columns:
        cursor.execute("ALTER TABLE t ADD COLUMN b TEXT")
    if "c" not in columns:
        cursor.execute("ALTER TABLE t ADD COLUMN c TEXT")

MIGRATIONS = [("one", one), ("two", two)]
