TABLES = {
    "users": "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY)",
    "teams": """CREATE TABLE IF NOT EXISTS teams (
        id INTEGER PRIMARY KEY,
        owner INTEGER REFERENCES users (id) ON DELETE CASCADE
    )""",
}
INDEXES = ["CREATE INDEX IF NOT EXISTS teams_owner ON teams (owner)"]

def init_schema(cursor, conn):
    for name, sql in TABLES.items():
        cursor.execute(sql)
    for sql in INDEXES:
        cursor.execute(sql)
    conn.commit()
