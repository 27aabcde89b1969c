CREATED = []
TOTAL = 0

def create(cursor, name):
    global TOTAL
    assert name.isidentifier(), "a name"
    cursor.execute(f"CREATE TABLE {name} (x)")
    CREATED.append(name)
    TOTAL += 1

def one(cursor, conn):
    create(cursor, "a")
    create(cursor, "b")
    try:
        create(cursor, "not a name")
    except AssertionError as e:
        cursor.execute(f"CREATE TABLE refused_{str(e).replace(' ', '_')} (x)")
    cursor.execute(f"CREATE TABLE total_{TOTAL}_{len(CREATED)} (x)")

MIGRATIONS = [("one", one)]
