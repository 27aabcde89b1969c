"""Stars and nested targets on the left, stars in displays, swaps and augmented assignment."""

COLUMNS = [("id", ("INTEGER", "PRIMARY KEY")), ("name", ("TEXT", "NOT NULL")), ("size", ("REAL", ""))]
MORE = ["color TEXT", "weight REAL"]


def create(cursor, conn):
    definitions = []
    for name, (kind, constraint) in COLUMNS:
        definitions += [f"{name} {kind} {constraint}".rstrip()]
    cursor.execute(f"CREATE TABLE parts ({', '.join([*definitions, *MORE, 'last TEXT'])})")


def left(cursor, conn):
    first, *middle, last = [row[1] for row in cursor.execute("PRAGMA table_info(parts)")]
    cursor.execute(f"CREATE TABLE ends ({first}, {last}, middle_{len(middle)})")
    (a, b), *_, [c, *d] = [(1, 2), None, None, "xyz"]
    cursor.execute(f"CREATE TABLE nested_{a}_{b}_{c}_{'_'.join(d)} (id INTEGER)")
    x = y = "same"
    x, y = y + "_x", x + "_y"
    cursor.execute(f"CREATE TABLE swapped ({x}, {y})")


def augmented(cursor, conn):
    number, text, names, options = 1, "a", ["p"], {"k": 1}
    number += 2
    number *= 5
    number -= 1
    number //= 3
    number **= 2
    number %= 9
    text *= 3
    names += "qr"
    options |= {"l": number}
    options["k"] += 10
    alias = names
    alias += ["t"]
    cursor.execute(f"CREATE TABLE augmented_{number}_{text} ({', '.join(names)}, k_{options['k']}, l_{options['l']})")


def right(cursor, conn):
    merged = {**{"a": "TEXT", "b": "TEXT"}, "b": "REAL", **dict(c="BLOB")}
    cursor.execute(f"CREATE TABLE merged ({', '.join(' '.join(item) for item in merged.items())})")
    numbers = {*range(3), *[2, 3]}
    pair = *MORE, "tuple TEXT"
    cursor.execute(f"CREATE TABLE starred_{len(numbers)} ({', '.join(pair)})")
    target = {}
    for target["key"], value in [("one", 1), ("two", 2)]:
        pass
    cursor.execute(f"CREATE TABLE {target['key']}_{value} (id INTEGER)")


MIGRATIONS = [("create", create), ("left", left), ("augmented", augmented), ("right", right)]
