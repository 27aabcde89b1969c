"""SQLite: the tables as they are in the end."""

TABLES = {
    "notes": """
        CREATE TABLE IF NOT EXISTS notes (
            id INTEGER PRIMARY KEY,
            body TEXT NOT NULL
        )
    """,
}
