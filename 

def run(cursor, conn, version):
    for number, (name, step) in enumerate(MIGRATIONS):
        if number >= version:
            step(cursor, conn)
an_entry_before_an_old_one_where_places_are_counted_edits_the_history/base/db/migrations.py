def _users(cursor, conn):
    cursor.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)")


def _renamed(cursor, conn):
    cursor.execute("ALTER TABLE users RENAME TO people")


MIGRATIONS = [("users", _users), ("renamed", _renamed)]


def run(cursor, conn, version):
    for number, (name, step) in enumerate(MIGRATIONS):
        if number >= version:
            step(cursor, conn)
