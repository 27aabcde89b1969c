def one(cursor, conn):
    cursor.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")
    cursor.execute("INSERT OR IGNORE INTO t (name) VALUES ('x')")
    row_id = cursor.lastrowid
    rows = cursor.execute("SELECT id, name FROM t").fetchall()
    for row_id_, name in rows:
        cursor.execute("UPDATE t SET name = ? WHERE id = ?", (name.upper(), row_id_))
    (name,) = cursor.execute("SELECT name FROM t WHERE id = ?", (row_id,)).fetchone()
    cursor.execute(f"CREATE TABLE {name}_seen (a)")

MIGRATIONS = [("one", one)]
