def _column(cursor, table, name, *, kind="TEXT", default=None, unique: bool = False):
    sql = f"ALTER TABLE {table} ADD COLUMN {name} {kind}"
    if default is not None:
        sql += f" DEFAULT {default!r}"
    cursor.execute(sql)
    if unique:
        cursor.execute(f"CREATE UNIQUE INDEX {table}_{name} ON {table} ({name})")

def one(cursor, conn):
    cursor.execute("CREATE TABLE t (id INTEGER)")
    _column(cursor, "t", "a")
    _column(cursor, "t", "b", kind="INTEGER", default=0, unique=True)
    _column(cursor, name="c", table="t", default="x")

MIGRATIONS = [("one", one)]
