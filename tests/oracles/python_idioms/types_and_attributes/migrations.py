"""isinstance, type, getattr, hasattr, callable and conversions."""

VALUES = [1, 2.5, "text", None, True, ["a", "b"], {"key": "value"}, b"bytes"]


class Options:
    table = "gauges"
    limit = 10


def _kind(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, (int, float)):
        return "INTEGER" if type(value) is int else "REAL"
    if isinstance(value, (list, dict)):
        return "JSON"
    if isinstance(value, str):
        return "TEXT"
    return "BLOB"


def create(cursor, conn):
    columns = [f"{type(value).__name__}_{n} {_kind(value).replace('NULL', 'TEXT')}" for n, value in enumerate(VALUES)]
    cursor.execute(f"CREATE TABLE {Options.table} ({', '.join(columns)})")


def attributes(cursor, conn):
    table = getattr(Options, "table")
    kind = getattr(Options, "kind", "REAL")
    cursor.execute(f"ALTER TABLE {table} ADD COLUMN fallback {kind}")
    if hasattr(Options, "limit") and not hasattr(Options, "offset"):
        cursor.execute(f"ALTER TABLE {table} ADD COLUMN limit_{Options.limit} INTEGER")
    options = Options()
    setattr(options, "limit", 20)
    options.offset = 5
    cursor.execute(f"CREATE TABLE own ({', '.join(f'{key}_{value}' for key, value in vars(options).items())})")
    delattr(options, "limit")
    cursor.execute(f"CREATE TABLE limits_{options.limit} (id INTEGER)")
    try:
        options.missing
    except AttributeError:
        cursor.execute("CREATE TABLE no_attribute (id INTEGER)")
    if hasattr(conn, "execute") and callable(conn.execute) and callable(_kind) and not callable("text"):
        cursor.execute("CREATE TABLE callable_ (id INTEGER)")


def conversions(cursor, conn):
    numbers = [int("7"), int(2.9), int("ff", 16), int(True)]
    cursor.execute(f"CREATE TABLE ints_{'_'.join(str(number) for number in numbers)} (id INTEGER)")
    cursor.execute(f"CREATE TABLE floats (a REAL DEFAULT {float('1.50')}, b REAL DEFAULT {7 / 2}, c REAL DEFAULT {float(3)})")
    for text in ("12", "x", "3.5"):
        try:
            value = int(text)
        except ValueError:
            value = None
        cursor.execute(f"CREATE TABLE parsed_{text.replace('.', '_')} (value TEXT DEFAULT '{value}')")
    cursor.execute(f"CREATE TABLE containers ({', '.join(list('ab') + list(dict(c=1)) + sorted(set('dd')) + list(tuple('e')))})")


MIGRATIONS = [("create", create), ("attributes", attributes), ("conversions", conversions)]
