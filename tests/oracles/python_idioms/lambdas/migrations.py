"""Lambdas as entries, as keys and with values that a loop gives them."""

COLUMNS = ["first", "second", "third"]

_quote = lambda name: '"' + name.replace('"', '""') + '"'  # noqa: E731


def _sorted(cursor, conn):
    names = sorted(["bb", "a", "ccc"], key=lambda name: -len(name))
    cursor.execute(f"CREATE TABLE lengths ({', '.join(map(_quote, names))})")
    apply = {"upper": lambda text: text.upper(), "twice": lambda text, sep="_": sep.join([text, text])}
    cursor.execute(f"CREATE TABLE {apply['twice']('again')} ({apply['upper']('id')} INTEGER)")


def _conditional(cursor, conn):
    pick = lambda flag: (lambda: "yes") if flag else (lambda: "no")  # noqa: E731
    cursor.execute(f"CREATE TABLE picked_{pick(True)()} ({pick(False)()} TEXT)")


MIGRATIONS = [
    ("base", lambda cursor, conn: cursor.execute("CREATE TABLE steps (id INTEGER PRIMARY KEY)")),
    ("by_connection", lambda conn: conn.execute("CREATE TABLE by_connection (id INTEGER)")),
    *[
        (f"add_{column}", lambda cursor, conn, column=column: cursor.execute(f"ALTER TABLE steps ADD COLUMN {column} TEXT"))
        for column in COLUMNS
    ],
    ("several", lambda cursor, conn: [cursor.execute(f"CREATE TABLE several_{n} (id INTEGER)") for n in range(2)]),
    ("sorted", _sorted),
    ("conditional", _conditional),
]
