"""fetchone, fetchall, fetchmany, iteration and chained calls decide what happens."""


def create(cursor, conn):
    cursor.execute("CREATE TABLE fields (id INTEGER PRIMARY KEY, name TEXT, kind TEXT, required INTEGER)")
    cursor.execute("CREATE TABLE records (id INTEGER PRIMARY KEY)")
    cursor.execute(
        "INSERT INTO fields (name, kind, required) VALUES ('size', 'INTEGER', 1), ('label', 'TEXT', 0), "
        "('ratio', 'REAL', 0), ('data', 'BLOB', 0)"
    )


def one_row(cursor, conn):
    cursor.execute("SELECT name, kind FROM fields WHERE required = 1")
    name, kind = cursor.fetchone()
    cursor.execute(f"ALTER TABLE records ADD COLUMN {name} {kind} NOT NULL DEFAULT 0")


def while_there_are_rows(cursor, conn):
    cursor.execute("SELECT name, kind FROM fields WHERE required = 0 ORDER BY name DESC LIMIT 1")
    row = cursor.fetchone()
    while row is not None:
        conn.execute("ALTER TABLE records ADD COLUMN %s %s" % row)
        row = cursor.fetchone()


def all_rows(cursor, conn):
    cursor.execute("SELECT name FROM fields WHERE kind = 'TEXT'")
    for (name,) in cursor.fetchall():
        cursor.execute("ALTER TABLE records ADD COLUMN {} TEXT".format(name))
    if cursor.fetchall() == [] and cursor.fetchone() is None:
        cursor.execute("CREATE TABLE empty_results (id INTEGER)")


def many_rows(cursor, conn):
    cursor.execute("SELECT id FROM fields ORDER BY id")
    first, rest = cursor.fetchmany(3), cursor.fetchmany(3)
    if len(first) == 3 and rest == [(4,)]:
        cursor.execute("CREATE TABLE batches (size INTEGER)")


def iterated(cursor, conn):
    for row in conn.execute("SELECT name FROM fields WHERE kind = 'BLOB'"):
        cursor.execute(f"ALTER TABLE records ADD COLUMN {row[0]} BLOB")


def chained(cursor, conn):
    count = conn.execute("SELECT COUNT(*) FROM fields").fetchone()[0]
    (largest,) = conn.execute("SELECT MAX(id) FROM fields").fetchone()
    if count == largest == 4:
        conn.execute("CREATE INDEX idx_fields_kind ON fields(kind)")
    nothing = conn.execute("SELECT SUM(id) FROM records").fetchone()[0] or 0
    conn.execute(f"CREATE TABLE total_{nothing} (id INTEGER)")


MIGRATIONS = [
    ("create", create),
    ("one_row", one_row),
    ("while_there_are_rows", while_there_are_rows),
    ("all_rows", all_rows),
    ("many_rows", many_rows),
    ("iterated", iterated),
    ("chained", chained),
]
