"""A rebuild copies the columns that the old and the new table share, and keeps indexes and triggers."""


def _columns(cursor, table):
    return [row[1] for row in cursor.execute(f'PRAGMA table_info("{table}")')]


def rebuild_table(cursor, table, definition, renamed=None):
    renamed = renamed or {}
    kept = cursor.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? "
        "AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        (table,),
    ).fetchall()
    temporary = f"__{table}_new"
    cursor.execute(f"DROP TABLE IF EXISTS {temporary}")
    cursor.execute(f"CREATE TABLE {temporary} ({definition})")
    new = _columns(cursor, temporary)
    pairs = [(renamed.get(column, column), column) for column in _columns(cursor, table)]
    pairs = [(target, source) for target, source in pairs if target in new]
    targets = ", ".join(target for target, _ in pairs)
    sources = ", ".join(source for _, source in pairs)
    cursor.execute(f"INSERT INTO {temporary} ({targets}) SELECT {sources} FROM {table}")
    cursor.execute(f"DROP TABLE {table}")
    cursor.execute(f"ALTER TABLE {temporary} RENAME TO {table}")
    for kind, name, sql in kept:
        try:
            cursor.execute(sql)
        except Exception as error:
            if "no such column" not in str(error):
                raise
            cursor.execute(f"CREATE TABLE lost_{kind}_{name} (id INTEGER)")
    return len(pairs)


def create(cursor, conn):
    cursor.executescript(
        """
        CREATE TABLE sensors (id INTEGER PRIMARY KEY, lable TEXT, unit TEXT UNIQUE, obsolete INTEGER);
        CREATE INDEX idx_sensors_unit ON sensors(unit);
        CREATE INDEX idx_sensors_obsolete ON sensors(obsolete);
        CREATE TRIGGER sensors_keep BEFORE DELETE ON sensors BEGIN SELECT RAISE(IGNORE); END;
        INSERT INTO sensors (lable, unit) VALUES ('a', 'm'), ('b', 's');
        """
    )


def rebuild(cursor, conn):
    definition = "id INTEGER PRIMARY KEY, label TEXT NOT NULL, unit TEXT, extra REAL"
    copied = rebuild_table(cursor, "sensors", definition, renamed={"lable": "label"})
    labels = [row[0] for row in cursor.execute("SELECT label FROM sensors ORDER BY id")]
    cursor.execute(f"CREATE TABLE copied_{copied} ({', '.join(labels)})")


MIGRATIONS = [("create", create), ("rebuild", rebuild)]
