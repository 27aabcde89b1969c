NAMES = ["b", "a", "c", "a"]

def one(cursor, conn):
    unique = sorted({name for name in NAMES if name != "c"})
    widths = {name: len(name) * 2 for name in unique}
    pairs = [(x, y) for x in unique for y in range(2) if (x, y) != ("a", 1)]
    flat = [str(item) for row in [[1, 2], [3]] for item in row]
    columns = [f"{name}_{width}" for name, width in widths.items()] + [f"{x}{y}" for x, y in pairs] + ["n" + n for n in flat]
    cursor.execute(f"CREATE TABLE t ({', '.join(columns)})")
    first = next((name for name in NAMES if name > "a"), None)
    missing = next((name for name in NAMES if name > "z"), "none")
    cursor.execute(f"CREATE TABLE {first}_{missing} (x)")

MIGRATIONS = [("one", one)]
