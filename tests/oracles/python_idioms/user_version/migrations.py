def one(conn):
    version = conn.execute("PRAGMA user_version").fetchone()[0]
    if version < 1:
        conn.execute("CREATE TABLE t (a)")
        conn.execute("PRAGMA user_version = 1")

def two(conn):
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    if version == 1:
        conn.execute("ALTER TABLE t ADD COLUMN b")

MIGRATIONS = [("one", one), ("two", two)]
