"""The schema of a fresh SQLite database."""

TABLES = {
    "notes": """
        CREATE TABLE IF NOT EXISTS notes (
            id INTEGER PRIMARY KEY,
            body TEXT NOT NULL
        )
    """,
}
