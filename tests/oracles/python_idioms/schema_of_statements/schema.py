from textwrap import dedent

def _table(name, *columns, **options):
    body = ",\n    ".join(columns)
    return f"CREATE TABLE IF NOT EXISTS {name} (\n    {body}\n)" + (" WITHOUT ROWID" if options.get("bare") else "")

USERS = _table("users", "id INTEGER PRIMARY KEY", "name TEXT NOT NULL")
TEAMS = _table("teams", "id TEXT PRIMARY KEY", bare=True)
SCHEMA = [USERS, TEAMS]

def init_schema(cursor, conn):
    for statement in SCHEMA:
        cursor.execute(statement)
    for table, column in (("users", "name"), ("teams", "id")):
        cursor.execute(f"CREATE INDEX IF NOT EXISTS idx_{table}_{column} ON {table}({column})")
