"""Modules that may not be there, and versions of Python."""

import sys

try:
    import a_module_that_nobody_has as fast
except ImportError:
    fast = None

try:
    from another_module_that_nobody_has import loads
except ModuleNotFoundError:
    from json import loads

try:
    import tomllib
except ImportError:  # before Python 3.11
    tomllib = None

if sys.version_info >= (3, 8):
    from functools import cached_property
else:
    cached_property = property

HAS_FAST = fast is not None


class Names:
    @cached_property
    def columns(self):
        return loads('["id INTEGER PRIMARY KEY", "name TEXT"]')


def create(cursor, conn):
    cursor.execute(f"CREATE TABLE modules ({', '.join(Names().columns)})")
    if not HAS_FAST:
        cursor.execute("ALTER TABLE modules ADD COLUMN slow INTEGER")


def inside(cursor, conn):
    try:
        from a_module_that_nobody_has import something
    except ImportError as error:
        something = None
        if "a_module_that_nobody_has" in str(error):
            cursor.execute("CREATE TABLE import_errors (id INTEGER)")
    if something is None and sys.version_info.major == 3 and sys.version_info[:2] >= (3, 8):
        cursor.execute("ALTER TABLE modules ADD COLUMN version TEXT")


MIGRATIONS = [("create", create), ("inside", inside)]
