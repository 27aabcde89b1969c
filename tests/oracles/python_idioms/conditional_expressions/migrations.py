"""x if y else z, chained comparisons, and/or that give values, truth of containers."""


def create(cursor, conn):
    columns = None
    definition = "id INTEGER PRIMARY KEY" + (", " + columns if columns else "")
    cursor.execute(f"CREATE TABLE points ({definition})")
    cursor.execute("INSERT INTO points DEFAULT VALUES")


def chained(cursor, conn):
    (count,) = cursor.execute("SELECT COUNT(*) FROM points").fetchone()
    if 0 < count <= 1 < 5:
        cursor.execute("ALTER TABLE points ADD COLUMN middle INTEGER")
    if 0 < count > 1:
        cursor.execute("ALTER TABLE points ADD COLUMN never INTEGER")
    kind = "INTEGER" if count == 0 else "REAL" if count == 1 else "TEXT"
    cursor.execute(f"ALTER TABLE points ADD COLUMN x {kind}")


def values(cursor, conn):
    options = {}
    name = options.get("name") or "fallback"
    second = options.get("second", "") and "never" or "second"
    cursor.execute(f"ALTER TABLE points ADD COLUMN {name} TEXT")
    cursor.execute(f"ALTER TABLE points ADD COLUMN {second} TEXT")
    empty = [bool(value) for value in ("", [], {}, (), 0, 0.0, None, set())]
    if not any(empty) and all(["x", [0], {"a": 1}, -1, 0.1, (None,)]):
        cursor.execute("CREATE TABLE truth (id INTEGER)")


def identity(cursor, conn):
    value, other = None, ()
    if value is None and other is not None and not (value or other):
        cursor.execute("CREATE TABLE identity (id INTEGER)")
    if "a" not in "bcd" and 1 in (1, 2) and "key" in {"key": 1} and (1, "b") < (1, "c") and [1, 2] == [1, 2]:
        cursor.execute("CREATE TABLE membership (id INTEGER)")
    if 1 == 1.0 == True and "1" != 1 and not 1 < 0:  # noqa: E712
        cursor.execute("CREATE TABLE equality (id INTEGER)")


MIGRATIONS = [("create", create), ("chained", chained), ("values", values), ("identity", identity)]
