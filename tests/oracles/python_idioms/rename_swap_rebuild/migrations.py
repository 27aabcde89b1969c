def _rebuild(cursor, conn, table, create, columns):
    try:
        cursor.execute("BEGIN")
        cursor.execute(f"DROP TABLE IF EXISTS {table}_new")
        cursor.execute(create)
        names = ", ".join(columns)
        cursor.execute(f"INSERT INTO {table}_new ({names}) SELECT {names} FROM {table}")
        cursor.execute(f"DROP TABLE {table}")
        cursor.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
        conn.commit()
    except Exception:
        conn.rollback()
        raise

def one(cursor, conn):
    cursor.execute("CREATE TABLE t (a TEXT, b TEXT)")
    cursor.execute("CREATE INDEX t_a ON t (a)")

def two(cursor, conn):
    _rebuild(cursor, conn, "t", "CREATE TABLE t_new (a INTEGER NOT NULL, b TEXT, UNIQUE (a, b))", ["a", "b"])

MIGRATIONS = [("one", one), ("two", two)]
