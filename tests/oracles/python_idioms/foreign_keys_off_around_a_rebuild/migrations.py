"""The twelve steps: foreign keys off, rebuild in a transaction, check, foreign keys on."""


def create(cursor, conn):
    conn.execute("PRAGMA foreign_keys = ON")
    cursor.execute("CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT)")
    cursor.execute(
        "CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors(id) ON DELETE CASCADE)"
    )
    cursor.execute("INSERT INTO authors (name) VALUES ('one')")
    cursor.execute("INSERT INTO books (author_id) VALUES (1)")


def rebuild(cursor, conn):
    conn.commit()
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        cursor.execute("BEGIN TRANSACTION")
        cursor.execute("CREATE TABLE authors_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INTEGER)")
        cursor.execute("INSERT INTO authors_new (id, name) SELECT id, COALESCE(name, '') FROM authors")
        cursor.execute("DROP TABLE authors")
        cursor.execute("ALTER TABLE authors_new RENAME TO authors")
        problems = cursor.execute("PRAGMA foreign_key_check").fetchall()
        if problems:
            raise RuntimeError(f"foreign keys are broken: {problems}")
        cursor.execute("COMMIT")
    except Exception:
        cursor.execute("ROLLBACK")
        raise
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
    (books,) = cursor.execute("SELECT COUNT(*) FROM books").fetchone()
    cursor.execute(f"CREATE TABLE books_left_{books} (id INTEGER)")


def without_the_pragma(cursor, conn):
    """The rows that refer to the table go with it."""
    cursor.execute("CREATE TABLE authors_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    cursor.execute("INSERT INTO authors_new SELECT id, name FROM authors")
    cursor.execute("DROP TABLE authors")
    cursor.execute("ALTER TABLE authors_new RENAME TO authors")
    (books,) = cursor.execute("SELECT COUNT(*) FROM books").fetchone()
    cursor.execute(f"CREATE TABLE then_left_{books} (id INTEGER)")


def keys(cursor, conn):
    for row in cursor.execute("PRAGMA foreign_key_list(books)").fetchall():
        cursor.execute(f"CREATE TABLE key_{row[2]} ({row[3]}, {row[4]}_, {row[6].lower()}_)")


MIGRATIONS = [
    ("create", create),
    ("rebuild", rebuild),
    ("without_the_pragma", without_the_pragma),
    ("keys", keys),
]
