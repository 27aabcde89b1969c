from .inner.deep import LEVEL

def run(cursor, conn):
    cursor.execute(f"CREATE TABLE third_{LEVEL} (x)")
