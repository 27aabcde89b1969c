def one(cursor, conn):
    cursor.execute("CREATE TABLE t (a, b)")
    found = []
    for row in cursor.execute("PRAGMA table_info(t)"):
        found.append(row[1])
    cursor.execute("CREATE TABLE u ({})".format(", ".join(f"{name}_copy" for name in found)))

MIGRATIONS = [("one", one)]
