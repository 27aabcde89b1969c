"""Defaults, keyword-only and positional-only parameters, *args and **kwargs on both sides of a call."""


def _create(cursor, name, /, *columns, primary_key="id", **typed):
    parts = [f"{primary_key} INTEGER PRIMARY KEY", *columns]
    parts += [f"{column} {kind}" for column, kind in typed.items()]
    cursor.execute(f"CREATE TABLE {name} ({', '.join(parts)})")


def _add(cursor, table, column, kind="TEXT", *, default=None, not_null=False):
    definition = kind
    if not_null:
        definition += " NOT NULL"
    if default is not None:
        definition += f" DEFAULT {default}"
    cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")


def _collect(names=None, *more):
    names = names or []
    names.extend(more)
    return names


def _mutable(value, seen=[]):  # noqa: B006
    seen.append(value)
    return len(seen)


def create(cursor, conn):
    _create(cursor, "plans")
    _create(cursor, "seats", "label TEXT", "position INTEGER", primary_key="seat_id", price="REAL", name="TEXT")


def add(cursor, conn):
    _add(cursor, "plans", "title")
    _add(cursor, "plans", "limit_", "INTEGER", default=10, not_null=True)
    _add(column="note", table="plans", cursor=cursor, default="'none'")


def unpacked(cursor, conn):
    arguments = ("plans", "color")
    options = {"default": "'red'", "not_null": True}
    _add(cursor, *arguments, **options)
    for definition in [{"column": "a"}, {"column": "b", "kind": "BLOB"}]:
        _add(cursor, "plans", **definition)
    base = {"label": "TEXT"}
    _create(cursor, *("merged",), *["x", "y"], **{**base, "size": "INTEGER"}, extra="REAL")


def mutable_defaults(cursor, conn):
    names = _collect(None, "p", "q") + _collect(["r"])
    cursor.execute(f"CREATE TABLE collected ({', '.join(names)})")
    _mutable(1)
    cursor.execute(f"CREATE TABLE seen_{_mutable(2)} (id INTEGER)")


def wrong_calls(cursor, conn):
    try:
        _add(cursor, "plans", "c", "TEXT", "5")
    except TypeError:
        cursor.execute("ALTER TABLE plans ADD COLUMN type_error TEXT")


MIGRATIONS = [
    ("create", create),
    ("add", add),
    ("unpacked", unpacked),
    ("mutable_defaults", mutable_defaults),
    ("wrong_calls", wrong_calls),
]
