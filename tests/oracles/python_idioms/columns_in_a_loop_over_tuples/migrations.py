"""One loop over a literal list adds every column."""


def add_profile_columns(cursor, conn):
    for column, definition in [
        ("display_name", "TEXT"),
        ("age", "INTEGER DEFAULT 0"),
        ("score", "REAL NOT NULL DEFAULT 1.5"),
    ]:
        cursor.execute(f"ALTER TABLE profiles ADD COLUMN {column} {definition}")


def add_to_several_tables(cursor, conn):
    additions = {
        "profiles": [("created_at", "TEXT"), ("updated_at", "TEXT")],
        "settings": [("scope", "TEXT NOT NULL DEFAULT 'user'")],
    }
    for table, columns in additions.items():
        for name, definition in columns:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition}")


def index_foreign_columns(cursor, conn):
    indexes = (
        ("profiles", ("display_name",), True),
        ("profiles", ("created_at", "age"), False),
        ("settings", ("scope",), False),
    )
    for table, columns, unique in indexes:
        keyword = "UNIQUE INDEX" if unique else "INDEX"
        cursor.execute(f"CREATE {keyword} idx_{table}_{'_'.join(columns)} ON {table}({', '.join(columns)})")


MIGRATIONS = [
    ("base", lambda cursor, conn: cursor.executescript(
        "CREATE TABLE profiles (id INTEGER PRIMARY KEY); CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);"
    )),
    ("add_profile_columns", add_profile_columns),
    ("add_to_several_tables", add_to_several_tables),
    ("index_foreign_columns", index_foreign_columns),
]
