"""sorted, enumerate, zip, reversed, range, map, filter, sum, min, max."""

TABLES = {"zebra": 3, "apple": 1, "mango": 2}


def orders(cursor, conn):
    for name in sorted(TABLES):
        cursor.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)")
    by_value = sorted(TABLES.items(), key=lambda item: item[1], reverse=True)
    cursor.execute(f"CREATE TABLE by_value ({', '.join(name for name, _ in by_value)})")
    cursor.execute(f"CREATE TABLE backwards ({', '.join(reversed(['a', 'b', 'c']))})")
    words = ["bb", "A", "a", "ccc"]
    words.sort(key=str.lower)
    cursor.execute(f"CREATE TABLE sorted_words ({', '.join(f'{word}{n}' for n, word in enumerate(words))})")
    words.reverse()
    cursor.execute(f"CREATE TABLE stable ({', '.join(f'{word}_{n}' for n, word in enumerate(sorted(words, key=len), 1))})")


def pairs(cursor, conn):
    for number, (name, kind) in enumerate(zip(("x", "y", "z"), ["TEXT", "REAL"]), start=1):
        cursor.execute(f"ALTER TABLE apple ADD COLUMN {name}{number} {kind}")
    names, kinds = zip(*[("p", "TEXT"), ("q", "BLOB")])
    cursor.execute(f"CREATE TABLE unzipped ({', '.join(names)}, {'_'.join(kinds)})")
    for number in range(5, 0, -2):
        cursor.execute(f"ALTER TABLE mango ADD COLUMN r{number} INTEGER")
    if len(range(10)) == 10 and 4 in range(0, 10, 2) and list(range(2)) == [0, 1]:
        cursor.execute("CREATE TABLE ranges (id INTEGER)")
    try:
        list(zip([1], [1, 2], strict=True))
    except ValueError:
        cursor.execute("CREATE TABLE strict_zip (id INTEGER)")


def functional(cursor, conn):
    cursor.execute(f"CREATE TABLE mapped ({', '.join(map(str.upper, ['a', 'b']))}, n{', n'.join(map(str, range(2)))})")
    kept = filter(lambda name: "a" in name, TABLES)
    cursor.execute(f"CREATE TABLE filtered ({', '.join(kept)}, {', '.join(filter(None, ['', 'x', None]))})")
    total, smallest, largest = sum(TABLES.values()), min(TABLES, key=TABLES.get), max(TABLES, key=len)
    cursor.execute(f"CREATE TABLE total_{total}_{smallest}_{largest} (id INTEGER)")
    flat = sum([["a"], ["b", "c"]], [])
    cursor.execute(f"CREATE TABLE flat ({', '.join(flat)}, {max('a', 'd')}, m{min([], default=0)}, s{sum([1, 2], 10)})")
    cursor.execute(f"CREATE TABLE rounded_{round(2.5)}_{abs(-3)}_{divmod(7, 2)[1]}_{pow(2, 5)}_{int('12') + len('ab')} (id INTEGER)")
    cursor.execute(f"CREATE TABLE code_{ord('a')}_{chr(98)}_{hex(255)}_{bin(5)} (id INTEGER)")


MIGRATIONS = [("orders", orders), ("pairs", pairs), ("functional", functional)]
