"""Objects with __call__, __enter__ and __exit__."""


class AddColumn:
    def __init__(self, table, column):
        self.table, self.column = table, column

    def __call__(self, cursor, conn):
        cursor.execute(f"ALTER TABLE {self.table} ADD COLUMN {self.column} TEXT")


class Savepoint:
    def __init__(self, conn, name):
        self.conn = conn
        self.name = name

    def __enter__(self):
        self.conn.execute(f"SAVEPOINT {self.name}")
        return self

    def __exit__(self, kind, value, traceback):
        if kind is not None:
            self.conn.execute(f"ROLLBACK TO {self.name}")
        self.conn.execute(f"RELEASE {self.name}")
        return kind is not None and issubclass(kind, ValueError)


def create(cursor, conn):
    with Savepoint(conn, "first") as savepoint:
        conn.execute("CREATE TABLE clips (id INTEGER PRIMARY KEY)")
        conn.execute(f"CREATE TABLE made_in_{savepoint.name} (id INTEGER)")


def undone(cursor, conn):
    with Savepoint(conn, "second"):
        conn.execute("CREATE TABLE undone (id INTEGER)")
        raise ValueError("swallowed")
    try:
        with Savepoint(conn, "third"):
            conn.execute("CREATE TABLE undone_too (id INTEGER)")
            raise KeyError("not swallowed")
    except KeyError:
        conn.execute("CREATE TABLE not_swallowed (id INTEGER)")


MIGRATIONS = [
    ("create", create),
    ("add_title", AddColumn("clips", "title")),
    ("undone", undone),
    ("add_length", AddColumn("clips", "length")),
]
