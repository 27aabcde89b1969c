from textwrap import dedent

def one(cursor, conn):
    cursor.execute(dedent("""
        CREATE TABLE t (
            a TEXT,
            b TEXT
        )
    """).strip())
    cursor.execute(
        "CREATE INDEX i "
        "ON t (a) "
        f"WHERE {'b'} IS NOT NULL"
    )

MIGRATIONS = [("one", one)]
