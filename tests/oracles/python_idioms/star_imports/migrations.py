"""from … import *, with `__all__` and without, and names that it leaves out."""

from first import *
from second import *

_hidden = "own"


def create(cursor, conn):
    cursor.execute(FIRST)
    cursor.execute(second("second"))
    cursor.execute(f"CREATE TABLE {_hidden}_{shared} (id INTEGER)")


def left_out(cursor, conn):
    for name in ("not_exported", "json", "_private", "exported", "FIRST"):
        state = "there" if name in globals() else "missing"
        cursor.execute(f"CREATE TABLE {name}_is_{state} (id INTEGER)")


MIGRATIONS = [("create", create), ("left_out", left_out)]
