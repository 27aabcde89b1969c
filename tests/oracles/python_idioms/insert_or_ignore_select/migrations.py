"""Rows move from one table to another, and tables that are empty afterwards go."""


def create(cursor, conn):
    cursor.execute("CREATE TABLE old_tags (name TEXT, item_id INTEGER)")
    cursor.executemany("INSERT INTO old_tags VALUES (?, ?)", [("red", 1), ("red", 2), ("blue", 1), (None, 3)])


def split(cursor, conn):
    cursor.execute("CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
    cursor.execute(
        "CREATE TABLE item_tags (item_id INTEGER, tag_id INTEGER REFERENCES tags(id), PRIMARY KEY (item_id, tag_id))"
    )
    cursor.execute("INSERT OR IGNORE INTO tags (name) SELECT name FROM old_tags ORDER BY name")
    inserted = cursor.rowcount
    cursor.execute(
        """
        INSERT OR IGNORE INTO item_tags (item_id, tag_id)
        SELECT old_tags.item_id, tags.id FROM old_tags JOIN tags ON tags.name = old_tags.name
        """
    )
    cursor.execute("DELETE FROM old_tags WHERE name IN (SELECT name FROM tags)")
    cursor.execute(f"CREATE TABLE moved (tags_{inserted}, links_{cursor.rowcount})")


def drop_if_empty(cursor, conn):
    if cursor.execute("SELECT COUNT(*) FROM old_tags").fetchone()[0]:
        cursor.execute("ALTER TABLE old_tags RENAME TO tags_without_name")
    for table in ("item_tags", "moved"):
        if not cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]:
            cursor.execute(f"DROP TABLE {table}")


MIGRATIONS = [("create", create), ("split", split), ("drop_if_empty", drop_if_empty)]
