def one(cursor, conn):
    number = 0
    while True:
        number += 1
        if number % 2:
            continue
        if number > 5:
            break
        cursor.execute(f"CREATE TABLE t{number} (x)")
    for name in ("a", "b"):
        if name == "z":
            break
    else:
        cursor.execute("CREATE TABLE no_break (x)")
    left = 3
    while left:
        left -= 1
    else:
        cursor.execute(f"CREATE TABLE left_{left} (x)")

MIGRATIONS = [("one", one)]
