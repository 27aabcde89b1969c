"""PRAGMA table_info as a set, a list and a dict, before a column is added."""


def create_items(cursor, conn):
    cursor.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL DEFAULT 0, kind VARCHAR(20))")


def guarded_by_a_set(cursor, conn):
    cursor.execute("PRAGMA table_info(items)")
    existing = {row[1] for row in cursor.fetchall()}
    if "name" not in existing:
        cursor.execute("ALTER TABLE items ADD COLUMN name BLOB")
    if "stock" not in existing:
        cursor.execute("ALTER TABLE items ADD COLUMN stock INTEGER")
    missing = {"weight", "price", "name"} - existing
    for column in sorted(missing):
        cursor.execute(f"ALTER TABLE items ADD COLUMN {column} REAL")


def guarded_by_a_list(cursor, conn):
    columns = [column[1] for column in cursor.execute("PRAGMA table_info('items')")]
    if columns[-1] == "weight" and len(columns) == 6:
        cursor.execute("ALTER TABLE items ADD COLUMN seventh TEXT")
    if not columns:
        raise RuntimeError("items is not there")


def guarded_by_a_dict(cursor, conn):
    types = {name: kind for _, name, kind, *_ in cursor.execute("PRAGMA table_info(items)")}
    if types.get("kind", "").upper().startswith("VARCHAR"):
        cursor.execute("ALTER TABLE items ADD COLUMN kind_text TEXT")
    if types["price"] != "REAL":
        cursor.execute("ALTER TABLE items DROP COLUMN price")
    defaults = dict((row[1], row[4]) for row in cursor.execute("PRAGMA table_info(items)").fetchall())
    if defaults["price"] == "0" and defaults["stock"] is None:
        cursor.execute("ALTER TABLE items ADD COLUMN had_default INTEGER DEFAULT 1")


def table_that_is_not_there(cursor, conn):
    if not cursor.execute("PRAGMA table_info(nowhere)").fetchall():
        cursor.execute("CREATE TABLE nowhere (id INTEGER)")


MIGRATIONS = [
    ("create_items", create_items),
    ("guarded_by_a_set", guarded_by_a_set),
    ("guarded_by_a_list", guarded_by_a_list),
    ("guarded_by_a_dict", guarded_by_a_dict),
    ("table_that_is_not_there", table_that_is_not_there),
]
