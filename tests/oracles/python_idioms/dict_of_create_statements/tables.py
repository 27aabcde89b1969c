TABLES = {
    "projects": """
        CREATE TABLE IF NOT EXISTS projects (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        )
    """,
    "tasks": """
        CREATE TABLE IF NOT EXISTS tasks (
            id INTEGER PRIMARY KEY,
            project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
            state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done'))
        )
    """,
    "comments": "CREATE TABLE IF NOT EXISTS comments (id INTEGER PRIMARY KEY, task_id INTEGER, body TEXT)",
    "attachments": "CREATE TABLE IF NOT EXISTS attachments (id INTEGER PRIMARY KEY, path TEXT)",
}

INDEXES = {"tasks": ["project_id", "state"]}


def create_table(cursor, name):
    cursor.execute(TABLES[name])
    for column in INDEXES.get(name, ()):
        cursor.execute(f"CREATE INDEX IF NOT EXISTS idx_{name}_{column} ON {name}({column})")
