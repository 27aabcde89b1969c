def up_1(conn):
    conn.execute("CREATE TABLE t (a)")

def up_2(conn):
    conn.execute("ALTER TABLE t ADD COLUMN b")

MIGRATIONS = {1: up_1, 2: up_2}
