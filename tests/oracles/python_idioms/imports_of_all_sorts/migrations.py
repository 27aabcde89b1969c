from __future__ import annotations
from typing import TYPE_CHECKING
import steps.second as other
import steps.third
from steps import first, NAMES
from steps.star import *
try:
    import surely_not_installed
except ImportError:
    surely_not_installed = None

if TYPE_CHECKING:
    import sqlite3

def last(cursor: sqlite3.Cursor, conn: sqlite3.Connection) -> None:
    from steps.inner import deep
    deep.run(cursor)
    if surely_not_installed is None or True:
        cursor.execute(f"CREATE TABLE {NAMES[0]} (x)")
    starred(cursor)

MIGRATIONS = [("first", first.run), ("second", other.run), ("third", steps.third.run), ("last", last)]
