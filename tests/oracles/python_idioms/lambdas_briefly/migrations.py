add = lambda table, column, kind="TEXT": f"ALTER TABLE {table} ADD COLUMN {column} {kind}"

MIGRATIONS = [
    ("create", lambda cursor, conn: cursor.execute("CREATE TABLE t (a)")),
    ("b", lambda cursor, conn: cursor.execute(add("t", "b"))),
    ("c", lambda cursor, conn: [cursor.execute(add("t", name, "REAL")) for name in ("c", "d")]),
]
