"""A class with methods that return self puts a table together, and a class edits it."""


class TableBuilder:
    def __init__(self, name):
        self._name = name
        self._columns = []
        self._constraints = []
        self._indexes = []

    def column(self, name, kind="TEXT", *, null=True, default=None, references=None):
        parts = [name, kind]
        if not null:
            parts.append("NOT NULL")
        if default is not None:
            parts.append(f"DEFAULT {default!r}")
        if references:
            parts.append("REFERENCES {}({})".format(*references.split(".")))
        self._columns.append(" ".join(parts))
        return self

    def integer(self, name, **options):
        return self.column(name, "INTEGER", **options)

    def unique(self, *names):
        self._constraints.append(f"UNIQUE ({', '.join(names)})")
        return self

    def index(self, *names):
        self._indexes.append(names)
        return self

    def statements(self):
        yield f"CREATE TABLE {self._name} (\n    " + ",\n    ".join(self._columns + self._constraints) + "\n)"
        for names in self._indexes:
            yield f"CREATE INDEX idx_{self._name}_{'_'.join(names)} ON {self._name}({', '.join(names)})"

    def create(self, cursor):
        for statement in self.statements():
            cursor.execute(statement)


class SchemaEditor:
    def __init__(self, conn):
        self.conn = conn
        self.log = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.conn.execute(f"CREATE TABLE edits_{len(self.log)} (id INTEGER)")
        return False

    def add(self, table, name, kind):
        self.conn.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
        self.log.append(("add", name))

    def rename(self, table, **names):
        for old, new in names.items():
            self.conn.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
            self.log.append(("rename", old))


def create(cursor, conn):
    (
        TableBuilder("venues")
        .integer("id", null=False)
        .column("name", null=False, default="it is")
        .integer("size", default=10)
        .unique("id", "name")
        .create(cursor)
    )
    shows = TableBuilder("shows").integer("venue_id", references="venues.id").column("at")
    shows.index("at").index("venue_id", "at").create(cursor)


def edit(cursor, conn):
    with SchemaEditor(conn) as editor:
        editor.add("venues", "city", "TEXT")
        editor.rename("venues", size="capacity", city="town")


MIGRATIONS = [("create", create), ("edit", edit)]
