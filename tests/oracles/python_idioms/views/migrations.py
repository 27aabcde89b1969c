"""Views are created, dropped and created anew around a change of their tables."""

VIEWS = {
    "active_users": "SELECT id, name FROM users WHERE active",
    "user_counts": "SELECT COUNT(*) AS total, SUM(active) AS active FROM users",
}


def create(cursor, conn):
    cursor.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, active INTEGER DEFAULT 1)")
    for name, query in VIEWS.items():
        cursor.execute(f"CREATE VIEW IF NOT EXISTS {name} AS {query}")


def rebuild(cursor, conn):
    saved = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name").fetchall()
    for name, _ in saved:
        cursor.execute(f'DROP VIEW "{name}"')
    cursor.execute("ALTER TABLE users RENAME COLUMN name TO full_name")
    cursor.execute("ALTER TABLE users ADD COLUMN role TEXT")
    for name, sql in saved:
        cursor.execute(sql.replace("name FROM", "full_name, role FROM") if name == "active_users" else sql)


def through_a_view(cursor, conn):
    cursor.execute("CREATE VIEW names (user_id, label) AS SELECT id, upper(full_name) FROM users")
    cursor.execute(
        "CREATE TRIGGER names_insert INSTEAD OF INSERT ON names "
        "BEGIN INSERT INTO users (full_name) VALUES (NEW.label); END"
    )
    cursor.execute("INSERT INTO names (label) VALUES ('ada')")
    label = cursor.execute("SELECT label FROM names").fetchone()[0]
    columns = [row[1] for row in cursor.execute("PRAGMA table_info(active_users)")]
    cursor.execute(f"CREATE TABLE seen_{label} ({', '.join(columns)})")
    cursor.execute("ALTER TABLE users RENAME TO people")


MIGRATIONS = [("create", create), ("rebuild", rebuild), ("through_a_view", through_a_view)]
