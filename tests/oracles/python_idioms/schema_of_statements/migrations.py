def one(cursor, conn):
    cursor.execute("PRAGMA table_info(users)")
    if cursor.fetchall() and not any(row[1] == "age" for row in cursor.execute("PRAGMA table_info(users)")):
        cursor.execute("ALTER TABLE users ADD COLUMN age INTEGER")

MIGRATIONS = [("one", one)]
