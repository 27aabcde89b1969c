"""MIGRATIONS is a dict from names to functions, whose bodies say little."""


def create(cursor, conn):
    """Only a docstring and a statement."""
    cursor.execute("CREATE TABLE keys (id INTEGER PRIMARY KEY)")


def nothing(cursor, conn):
    pass


def nothing_either(cursor, conn):
    ...


def add(cursor, conn): cursor.execute("ALTER TABLE keys ADD COLUMN one TEXT"); _two(cursor)  # noqa: E701, E702


def _two(cursor): cursor.execute("ALTER TABLE keys ADD COLUMN two TEXT")  # noqa: E704


MIGRATIONS = {
    "create": create,
    "nothing": nothing,
    "nothing_either": nothing_either,
    "add": add,
}


def main():
    import sqlite3

    with sqlite3.connect("app.db") as conn:
        for function in MIGRATIONS.values():
            function(conn.cursor(), conn)


if __name__ == "__main__":
    main()
