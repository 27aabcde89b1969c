def one(cursor, conn):
    cursor.execute("CREATE TABLE t (a)")
    conn.commit()

def two(cursor, conn):
    try:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("CREATE TABLE half (a)")
        cursor.execute("INSERT INTO nowhere VALUES (1)")
        conn.commit()
    except Exception as error:
        conn.rollback()
        cursor.execute("CREATE TABLE told (x TEXT DEFAULT '{}')".format(type(error).__name__))

MIGRATIONS = [("one", one), ("two", two)]
