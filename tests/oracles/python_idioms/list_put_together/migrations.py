"""The list grows: +=, append, extend, insert, stars, and lists of other modules."""

from later import LATER


def _table(name):
    def create(cursor, conn):
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {name} (id INTEGER PRIMARY KEY)")

    return create


def _column(table, column):
    return (f"{table}_{column}", lambda cursor, conn: cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT"))


_BASE = [("base", _table("base"))]

MIGRATIONS = [
    *_BASE,
    ("first", _table("first")),
]
MIGRATIONS += [("second", _table("second"))]
MIGRATIONS.append(("third", _table("third")))
MIGRATIONS.extend([_column("first", "one"), _column("first", "two")])
MIGRATIONS = MIGRATIONS + LATER
MIGRATIONS.extend(_column("second", name) for name in ("a", "b"))
for _name in ("p", "q"):
    MIGRATIONS.append(_column("third", _name))
if len(MIGRATIONS) > 5:
    MIGRATIONS.append(("conditional", _table(f"conditional_{len(MIGRATIONS)}")))
