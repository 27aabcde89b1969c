"""NamedTuple and namedtuple, by name and by position."""

from collections import namedtuple
from typing import NamedTuple, Optional

Index = namedtuple("Index", ["name", "columns", "unique"], defaults=[False])
Pair = namedtuple("Pair", "left right")


class Column(NamedTuple):
    name: str
    kind: str = "TEXT"
    default: Optional[str] = None

    def sql(self) -> str:
        return " ".join(part for part in (self.name, self.kind, self.default and f"DEFAULT {self.default}") if part)


class Migration(NamedTuple):
    name: str
    run: object


COLUMNS = [Column("title"), Column("count", "INTEGER", "0"), Column(name="data", kind="BLOB")]
INDEXES = [Index("idx_title", ("title",)), Index(name="idx_both", columns=("title", "count"), unique=True)]


def create(cursor, conn):
    cursor.execute("CREATE TABLE entries (id INTEGER PRIMARY KEY)")
    for column in COLUMNS:
        cursor.execute(f"ALTER TABLE entries ADD COLUMN {column.sql()}")


def index(cursor, conn):
    for name, columns, unique in INDEXES:
        cursor.execute(f"CREATE {'UNIQUE ' if unique else ''}INDEX {name} ON entries({', '.join(columns)})")


def by_position(cursor, conn):
    pair = Pair("a", right="b")
    left, right = pair
    changed = pair._replace(left="c")
    cursor.execute(f"CREATE TABLE pairs ({left}, {pair[1]}_2, {changed.left}, {'_'.join(pair._fields)})")
    for name, value in changed._asdict().items():
        cursor.execute(f"ALTER TABLE pairs ADD COLUMN {name}_is_{value} TEXT")
    if pair == ("a", "b") and isinstance(pair, tuple) and Column._fields[1] == "kind":
        cursor.execute("CREATE TABLE equal_to_a_tuple (id INTEGER)")


MIGRATIONS = [
    Migration("create", create),
    Migration(name="index", run=index),
    Migration("by_position", by_position),
]
