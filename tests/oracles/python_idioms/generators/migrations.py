"""Generator expressions and generator functions, run only as far as somebody asks."""


def _statements():
    yield "CREATE TABLE queues (id INTEGER PRIMARY KEY)"
    for name in ("state", "priority"):
        yield f"ALTER TABLE queues ADD COLUMN {name} TEXT"
    yield from _indexes("queues", ["state", "priority"])


def _indexes(table, columns):
    count = 0
    for count, column in enumerate(columns, start=1):
        yield f"CREATE INDEX idx_{table}_{column} ON {table}({column})"
    return count


def _all_of(table):
    total = yield from _indexes(table, ["id"])
    yield f"CREATE TABLE total_{total} (id INTEGER)"


def _missing(cursor, table, wanted):
    existing = {row[1] for row in cursor.execute(f"PRAGMA table_info({table})")}
    for column in wanted:
        if column in existing:
            continue
        yield column


def _numbers():
    number = 0
    while True:
        yield number
        number += 1


def functions(cursor, conn):
    for statement in _statements():
        cursor.execute(statement)
    for statement in _all_of("queues"):
        cursor.execute(statement)


def while_the_schema_changes(cursor, conn):
    for column in _missing(cursor, "queues", ("state", "worker", "attempts")):
        cursor.execute(f"ALTER TABLE queues ADD COLUMN {column} TEXT")


def expressions(cursor, conn):
    columns = (f"c{number}" for number in range(10) if number % 3 == 0)
    cursor.execute(f"CREATE TABLE thirds ({', '.join(columns)})")
    if list(columns) == []:
        cursor.execute("CREATE TABLE exhausted (id INTEGER)")
    if sum(1 for _ in _indexes("t", "abc")) == 3 and max(len(name) for name in ("a", "bcd")) == 3:
        cursor.execute("CREATE TABLE counted (id INTEGER)")


def endless(cursor, conn):
    numbers = _numbers()
    next(numbers)
    for number in numbers:
        if number > 2:
            break
        cursor.execute(f"CREATE TABLE shard_{number} (id INTEGER)")
    cursor.execute(f"CREATE TABLE next_is_{next(numbers)} (id INTEGER)")


MIGRATIONS = [
    ("functions", functions),
    ("while_the_schema_changes", while_the_schema_changes),
    ("expressions", expressions),
    ("endless", endless),
]
