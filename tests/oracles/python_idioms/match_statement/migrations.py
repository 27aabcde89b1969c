"""match on literals, sequences, mappings, classes, alternatives, captures and guards."""

from dataclasses import dataclass

STEPS = [
    ("create", "tools"),
    ("add", "tools", "name", "TEXT"),
    ("add", "tools", "size"),
    {"op": "index", "table": "tools", "columns": ["name", "size"]},
    {"op": "index", "table": "tools", "columns": []},
    ["drop", "tools", "old"],
    ("rename", ("tools", "size"), ("tools", "length")),
    42,
    None,
    "CREATE TABLE from_text (id INTEGER)",
]


@dataclass
class Add:
    column: str
    kind: str = "TEXT"


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


def _run(cursor, step):
    match step:
        case ("create", name):
            cursor.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)")
        case ("add", table, column, kind):
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
        case ("add", table, *rest) if len(rest) == 1:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {rest[0]} INTEGER")
        case {"op": "index", "table": table, "columns": [first, *others]}:
            cursor.execute(f"CREATE INDEX idx_{table}_{first}_{len(others)} ON {table}({', '.join([first, *others])})")
        case {"op": "index", **more}:
            cursor.execute(f"CREATE TABLE no_columns ({', '.join(f'{key}_of_it' for key in more)})")
        case ["drop" | "delete", table, _]:
            cursor.execute(f"CREATE TABLE dropped_from_{table} (id INTEGER)")
        case ("rename", (table, old), (_, new)):
            cursor.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
        case int() | float() as number:
            cursor.execute(f"CREATE TABLE number_{number} (id INTEGER)")
        case None:
            cursor.execute("CREATE TABLE none (id INTEGER)")
        case str(sql):
            cursor.execute(sql)
        case _:
            raise TypeError(step)


def steps(cursor, conn):
    for step in STEPS:
        _run(cursor, step)


def classes(cursor, conn):
    for step in (Add("color"), Add("weight", "REAL"), Add(column="x", kind="BLOB"), Point(0, 5)):
        match step:
            case Add(column="x"):
                pass
            case Add(column, kind="TEXT"):
                cursor.execute(f"ALTER TABLE tools ADD COLUMN {column} TEXT DEFAULT 'text'")
            case Add(name, kind):
                cursor.execute(f"ALTER TABLE tools ADD COLUMN {name} {kind}")
            case Point(0, y):
                cursor.execute(f"CREATE TABLE point_{y} (id INTEGER)")


def literals(cursor, conn):
    match cursor.execute("PRAGMA user_version").fetchone()[0]:
        case 0:
            cursor.execute("CREATE TABLE version_0 (id INTEGER)")
        case 1 | 2:
            cursor.execute("CREATE TABLE version_1 (id INTEGER)")


MIGRATIONS = [("steps", steps), ("classes", classes), ("literals", literals)]
