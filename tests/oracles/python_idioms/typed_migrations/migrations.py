"""Annotations of every kind, `from __future__ import annotations` and `if TYPE_CHECKING`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Protocol, TypedDict, TypeVar, cast

if TYPE_CHECKING:
    from a_package_that_nobody_has import Connection, Cursor

    Rows = list[tuple[int, str]]

Migration = Callable[[sqlite3.Cursor, sqlite3.Connection], None]
T = TypeVar("T")
PREFIX: Final = "typed"
COLUMNS: Final[dict[str, str]] = {"name": "TEXT", "size": "INTEGER"}
later: str


class Runner(Protocol):
    def __call__(self, cursor: Cursor, conn: Connection) -> None: ...


class Column(TypedDict, total=False):
    name: str
    kind: Literal["TEXT", "INTEGER"]


class Holder:
    table: ClassVar[str] = f"{PREFIX}_things"
    size: int

    def __init__(self, size: int = 1) -> None:
        self.size: int = size


def first(values: Iterable[T], default: T | None = None) -> T | None:
    for value in values:
        return value
    return default


def create(cursor: sqlite3.Cursor, conn: sqlite3.Connection) -> None:
    name: str = Holder.table
    cursor.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)")
    column: str
    for column, kind in COLUMNS.items():
        cursor.execute(f"ALTER TABLE {name} ADD COLUMN {column} {kind}")


def add(cursor: Cursor, conn: Connection, *, dry_run: bool = False) -> Rows | None:
    columns: list[Column] = [{"name": "color", "kind": "TEXT"}, Column(name="depth", kind="INTEGER")]
    for column in columns:
        cursor.execute(f"ALTER TABLE {Holder.table} ADD COLUMN {column['name']} {column.get('kind', 'BLOB')}")
    name = cast("str", first(["cast"]))
    cursor.execute(f"ALTER TABLE {Holder.table} ADD COLUMN {name} TEXT")
    options: dict[str, Any] = {}
    holder: Holder | None = Holder(size=len(options) + 2)
    if holder is not None and not TYPE_CHECKING and not dry_run:
        cursor.execute(f"CREATE TABLE {PREFIX}_{holder.size} (id INTEGER)")
    return None


MIGRATIONS: list[tuple[str, Migration]] = [
    ("create", create),
    ("add", add),
]
