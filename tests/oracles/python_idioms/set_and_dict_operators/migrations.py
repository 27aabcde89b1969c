"""|, &, -, ^ on sets and | on dicts; subsets; methods of sets."""

BASE = {"id": "INTEGER PRIMARY KEY", "name": "TEXT"}
STAMPS = {"created_at": "TEXT", "updated_at": "TEXT"}


def create(cursor, conn):
    columns = BASE | STAMPS | {"name": "TEXT NOT NULL"}
    cursor.execute(f"CREATE TABLE rules ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    copy = BASE
    copy |= {"extra": "BLOB"}
    cursor.execute(f"CREATE TABLE extras ({', '.join(BASE)})")


def sets(cursor, conn):
    existing = {row[1] for row in cursor.execute("PRAGMA table_info(rules)")}
    wanted = {"name", "priority", "scope"}
    for column in sorted(wanted - existing):
        cursor.execute(f"ALTER TABLE rules ADD COLUMN {column} TEXT")
    cursor.execute(f"CREATE TABLE common ({', '.join(sorted(wanted & existing))})")
    cursor.execute(f"CREATE TABLE one_side ({', '.join(sorted({'a', 'b'} ^ {'b', 'c'}))})")
    cursor.execute(f"CREATE TABLE all_of_them ({', '.join(sorted(wanted | {'z'}))})")
    if {"id", "name"} <= existing and not wanted.issubset(existing) and existing.isdisjoint({"x"}):
        cursor.execute("CREATE TABLE subsets (id INTEGER)")


def methods(cursor, conn):
    names = set()
    names.add("p")
    names.update(["q", "r"], ("s",))
    names.discard("z")
    names.remove("s")
    names |= {"t"}
    names -= {"q"}
    cursor.execute(f"CREATE TABLE methods ({', '.join(sorted(names))})")
    frozen = frozenset(["a", "b"]).union("c").difference({"b"}).symmetric_difference(["d"])
    cursor.execute(f"CREATE TABLE frozen_{len(frozen)} ({', '.join(sorted(frozen))})")
    if names == {"t", "r", "p"} and names > {"p"} and frozen.intersection("ax") == {"a"}:
        cursor.execute("CREATE TABLE equal (id INTEGER)")
    common = BASE.keys() & STAMPS.keys() or {"none"}
    cursor.execute(f"CREATE TABLE keys_{common.pop()} (id INTEGER)")


MIGRATIONS = [("create", create), ("sets", sets), ("methods", methods)]
