from collections import OrderedDict, defaultdict

def one(cursor, conn):
    base = {"a": "INTEGER", "b": "TEXT"}
    more = base | {"b": "REAL", "c": "BLOB"}
    more.setdefault("d", "TEXT")
    more.update(e="TEXT", **{"f": "REAL"})
    dropped = more.pop("a", None)
    groups = defaultdict(list)
    for name, kind in more.items():
        groups[kind].append(name)
    ordered = OrderedDict(sorted(groups.items()))
    columns = [f"{name} {kind}" for kind, names in ordered.items() for name in names]
    cursor.execute(f"CREATE TABLE t ({', '.join(columns)}, z {dropped})")
    left, right = {"x", "y"}, {"y", "z"}
    left |= {"w"}
    if left - right == {"w", "x"} and left & right == {"y"} and {"x"} <= left and not left.isdisjoint(right):
        cursor.execute(f"CREATE TABLE u ({', '.join(sorted(left ^ right))})")
    if [*{**base, "a": 1}] == ["a", "b"] and dict(zip("ab", range(2))) == {"a": 0, "b": 1} and dict.fromkeys("ab", 0):
        cursor.execute("CREATE TABLE v (x)")

MIGRATIONS = [("one", one)]
