from contextlib import closing, contextmanager, suppress
import sqlite3

@contextmanager
def transaction(conn):
    conn.execute("BEGIN")
    try:
        yield conn.cursor()
        conn.execute("COMMIT")
    except Exception:
        conn.execute("ROLLBACK")
        raise

class Savepoint:
    def __init__(self, cursor, name):
        self.cursor = cursor
        self.name = name
    def __enter__(self):
        self.cursor.execute(f"SAVEPOINT {self.name}")
        return self
    def __exit__(self, kind, error, trace):
        if kind is not None:
            self.cursor.execute(f"ROLLBACK TO {self.name}")
        self.cursor.execute(f"RELEASE {self.name}")
        return kind is not None and issubclass(kind, sqlite3.Error)

def one(conn):
    with transaction(conn) as cursor:
        cursor.execute("CREATE TABLE t (a)")
    with suppress(sqlite3.OperationalError):
        with transaction(conn) as cursor:
            cursor.execute("CREATE TABLE gone (a)")
            cursor.execute("CREATE TABLE t (a)")
    with closing(conn.cursor()) as cursor, Savepoint(cursor, "s"):
        cursor.execute("CREATE TABLE taken_back (a)")
        cursor.execute("ALTER TABLE nowhere ADD COLUMN a")
    with conn:
        conn.execute("CREATE TABLE u (a)")

def returns(conn):
    with transaction(conn) as cursor:
        cursor.execute("CREATE TABLE v (a)")
        return
    conn.execute("CREATE TABLE never (a)")

MIGRATIONS = [("one", one), ("returns", returns)]
