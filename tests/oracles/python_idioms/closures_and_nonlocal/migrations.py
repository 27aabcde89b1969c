"""Functions in functions, with the variables around them."""


def create(cursor, conn):
    added = 0

    def add(column, kind="TEXT"):
        nonlocal added
        cursor.execute(f"ALTER TABLE contacts ADD COLUMN {column} {kind}")
        added += 1

    cursor.execute("CREATE TABLE contacts (id INTEGER PRIMARY KEY)")
    add("email")
    add("phone")
    add("age", kind="INTEGER")
    cursor.execute(f"CREATE TABLE added_{added} (id INTEGER)")


def _adder(table):
    def add(cursor, conn):
        for column in columns:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")

    columns = ["late"]
    columns.append("binding")
    return add


def _counter(start=0):
    count = start

    def increment():
        nonlocal count
        count += 1
        return count

    return increment


def two_counters(cursor, conn):
    first, second = _counter(), _counter(10)
    first()
    numbers = [first(), second(), first()]
    cursor.execute(f"CREATE TABLE counters ({', '.join(f'n{number} INTEGER' for number in numbers)})")


def shared_by_the_loop(cursor, conn):
    functions = []
    for name in ("a", "b", "c"):
        def late():
            return name

        functions.append(late)
    names = {function() for function in functions}
    cursor.execute(f"CREATE TABLE last_{'_'.join(sorted(names))} (id INTEGER)")


MIGRATIONS = [
    ("create", create),
    ("add_to_contacts", _adder("contacts")),
    ("two_counters", two_counters),
    ("shared_by_the_loop", shared_by_the_loop),
]
