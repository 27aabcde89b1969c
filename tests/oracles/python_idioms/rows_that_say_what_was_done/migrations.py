"""Settings and a version table of its own tell a migration what to do."""


def _setting(cursor, key, default=None):
    row = cursor.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()
    return row[0] if row else default


def _done(cursor, name):
    cursor.execute("SELECT 1 FROM applied WHERE name = ?", (name,))
    return cursor.fetchone() is not None


def once(name):
    def decorate(function):
        def run(cursor, conn):
            if _done(cursor, name):
                return
            function(cursor)
            cursor.execute("INSERT INTO applied (name) VALUES (?)", (name,))

        return run

    return decorate


def create(cursor, conn):
    cursor.execute("CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT)")
    cursor.execute("CREATE TABLE applied (name TEXT PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP)")
    cursor.execute("INSERT INTO settings VALUES ('mode', 'wide')")


@once("widen")
def widen(cursor):
    count = cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'wide%'").fetchone()[0]
    if _setting(cursor, "mode") == "wide":
        cursor.execute(f"CREATE TABLE wide_{count} (id INTEGER)")
    if _setting(cursor, "depth", "3") == "3":
        cursor.execute("INSERT INTO settings VALUES ('depth', 3)")


def finish(cursor, conn):
    names = [name for (name,) in cursor.execute("SELECT name FROM applied")]
    depth = int(_setting(cursor, "depth"))
    cursor.execute(f"CREATE TABLE finished ({'_and_'.join(names * depth)} TEXT)")


MIGRATIONS = [("create", create), ("widen", widen), ("widen_again", widen), ("finish", finish)]
