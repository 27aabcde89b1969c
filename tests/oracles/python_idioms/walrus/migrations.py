"""Assignments in conditions, comprehensions and arguments."""


def create(cursor, conn):
    cursor.execute("CREATE TABLE stock (id INTEGER PRIMARY KEY, name TEXT)")
    cursor.executemany("INSERT INTO stock (name) VALUES (?)", [("bolt",), ("nut",), ("gear",)])


def conditions(cursor, conn):
    if (count := cursor.execute("SELECT COUNT(*) FROM stock").fetchone()[0]) > 2:
        cursor.execute(f"CREATE TABLE count_{count} (id INTEGER)")
    if row := conn.execute("SELECT name FROM stock WHERE id = 9").fetchone():
        cursor.execute("ALTER TABLE stock ADD COLUMN never TEXT")
    elif (row := conn.execute("SELECT name FROM stock WHERE id = 2").fetchone()) is not None:
        cursor.execute(f"ALTER TABLE stock ADD COLUMN {row[0]} TEXT")


def loops(cursor, conn):
    cursor.execute("SELECT name FROM stock ORDER BY name")
    names = []
    while (row := cursor.fetchone()) is not None:
        names.append(row[0])
    cursor.execute(f"CREATE TABLE names ({', '.join(names)})")
    cursor.execute("SELECT id FROM stock ORDER BY id")
    sizes = []
    while batch := cursor.fetchmany(2):
        sizes.append(len(batch))
    cursor.execute(f"CREATE TABLE sizes_{'_'.join(map(str, sizes))} (id INTEGER)")


def comprehensions(cursor, conn):
    long = [upper for name in ("bolt", "nut", "gear") if len(upper := name.upper()) > 3]
    cursor.execute(f"CREATE TABLE long ({', '.join(long)}, last_{upper})")
    if any((found := name).startswith("g") for name in ("bolt", "gear", "nut")):
        cursor.execute(f"CREATE INDEX idx_{found} ON stock({(column := 'name')}, upper({column}))")


MIGRATIONS = [("create", create), ("conditions", conditions), ("loops", loops), ("comprehensions", comprehensions)]
