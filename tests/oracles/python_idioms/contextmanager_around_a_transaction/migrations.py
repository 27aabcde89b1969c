"""@contextmanager opens a transaction, commits it, and rolls it back where something is raised."""

from contextlib import contextmanager


@contextmanager
def transaction(conn):
    cursor = conn.cursor()
    cursor.execute("BEGIN")
    try:
        yield cursor
    except Exception:
        conn.rollback()
        raise
    else:
        conn.commit()


@contextmanager
def foreign_keys_off(conn):
    before = conn.execute("PRAGMA foreign_keys").fetchone()[0]
    conn.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        conn.execute(f"PRAGMA foreign_keys = {before}")


def create(cursor, conn):
    with transaction(conn) as tx:
        tx.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        tx.execute("CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents(id))")


def rolled_back(cursor, conn):
    try:
        with transaction(conn) as tx:
            tx.execute("CREATE TABLE never (id INTEGER)")
            raise ValueError("stop")
    except ValueError as error:
        cursor.execute(f"CREATE TABLE reason_{error} (id INTEGER)")


def rebuild(cursor, conn):
    conn.execute("PRAGMA foreign_keys = ON")
    with foreign_keys_off(conn), transaction(conn) as tx:
        tx.execute("CREATE TABLE parents_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '')")
        tx.execute("INSERT INTO parents_new (id) SELECT id FROM parents")
        tx.execute("DROP TABLE parents")
        tx.execute("ALTER TABLE parents_new RENAME TO parents")
    if conn.execute("PRAGMA foreign_keys").fetchone() == (1,):
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("ALTER TABLE parents ADD COLUMN enforced INTEGER")


MIGRATIONS = [("create", create), ("rolled_back", rolled_back), ("rebuild", rebuild)]
