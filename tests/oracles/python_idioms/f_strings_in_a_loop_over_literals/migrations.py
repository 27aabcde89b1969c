COLUMNS = [("a", "INTEGER"), ("b", "TEXT NOT NULL DEFAULT ''"), ("c", "REAL")]

def one(cursor, conn):
    cursor.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    for name, kind in COLUMNS:
        cursor.execute(f"ALTER TABLE t ADD COLUMN {name} {kind}")
    for index, (name, _) in enumerate(COLUMNS, start=1):
        cursor.execute(f"CREATE INDEX idx_{index:02d}_{name} ON t ({name})")

MIGRATIONS = [("one", one)]
