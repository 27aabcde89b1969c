def exists(cursor, name):
    cursor.execute("SELECT name FROM sqlite_master WHERE type='table' AND name=?", (name,))
    return cursor.fetchone() is not None

def one(cursor, conn):
    if exists(cursor, "t"):
        return
    cursor.execute("CREATE TABLE t (a)")
    if not exists(cursor, "t"):
        raise RuntimeError("it is not there")
    conn.commit()

MIGRATIONS = [("one", one), ("again", one)]
