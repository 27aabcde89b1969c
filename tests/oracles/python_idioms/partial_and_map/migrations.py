from functools import partial, reduce

def add(cursor, conn, table, column):
    cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column}")

def one(cursor, conn):
    name = reduce(lambda left, right: left + "_" + right, ["a", "b", "c"])
    cursor.execute(f"CREATE TABLE t ({name})")
    list(map(lambda column: add(cursor, conn, "t", column), filter(None, ["x", "", "y"])))

MIGRATIONS = [("one", one), ("two", partial(add, table="t", column="z"))]
