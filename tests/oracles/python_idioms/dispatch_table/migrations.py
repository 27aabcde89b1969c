"""Functions in dicts and lists are looked up by what is to be done."""


def _add_column(cursor, table, name, kind="TEXT"):
    cursor.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")


def _add_index(cursor, table, *names, unique=False):
    cursor.execute(f"CREATE {'UNIQUE ' * unique}INDEX ix_{table}_{'_'.join(names)} ON {table} ({', '.join(names)})")


def _create(cursor, table, **columns):
    cursor.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")


OPERATIONS = {
    "create": _create,
    "column": _add_column,
    "index": _add_index,
    "sql": lambda cursor, sql: cursor.execute(sql),
}

PLAN = [
    ("create", ["tracks"], {"id": "INTEGER PRIMARY KEY", "title": "TEXT"}),
    ("column", ["tracks", "length", "INTEGER"], {}),
    ("column", ["tracks", "genre"], {}),
    ("index", ["tracks", "title", "genre"], {"unique": True}),
    ("index", ["tracks", "length"], {}),
    ("sql", ["CREATE VIEW long_tracks AS SELECT * FROM tracks WHERE length > 600"], {}),
    ("unknown", [], {}),
]


def run(cursor, conn):
    for operation, arguments, options in PLAN:
        function = OPERATIONS.get(operation)
        if function is None:
            cursor.execute(f"CREATE TABLE {operation} (id INTEGER)")
            continue
        function(cursor, *arguments, **options)


def pipeline(cursor, conn):
    sql = "  create   TABLE piped (id INTEGER)  "
    for step in (str.strip, lambda text: " ".join(text.split()), lambda text: text.replace("create", "CREATE")):
        sql = step(sql)
    cursor.execute(sql)
    for name, execute in {"by_cursor": cursor.execute, "by_connection": conn.execute}.items():
        execute(f"CREATE TABLE {name} (id INTEGER)")


MIGRATIONS = [("run", run), ("pipeline", pipeline)]
