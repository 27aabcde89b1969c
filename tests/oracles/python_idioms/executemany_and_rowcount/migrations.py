def one(cursor, conn):
    cursor.execute("CREATE TABLE t (a INTEGER, b TEXT)")
    cursor.executemany("INSERT INTO t VALUES (?, ?)", [(1, "x"), (2, "y"), (3, None)])
    if cursor.rowcount == 3:
        cursor.execute("CREATE TABLE three (x)")
    cursor.execute("DELETE FROM t WHERE a > :low", {"low": 1})
    if cursor.rowcount == 2:
        cursor.execute("CREATE TABLE two (x)")
    count = cursor.execute("SELECT COUNT(*) FROM t").fetchone()[0]
    cursor.execute(f"CREATE TABLE rows_{count} (x)")

MIGRATIONS = [("one", one)]
