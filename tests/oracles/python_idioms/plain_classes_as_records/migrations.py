"""Classes with __init__ that hold what is to be added."""


class Column:
    nullable = True

    def __init__(self, name, kind="TEXT", default=None):
        self.name = name
        self.kind = kind
        self.default = default

    def sql(self):
        text = f"{self.name} {self.kind}"
        if self.default is not None:
            text += f" DEFAULT {self.default}"
        return text

    def __repr__(self):
        return f"Column({self.name!r})"

    def __str__(self):
        return self.sql()

    def __eq__(self, other):
        return isinstance(other, Column) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


class Required(Column):
    nullable = False

    def sql(self):
        return super().sql() + " NOT NULL"


class Table:
    registry = {}

    def __init__(self, name, *columns):
        self.name = name
        self.columns = list(columns)
        Table.registry[name] = self

    def __len__(self):
        return len(self.columns)

    def __iter__(self):
        return iter(self.columns)

    def __getitem__(self, index):
        return self.columns[index]

    def __contains__(self, name):
        return any(column.name == name for column in self.columns)

    def create(self, cursor):
        cursor.execute(f"CREATE TABLE {self.name} ({', '.join(column.sql() for column in self)})")


SHELVES = Table("shelves", Column("id", "INTEGER PRIMARY KEY"), Required("label"), Column("depth", "REAL", default=0.5))
Table("boxes", Column("id", "INTEGER PRIMARY KEY"), Column("shelf_id", "INTEGER"))


def create_all(cursor, conn):
    for table in Table.registry.values():
        table.create(cursor)


def add(cursor, conn):
    extra = Column("note")
    extra.kind = "BLOB"
    cursor.execute(f"ALTER TABLE boxes ADD COLUMN {extra}")
    if repr(extra) == "Column('note')" and "label" in SHELVES and "note" not in SHELVES and len(SHELVES) == 3:
        cursor.execute(f"CREATE INDEX idx_shelves ON shelves({SHELVES[1].name}, {SHELVES[-1].name})")
    required = [column.name for table in Table.registry.values() for column in table if not column.nullable]
    cursor.execute(f"CREATE TABLE required ({', '.join(required)})")
    unique = {Column("x"), Column("x", "INTEGER"), Column("y")}
    cursor.execute(f"CREATE TABLE unique_{len(unique)} ({', '.join(sorted(column.name for column in unique))})")
    setattr(extra, "name", "renamed")
    cursor.execute(f"ALTER TABLE boxes ADD COLUMN {getattr(extra, 'name')} TEXT")


MIGRATIONS = [("create_all", create_all), ("add", add)]
