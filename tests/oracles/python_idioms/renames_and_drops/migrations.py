def one(cursor, conn):
    cursor.execute("CREATE TABLE t (a, b, c)")
    cursor.execute("CREATE INDEX i ON t (b)")
    cursor.execute("ALTER TABLE t RENAME COLUMN b TO bb")
    cursor.execute("ALTER TABLE t DROP COLUMN c")
    cursor.execute("ALTER TABLE t RENAME TO u")
    cursor.execute("DROP INDEX IF EXISTS nowhere")

MIGRATIONS = [("one", one)]
