def _run(cursor, sql):
    cursor.execute(sql)

def one(cursor, conn):
    _run(cursor, "CREATE TABLE t (a INTEGER)")
    _run(cursor, "ALTER TABLE t ADD COLUMN b TEXT")

MIGRATIONS = [("one", one)]
