from itertools import chain, product

def one(cursor, conn):
    first, *middle, last = ["a", "b", "c", "d"]
    (x, y), z = ("e", "f"), "g"
    items = [("k", 3), ("l", 1), ("m", 2)]
    by_number = [name for name, _ in sorted(items, key=lambda item: item[1], reverse=True)]
    columns = [last, *middle, first, x, y, z] + by_number
    columns[0:1] = ["d0", "d1"]
    del columns[2]
    columns.insert(1, "in")
    columns.sort(key=len)
    grid = [f"{a}{b}" for a, b in product("pq", (1, 2))]
    quoted = ['"' + column + '"' for column in columns[::-1]]
    cursor.execute("CREATE TABLE t (" + ", ".join(chain(quoted, grid[1:-1])) + ")")
    if sum([1, 2]) == 3 and max(items, key=lambda i: i[1])[0] == "k" and min(3, 2) == 2 and any(c == "b" for c in columns):
        cursor.execute("CREATE TABLE u (x)")

MIGRATIONS = [("one", one)]
