"""JSON is read, changed and written back; its keys become columns."""

import json

OPTIONS = json.loads('{"theme": "dark", "sizes": [1, 2], "nested": {"a": null, "b": true, "c": 1.5}}')


def create(cursor, conn):
    cursor.execute("CREATE TABLE widgets (id INTEGER PRIMARY KEY, options TEXT NOT NULL DEFAULT '{}')")
    cursor.execute("INSERT INTO widgets (options) VALUES (?)", (json.dumps(OPTIONS),))
    cursor.execute("INSERT INTO widgets (options) VALUES ('not json')")
    cursor.execute("INSERT INTO widgets (options) VALUES (?)", (json.dumps({"theme": "light", "extra": [None]}),))


def columns_of_keys(cursor, conn):
    keys = set()
    for row_id, text in cursor.execute("SELECT id, options FROM widgets").fetchall():
        try:
            options = json.loads(text)
        except json.JSONDecodeError:
            continue
        except (TypeError, ValueError):
            options = {}
        keys.update(options)
        options.pop("sizes", None)
        options["version"] = 2
        cursor.execute("UPDATE widgets SET options = ? WHERE id = ?", (json.dumps(options, sort_keys=True), row_id))
    for key in sorted(keys):
        cursor.execute(f"ALTER TABLE widgets ADD COLUMN {key} TEXT")


def in_sql(cursor, conn):
    (version,) = cursor.execute("SELECT json_extract(options, '$.version') FROM widgets WHERE id = 1").fetchone()
    cursor.execute(f"CREATE TABLE version_{version} (id INTEGER)")
    default = json.dumps({"a": [1, "é"], "b": False}, separators=(",", ":"))
    cursor.execute(f"ALTER TABLE widgets ADD COLUMN settings TEXT DEFAULT '{default}'")
    pretty = json.dumps([1, {"x": None}], indent=2, ensure_ascii=False)
    cursor.execute(f"ALTER TABLE widgets ADD COLUMN pretty TEXT DEFAULT '{pretty}'")
    cursor.execute("DELETE FROM widgets WHERE NOT json_valid(options)")
    if OPTIONS["nested"]["a"] is None and OPTIONS["nested"]["b"] is True and OPTIONS["nested"]["c"] == 1.5:
        cursor.execute("CREATE INDEX idx_widgets_theme ON widgets(json_extract(options, '$.theme'))")


MIGRATIONS = [("create", create), ("columns_of_keys", columns_of_keys), ("in_sql", in_sql)]
