"""Lists, sets and dicts, with conditions and one in another."""

COLUMNS = [
    ("id", "INTEGER PRIMARY KEY", True),
    ("name", "TEXT NOT NULL", True),
    ("legacy_code", "TEXT", False),
    ("price", "REAL", True),
]

MATRIX = {"north": ["low", "high"], "south": ["low"]}


def with_conditions(cursor, conn):
    kept = [f"{name} {definition}" for name, definition, keep in COLUMNS if keep]
    cursor.execute(f"CREATE TABLE products ({', '.join(kept)})")
    dropped = {name for name, _, keep in COLUMNS if not keep}
    for name in dropped:
        cursor.execute(f"CREATE TABLE dropped_{name} (id INTEGER)")
    marked = [name if keep else f"old_{name}" for name, _, keep in COLUMNS if name != "id" if len(name) > 4]
    cursor.execute(f"CREATE TABLE marked ({', '.join(marked)})")


def nested(cursor, conn):
    pairs = [f"{side}_{level}" for side, levels in MATRIX.items() for level in levels]
    cursor.execute(f"CREATE TABLE readings ({', '.join(f'{pair} REAL' for pair in pairs)})")
    table = [[f"c{row}{column}" for column in range(2)] for row in range(3)]
    flat = [cell for row in table for cell in row if cell != "c11"]
    cursor.execute(f"CREATE TABLE grid ({', '.join(flat)})")
    sizes = {side: {level: len(level) for level in levels if level} for side, levels in MATRIX.items()}
    cursor.execute(f"CREATE TABLE sizes (a TEXT DEFAULT '{sizes['north']['high']}', b TEXT DEFAULT '{len(sizes)}')")


def names_of_their_own(cursor, conn):
    name = "outer"
    names = [name for name in ("x", "y")]
    cursor.execute(f"CREATE TABLE {name} ({', '.join(names)})")
    inverted = {value: key for key, value in zip("abc", range(3))}
    cursor.execute(f"CREATE TABLE inverted ({', '.join(inverted[n] for n in (2, 0, 1))})")


MIGRATIONS = [
    ("with_conditions", with_conditions),
    ("nested", nested),
    ("names_of_their_own", names_of_their_own),
]
