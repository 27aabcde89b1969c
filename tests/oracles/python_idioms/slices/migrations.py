"""Strings, lists and tuples cut into pieces."""

COLUMNS = ["id", "name", "size", "kind", "color"]


def strings(cursor, conn):
    name = "2024_create_samples"
    cursor.execute(f"CREATE TABLE {name[5:]} ({name[-7:]}, y{name[:4]}, {name[5]}{name[-1]})")
    cursor.execute(f"CREATE TABLE {'desserts'[::-1]} ({'abcdef'[::2]}, {'abcdef'[4:1:-1]}, {'abc'[5:] or 'empty'})")


def lists(cursor, conn):
    cursor.execute(f"CREATE TABLE firsts ({', '.join(COLUMNS[:2])})")
    cursor.execute(f"CREATE TABLE lasts ({', '.join(COLUMNS[-2:])})")
    cursor.execute(f"CREATE TABLE reversed_ ({', '.join(COLUMNS[::-1])})")
    copy = COLUMNS[:]
    copy[1:3] = ["replaced"]
    del copy[0]
    copy.insert(1, "inserted")
    cursor.execute(f"CREATE TABLE changed ({', '.join(copy)}, original_{len(COLUMNS)})")


def chunks(cursor, conn):
    size = 2
    for start in range(0, len(COLUMNS), size):
        chunk = COLUMNS[start : start + size]
        cursor.execute(f"CREATE TABLE chunk_{start // size} ({', '.join(chunk)})")


def out_of_range(cursor, conn):
    try:
        COLUMNS[10]
    except IndexError:
        cursor.execute("CREATE TABLE out_of_range (id INTEGER)")
    if COLUMNS[10:] == [] and (1, 2, 3)[1:] == (2, 3):
        cursor.execute("CREATE TABLE empty_slice (id INTEGER)")


MIGRATIONS = [("strings", strings), ("lists", lists), ("chunks", chunks), ("out_of_range", out_of_range)]
