"""Assertions, module state through `global`, and `del`."""

_applied = 0
_seen = []
LAST = None


def _count(name):
    global _applied, LAST
    _applied += 1
    LAST = name
    _seen.append(name)


def create(cursor, conn):
    _count("create")
    cursor.execute("CREATE TABLE meters (id INTEGER PRIMARY KEY)")
    assert cursor.execute("SELECT COUNT(*) FROM meters").fetchone()[0] == 0, "the table is new"


def add(cursor, conn):
    _count("add")
    cursor.execute(f"ALTER TABLE meters ADD COLUMN applied_{_applied} INTEGER")
    cursor.execute(f"ALTER TABLE meters ADD COLUMN {'_'.join(_seen)} INTEGER")
    assert _applied == 2


def failing(cursor, conn):
    try:
        assert LAST != "add", f"last was {LAST}"
    except AssertionError as error:
        word = str(error).split()[-1]
        cursor.execute(f"CREATE TABLE asserted_{word} (id INTEGER)")


def deleted(cursor, conn):
    name = "x"
    del name
    try:
        cursor.execute(f"CREATE TABLE {name} (id INTEGER)")
    except NameError:
        cursor.execute("CREATE TABLE deleted (id INTEGER)")
    try:
        undefined  # noqa: B018, F821
    except NameError as error:
        if "undefined" in str(error):
            cursor.execute(f"CREATE TABLE {globals()['LAST']}_{__name__} (id INTEGER)")


MIGRATIONS = [("create", create), ("add", add), ("failing", failing), ("deleted", deleted)]
