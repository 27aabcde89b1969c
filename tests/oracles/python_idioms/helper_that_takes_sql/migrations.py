"""Helper functions take the SQL, or the parts of it."""


def _run(cursor, sql, *params):
    cursor.execute(sql, params)
    return cursor


def _run_all(cursor, statements):
    for statement in statements:
        _run(cursor, statement)


def _column_exists(cursor, table, column):
    rows = _run(cursor, f"PRAGMA table_info({table})").fetchall()
    return column in [row[1] for row in rows]


def _add_column(cursor, table, column, definition):
    if _column_exists(cursor, table, column):
        return False
    _run(cursor, f"ALTER TABLE {table} ADD COLUMN {column} {definition}")
    return True


def _create_notes(cursor, conn):
    _run(cursor, "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL)")
    _run(cursor, "INSERT INTO notes (title) VALUES (?)", "first")


def _add_note_columns(cursor, conn):
    _add_column(cursor, "notes", "pinned", "INTEGER NOT NULL DEFAULT 0")
    added = _add_column(cursor, "notes", "body", "TEXT DEFAULT ''")
    if added:
        _run(cursor, "UPDATE notes SET body = ? WHERE title = ?", "empty", "first")
    if not _add_column(cursor, "notes", "body", "BLOB"):
        _add_column(cursor, "notes", "archived_at", "TEXT")


def _add_note_indexes(cursor, conn):
    _run_all(
        cursor,
        [
            "CREATE INDEX IF NOT EXISTS idx_notes_pinned ON notes(pinned)",
            "CREATE INDEX IF NOT EXISTS idx_notes_archived ON notes(archived_at)",
        ],
    )


MIGRATIONS = [
    ("create_notes", _create_notes),
    ("add_note_columns", _add_note_columns),
    ("add_note_indexes", _add_note_indexes),
]
