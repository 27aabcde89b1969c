def one(cursor, conn):
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, k TEXT COLLATE NOCASE UNIQUE)")
    cursor.execute("""CREATE TABLE b (
        a_id INTEGER NOT NULL REFERENCES a (id) ON DELETE SET NULL,
        low INTEGER CHECK (low > 0),
        high INTEGER GENERATED ALWAYS AS (low * 2) STORED,
        PRIMARY KEY (a_id, low),
        CHECK (high >= low)
    ) WITHOUT ROWID""")
    cursor.execute("CREATE UNIQUE INDEX b_lower ON b (low DESC, high) WHERE high > 10")
    cursor.execute("PRAGMA foreign_keys = OFF")

MIGRATIONS = [("one", one)]
