"""WITHOUT ROWID, STRICT, AUTOINCREMENT, composite keys, collations, checks and names in quotes."""


def create(cursor, conn):
    cursor.execute("CREATE TABLE pairs (a TEXT, b TEXT COLLATE NOCASE, n INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID")
    cursor.execute("CREATE TABLE exact (id INTEGER PRIMARY KEY AUTOINCREMENT, x ANY, y INT NOT NULL) STRICT")
    cursor.execute("CREATE TABLE both (k TEXT PRIMARY KEY, v BLOB) STRICT, WITHOUT ROWID")
    cursor.execute('CREATE TABLE "order" ("group" TEXT, [select] TEXT, `from` TEXT, "two words" INTEGER)')
    cursor.execute("CREATE TABLE no_types (a, b DEFAULT (1 + 2), c CHECK (c > 0), UNIQUE (a, b) ON CONFLICT REPLACE)")


def constraints(cursor, conn):
    cursor.execute(
        """
        CREATE TABLE constrained (
            id INTEGER CONSTRAINT pk PRIMARY KEY,
            pair_a TEXT,
            pair_b TEXT,
            data TEXT DEFAULT '{}' CONSTRAINT is_json CHECK (json_valid(data)),
            at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
            day TEXT DEFAULT (date('now')),
            low INTEGER DEFAULT -1,
            CONSTRAINT in_order CHECK (pair_a < pair_b),
            CONSTRAINT to_pairs FOREIGN KEY (pair_a, pair_b) REFERENCES pairs (a, b)
                ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED
        )
        """
    )


def quoted(cursor, conn):
    def quote(name):
        return '"' + name.replace('"', '""') + '"'

    for name in ("new column", 'with "quotes"', "üñí"):
        cursor.execute(f"ALTER TABLE {quote('order')} ADD COLUMN {quote(name)} TEXT")
    names = [row[1] for row in cursor.execute("PRAGMA table_info('order')")]
    cursor.execute(f"CREATE TABLE copy ({', '.join(quote(name.upper()) for name in names)})")
    rows = cursor.execute("SELECT name FROM pragma_table_list WHERE wr AND schema = 'main' ORDER BY 1").fetchall()
    cursor.execute(f"CREATE TABLE without_rowid ({', '.join(row[0] for row in rows)})")


MIGRATIONS = [("create", create), ("constraints", constraints), ("quoted", quoted)]
