def one(cursor, conn):
    cursor.execute("ALTER TABLE users ADD COLUMN age INTEGER")

def two(cursor, conn):
    cursor.execute("CREATE TABLE own (a)")

MIGRATIONS = [("one", one), ("two", two)]
