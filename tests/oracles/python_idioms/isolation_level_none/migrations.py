def one(conn):
    conn.isolation_level = None
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("CREATE TABLE t (a)")
    conn.execute("INSERT INTO t VALUES (1)")
    conn.execute("COMMIT")
    conn.execute("SAVEPOINT s")
    conn.execute("CREATE TABLE taken_back (a)")
    conn.execute("ROLLBACK TO s")
    conn.execute("RELEASE s")

MIGRATIONS = [("one", one)]
