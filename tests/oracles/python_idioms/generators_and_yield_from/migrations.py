def names(prefix, count):
    for number in range(count):
        yield f"{prefix}{number}"

def everything():
    yield "id"
    yield from names("a", 2)
    yield from (name.upper() for name in names("b", 1))

def one(cursor, conn):
    cursor.execute(f"CREATE TABLE t ({', '.join(everything())})")

MIGRATIONS = [("one", one)]
