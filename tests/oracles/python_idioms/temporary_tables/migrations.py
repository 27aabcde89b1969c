"""Temporary tables help on the way and are in no schema."""


def create(cursor, conn):
    cursor.execute("CREATE TABLE points (id INTEGER PRIMARY KEY, x INTEGER, tag TEXT)")
    cursor.executemany("INSERT INTO points (x, tag) VALUES (?, ?)", [(1, "a"), (2, "b"), (3, "a")])


def group(cursor, conn):
    cursor.execute("CREATE TEMP TABLE grouped AS SELECT tag, SUM(x) AS total FROM points GROUP BY tag")
    cursor.execute("CREATE TEMPORARY VIEW largest AS SELECT tag FROM grouped ORDER BY total DESC LIMIT 1")
    cursor.execute("CREATE INDEX temp.idx_grouped ON grouped(tag)")
    (tag,) = cursor.execute("SELECT tag FROM largest").fetchone()
    cursor.execute(f"CREATE TABLE largest_is_{tag} (id INTEGER)")
    if not cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'grouped'").fetchone():
        cursor.execute("ALTER TABLE points ADD COLUMN total INTEGER")
    if cursor.execute("SELECT 1 FROM sqlite_temp_master WHERE name = 'grouped'").fetchone():
        cursor.execute("UPDATE points SET total = (SELECT total FROM temp.grouped WHERE grouped.tag = points.tag)")


def still_there(cursor, conn):
    names = [row[0] for row in cursor.execute("SELECT tag FROM grouped ORDER BY tag")]
    cursor.execute(f"CREATE TABLE tags ({', '.join(names)})")
    cursor.execute("DROP TABLE temp.grouped")
    cursor.execute("CREATE TEMP TABLE tags (hides TEXT)")
    cursor.execute("ALTER TABLE main.tags ADD COLUMN of_main TEXT")


MIGRATIONS = [("create", create), ("group", group), ("still_there", still_there)]
