"""What a cursor and a connection know after a statement."""


def create(cursor, conn):
    cursor.execute("CREATE TABLE folders (id INTEGER PRIMARY KEY, parent_id INTEGER, name TEXT)")
    cursor.execute("INSERT INTO folders (name) VALUES ('root')")
    root = cursor.lastrowid
    cursor.execute("INSERT INTO folders (parent_id, name) VALUES (?, 'child')", (root,))
    child = conn.execute("INSERT INTO folders (parent_id, name) VALUES (?, 'leaf')", (cursor.lastrowid,)).lastrowid
    cursor.execute(f"CREATE TABLE ids_{root}_{child} (id INTEGER)")


def counts(cursor, conn):
    updated = cursor.execute("UPDATE folders SET name = upper(name) WHERE parent_id IS NOT NULL").rowcount
    deleted = cursor.execute("DELETE FROM folders WHERE name = 'LEAF'").rowcount
    if cursor.execute("UPDATE folders SET name = 'x' WHERE id = 99").rowcount == 0:
        cursor.execute("INSERT INTO folders (id, name) VALUES (99, 'x')")
    selected = cursor.execute("SELECT * FROM folders").rowcount
    cursor.execute(f"CREATE TABLE counts (updated_{updated}, deleted_{deleted}, selected_{abs(selected)})")


def descriptions(cursor, conn):
    cursor.execute("SELECT id AS number, name FROM folders WHERE 0")
    names = [column[0] for column in cursor.description]
    cursor.execute(f"CREATE TABLE described ({', '.join(names)})")
    if cursor.description is None and cursor.connection is conn:
        cursor.execute("CREATE TABLE no_description (id INTEGER)")
    rows = [dict(zip(names, row)) for row in conn.execute("SELECT id, name FROM folders ORDER BY id")]
    cursor.execute(f"CREATE TABLE rows_ ({', '.join('{name}_{number}'.format(**row) for row in rows)})")
    before = conn.total_changes
    conn.execute("UPDATE folders SET name = 'y'")
    cursor.execute(f"CREATE TABLE changed_{conn.total_changes - before} (id INTEGER)")
    (changes,) = conn.execute("SELECT changes()").fetchone()
    (last,) = conn.execute("SELECT last_insert_rowid()").fetchone()
    cursor.execute(f"CREATE TABLE functions_{changes}_{last} (id INTEGER)")


MIGRATIONS = [("create", create), ("counts", counts), ("descriptions", descriptions)]
