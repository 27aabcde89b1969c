"""Whether a table or an index is there is asked of sqlite_master."""


def _table_exists(cursor, name):
    cursor.execute("SELECT name FROM sqlite_master WHERE type='table' AND name=?", (name,))
    return cursor.fetchone() is not None


def _index_exists(cursor, name):
    cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND name = ?", (name,))
    return cursor.fetchone()[0] > 0


def create_tables(cursor, conn):
    for name in ("tags", "labels", "tags"):
        if _table_exists(cursor, name):
            continue
        cursor.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, name TEXT)")


def create_indexes(cursor, conn):
    if not _index_exists(cursor, "idx_tags_name"):
        cursor.execute("CREATE INDEX idx_tags_name ON tags(name)")
    if _index_exists(cursor, "idx_tags_name") and not _index_exists(cursor, "idx_labels_name"):
        cursor.execute("CREATE UNIQUE INDEX idx_labels_name ON labels(name COLLATE NOCASE)")


def merge_labels(cursor, conn):
    tables = {row[0] for row in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if {"tags", "labels"} <= tables and "merged" not in tables:
        cursor.execute("INSERT INTO tags (name) SELECT name FROM labels")
        cursor.execute("DROP TABLE labels")
    row = cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'tags'").fetchone()
    if row and "color" not in row[0]:
        cursor.execute("ALTER TABLE tags ADD COLUMN color TEXT")
    if cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'labels'").fetchone():
        cursor.execute("ALTER TABLE tags ADD COLUMN never TEXT")


MIGRATIONS = [
    ("create_tables", create_tables),
    ("create_indexes", create_indexes),
    ("merge_labels", merge_labels),
]
