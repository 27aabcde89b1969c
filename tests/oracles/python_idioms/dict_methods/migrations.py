"""items, keys, values, get, setdefault, pop, update, fromkeys and the order of keys."""

SCHEMA = {
    "cities": {"id": "INTEGER PRIMARY KEY", "name": "TEXT"},
    "streets": {"id": "INTEGER PRIMARY KEY", "city_id": "INTEGER REFERENCES cities(id)"},
}


def create(cursor, conn):
    for table, columns in SCHEMA.items():
        body = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        cursor.execute(f"CREATE TABLE {table} ({body})")


def changed(cursor, conn):
    wanted = {table: dict(columns) for table, columns in SCHEMA.items()}
    wanted["cities"]["population"] = "INTEGER"
    wanted.setdefault("cities", {})["country"] = "TEXT"
    wanted.setdefault("parks", {}).setdefault("id", "INTEGER PRIMARY KEY")
    wanted["streets"].update({"name": "TEXT"}, length="REAL")
    gone = wanted["streets"].pop("city_id", None)
    nothing = wanted.pop("rivers", "no rivers")
    for table in wanted:
        existing = {row[1] for row in cursor.execute(f"PRAGMA table_info({table})")}
        if not existing:
            cursor.execute(f"CREATE TABLE {table} ({', '.join(map(' '.join, wanted[table].items()))})")
            continue
        for column in wanted[table].keys() - existing:
            pass
        for column, kind in wanted[table].items():
            if column not in existing:
                cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    if gone and nothing == "no rivers" and "city_id" in SCHEMA["streets"]:
        cursor.execute("CREATE INDEX idx_streets_city ON streets(city_id)")


def others(cursor, conn):
    numbers = dict.fromkeys(["a", "b"], 0)
    numbers["c"] = len(numbers)
    del numbers["a"]
    numbers["b"] += 5
    last = numbers.popitem()
    cursor.execute(f"CREATE TABLE others ({', '.join(f'{key}{value}' for key, value in numbers.items())}, {last[0]}{last[1]})")
    cursor.execute(f"CREATE TABLE listed ({', '.join(list(SCHEMA['cities']))}, v{len(SCHEMA.values())})")
    copy = SCHEMA.copy()
    copy.clear()
    first_key = next(iter(SCHEMA))
    cursor.execute(f"CREATE TABLE first_{first_key}_{len(copy)}_{len(SCHEMA)} (id INTEGER)")
    try:
        SCHEMA["rivers"]
    except KeyError as error:
        cursor.execute(f"CREATE TABLE missing_{error.args[0]} (id INTEGER)")
    swapped = {value: key for key, value in SCHEMA["cities"].items()}
    cursor.execute(f"CREATE TABLE swapped ({swapped['TEXT']}, {swapped.get('BLOB', 'blob')})")


MIGRATIONS = [("create", create), ("changed", changed), ("others", others)]
