"""What a table's stored SQL lacks, or what PRAGMA table_info says, decides on a rebuild."""


def create(cursor, conn):
    cursor.execute(
        "CREATE TABLE alerts (id INTEGER PRIMARY KEY, kind TEXT CHECK(kind IN ('mail', 'sms')), note TEXT NOT NULL)"
    )
    cursor.execute("INSERT INTO alerts (kind, note) VALUES ('mail', 'a')")


def widen_the_check(cursor, conn):
    cursor.execute("SELECT sql FROM sqlite_master WHERE type='table' AND name='alerts'")
    row = cursor.fetchone()
    if not row or "'push'" in row[0]:
        return
    cursor.execute("DROP TABLE IF EXISTS alerts_new")
    cursor.execute(
        """
        CREATE TABLE alerts_new (
            id INTEGER PRIMARY KEY,
            kind TEXT CHECK(kind IN ('mail', 'sms', 'push')),
            note TEXT NOT NULL
        )
        """
    )
    cursor.execute("INSERT INTO alerts_new SELECT * FROM alerts")
    cursor.execute("DROP TABLE alerts")
    cursor.execute("ALTER TABLE alerts_new RENAME TO alerts")


def make_nullable(cursor, conn):
    cursor.execute("PRAGMA table_info(alerts)")
    not_null = {row[1]: bool(row[3]) for row in cursor.fetchall()}
    if not_null.get("note", False):
        cursor.execute("ALTER TABLE alerts RENAME TO _alerts_old")
        cursor.execute("CREATE TABLE alerts (id INTEGER PRIMARY KEY, kind TEXT, note TEXT)")
        cursor.execute("INSERT INTO alerts (id, kind, note) SELECT id, kind, note FROM _alerts_old")
        cursor.execute("DROP TABLE _alerts_old")
    else:
        cursor.execute("CREATE TABLE nullable_already (id INTEGER)")


MIGRATIONS = [
    ("create", create),
    ("widen_the_check", widen_the_check),
    ("widen_again", widen_the_check),
    ("make_nullable", make_nullable),
    ("make_nullable_again", make_nullable),
]
