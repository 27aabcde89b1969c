"""A decorator puts functions into the list, with a name of its own or theirs."""

MIGRATIONS = []


def migration(name):
    def register(function):
        MIGRATIONS.append((name, function))
        return function

    return register


def numbered(function):
    MIGRATIONS.append((f"{len(MIGRATIONS) + 1:04d}_{function.__name__}", function))
    return function


@migration("create_rooms")
def create_rooms(cursor, conn):
    cursor.execute("CREATE TABLE rooms (id INTEGER PRIMARY KEY)")


@migration("add_capacity")
def add_capacity(cursor, conn):
    cursor.execute("ALTER TABLE rooms ADD COLUMN capacity INTEGER DEFAULT 1")


@numbered
def floor(cursor, conn):
    cursor.execute("ALTER TABLE rooms ADD COLUMN floor INTEGER")


@numbered
def registered(cursor, conn):
    for name, _ in MIGRATIONS[-2:]:
        cursor.execute(f'CREATE TABLE "{name}" (id INTEGER)')
    cursor.execute(f"CREATE TABLE entries_{len(MIGRATIONS)} (id INTEGER)")
