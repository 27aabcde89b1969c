"""Loops, conditions and try blocks that run when the module is loaded."""

import string

COLUMNS = {}
for _letter in string.ascii_lowercase[:3]:
    COLUMNS[f"column_{_letter}"] = "TEXT"
    if _letter == "b":
        COLUMNS["after_b"] = "INTEGER"

try:
    _LIMIT = int("many")
except ValueError:
    _LIMIT = 2

DEBUG = False
if DEBUG:
    COLUMNS["debug"] = "TEXT"
elif _LIMIT > 1:
    COLUMNS["limited"] = "REAL"
else:
    del COLUMNS

_TEMPLATE = string.Template("ALTER TABLE $table ADD COLUMN ${column} TEXT DEFAULT '$$'")


class Names:
    table = "loaded"
    index = "idx_" + table
    parts = [table, index]
    for _part in parts:
        longest = _part

    class Inner:
        suffix = "_inner"


def _build(name, suffix=Names.Inner.suffix, limit=_LIMIT):
    return f"CREATE TABLE {name}{suffix} ({', '.join(list(COLUMNS)[:limit])})"


with_suffix = _build("with")
_LIMIT = 100


def create(cursor, conn):
    cursor.execute(f"CREATE TABLE {Names.table} ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
    cursor.execute(f"CREATE INDEX {Names.longest} ON {Names.table}({min(COLUMNS)})")
    cursor.execute(with_suffix)
    cursor.execute(f"CREATE TABLE limit_{_LIMIT} (id INTEGER)")


def template(cursor, conn):
    cursor.execute(_TEMPLATE.substitute(table=Names.table, column="substituted"))
    half = string.Template("CREATE TABLE $known ($unknown TEXT)").safe_substitute({"known": "safe"})
    cursor.execute(half.replace("$", "still_"))


MIGRATIONS = [("create", create), ("template", template)]
