"""itertools.chain and its like, OrderedDict, defaultdict, Counter and deque."""

import itertools
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from itertools import chain, islice
from operator import attrgetter, itemgetter

BASE = [("id", "INTEGER PRIMARY KEY"), ("name", "TEXT")]
STAMPS = [("created_at", "TEXT")]


def create(cursor, conn):
    columns = ", ".join(f"{name} {kind}" for name, kind in chain(BASE, STAMPS))
    cursor.execute(f"CREATE TABLE plants ({columns})")
    for name in itertools.chain.from_iterable([["height"], ["width", "depth"]]):
        cursor.execute(f"ALTER TABLE plants ADD COLUMN {name} REAL")


def combinations(cursor, conn):
    for left, right in itertools.product(("min", "max"), ["x", "y"]):
        cursor.execute(f"ALTER TABLE plants ADD COLUMN {left}_{right} REAL")
    cursor.execute(f"CREATE TABLE pairs ({', '.join('_'.join(pair) for pair in itertools.combinations('abc', 2))})")
    cursor.execute(f"CREATE TABLE sliced ({', '.join(f'c{n}' for n in islice(itertools.count(5), 3))})")
    rows = [("a", 1), ("a", 2), ("b", 3)]
    for key, group in itertools.groupby(rows, key=itemgetter(0)):
        cursor.execute(f"CREATE TABLE group_{key} ({', '.join(f'n{number}' for _, number in group)})")
    zipped = itertools.zip_longest("ab", "c", fillvalue="none")
    cursor.execute(f"CREATE TABLE longest ({', '.join(map('_'.join, zipped))})")


def collections_(cursor, conn):
    ordered = OrderedDict([("z", "TEXT"), ("a", "REAL")])
    ordered.move_to_end("z")
    cursor.execute(f"CREATE TABLE ordered ({', '.join(f'{k} {v}' for k, v in ordered.items())})")
    by_table = defaultdict(list)
    for table, column in [("plants", "color"), ("pairs", "note"), ("plants", "shape")]:
        by_table[table].append(column)
    for table, names in by_table.items():
        for name in names:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {name} TEXT")
    counts = Counter(["x", "y", "x"])
    counts["z"] += 5
    cursor.execute(f"CREATE TABLE counted ({', '.join(f'{name}{count}' for name, count in counts.most_common(2))}, w{counts['w']})")
    queue = deque(["first", "second"])
    queue.append("third")
    queue.appendleft("zeroth")
    cursor.execute(f"CREATE TABLE queue_ ({queue.popleft()}, {queue.pop()}, n{len(queue)})")
    settings = ChainMap({"a": "own"}, {"a": "default", "b": "default"})
    cursor.execute(f"CREATE TABLE chained_{settings['a']}_{settings['b']} (id INTEGER)")
    cursor.execute(f"CREATE TABLE real_{attrgetter('real')(5)} (id INTEGER)")


MIGRATIONS = [("create", create), ("combinations", combinations), ("collections", collections_)]
